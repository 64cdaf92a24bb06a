# The cue sheet of a ceremony.
cue-title-welcome = Welcome
cue-title-speech = Speech
cue-title-roll_call = Roll call
cue-title-record_code = Same-record code
cue-title-signing = Signing
cue-title-signing-several = Signing of { $n } agreements
cue-title-signing-following = Signing of the { $n } agreements that follow
cue-title-photograph = Photograph
cue-title-break = Break
cue-title-closing = Closing

trail-action-cues-made = Cue sheet made
trail-action-cues-removed = Cue sheet taken away
trail-action-cues-held = Ceremony put on hold
trail-action-cues-resumed = Ceremony resumed
trail-action-cues-over = Cue sheet over
trail-action-cue-added = Cue added
trail-action-cue-changed = Cue changed
trail-action-cue-moved = Cue moved
trail-action-cue-removed = Cue removed
trail-action-cue-stood_by = Cue stands by
trail-action-cue-went = Cue live
trail-action-cue-skipped = Cue skipped
trail-action-cue-went_back = Back to a cue

error-cue_sheet_not_found = This ceremony has no cue sheet.
error-cue_sheet_not_found-next = Make one on the ceremony's page; until then everybody signs when they like.
error-cue_not_found = This cue is not in the cue sheet.
error-cue_not_found-next = Somebody may have removed it. Look at the cue sheet again.
error-cue_sheet_moved = The cue sheet has moved on since you looked.
error-cue_sheet_moved-next = Another host was faster, or this page was old. Look at where it stands now, then decide again.
error-cue_sheet_held = The ceremony is on hold.
error-cue_sheet_held-next = Resume it first.
error-cue_sheet_not_held = The ceremony is not on hold.
error-cue_sheet_not_held-next = Nothing needs to be resumed.
error-cue_sheet_over = The cue sheet is over.
error-cue_sheet_over-next = Go back one cue if something is still to be done.
error-cue_sheet_begun = The ceremony has begun by this cue sheet.
error-cue_sheet_begun-next = Go on to its end, or end it; it can no longer be taken away.
error-cue_none_standing_by = No cue stands by.
error-cue_none_standing_by-next = Let a cue stand by first; “go” then makes it live.
error-cue_none_live = No cue is live.
error-cue_none_live-next = Begin with the first cue.
error-cue_none_before = There is no cue before this one.
error-cue_none_before-next = Go on from here.
error-cue_is_live = This cue is live.
error-cue_is_live-next = Change a cue that comes later, or add one.
error-cue_is_done = This cue is done.
error-cue_is_done-next = Go back to it, or add a cue behind the live one.
error-cue_unsigned = { $n ->
    [one] One signature of this cue is missing.
   *[other] { $n } signatures of this cue are missing.
 }
error-cue_unsigned-next = Wait for it, or go on anyway: who has not signed can sign once the cue sheet is over, or when you go back to this cue.
error-too_many_cues = A cue sheet has { $most } cues at most.
error-too_many_cues-next = Remove cues that are not needed.
error-last_cue = A cue sheet has at least one cue.
error-last_cue-next = Add another cue first, or take the whole cue sheet away.
error-agreement_called_twice = Another cue already calls this agreement.
error-agreement_called_twice-next = Take it out of that cue first.

cues-title = Cue sheet
cues-none = No cue sheet yet
cues-none-lead = With a cue sheet you lead the ceremony step by step: signing opens on its cue and only then. It is made from the plan in one go, and you can change it. Without one, everybody signs when they like.
cues-make = Make the cue sheet
cues-remove = Take the cue sheet away
cues-remove-lead = All { $n } cues go, with their scripts and lines for the stage, and cannot be brought back; you can have a sheet made anew. Without a sheet everybody may sign at any time.
cues-remove-do = Take the whole sheet away
cues-add = Add a cue
cues-anyway = Go on anyway
cues-anyway-title = Something is still missing
cues-wait = Wait
cues-too-long = { $n } minutes are planned, and { $limit } are allowed
cues-too-long-lead = Shorten some cues, or allow more time on the page of the ceremony.
cues-length = { $n } of { $limit } minutes planned, end at { $end }
cues-state-planned = Ready to begin
cues-state-running = Under way
cues-state-held = On hold
cues-state-over = Over
cues-expected-end = Expected end { $time } (planned { $planned })
cues-held-since = since { $time }
cues-ended-at = at { $time }
cues-stands-by = Stands by:
cues-next = Next:
cues-last = This is the last cue.
cues-now = Now: { $title }
cues-said-waits = Standing by: { $title }
cues-said-held = On hold.
cues-said-resumed = Resumed.
cues-said-over = The cue sheet is over.
cues-said-skipped = Skipped: { $title }.
cues-go = Go
cues-stand-by = Stand by
cues-stand-by-what = Stand by: { $what }
cues-hold = Hold
cues-resume = Resume
cues-back = Back one
cues-skip = Skip
cues-skip-what = Skip: { $what }
cues-over = End the cue sheet
cues-key-space = Space
cues-lead-hint = The space bar does the next step: stand by, then go. H holds, B goes back one.
cues-over-hint = Who has not signed yet can sign now, in their own time. “Back one” opens the cue sheet again.
cues-over-signed-hint = Everything is signed. “Back one” opens the sheet again.
cues-over-ended-hint = Nothing can be signed any more: { $n } of { $m } agreements are signed. “Back one” opens the sheet again.
cues-ended-next = Nobody waits for it any more, and “Go” does not ask for it. Go on to the next cue when you are ready. After the ceremony, “{ $copy }” on its page prepares the agreement anew.
cues-early-begin = It is planned for { $when }. “Go” (the space bar) begins the real ceremony now; to try it out, make a rehearsal.
cues-on-stage = On the stage: { $text }
cues-took = took { $time }
cues-up-what = Move up: { $what }
cues-down-what = Move down: { $what }
cue-state-planned = planned
cue-state-standby = stands by
cue-state-live = live
cue-state-done = done
cue-state-skipped = skipped
cue-kind-welcome = Welcome
cue-kind-speech = Speech
cue-kind-roll_call = Roll call
cue-kind-record_code = Same-record code
cue-kind-signing = Signing
cue-kind-photograph = Photograph
cue-kind-break = Break
cue-kind-closing = Closing
cue-edit = Change a cue
cue-remove = Remove this cue
cue-what = What happens
cue-words = What is said and shown
cue-everywhere = Everywhere
cue-signers = { $n ->
    [one] one signature
   *[other] { $n } signatures
 }
