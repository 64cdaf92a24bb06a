# What went wrong in the background, for the host of a ceremony.
trouble-title = { $n ->
    [one] One thing did not work
   *[other] { $n } things did not work
  }
trouble-title-trying = { $n ->
    [one] One thing does not work yet
   *[other] { $n } things do not work yet
  }
trouble-mail = { $what } to { $who } ({ $address })
trouble-job-agreement-print = Printing of “{ $title }”
trouble-job-ceremony-agreement_frozen = Inviting, after “{ $title }” was printed
trouble-job-agreement-seal = Seal and timestamp of “{ $title }”
trouble-job-ceremony-agreement_ended = Closing of “{ $title }”
trouble-job-agreement-stamp = Timestamp for the signatures on “{ $title }”
trouble-job-evidence-make = Completion certificate and evidence kit of “{ $title }”
trouble-job-evidence-ceremony = Evidence kit of the whole ceremony
trouble-job-evidence-renew = Renewal of the archive timestamp of a file
trouble-job-evidence-repack = Kits packed anew after personal values were deleted
trouble-job-evidence-remove_files = Removal of files that still hold deleted personal values
trouble-job-uploads-take = Taking in the paper uploaded for “{ $title }”
trouble-job-uploads-sweep = Removing uploaded files that nobody needs
trouble-job-other = A step in the background
trouble-why-address_unknown = There is no such mailbox: the address is probably wrong.
trouble-why-address_broken = This is not a mail address.
trouble-why-address_unsupported = The mail server cannot write to an address with these characters.
trouble-why-mailbox_full = The mailbox is full.
trouble-why-mail_too_large = The mail is too large for the mail server.
trouble-why-server_refused = The mail server refused it.
trouble-why-server_busy = The mail server asks to be tried later.
trouble-why-server_away = The mail server cannot be reached.
trouble-why-server_settings = The mail server does not let us in.
trouble-why-too_late = It would have come too late to be of use.
trouble-why-link_revoked = The personal link in it was taken back.
trouble-why-link_expired = The personal link in it has run out.
trouble-why-timestamp_unavailable = No timestamp authority answers.
trouble-why-sealed_file_fails = The finished file does not pass our own check; a certificate was probably revoked before it was used.
trouble-why-renewed_file_fails = With its new archive timestamp the file would not pass our own check; the old one stays as it is.
trouble-why-disk_full = The server’s disk is full.
trouble-why-worker_died = The program was ended each time while it was at it.
trouble-why-unknown = There was a fault that should not happen.
trouble-given-up = Given up after { $tries ->
    [one] one try
   *[other] { $tries } tries
  }.
trouble-trying = Tried { $tries } times; it goes on by itself, next at { $time } ({ $zone }).
trouble-trying-now = Tried { $tries } times; it is being tried now.
trouble-do-address = Ask for the right address, correct it here, and a new invitation goes out.
trouble-do-address-fixed = The address was proved by this person and cannot be changed; hand over what was to be sent in another way.
trouble-do-code = The signer can ask for a new code on the personal page.
trouble-do-link = Invite this person again: the new mail has a new link.
trouble-do-sealed-file = Nothing was sent out as complete. Do not use this agreement; have it signed anew in another ceremony. If a revocation list was wrong, please tell the administrator (number { $id }), and try again when it is put right.
trouble-do-admin = Please tell the administrator (number { $id }), and try again when the cause is gone.
trouble-do-wait = Nothing needs to be done now; if it lasts, please tell the administrator (number { $id }).
trouble-correct-address = Correct the address
trouble-correct-address-who = Correct the address: { $what }
trouble-try-again = Try again
trouble-try-now = Try now
trouble-try-again-what = Try again: { $what }
trouble-address-title = Correct an address
trouble-address-lead = The signer is invited again at the new address. Links and codes that went to the old one no longer count.
trouble-address-now = Now: { $address }
trouble-address-do = Correct and invite again
error-trouble_over = This was settled in the meantime.
error-trouble_over-next = Open the ceremony’s page again to see how it stands.
error-address_proved = This person has proved who they are by this address; it can no longer be changed.
error-address_proved-next = If it is the wrong person nevertheless, call the ceremony off and plan it anew.
