ceremony-state-draft = In preparation
ceremony-state-printing = Finalising the agreements
ceremony-state-invited = Signing
ceremony-state-completed = Complete
ceremony-state-cancelled = Cancelled
ceremony-state-discarded = Draft removed
ceremonies-title = Ceremonies
ceremonies-lead = Every remote signing, from the plan to the proof.
ceremonies-import = Import a ceremony
ceremonies-name = Name
ceremonies-when = When
ceremonies-demo = Demonstration; the date is the sample’s
ceremonies-state = State
ceremonies-signatures = Signatures
ceremonies-empty = There are no ceremonies yet
ceremonies-empty-next = Begin a new one, import a plan, or start from the example.
ceremonies-new = New ceremony
ceremonies-new-lead = Name, time and host are enough for a draft. Signers, the other parties and the agreements come on the next page.
ceremonies-new-do = Begin
ceremonies-discarded = Removed drafts
ceremonies-discarded-lead = Nobody was ever invited to these. Their audit trails can still be read.
ceremonies-discarded-link = Removed drafts ({$n})
ceremonies-discarded-none = There are no removed drafts
ceremonies-removed = The draft was removed
ceremonies-removed-what = “{$title}” is no longer in the list. Its audit trail can still be read under the removed drafts.
ceremonies-import-lead = One file holds the parties, the places, the agreements and their order.
ceremonies-import-file = Plan file
ceremonies-import-hint = An Excel workbook (.xlsx) or a plan file (.json), as the page of a ceremony saves them; at most 500 kB. If anything is wrong, everything is listed at once.
ceremonies-example-lead = The Shuangliu livestream park: six parties, four places, five agreements, ten signatures.
ceremony-steps = Progress
ceremony-step-plan = Plan
ceremony-step-print = Finalise and invite
ceremony-step-sign = Sign
ceremony-step-evidence = Seal and prove
ceremony-missing =
    {$n ->
        [one] One thing is missing before the invitations can go out
       *[other] {$n} entries are incomplete; the invitations can go out when they are filled in
    }
ceremony-ready = Ready to invite
ceremony-ready-lead = The agreements are then finalised and certified, and their text can no longer change; every signer receives a personal link and a calendar entry.
ceremony-invite = Finalise and send invitations
ceremony-fact-limit = Length
ceremony-fact-amount = Planned investment
ceremony-fact-tool = Meeting tool
ceremony-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
 }
