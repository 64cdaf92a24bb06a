# Surveys after a conference: what is asked, answers, results.
error-survey_not_found = There is no such survey.
error-survey_not_found-next = Somebody may have deleted it. Go back to the surveys.
error-survey_started = The survey was started, and asks what it asks.
error-survey_started-next = As long as it was not sent, take the start back, then change it.
error-survey_sent = The survey was sent already.
error-survey_sent-next = To end it early, close it.
error-survey_closed = This survey is over.
error-survey_closed-next = Answers are not taken and not changed any more. Thank you for taking part.
error-survey_not_open = This survey was not sent yet.
error-survey_not_open-next = It can be answered, and closed, once it was sent.
error-survey_empty = The survey has no questions.
error-survey_empty-next = Add at least one question, then start it.
error-survey_conference_off = The conference is not published, or called off.
error-survey_conference_off-next = Surveys are sent for a published conference only.
error-too_many_surveys = A conference has { $most } surveys at most.
error-too_many_surveys-next = Delete a draft that is not needed any more.
error-survey_link_needed = Open the survey by the personal link in your mail.
error-survey_link_needed-next = The link belongs to who got the mail. If your address was changed, use the newest mail.
trouble-job-surveys-sweep = Look which surveys are due
trouble-job-surveys-send = Send a survey
trouble-job-surveys-close = Close a survey
trail-work-surveys-sweep = Look which surveys are due
trail-work-surveys-send = Send a survey
trail-work-surveys-close = Close a survey
trail-mail-survey = Survey
trail-mail-survey_test = Trial of a survey

# Mails.
survey-mail-subject = Your opinion: { $title }
survey-mail-intro = Thank you for taking part in “{ $title }”. Please take a few minutes to tell us how it was for you, so that the next one is better.
survey-mail-open = Answer the survey
survey-fact-survey = Survey
survey-fact-questions = Questions
survey-fact-until = Open until
survey-days-open = { $n } days after it is sent
survey-test-words = This is a trial, sent to you alone; the button opens the preview.
survey-said-anonymous = This survey is anonymous: your name is not kept with your answers, and the organisers cannot see who answered what. Until it closes, a key lets the system find your answers, so that you can change them; when it closes the key is destroyed, and nobody can find them.
survey-said-named = This survey carries your name: the organisers see who you are and what you answer.

# The team's pages.
surveys-title = Surveys
surveys-lead = Sent to those who came, once each, after the conference; they answer by a personal link on their phone, without an account.
surveys-begin = Begin with a template
surveys-begin-lead = Every question can be changed afterwards. No mail is sent before you start the survey.
surveys-none = No survey yet
surveys-none-read = Whoever leads the conference sets one up.
survey-back = Back to the survey
survey-new = New survey
survey-change = Change the survey
survey-preview = Preview
survey-results = Results
survey-results-of = Results: { $what }
survey-phase-draft = Draft
survey-phase-waiting = To be sent
survey-phase-open = Open
survey-phase-closed = Closed
survey-anonymous = Anonymous
survey-anonymous-hint = Nobody sees who answered what; groups with fewer than 5 answers are not shown on their own.
survey-named = With names
survey-named-hint = The exported sheet has the name beside each answer, and people are told so.
survey-questions-title = Questions
survey-card-who = People
survey-questions = { $n ->
    [one] { $n } question
   *[other] { $n } questions
  }
survey-answered = answered
survey-asked = asked
survey-rate = response rate
survey-answered-of = { $n } of { $m } answered, { $percent }%
survey-nobody-asked = Nobody was asked yet
survey-was-open = { $first } to { $last }
survey-is-open = Sent { $first }, open until { $last }
survey-no-end = Nothing is planned yet, so there is no time to send it
survey-would-be-sent = Once started, it is sent { $at }
survey-would-be-sent-now = The conference is over: it is sent as soon as it is started
survey-will-be-sent = Is sent { $at }
survey-after-minutes = { $n } minutes after the last item ends
survey-after-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
  } after the last item ends
survey-after-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
  } after the last item ends
survey-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
  }
survey-reach-came = Those who came
survey-reach-came-hint = Whom a door or an online room saw; whose scans arrive late, from a phone without a network, is asked later.
survey-reach-confirmed = Everybody with a confirmed place
survey-reach-confirmed-hint = Also those who did not come.
survey-card-words = Title and first words
survey-field-title = Title of the survey
survey-field-intro = First words
survey-intro-hint = Stand in the mail and above the questions; without any, ours do.
survey-card-names = With names or without
survey-field-anonymous = Answers are
survey-field-reach = Who is asked
survey-field-venues = Venues
survey-none-is-all = None chosen stands for all.
survey-when-lead = Counted from the end of the last item of all venues, by the published agenda.
survey-field-amount = How long after the end
survey-field-days-open = Days for which it is open
survey-questions-none = Add questions, then start it.
survey-draft-lead = Once started, its questions stay as they are. By what is known now it goes to { $n ->
    [one] { $n } person
   *[other] { $n } people
  }, and to those who turn out to have come later.
