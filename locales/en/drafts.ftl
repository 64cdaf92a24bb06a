# Changing a draft, reading its papers, and the last question before inviting.
plan-edit-facts = Edit name, time and sum
plan-edit-ceremony = Edit the ceremony
plan-edit-ceremony-lead = Name, beginning and planned sum. All of it can be changed until the invitations go out.
plan-card-name = Name
plan-card-when = When
plan-card-host = Host
plan-card-sum = Planned sum and note
plan-field-name = Name of the ceremony
plan-name-hint = Stands on the stage and in the invitations. The agreements name the project after it.
plan-when-note = at present in the local time of {$place} ({$zone})
plan-field-time = Beginning, local time
plan-field-zone = Time zone of the beginning
plan-zone-hint = Type a city or country to find it, such as Shanghai. The day and the time above are those of this zone. Every signer sees them in their own zone too.
plan-field-minutes = Length in minutes
plan-note-hint = For hosts only; it is on no paper.
plan-agreement-what = What is agreed
plan-agreement-paper = The paper
plan-field-kind = Clauses
plan-kind-investment = Investment agreement
plan-kind-cooperation = Cooperation agreement
plan-kind-hint = Decides which clauses are printed. Your own text can take their place once the agreement is saved.
plan-amount-hint = Digits only, such as 500000000. An investment agreement needs it.
plan-field-between = Signed by
plan-between-hint = At least two parties; each signs once. Who was chosen before keeps the order, the first is Party A.
plan-field-after = Opens after these are complete
plan-after-hint = Choose none and it opens at the beginning.
plan-add-agreement = Add an agreement
plan-add-agreement-lead = It takes its place at the end of the plan.
plan-no-agreements = No agreements yet.
plan-add-party = Add a party
plan-add-party-lead = Then choose on the page of an agreement what the party signs.
plan-is-host = This party hosts the ceremony. To change that, make another party the host on its own page.
plan-make-host = This party hosts the ceremony
plan-make-host-hint = The invitations go out in its name; whoever hosts now becomes a partner.
plan-remove-agreement = Remove this agreement from the plan
plan-remove-party = Remove this party from the plan
plan-remove-title = Remove from the plan?
plan-remove-lead = The audit trail keeps that it was in the plan. Nothing has been sent to anybody.
plan-remove-do = Remove
plan-remove-party-needed = Without this party only one would sign:
plan-remove-party-from = This party will then no longer sign:
plan-remove-agreement-then = “{$title}” will then open after {$after}.
plan-remove-agreement-first = “{$title}” will then open at the beginning.
plan-title-quoted = “{$title}”
plan-opens-after = Opens after {$titles}
plan-opens-first = Opens first
plan-preview = Read the paper
plan-preview-what = Read the paper: {$what}
plan-warnings =
    {$n ->
        [one] Please look at this once more
       *[other] Please look at these {$n} things once more
    }
preview-title = Draft: {$title}
preview-lead = A draft, as it will be printed. It has no number yet and is kept nowhere.
preview-pdf = Open as PDF
preview-pages =
    {$count ->
        [one] 1 page
       *[other] {$count} pages
    }
preview-page = Page {$number}
preview-page-alt = Draft, page {$number} of {$count}; its text is below
preview-seals = Specimen seals stand where they will be drawn: {$whose}. Each signer decides while signing whether it is drawn.
preview-text = Read as text
page-text-by-machine = Taken from the file that was uploaded, not read from the picture, which is what is signed. Whoever made the file decides what stands here: if you cannot see the picture, have it read to you by somebody you trust before you sign.
page-text-none = This page is a picture in which no text was found; the picture is what is signed.
preview-enlarge = Enlarge
preview-lacking =
    {$n ->
        [one] One entry is incomplete; the draft shows what there is
       *[other] {$n} entries are incomplete; the draft shows what there is
    }
preview-not-yet = This paper cannot be printed yet
invite-title = Finalise and send the invitations?
invite-what = What happens now
invite-what-freeze =
    {$n ->
        [one] One agreement is printed and certified; its text can no longer change.
       *[other] {$n} agreements are printed and certified; their texts can no longer change.
    }
invite-what-mail =
    {$n ->
        [one] One person receives a mail with a personal link and a calendar entry, as soon as all papers are final.
       *[other] {$n} people receive a mail with their personal link and a calendar entry, as soon as all papers are final.
    }
invite-what-open-led = Each agreement opens for signing when you come to its cue on the cue sheet.
invite-what-open = Agreements that do not wait for another can be signed at once; the others open by themselves as their turn comes.
invite-what-seals = These specimen seals are printed with the texts, unseen until their signers confirm them; none can be added later:
invite-what-no-seals = No specimen seal is printed into any agreement; none can be added later.
invite-seal-signature = over the signature
invite-seal-edges = over the signature and on every page’s edge
invite-who = Who gets mail
invite-no-amount = no amount
invite-address = Mail goes to
invite-local-start = Beginning there
invite-final = This cannot be undone
invite-final-lead = Texts, names, sums and order are fixed from then on. What is still possible:
invite-after-address = correct a signer’s mail address, as long as nobody has proved it
invite-after-link = send a signer a new personal link, at any time
invite-after-cancel = cancel the ceremony; what was not signed can become a new draft with everything in it
invite-do = Finalise and send now
invite-back = Not yet
invite-not-yet = Fill in what is missing first; the plan’s page lists it.
plan-changed-lead = Nothing of yours was saved yet, and nothing of it is lost: it stands in the form below. Saving again puts it in the place of what stands in the plan now.
plan-changed-now = In the plan now, where you typed something else:
invite-changed = Nothing was finalised and nothing sent. This page shows the plan as it is now; look at it once more before you confirm. Changed meanwhile:
invite-changed-facts = Name, beginning, planned sum or note of the ceremony
invite-changed-gone =
    {$n ->
        [one] One entry was removed from the plan
       *[other] {$n} entries were removed from the plan
    }
