# Reminders: rules, how they read, and what became of them.
reminders-title = Reminders
reminders-lead = Mails that go out by themselves before it begins: halls get the address and the entrance, the online room gets the personal link. Each person is sent each of them once.
reminders-off-draft = Nothing is sent before the conference is published.
reminders-off-draft-next = Rules can be set up now; their times come from the plan, and from the published version once there is one.
reminders-off-cancelled = The conference is called off, so nothing is sent.
reminders-off-cancelled-next = Everybody who registered was told by a mail of its own.
reminders-none = There are no reminders yet
reminders-none-next = Add one for the venue that you plan.
reminders-none-read = Who leads the conference sets them up.
reminders-suggested = Reminders to begin with
reminders-suggested-lead = These fit a conference of this kind. Their words can be changed afterwards, and nothing is sent before its time.
reminders-suggested-which = Which of them
reminders-suggested-do = Set up the chosen ones
reminder-new = New reminder
reminder-edit = Change a reminder
reminder-add = Set up and preview
reminder-paused = Paused
reminder-subject-is = Subject: { $subject }
reminder-at = Sent at
reminder-our-words = In the standard words
reminder-reaches-nobody = None of its venues is in the plan any more
reminder-reaches-nobody-next = Choose venues that are there.
reminder-counts = { $sent } sent · { $will } still to be sent
reminder-log = Who has it
reminder-log-of = Who has it: { $what }
reminder-preview = Preview
reminder-preview-of = Preview: { $what }
reminder-now = Send now
reminder-now-of = Send now: { $what }
reminder-pause = Pause
reminder-pause-of = Pause: { $what }
reminder-resume = Go on
reminder-resume-of = Go on: { $what }
reminder-remove = Delete
reminder-remove-of = Delete: { $what }
reminder-remove-ask = Delete this reminder?
reminder-remove-lead = Nothing is sent by it any more, not even what waits for the mail server just now. Who has it keeps the mail.

# When.
reminder-when-venue-days = { $n ->
    [one] One day before it begins there
   *[other] { $n } days before it begins there
  }
reminder-when-venue-hours = { $n ->
    [one] One hour before it begins there
   *[other] { $n } hours before it begins there
  }
reminder-when-venue-minutes = { $n ->
    [one] One minute before it begins there
   *[other] { $n } minutes before it begins there
  }
reminder-when-conference-days = { $n ->
    [one] One day before the conference begins
   *[other] { $n } days before the conference begins
  }
reminder-when-conference-hours = { $n ->
    [one] One hour before the conference begins
   *[other] { $n } hours before the conference begins
  }
reminder-when-conference-minutes = { $n ->
    [one] One minute before the conference begins
   *[other] { $n } minutes before the conference begins
  }
reminder-when-fixed = { $day }, { $time }, by each venue’s clocks
reminder-card-when = When
reminder-field-anchor = Counted from
reminder-anchor-venue = The beginning in each venue
reminder-anchor-venue-hint = So long before the first item there.
reminder-anchor-conference = The beginning of the conference
reminder-anchor-conference-hint = So long before its very first item, for all venues at the same moment.
reminder-anchor-fixed = A fixed day and time
reminder-anchor-fixed-hint = By the clocks of each venue: 09:00 in London is not 09:00 in Chengdu.
reminder-field-amount = How long before
reminder-field-unit = In
reminder-unit-days = Days
reminder-unit-hours = Hours
reminder-unit-minutes = Minutes
reminder-field-fixed = Fixed day and time
reminder-fixed-hint = Only where a fixed day and time is chosen above.

# Whom.
reminder-card-who = Whom
reminder-field-scope = Where
reminder-scope-all = All venues
reminder-scope-halls = Halls
reminder-scope-online = Online rooms
reminder-scope-chosen = Chosen venues
reminder-field-venues = Which venues
reminder-venues-hint = Only where chosen venues are meant above.
reminder-field-audiences = Who comes as
reminder-audiences-hint = None chosen means everybody.
reminder-everybody = Everybody
reminder-audience-gone = An audience that is not in the plan any more
reminder-no-venue-left = Venues that are not in the plan any more
reminder-field-groups = Who stands where
reminder-group-confirmed = Confirmed
reminder-group-offered = Offered a place
reminder-group-waitlisted = On the waiting list