survey-waiting-lead = Sent by itself when its time comes, by what is known now to { $n ->
    [one] { $n } person
   *[other] { $n } people
  }. Until then the start can be taken back.
survey-sending = The mails are being written; this page follows by itself.
survey-open-lead = Who turns out to have come only later is asked as well.
survey-start = Start the survey
survey-stop = Take the start back
survey-test = Send a trial to me
survey-tested = The trial is on its way
survey-tested-next = One mail in each language, to your own address.
survey-close = End it now
survey-close-lead = No more answers are taken, and this cannot be undone.
survey-close-lead-anonymous = No more answers are taken, and this cannot be undone. The key that finds anonymous answers is destroyed.
survey-remove = Delete the draft
survey-remove-lead = The survey goes with its questions, and this cannot be undone.
survey-mails = Mails: { $sent } handed to the mail server, { $waiting } waiting, { $failed } failed.

# Answering.
survey-preview-of = Preview: as { $who } see it
survey-preview-lead = Nothing that is filled in here is kept.
survey-anonymous-title = This survey is anonymous
survey-named-title = This survey carries your name
survey-open-until = You can answer, and change your answers, until { $at }.
survey-own-answer = Answer the survey
survey-answered-already = You have answered; you can change it until { $at }.
survey-save = Send my answers
survey-save-again = Save the changes
survey-saved = Received, thank you!
survey-saved-next = Until { $at } you can change your answers by the same link.
survey-change-answers = See or change my answers
survey-closed-at = It closed { $at }.

# Results.
survey-results-as-of = As of { $at }
survey-results-anonymous = Anonymous: venues, audiences and questions with fewer than { $n } answers are not shown on their own, nor what subtracting would tell.
survey-results-named = With names: they stand in the exported sheet alone.
survey-results-only = Shown: { $who } alone
survey-results-all = Show all
survey-results-too-few = Fewer than { $n } answers
survey-results-too-few-next = The survey is anonymous: so few answers would tell who wrote them.
survey-by = By { $what }
survey-too-few = too few to show
survey-bar = { $n } ({ $percent }%)
survey-result-answered = { $n } answered, { $skipped } did not
survey-result-several = several choices, so shares may come to more than 100%
survey-result-none = Nobody has answered this yet.
survey-result-hidden = Fewer than { $n } answered; not shown.
survey-result-table = As a table
survey-figure-mean = Mean
survey-figure-median = Median
survey-figure-lowest = Lowest
survey-figure-highest = Highest
survey-sheet-results = Results
survey-sheet-answers = Answers
survey-sheet-question = Question
survey-sheet-answer = Answer
survey-sheet-count = People
survey-sheet-percent = Share %
survey-sheet-at = Answered at
problem-survey_bad_days = Write a number of days from { $least } to { $most }.
problem-survey_bad_delay = Write a whole number, of 30 days at most.

# Templates and their questions.
survey-template-general = After the conference
survey-template-investment = After an investment conference
survey-template-training = After a training
survey-template-short = Two questions
survey-template-empty = Empty survey
survey-template-empty-lead = Add your own questions.
survey-q-overall = All in all, how satisfied are you with the conference?
survey-q-content = Was the content useful to you?
survey-q-organising = How satisfied are you with the organisation (registration, check-in, guidance)?
survey-q-place = How satisfied are you with the hall, or the online room?
survey-q-parts = Which parts helped you most?
survey-q-parts-1 = Keynotes
survey-q-parts-2 = Project presentations
survey-q-parts-3 = Group discussions
survey-q-parts-4 = Matchmaking
survey-q-parts-5 = Talking to people
survey-q-again = Would you come again?
survey-q-again-1 = Yes
survey-q-again-2 = It depends
survey-q-again-3 = No
survey-q-improve = What should we do better?
survey-q-matching = Did the matchmaking meet your expectations?
survey-q-intention = Do you intend to cooperate after the conference?
survey-q-intention-1 = Yes, definitely
survey-q-intention-2 = Considering it
survey-q-intention-3 = Not now
survey-q-sectors = Which fields interest you?
survey-q-sectors-1 = Advanced manufacturing
survey-q-sectors-2 = Electronics and information
survey-q-sectors-3 = Biomedicine
survey-q-sectors-4 = New energy
survey-q-sectors-5 = Modern services
survey-q-sectors-6 = Culture and tourism
survey-q-amount = About how much would you invest (in 10,000 CNY)?
survey-q-contact = Should somebody get in touch with you?
survey-q-contact-1 = Yes, please
survey-q-contact-2 = No need
survey-q-teacher = How satisfied are you with the teacher?
survey-q-pace = How was the pace?
survey-q-pace-1 = Too fast
survey-q-pace-2 = Right
survey-q-pace-3 = Too slow
survey-q-use = Can you use at work what you learnt?
survey-q-use-1 = At once
survey-q-use-2 = Parts of it
survey-q-use-3 = Not for now
survey-q-topics = What else would you like to learn?
