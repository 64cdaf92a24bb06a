# The registration form and its builder, what the registering person sees, and what happens to their data
questions-title = Registration form
questions-lead = What people are asked when they register, besides who they are.
questions-preview = See it as they do
questions-preview-as = As seen by: {$who}. Nothing here is sent or kept.
questions-preview-others = See it as:
questions-preview-none = These people are asked nothing further.
questions-always = Everybody is asked
questions-always-which = Kind of people, venue, name, mail address; telephone number, organisation and position if they like. Everything else stands below.
questions-required = must be answered
questions-optional = may be left out
questions-asked-all = asked of everybody
questions-asked-of = asked of: {$who}
questions-answered = { $n ->
    [one] 1 answer
   *[other] {$n} answers
}
questions-up = Move up: {$what}
questions-down = Move down: {$what}
questions-remove = Remove the question
questions-remove-what = Remove: {$what}
questions-remove-ask = Ask this no more?
questions-remove-unanswered = Nobody has answered it yet.
questions-remove-answered = { $n ->
    [one] One person has answered it. The answer stays with that registration.
   *[other] {$n} people have answered it. Their answers stay with their registrations.
}
questions-none = No further questions
questions-none-next = Names, addresses and venues are asked anyway. Add what you need to know besides: meals, hotels, a consent.
question-new = Add a question
question-change = Change the question
question-card-words = The question
question-card-kind = How it is answered
question-card-who = Who is asked, and when
question-field-label = Question
question-field-help = Help
question-help-hint = Stands small beside the question; in both languages, or leave both empty.
question-field-required = Must be answered
question-required-hint = Of those who are asked. A consent that must be answered keeps everybody out who does not agree.
question-field-kind = Kind
question-kind-text = Text
question-kind-text-hint = One line
question-kind-long = Long text
question-kind-long-hint = Several lines
question-kind-number = Number
question-kind-number-hint = Whole, or with a decimal point
question-kind-choice = One choice
question-kind-choice-hint = One of the choices below
question-kind-several = Several choices
question-kind-several-hint = As many of the choices below as they like
question-kind-date = Day
question-kind-date-hint = From a calendar
question-kind-phone = Telephone number
question-kind-phone-hint = Digits, with a country code if they like
question-kind-file = File
question-kind-file-hint = PDF, picture, Word or Excel, at most 5 MB
question-kind-consent = Consent
question-kind-consent-hint = A box to tick; the words that were agreed to are kept with the answer
question-kind-rating = Rating
question-kind-rating-hint = From 1 to 5
question-rating-1 = 1 · very dissatisfied
question-rating-2 = 2
question-rating-3 = 3
question-rating-4 = 4
question-rating-5 = 5 · very satisfied
question-field-choices = Choices
question-choices-hint = For “one choice” and “several choices”: one a line, Chinese | English. At least two.
question-field-audiences = Who is asked
question-audiences-hint = Tick none to ask everybody.
question-field-condition = Asked only when
question-condition-none = always
question-condition-hint = Only questions that stand above this one, and only choices and consents.
question-condition-is = “{$question}” is answered “{$value}”
question-agreed = agreed
question-choice-gone = a choice that is offered no more
question-has-answers = { $n ->
    [one] One person has answered this question.
   *[other] {$n} people have answered this question.
}
question-has-answers-next = Its kind, and choices that were made, can no longer be changed. Changed words are asked about once more before they count.
question-knowing = { $n ->
    [one] I know that one person answered other words
   *[other] I know that {$n} people answered other words
}
question-knowing-hint = Only correct a mistake here. For something else, add a new question: their answers would otherwise seem to say what nobody asked.
question-language-zh-CN = Chinese
question-language-en = English
privacy-title = Data protection
privacy-lead = What people are told before they register, and how long their data is kept.
privacy-not-set = Words of the house; please write your own
privacy-card-words = What people are told
privacy-card-days = How long data is kept
privacy-who = Who has the data
privacy-purpose = What for
privacy-kept = How long
privacy-kept-until = { $days ->
    [one] Deleted one day after the conference, after {$until}
   *[other] Deleted {$days} days after the conference, after {$until}
}
privacy-rights = Your rights
privacy-rights-words = With the personal link in your mail you can see, download, change and delete what is kept of you, at any time.
privacy-purpose-default = To organise this conference: registration, places, admission, and messages about it. Nothing else, and it is given to nobody who does not work for it.
privacy-field-controller = Who is responsible, and how to reach them
privacy-controller-hint = Left empty: the name of your organisation.
privacy-field-purpose = What the data is used for
privacy-purpose-hint = Left empty: “{$default}”
privacy-field-days = Days after the conference’s last day
privacy-days-hint = Then names, addresses, answers and files are deleted by themselves; numbers stay. Usual: {$default}.
problem-label_missing = Please write this in {$language} too; people read the form in either language.
problem-choices_missing = At least two choices are needed, one a line.
problem-choice_twice = “{$label}” stands among the choices twice.
problem-too_many_questions = A form has at most {$most} questions.
problem-condition_on_itself = A question cannot hang on its own answer.
problem-condition_unknown = The question that this one hangs on is not in the form.
problem-condition_in_circle = These questions hang on each other in a circle, so that none would ever be asked.
problem-condition_later = It hangs on a question that comes later. Move that one further up first.
problem-condition_value = That answer is not offered.
problem-condition_other_people = The people who are asked this are never asked the question that it hangs on.
problem-bad_days = Please write a whole number of days from 1 to {$most}.
problem-unknown_audience = There is no kind of people with the key “{$key}”.
problem-not_a_number = “{$value}” is not a number. Write digits, such as 12 or 2.5.
problem-bad_phone = “{$value}” is not a telephone number.
problem-choice_needed = Please choose.
problem-file_needed = Please choose a file.
problem-file_again = Please choose this file again before you send the form. It was not kept.
registering-only-when = Only if {$when}
registering-file-hint = PDF, PNG, JPG, Word or Excel, at most 5 MB.
registering-file-kept = {$name} is here already. Choose another file to replace it.
registering-card-questions = Questions
error-question_not_found = There is no such question.
error-question_not_found-next = It may have been removed just now. Go back to the form.
error-question_order = A question cannot stand above the one that it hangs on.
error-question_order-next = Change or remove the condition first.
error-question_needed = Another question hangs on this one.
error-question_needed-next = Change or remove that question first.
error-question_answered = { $people ->
    [one] One person has answered this question as it stood.
   *[other] {$people} people have answered this question as it stood.
}
error-question_answered-next = Nothing was changed. If you only correct a mistake, tick the box at the end and save again; otherwise add a new question.
error-question_kind_answered = { $people ->
    [one] One person has answered already, so the kind stays as it is.
   *[other] {$people} people have answered already, so the kind stays as it is.
}
error-question_kind_answered-next = Add a new question of the other kind, and remove this one if you like.
error-choice_answered = “{$choice}” has been chosen by { $people ->
    [one] one person
   *[other] {$people} people
} and cannot go.
error-choice_answered-next = Put it back among the choices. To offer something else from now on, add a new question.
registering-sending = Sending…
registering-not-sent = The connection was lost. What you typed is still here: send it again, and it counts once.
registering-title = Register
registering-link = Register
registering-back = To the conference
registering-who = Who are you?
registering-who-approval = The organiser decides on each registration.
registering-as = You register as: {$who}.
registering-as-other = Choose another
registering-approval = The organiser decides on each registration of this kind. You get the answer by mail.
registering-group = A place is kept for you: {$group}
registering-group-lead = You came by the link of a delegation. Register here to use one of its places.
registering-card-venue = Where do you take part?
registering-card-person = About you
registering-name = Name
registering-email = Mail address
registering-email-hint = Confirmation and your personal link go there.
registering-phone = Telephone
registering-company = Organisation
registering-job = Position
registering-places-left = { $n ->
    [one] 1 place left
   *[other] {$n} places left
}
registering-waiting-list = { $n ->
    [0] Full: you come onto the waiting list, as the first
    [one] Full: you come onto the waiting list, behind 1 other
   *[other] Full: you come onto the waiting list, behind {$n} others
}
registering-place-held = Your place is kept
registering-full-meanwhile = Somebody was faster: it is full now. Register once more to come onto the waiting list, or choose another venue.
registering-known-address = Somebody has registered with this address already. If it was you, have your personal link sent to you.
registering-send-link = Send me my link
registering-link-sent = Look into your mailbox
registering-link-sent-next = If somebody has registered with this address, its personal link is on the way. With it everything can be looked at and changed.
registering-privacy-read = I have read this and agree
registering-do = Register
registering-closed = Registration is closed
registering-closed-over = The conference is over.
registering-closed-cancelled = The conference has been called off.
registering-closed-no-places = Places have not been opened yet. Please come back later.
problem-bad_file_kind = “{$name}” is no PDF, PNG, JPG, Word (.docx) or Excel (.xlsx) file.
own-title = Your registration
own-thanks = Thank you, {$name}
own-state-pending = The organiser decides
own-state-pending-words = Your registration has arrived. You get the answer by mail; there is nothing more to do until then.
own-state-confirmed = You have a place
own-state-confirmed-words = We look forward to seeing you. Put the dates into your calendar; before the conference you get a reminder.
own-state-ended = The conference is over
own-state-ended-words = Thank you for being part of it. What there is for you stands below.
own-state-waitlisted = You are on the waiting list
own-state-waitlisted-words = As soon as a place is free and it is your turn, you get an offer by mail, and it is kept for you for a day.
own-state-offered = A place is free for you
own-state-offered-words = It is kept for you until {$until}. Take it, and it is yours; afterwards it is offered to the next.
own-state-offer-over = The offer has run out
own-state-offer-over-words = It was kept for you until {$until}. You stay on the waiting list, at its end.
own-state-withdrawn = You have withdrawn
own-state-withdrawn-words = Nothing is kept for you. If you want to come after all, register anew.
own-state-rejected = There is no place for you this time
own-state-rejected-words = The organiser wrote: {$reason}
own-state-called-off = The conference has been called off
own-state-called-off-words = There is nothing that you have to do.
own-place = is your place in the queue
own-accept = Take the place
own-decline = I do not need it
own-mail-comes = A mail to {$email} has all of this, and your personal link to this page.
own-card-what = What is registered
own-as = Registered as
own-code = Number
own-change = Change my details
own-address-changes = With another mail address the links that were sent before end, and a new one goes to the new address.
own-card-move = Another venue
own-move-lead = In one step: your place there is taken and the one here given back. If it is full there, nothing changes.
own-move-lead-waiting = There are places elsewhere. Who moves has a place at once, and leaves the queue here.
own-move-lead-full = The other venues are full as well. As soon as one has a place, you can move there from here.
own-move = Move there
own-move-to = Move to {$venue}
own-room-full = Full
own-withdraw = I cannot come
own-withdraw-ask = Give your registration back?
own-withdraw-lead = Your place goes to somebody who waits. You cannot take this back; you can register anew where there are places.
own-stay = Keep it
own-data = My data
own-card-kept = What is kept of you
own-registered-at = Registered
own-changed-at = Last changed
own-kept-beside = Also kept (the download has all of it)
own-kept-by-mail = Answers to surveys are shown, and are in the download, only where this page was opened by the link in one of our mails.
own-kept-acts = { $n ->
    [one] One record of what was done with your registration
   *[other] { $n } records of what was done with your registration
  }