# The words.
reminder-card-words = Own words
reminder-words-lead = Leave them empty for the standard ones. Below them always stand place, time, entrance or link, and the calendar file.
reminder-field-subject = Subject
reminder-field-words = Words
reminder-placeholders = What may stand in braces
reminder-placeholder-name = The person’s name
reminder-placeholder-conference = The conference
reminder-placeholder-venue = The venue
reminder-placeholder-city = Its city
reminder-placeholder-address = Its address, in halls
reminder-placeholder-door = Its entrances, in halls
reminder-placeholder-starts = When it begins there, by the venue’s clocks
reminder-placeholder-link = The person’s own page
reminder-placeholder-code = The person’s code
reminder-language-zh-CN = Chinese
reminder-language-en = English
reminder-edit-sent = { $n ->
    [one] One person has it already.
   *[other] { $n } people have it already.
  }
reminder-edit-sent-next = They are not sent it again, whatever is changed here.

# What becomes of it.
reminder-phase-off = not sent
reminder-phase-untimed = nothing is planned there yet
reminder-phase-paused = paused
reminder-phase-planned = { $n } will get it
reminder-phase-due = being sent now, { $n } to go
reminder-phase-done = sent to { $n }
reminder-phase-passed = its time had passed; send it by hand
reminder-phase-missed = missed: the server did not run in time
reminder-phase-never = lies behind the beginning, so it is not sent
reminder-standing-sent = Sent
reminder-standing-by-hand = Sent by hand
reminder-standing-undelivered = The mail could not be delivered
reminder-standing-changed = Not sent: the registration or the rule changed in the last moment
reminder-standing-planned = Will be sent
reminder-standing-sending = Being sent
reminder-standing-paused = Paused
reminder-standing-off = Not sent: the conference is not published, or called off
reminder-standing-no-address = Not sent: no mail address
reminder-standing-withdrawn = Not sent: withdrawn
reminder-standing-rejected = Not sent: declined
reminder-standing-pending = Not sent: not decided yet
reminder-standing-other-state = Not sent: the reminder is for others
reminder-standing-later = Not sent: came later, and learnt it from the confirmation
reminder-standing-missed = Not sent: missed, the server did not run in time
reminder-standing-passed = Not sent: the time had passed when it was set up
reminder-standing-untimed = Nothing is planned there yet
reminder-standing-never = Not sent: its time lies behind the beginning
reminder-log-filter = Whom to show
reminder-log-all = All
reminder-log-sent = Sent
reminder-log-unsent = Not sent
reminder-log-total = { $n ->
    [one] One person
   *[other] { $n } people
  }
reminder-log-state = Reminder
reminder-log-when = When (venue’s time)
reminder-log-none = Nobody here
reminder-log-none-next = Nobody of these venues and audiences has registered, or nobody fits what is shown.

# Preview and sending by hand.
reminder-preview-venue = As people get it in
reminder-preview-do = Show
reminder-preview-lead = In your name, with a link to the public page. Each person gets one of the two, in the language in which they registered, with their own link.
reminder-attached = Attached: { $name }
reminder-test = Send it to me
reminder-test-lead = Both languages come to { $address }. It counts for nobody.
reminder-tested = On its way to { $address }, in both languages.
reminder-now-ask = { $n ->
    [one] Send it to one person now?
   *[other] Send it to { $n } people now?
  }
reminder-now-lead = It goes to everybody who has not had it, in venues that have not begun. Its own time then passes them over.
reminder-now-do = { $n ->
    [one] Send to one person
   *[other] Send to { $n } people
  }

# In the mails.
reminder-default-hall-subject = Reminder: { $conference }
reminder-default-hall = We look forward to seeing you at “{ $conference }”. Here is where to come and when.
reminder-default-online-subject = Reminder: { $conference }
reminder-default-online = “{ $conference }” begins soon. The button below leads you in: the link is yours alone.
reminder-default-offered-subject = A place is held for you: { $conference }
reminder-default-offered = A place at “{ $conference }” is held for you and goes to the next if you do not take it.
reminder-default-waitlisted-subject = Still on the waiting list: { $conference }
reminder-default-waitlisted = You are still on the waiting list for “{ $conference }”. On your page you see whether another venue, or the online room, has places at once.
reminder-button-hall = My page and entry code
reminder-button-online = My personal entry
reminder-button-offered = Take the place
reminder-button-waitlisted = See my place in the list
reminder-fact-begins-in = Begins ({ $place } time)
reminder-fact-begins = Begins (conference’s time)
reminder-fact-door = Entrances
reminder-any-door = any entrance
reminder-note-code = Have the code on your page ready at the entrance; it works without a network.
reminder-note-calendar = Calendar file: { $address }
reminder-test-subject = [Test] { $subject }
reminder-test-words = This is a test for the team. Below is what people get.