ceremony-places = Local times
ceremony-parties = Parties
ceremony-party = Party
ceremony-signer = Signer
ceremony-place-time = Place and local beginning
ceremony-host = host
ceremony-not-given = not given
ceremony-assumed = Filled in for you, please check: {$fields}
ceremony-edit = Edit
ceremony-edit-who = Edit {$who}
ceremony-agreements = Agreements
ceremony-note = Note
ceremony-record-code = Same-record code
frozen-read = Read the paper
frozen-read-what = Read the paper: {$what}
frozen-lead = The text as it is signed: the pages that signers read, before anybody’s signature.
frozen-what = The same at every place
frozen-code = The code is worked out from this file. Whoever signs has the same file and the same eight digits on the screen.
frozen-number = No. {$number}
frozen-digest = SHA-256 of the file that is signed
frozen-page-alt = Page {$number} of {$count}; its text is below
ceremony-ended-reason = Reason given: {$reason}
ceremony-download-final = Signed file
ceremony-download-certificate = Certificate
ceremony-download-kit = Evidence kit
ceremony-cancel = Cancel the ceremony
ceremony-cancel-lead = Nobody can sign after that, and everybody who was invited is told. This cannot be undone.
ceremony-cancel-reason = Reason (the signers are told)
ceremony-cancel-do = Cancel it now
ceremony-printing = The agreements are being finalised
ceremony-printing-lead = They are printed, given their signature fields and certified. The invitations go out by themselves when all are done; you may leave this page.
ceremony-printed = Finalised
ceremony-stage = Stage link
ceremony-trail = Audit trail
ceremony-signed = Signatures given
ceremony-complete = Everything is signed and sealed
ceremony-complete-lead = Anybody can check the evidence kit without us.
ceremony-kit = Download the evidence kit
ceremony-sealing = All signatures are given; sealing and making the evidence: {$done} of {$all}
ceremony-who-is-where = Who is where
ceremony-where = Where
ceremony-how-far = How far
ceremony-seat-not_invited = Not invited yet
ceremony-seat-invited = Invited, has not begun yet
ceremony-seat-opened = Asked for the code, proving identity
ceremony-seat-proved = Identity proved
ceremony-seat-reading = Consented; reading or waiting to sign
ceremony-seat-signed = Has signed everything
ceremony-is-here = on the page now
ceremony-seen = last seen {$time}
ceremony-link-stage = Stage link
ceremony-link-stage-lead = Open it on the screens of the halls; no sign-in is needed. It stays the same until you take it back.
ceremony-link-seat-lead = It is this signer’s alone. Whoever opens it also needs the one-time code that goes to {$address}.
ceremony-link-open = Open the stage
ceremony-link-copy = Copy the link
ceremony-edit-party = Edit a party
ceremony-edit-agreement = Edit an agreement
ceremony-field-representative_name = Signer's name
ceremony-field-email = Signer's mail address
ceremony-field-locale = Language of mails and pages
ceremony-field-organisation = Organisation
ceremony-field-representative_title = Title
ceremony-field-place = Place
ceremony-field-timezone = Time zone
ceremony-field-title = Title
ceremony-field-amount = Amount
ceremony-field-currency = Currency
ceremony-field-english = {$field} in English
ceremony-name-hint = Printed on the agreement and in the certificate.
ceremony-email-hint = The personal link and the codes go here.
ceremony-zone-hint = Type a city or country to find it, such as Shanghai or Los Angeles.
ceremony-amount-hint = Digits only, such as 500000000.
ceremony-save = Save
ceremony-facts = In brief
ceremony-name-lacking = no name yet
ceremony-email-lacking = no mail address yet
ceremony-signed-at = signed {$time}
ceremony-custody-client = key on own device
ceremony-custody-server = one-time key of the server
ceremony-custody-external = own certificate
ceremony-link-back = Back to the ceremony
ceremony-agreement-waits = Waits for another
ceremony-state-ended = Ended
ceremony-stage-take-back = Take the stage link back
ceremony-signer-closed = not signed
ceremony-seat-declined = Declined to sign
ceremony-seat-over = Nothing left to sign
ceremony-cancelled-lead =
    {$signed ->
        [0] Nobody can sign any more. None of the {$all} agreements was signed.
       *[other] Nobody can sign any more. {$signed} of {$all} agreements had been signed by everybody; they hold.
    }
ceremony-ended = The ceremony is over; not everything was signed
ceremony-ended-lead = {$signed} of {$all} agreements were signed and sealed; they hold. Below you see why the others were not signed. You can have those signed on another day.
ceremony-ended-none = The ceremony is over; nothing was signed
ceremony-ended-none-lead = Below you see why. You can have the agreements signed on another day.
ceremony-some-unsigned =
    {$n ->
        [one] One agreement will not be signed
       *[other] {$n} agreements will not be signed
    }
ceremony-some-unsigned-lead = Everybody concerned has been told by mail. The other agreements go on; when they are done, you can plan the rest anew here.
ceremony-kit-of-signed = Evidence of what was signed
ceremony-copy = Have the rest signed on another day
ceremony-copy-lead =
    {$n ->
        [one] A new draft with the one agreement that was not signed and its parties. You can change names and amounts in it before you invite anybody.
       *[other] A new draft with the {$n} agreements that were not signed and their parties. You can change names and amounts in it before you invite anybody.
    }
ceremony-copy-date = Day
ceremony-copy-time = Beginning ({$zone})
ceremony-copy-do = Make a new draft
agreement-ended-declined = {$who} decided not to sign.
agreement-ended-declined-mine = You decided not to sign this agreement.
agreement-ended-cancelled = The host called the ceremony off.
agreement-ended-expired = The time for signing has passed.
agreement-ended-comes_after =
    {$state ->
        [declined] It would have opened after {$after}, which was declined.
        [expired] It would have opened after {$after}, whose time for signing has passed.
       *[voided] It would have opened after {$after}, which was called off.
    }
ceremony-link-seat-of = Personal link of {$who}
ceremony-link-none = No link holds at present
ceremony-link-none-seat = It was taken back, or its time is over.
ceremony-link-make = Make the link
ceremony-link-until = Holds until {$until}.
ceremony-link-show = Show the link as text
ceremony-link-qr = The link as a QR code
ceremony-link-send-title = Send a new link
ceremony-link-send-lead = A mail with a new link goes to {$address}. The link above then no longer opens, and mails sent earlier lead nowhere.
ceremony-link-send = Send a new link
ceremony-personal-link = Personal link
ceremony-personal-link-who = Personal link: {$who}
ceremony-agreement-printed = Text is fixed