own-kept-mails = { $n ->
    [one] One mail to you
   *[other] { $n } mails to you
  }
own-kept-invitations = Your line on a list of invitations
own-kept-scans = { $n ->
    [one] One scan at a door
   *[other] { $n } scans at doors
  }
own-kept-badges = { $n ->
    [one] One print of your badge
   *[other] { $n } prints of your badge
  }
own-kept-notices = { $n ->
    [one] One mail about a change
   *[other] { $n } mails about changes
 }
own-kept-reminders = { $n ->
    [one] One reminder
   *[other] { $n } reminders
  }
own-kept-online = { $n ->
    [one] Your time online within one hour
   *[other] Your time online within { $n } hours
  }
own-kept-certificates = A certificate of attendance
own-kept-surveys = { $n ->
    [one] One survey
   *[other] { $n } surveys
  }
own-export = Download as JSON
own-question-gone = A question that is asked no more
own-delete = Delete my data
own-delete-lead = Name, addresses, answers and files are deleted for good, at once.
own-delete-ask = Delete everything of you?
own-delete-what = Your name, mail address, telephone number, organisation, position, answers and files are deleted, and what the trail keeps of you beside its entries.
own-delete-place = Your registration ends with it, and your place goes to somebody who waits.
own-delete-stays = What stays: that somebody registered, with a number that leads to nobody. Copies in backups go when those are replaced.
own-delete-do = Delete for good
own-deleted = Your data is deleted
own-deleted-lead = Nothing leads to you any more; your personal link has ended. You get no mail about this, since we no longer have your address.
error-registration_link_needed = This page opens with your personal link.
error-registration_link_needed-next = Open the link in your newest mail from us. If you cannot find it, have it sent again from the registration form.
own-feed = Keep my calendar up to date by itself
own-feed-lead = Subscribe to this address in your calendar: what you go to stands there, and changes by itself when a time or hall changes or you move.
own-feed-subscribe = Subscribe
own-feed-copy = Copy the address
own-feed-secret = Whoever knows the address can read what you go to. It shows neither your name nor your code, and ends when you change your mail address or delete your data.
own-venue = Venue
registering-waiting = The connection is lost. What you typed is still here and is sent as soon as it is back.
invitations-title = Invitations
invitations-lead = A list becomes mails with personal links: whoever opens theirs finds their details filled in.
invitations-upload = Invite from a list
invitations-upload-lead = An Excel file (.xlsx) or CSV with at most {$most} rows. Rows that cannot be invited are kept and shown with what is wrong; all others get their mail at once.
invitations-file = List
invitations-send = Read and invite
invitations-template = Template
invitations-columns = What each column holds
invitations-lists = Lists
invitations-none = Nobody has been invited by a list yet.
invitations-sent = Sent
invitations-sending = Being sent…
invitations-answered = { $n ->
    [one] 1 registered
   *[other] {$n} registered
}
invitations-declined = { $n ->
    [one] 1 declined
   *[other] {$n} declined
}
invitations-wrong = { $n ->
    [one] 1 row could not be invited
   *[other] {$n} rows could not be invited
}
invitations-wrong-lead = Mend these rows in the file and upload it again: who is invited already is not invited twice.
invitations-wrong-more = { $n ->
    [one] 1 more stands in the result.
   *[other] {$n} more stand in the result.
}
invitations-result = Result as Excel
invitations-progress = How far it is
invitations-rows = Rows
invitations-row = Row
invitations-state = State
invitations-problems = What is wrong
invitations-state-wrong = Not invited
invitations-state-waiting = About to be sent
invitations-state-sent = Invited
invitations-state-declined = Declined
invitations-state-answered = Registered
invitations-sheet = Invitations
invitations-colon = { ": " }
invitations-example-name = Sample Person
invitations-column-name = Name
invitations-column-name-hint = Needed
invitations-column-email = Email
invitations-column-email-hint = Needed; one person, one address
invitations-column-company_name = Organisation
invitations-column-company_name-hint = If known
invitations-column-job_title = Position
invitations-column-job_title-hint = If known
invitations-column-phone = Phone
invitations-column-phone-hint = If known
invitations-column-audience = Kind of people
invitations-column-audience-hint = Needed where there are several
invitations-column-venue = Venue
invitations-column-venue-hint = Left empty: the person chooses
invitations-column-locale = Language
invitations-column-locale-hint = zh or en, of the mail; left empty: zh
invitation-mail-subject = Invitation: {$title}
invitation-mail-words = You are cordially invited to “{$title}”. Please register with your personal link; your details are filled in already.
invitation-mail-when = When
invitation-mail-where = Where
invitation-mail-button = Register
invitation-mail-personal = The link is yours alone. If you cannot come, open it and say so with one press.
registering-invited = You are invited, {$name}
registering-invited-lead = Check what is filled in, and register.
registering-decline = I cannot come
registering-decline-lead = The organiser learns that you cannot come. You get no further mail about this conference.
registering-decline-do = Decline the invitation
registering-declined = Thank you for telling us
registering-declined-lead = The organiser knows that you cannot come.
problem-sheet_missing = Please choose a file.
problem-sheet_broken = This file cannot be read. Save it as .xlsx or .csv and try again.
problem-sheet_without_columns = No sheet has the columns “Name” and “Email” in one of its first ten rows (sheets: {$sheets}). The template shows how it begins.
problem-sheet_too_heavy = This file takes too much to read. Leave only the list in it.
problem-sheet_empty = There is no row below the header.
problem-too_many_rows = The list has {$count} rows; at most {$most} are read at once. Nothing was imported: divide it.
problem-row_formula = This row holds a formula. Paste the values instead.
problem-row_merged = This row holds merged cells. Divide them.
problem-invited_already = This address is invited or registered already.
problem-address_twice = This address stands in the list twice; the first one was invited.
problem-no_such_audience = “{$value}” is no kind of people of this conference.
problem-no_such_venue = “{$value}” is no venue of this conference.
problem-no_such_language = “{$value}” is neither zh nor en.
error-invitation_not_found = There is no such invitation any more.
error-invitation_not_found-next = Open the conference’s page and register there, or ask who invited you.
error-invitation_list_not_found = There is no such list.
error-invitation_list_not_found-next = Go back to the invitations.
error-invitation_used = This invitation has been used.
error-invitation_used-next = Look after that registration with the link in its mail.
error-conference_not_published = The conference is not published.
error-conference_not_published-next = Publish it first: the mails lead to its public page.
trouble-job-registration-invite = The sending of a list of invitations
trail-work-registration-invite = the sending of invitations
trouble-job-registration-remove_files = Deletion of files that answered a form
trail-work-registration-remove_files = Deletion of files that answered a form
trouble-job-registration-retention = Deletion of people's data whose time is over
trail-work-registration-retention = Deletion of people's data whose time is over
trail-mail-registration_invitation = Invitation to a conference
own-prove-title = Please confirm your mail address
own-prove-press = You came here by the mail to { $email }. One press confirms the address, and your registration is kept for you.
own-prove-do = Yes, this is my address
own-prove-wait = We wrote to { $email }. Please open the link in that mail and confirm by { $until }; otherwise your registration ends by itself, and others get the place.
own-mail-again = Send the mail again
own-mail-link = Send me that mail
own-card-by-mail = This is for you alone, and this browser did not come here by a mail of ours. Open the link in the mail that goes to { $email }, and it is here.
own-mail-wrong = The address is wrong
own-mail-sent = The mail is on its way
own-mail-sent-next = It arrives within minutes; if you do not see it, please look into the spam folder too.
