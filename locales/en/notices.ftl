notice-card = Who is told
notice-card-lead = It concerns { $n ->
    [one] one person, who gets a mail:
   *[other] { $n } people, who get a mail each:
 }
notice-people = { $n ->
    [one] one person
   *[other] { $n } people
 }
notice-who-venue = Registered for {$venue}
notice-who-speaker = Speaker {$name}
notice-who-partner = Partner {$name}
notice-preview = See the mail
notice-preview-of = See the mail to: {$who}
notice-preview-lead = As it would read if the draft were published now.
notice-preview-back = Back to publishing
notice-field = {$field}: {$before} → {$after}
notice-fields-separator = {"; "}
notice-nobody = Nobody has to know: times, places and what takes place stay the same for everybody who registered or speaks.
notice-unreached = It concerns these speakers, too, and nobody knows their mail address: {$who}. Write it into their form.
notice-send = { $n ->
    [one] Send the mail when publishing
   *[other] Send the { $n } mails when publishing
 }
notice-sample-name = (name)
notice-mail-subject = Changes: {$title}
notice-mail = Something that concerns you has changed at “{$title}”:
notice-mail-look = See how it stands now
notice-mail-calendar = The attached calendar files bring your calendar up to date.
notice-off-subject = Called off: {$title}
notice-off = “{$title}” does not take place.
notices-title = Versions and who was told
notices-lead = What each publication changed, and how many people were sent a mail because it concerned them.
notices-version = Version {$n}
notices-people = { $n ->
    [0] Nobody was told.
    [one] One person was told.
   *[other] { $n } people were told.
 }
notices-none = Nothing is published yet
trouble-job-notices-send = Telling people of changes
trail-work-notices-send = Mails about changes
trail-mail-notice = What a publication changes
error-notice_not_found = There is no such mail.
error-notice_not_found-next = Look at the publication again: it may concern nobody there any more.
notice-is-added = It is new for you.
notice-is-removed = It does not take place where you are.