# Words to begin with.
reminder-subject-week = In a week: { $conference }
reminder-subject-day = Tomorrow: { $conference }
reminder-subject-hours = In two hours: { $conference }
reminder-subject-hour = In one hour: { $conference }
reminder-words-hall-week = “{ $conference }” begins in a week at { $venue }: { $starts }. If you cannot come after all, please give your place back on your page, so that somebody else has it.
reminder-words-hall-day = Tomorrow we meet at { $venue }, { $address }: { $starts }. Please come some time before, by { $door }.
reminder-words-online-day = Tomorrow “{ $conference }” begins online: { $starts }. Please try the link on your device beforehand.
reminder-words-hall-hours = In two hours it begins at { $venue }, { $address }. Please have your code ready: { $code }.
reminder-words-online-hour = In one hour it begins. Enter with your personal link: { $link }
reminder-words-hall-investment = Bring business cards and what you would like to speak of in the meetings.
reminder-words-online-investment = Questions to the speakers can be asked online, too.
reminder-words-hall-launch = Please be seated before the release begins; photographs are welcome.
reminder-words-online-launch = The release is shown live; please come a few minutes early.
reminder-words-hall-groundbreaking = Part of it is out of doors: please wear closed shoes and clothes for the weather.
reminder-words-online-groundbreaking = All sites are shown live, one after the other.
reminder-words-hall-rally = Please be in your seat ten minutes before and turn your telephone to silent.
reminder-words-online-rally = Please come ten minutes before and keep your microphone off.
reminder-words-hall-training = Bring something to write with; the materials are on the conference’s page.
reminder-words-online-training = The materials are on the conference’s page; please open them beforehand.
reminder-words-hall-signing = Whoever signs, please bring proof of identity and come half an hour early.
reminder-words-online-signing = Whoever signs has a link of their own in another mail; this one is for watching.

problem-unknown_placeholder = { $name } is not something that can be filled in. There are: { $known }.
problem-placeholder_of_halls = { $name } says nothing to people online. Make this reminder one for halls, or leave it out.
problem-lone_brace = Braces stand around names only, such as {"{"}name{"}"}. Please close them, or leave them out.
problem-reminder_no_venue = Please choose at least one venue.
problem-reminder_no_group = Please choose who is reminded: confirmed, offered a place, or on the waiting list.
problem-reminder_bad_amount = Please write a whole number, of { $most } days at most.
problem-reminder_in_past = This time has passed. Choose a later one, or send the reminder by hand.
problem-reminder_after_beginning = By then it has begun in all its venues. Choose an earlier time.
error-reminder_not_found = There is no such reminder.
error-reminder_not_found-next = Somebody may have deleted it. Go back to the reminders.
error-too_many_reminders = A conference has { $most } reminders at most.
error-too_many_reminders-next = Delete one that is not needed any more.
error-reminder_conference_off = The conference is not published, or called off.
error-reminder_conference_off-next = Reminders are sent for a published conference only.
error-reminder_begun = It has begun in all venues of this reminder.
error-reminder_begun-next = Nothing is sent after the beginning.
error-reminder_nobody = Nobody is left to be sent it.
error-reminder_nobody-next = Everybody whom it reaches has it, or nobody has registered yet.
error-reminder_count_changed = Meanwhile it reaches another number of people.
error-reminder_count_changed-next = Look at the new number below, and confirm once more.

trouble-job-reminders-sweep = Looking for reminders whose time has come
trouble-job-reminders-run = Sending of a reminder
trouble-job-reminders-now = Sending of a reminder by hand
trail-work-reminders-sweep = Look for reminders whose time has come
trail-work-reminders-run = Sending of a reminder
trail-work-reminders-now = Sending of a reminder by hand

trail-mail-reminder = Reminder of a conference
trail-mail-reminder_test = Test of a reminder