cue-field-kind = Kind
cue-kind-hint = Only “Signing” opens agreements for signing.
cue-field-title = Title
cue-field-minutes = Minutes
cue-minutes-hint = Such as 2 or 0.5.
cue-field-place = Place
cue-field-speaker = Speaker
cue-field-agreements = Agreements that are signed on this cue
cue-agreements-hint = Only for cues of the kind “Signing”.
cue-field-script = Your script
cue-script-hint = Hosts, the confidence monitor and interpreters with a link see it, the stage and signers do not: write nothing private here. Each reads it in the language of their page; where that is empty, in the other.
cue-field-text = Line on the stage
cue-text-hint = Everybody sees it while the cue is live.
problem-bad_cue_length = A cue takes between 10 seconds and 4 hours. Give minutes, such as 2 or 0.5.
problem-cue_without_agreement = Choose at least one agreement that is signed on this cue.
cues-signed = { $n } of { $m } signed
trail-action-cues-put_right = Cue sheet brought in line with the plan
cues-astray = The plan has changed since this cue sheet was made
cues-uncalled-lead = No cue calls { $titles }: they could be signed only once the cue sheet is over.
cues-early-lead = { $titles }: called before what has to be signed first.
cues-gone-lead = { $n ->
    [one] One cue calls an agreement that is no longer in the plan.
   *[other] { $n } cues call agreements that are no longer in the plan.
 }
cues-put-right = Put the cue sheet right
cues-add-behind = Add a cue after: { $what }
cues-grip = Move { $what }, now number { $n }
cues-move-keys = Arrow keys move the cue up and down, Enter saves, Esc puts it back.
cues-moving = { $title }: number { $n } of { $all }. Enter saves, Esc puts it back.
cues-put-back = { $title } is back in its place.
cues-moved = { $title } is now number { $n }.
cues-move-undone = { $title } is number { $n } again.
cues-move-lost = { $title } was not moved.
cues-undo = Undo
trail-action-cues-worded = Words proposed for cues
trail-action-cues-reworded = Proposed words changed to the new signer
cues-not-signed = ✕ “{ $title }” will not be signed. { $why }
cues-outdated = Some cues still name a signer who was replaced
cues-outdated-lead = You wrote or changed these words, so they were left as they are. Open each and put in the new name.
cues-outdated-name = : still says “{ $name }”
cues-propose = Propose words for empty cues
cues-propose-lead = Welcome, roll call, what is signed, thanks: made from the plan, with everybody's names. What you have written stays; every text can be changed.
cue-words-welcome = Ladies and gentlemen, welcome to “{ $title }”. Today { $parties } meet in { $places } to sign { $n ->
    [one] one agreement
   *[other] { $n } agreements
 }. What you see on the screen is the signature itself.
cue-words-roll_call = We call the roll. Please answer when you are named, and say that you see and hear us:
 { $people }
cue-words-record_code = The screen shows eight digits for each agreement. Please read them out at your place: the same digits mean the same text.
cue-words-signing = We now sign { $titles }. The signatures of { $signers } are asked for. Please read your text to its end, then sign.
cue-words-photograph = { $parties }: please look into your cameras and stay seated for the photograph.
cue-words-closing = All that was planned is done. We thank { $parties }. Everybody will receive the signed files with their evidence by mail.
cue-line-welcome = { $title }
cue-line-roll_call = Please answer when you are named
cue-line-record_code = The same digits at every place mean the same text
cue-line-signing = { $signers }
cue-line-photograph = Photograph
cue-line-closing = Thank you to all parties
error-cue_early = It is planned for { $when }. What begins now is the real ceremony.
error-cue_early-next = If you only want to try it out, do not begin: make a rehearsal.
cues-early-title = Begin the real ceremony now?
cues-early-do = Begin now
error-cue_ticks_anew = { $n ->
    [one] One tick was made there.
   *[other] { $n } ticks were made there.
 } Whoever goes back to it asks for them anew; the report keeps the earlier ones.
error-cue_ticks_anew-next = If you only want to see who was ticked, stay here: it stands below.
cues-back-title = Go back, and tick anew?
cues-back-do = Go back
