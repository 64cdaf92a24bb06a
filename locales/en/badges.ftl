# Badges: their codes, printing.

error-badge_foreign = This is not the code of a badge.
error-badge_foreign-next = Scan the code on the badge, or search by name.
error-badge_newer = This badge was made by a newer version of the system, which this place does not know yet.
error-badge_newer-next = Update the app on this device, or search by name.
error-badge_cut = The code is not whole, or damaged.
error-badge_cut-next = Scan again with all of the code in view. If that does not help, search by name or by the code in letters, and print the badge again.
error-badge_key_unknown = This badge was signed by another installation.
error-badge_key_unknown-next = Search by name. If the key here was replaced just now, go online first and fetch the list again.
error-badge_forged = The signature of this badge is wrong: it may be forged.
error-badge_forged-next = Do not let them in by it. Check the person's papers, search by name, and tell whoever is in charge.
error-badge_other_conference = This badge belongs to another conference.
error-badge_other_conference-next = Search for a registration for this conference by name.
error-badge_run_not_found = There is no such printing.
error-badge_run_not_found-next = Go back to the page of badges and reload it.
error-badges_none = There is no badge to print.
error-badges_none-next = Choose confirmed registrations first, or another filter.
error-badge_reason_needed = Some of these badges are printed already.
error-badge_reason_needed-next = Say why they are printed again, for example “badge lost”. Doors are told of the old ones.
error-badges_too_many = At most { $most } badges are printed at once.
error-badges_too_many-next = Print them by venue or by audience.
error-badge_no_glyph = “{ $name }” has characters that no font here can draw: { $characters }
error-badge_no_glyph-next = Use other characters in the registration, or install a font that has these on the server.
error-badges_printing = The badges are still being printed.
error-badges_printing-next = Wait a moment: the page shows how far it is.
error-badges_file_gone = This file was full of names, and was deleted after a day.
error-badges_file_gone-next = Print the badges again if they are needed, and say why.
error-badges_changed = What stands on somebody’s badge has changed since it was printed.
error-badges_changed-next = Go back to the badges, and print those that have changed.
error-badges_one_at_a_time = At a door badges are printed one at a time.
error-badges_one_at_a_time-next = Choose the person before you alone.
error-ticket_not_confirmed = There is an entry code once the registration is confirmed.
error-ticket_not_confirmed-next = Wait for the confirmation: this page then shows the code.

badges-title = Badges
badges-lead = Everybody who is confirmed for a hall. Doors can check the code on a badge without a network.
badge-state-unprinted = not printed
badge-state-changed = changed since
badge-state-printed = printed
badge-printed-at = print { $n } · { $at }
badges-nobody = Nobody is confirmed for a hall yet.
badges-nobody-next = Once registrations are confirmed, their badges are printed here. Who takes part online needs none.
badges-none-here = There is no such badge.
badges-none-here-next = Choose another filter.
badges-filter = Filter the badges
badges-filter-do = Filter
badges-shown = State
badges-shown-todo = To be printed (not printed, or changed)
badges-shown-unprinted = Not printed
badges-shown-changed = Changed since
badges-shown-printed = Printed
badges-shown-all = All
badges-any = All
badges-venue = Venue
badges-audience = Audience
badges-company = Organisation
badges-text = Name, pinyin or code
badges-name = Name
badges-code = Code
badges-choose = Choose
badges-choose-who = Choose { $who }
badges-layout = Paper
badge-layout-a4-90x54 = A4, ten a page, 90×54 mm, with crop marks
badge-layout-a4-85x54 = A4, ten a page, 85×54 mm, with crop marks
badge-layout-62x100 = Labels 62×100 mm, one a page
badge-layout-100x70 = Labels 100×70 mm, one a page
badges-reason = Why again
badges-reason-hint = Needed where a badge that has not changed is printed again; it goes into the conference’s trail.
badges-print-all = Print { $n ->
    [one] one badge
   *[other] all { $n }
  }
badges-print-chosen = Print the chosen ones
badges-print-one = Print the chosen one
badges-preview = Preview
badge-preview-mark = PREVIEW · not valid
badges-many = More than { $n } are printed in the background, and the page shows how far it is. The file is kept for a day.
badges-more = Here are the first { $shown } of { $n }; “Print all” means everybody.
badges-unprintable = { $n ->
    [one] One badge cannot be printed
   *[other] { $n } badges cannot be printed
  }
badges-unprintable-next = No font here has these characters. Use others in the registration; everybody else’s badge is printed.
badges-runs = Printings
badges-run-printing = { $done } of { $n }, printing
badges-run-failed = { $n }, not finished
badges-run-ready = { $n }, ready
badges-run-over = { $n }, file deleted
badges-run-title = { $n ->
    [one] Print one badge
   *[other] Print { $n } badges
  }
badges-ready = { $n ->
    [one] One badge is ready to be printed.
   *[other] { $n } badges are ready to be printed.
  }
badges-open = Open the PDF
badges-scale-hint = Print at actual size (100 %), not scaled. The file is kept for a day.
badges-over = This file was full of names, and was deleted after a day.
badges-over-next = Print the badges again from the page of badges if they are needed, and say why.
badges-failed = The printing did not finish.
badges-failed-next = It was tried several times. Badges that have their number can be printed again from the page of badges; tell the administrator as well.
badges-numbered = Numbered
badges-waiting = Each badge gets its number and signature: { $done } of { $n }.
badges-drawing = { $n } badges are being set.

ticket-title = Entry code
ticket-lead = Show it at the door. It can be checked without a network.
ticket-words = QR code for the entry
ticket-keep = Keep on the phone

trouble-job-badges-print = Printing of badges
trouble-job-badges-remove_file = Deletion of a file of badges
trail-work-badges-print = Printing of badges
trail-work-badges-remove_file = Deletion of a file of badges

# The command line.
cli-pki-door = Key of badges { $name }: Ed25519 public key { $raw }

wallet-apple = Add to Apple Wallet
wallet-google = Add to Google Wallet
# On the ticket itself: keep labels short.
wallet-name = Name
wallet-audience = As
wallet-when = Begins
wallet-venue = Venue
wallet-address = Address
wallet-code = Code
wallet-about = About this ticket
wallet-about-words = Show the code at the door. If your registration changes or your badge is printed again, add the ticket again from your registration page.
wallet-demo = Demo sample
registration-mail-wallet = On your registration page you can also keep the ticket in the wallet of your phone.
error-wallet_not_offered = Tickets are not kept in phone wallets here.
error-wallet_not_offered-next = Keep the picture of the entry code on your phone instead.
error-wallet_unusable = The ticket for the wallet cannot be made at the moment.
error-wallet_unusable-next = Keep the picture of the entry code on your phone instead. Administrators: run yunqian doctor.