error-plan_changed = Somebody changed this meanwhile.
error-plan_changed-next = Look at what stands in the plan now, then do it again.
discard-link = Remove this draft
discard-title = Remove this draft?
discard-lead =
    {$n ->
        [one] It disappears from the list, with its one agreement:
       *[other] It disappears from the list, with its {$n} agreements:
    }
discard-what = No text is final and nothing was sent to anybody. The audit trail stays and auditors can read it; the draft itself does not come back.
discard-do = Remove the draft
discard-changed = The draft was not removed. This page shows it as it is now; look at it before you confirm. Changed meanwhile:
discarded-lead = Removed on {$at}; nobody was ever invited.
problem-too_few_sign = At least {$least} parties sign an agreement.
problem-no_such_time = {$time} does not exist on that day in {$zone}: the clocks are put forward. Choose another time.
problem-same_address = Two signers have one mail address, {$address}: {$who}. Whoever reads that mailbox can sign for each of them.
problem-start_past = The beginning has passed: {$when}.
problem-sums_differ = The planned sum is {$planned}; the agreements name {$total} together.
problem-sum_not_named = The planned sum is {$planned}; no agreement names an amount.
problem-paper_arriving = “{ $name }”, uploaded for { $title }, is still being taken in; you can go on when that is done.
problem-paper_refused = “{ $name }”, uploaded for { $title }, was not taken: the text from before would be signed.
problem-signs_nothing = {$who} signs no agreement and would be invited for nothing.
problem-template_left = {$who}: “{$text}” ({$field}) is still the template’s. Write your own, or leave the field for English empty.
problem-seal_not_approved = The seal of {$who} waits for approval and will not be drawn in {$titles}.
problem-seal_missing = {$who} has no picture of a seal; none will be drawn in {$titles}, although a place was chosen for it.
error-last_agreement = A ceremony needs at least one agreement.
error-last_agreement-next = Add another agreement first, or remove the whole draft.
error-party_is_host = The hosting party cannot be removed.
error-party_is_host-next = Make another party the host first, on that party’s page.
error-party_needed = Without this party only one would sign: {$agreements}.
error-party_needed-next = Choose another party for these agreements first, or remove them.
error-too_many_parties = A ceremony has at most {$most} parties.
error-too_many_parties-next = Hold a second ceremony for the others.
error-too_many_agreements = A ceremony has at most {$most} agreements.
error-too_many_agreements-next = Hold a second ceremony for the others.
error-agreement_frozen = The text of this agreement is final; there is no draft of it any more.
error-agreement_frozen-next = Open the ceremony’s page.
error-preview_busy = Another paper is being printed right now.
error-preview_busy-next = Try again in a few seconds.
error-preview_failed = The draft could not be printed.
error-preview_failed-next = Try again; if it happens again, tell the administrator the number below.
trail-action-ceremony-changed = Ceremony’s facts changed
trail-action-ceremony-discarded = Draft removed
trail-action-party-added = Party added to the plan
trail-action-party-removed = Party removed from the plan
trail-action-agreement-added = Agreement added to the plan
trail-action-agreement-removed = Agreement removed from the plan
trail-note-ceremony-changed = {$changes}
trail-note-ceremony-discarded = {$title}
trail-note-party-changed = {$changes}
trail-note-agreement-changed = {$changes}
trail-note-party-added = {$organisation}
trail-note-party-removed = {$organisation}
trail-note-agreement-added = {$title}
trail-note-agreement-removed = {$title}
trail-change = {$field}: {$before} → {$after}
trail-change-separator = {" · "}
trail-none = none
trail-yes = yes
trail-no = no
trail-field-title = Name
trail-field-held_on = Day
trail-field-starts_at = Beginning
trail-field-host_timezone = Zone of the beginning
trail-field-limit_minutes = Minutes
trail-field-conference_tool = Meeting tool
trail-field-time_policy = Where no timestamp can be had
trail-field-planned_amount = Planned sum
trail-field-note = Note
trail-field-organisation = Organisation
trail-field-representative_title = Title of the signer
trail-field-representative_name = Name of the signer
trail-field-email = Mail address
trail-field-locale = Language
trail-field-place = Place
trail-field-timezone = Zone
trail-field-is_host = Hosts
trail-field-assumed = Assumed
trail-field-kind = Clauses
trail-field-amount = Amount
trail-field-between = Signed by
trail-field-after = Opens after

plan-field-time_policy = Where no timestamp can be had
plan-time_policy-hint = What becomes of a signature while the timestamp authorities of others are silent. The built-in clock always answers.
time-policy-installation = Usual here: { $usual }
time-policy-wait = stamp it later
time-policy-refuse = refuse it for now
time-policy-fallback = built-in clock, marked
