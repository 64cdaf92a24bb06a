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

# The command line.
cli-pki-door = Key of badges { $name }: Ed25519 public key { $raw }
