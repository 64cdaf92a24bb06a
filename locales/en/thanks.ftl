# Letters of thanks after a ceremony.
thanks-title = Letters of thanks
thanks-open = Letters of thanks
thanks-words = Your own words
thanks-words-lead = You may leave them out. They stand below the greeting, above the text; each reader sees those in their language.
thanks-words-zh = In Chinese
thanks-words-en = In English
thanks-team = { $n ->
    [one] Thank the hosts’ team as well (one person)
   *[other] Thank the hosts’ team as well ({ $n } people)
 }
thanks-team-add = { $n ->
    [one] Thank the hosts’ team, too (one person)
   *[other] Thank the hosts’ team, too ({ $n } people)
 }
thanks-keep = Save and preview
thanks-who = Who gets a letter
thanks-readers = Readers
thanks-letter = Letter
thanks-language = Language
thanks-state = State
thanks-observers = Observers have links and no addresses, so they get no letter; please thank them yourself where that is due.
thanks-kind-signer = Signer
thanks-kind-former = Former signer
thanks-kind-witness = Witness
thanks-kind-team = Hosts’ team
thanks-state-due = To be sent
thanks-state-sent = Sent { $at }
thanks-state-waiting = On its way
thanks-state-not_yet = Has not signed yet
thanks-state-failed = Could not be delivered
thanks-state-withdrawn = Not sent: no longer needed
thanks-state-deleted = None: personal values were deleted as retention asks
thanks-state-no_address = None: no mail address
thanks-state-not_sealed = Not yet: what was signed is not sealed
thanks-state-nothing_signed = None: signed nothing
thanks-letters = How the letters read
thanks-letters-lead = With one of the readers as an example. Each gets their own agreements and their own link.
thanks-letter-signer = To signers
thanks-letter-former = To former signers
thanks-letter-witness = To witnesses
thanks-letter-team = To the hosts’ team
thanks-letter-n = { $n ->
    [one] 1 letter
   *[other] { $n } letters
 }
thanks-lacks = You wrote nothing in this language: the letter has the text alone.
thanks-attached = { $n ->
    [one] Attached: one agreement
   *[other] Attached: { $n } agreements
 }
thanks-link-place = (the reader’s own link stands here)
thanks-somebody = Reader
thanks-test = Send this one to me
thanks-test-which = Send to me as a test: { $what }
thanks-tested = The test letter is on its way to { $address }.
thanks-test-first = This is a test letter to you alone. Below is what readers see.
thanks-test-subject = [Test] { $subject }
thanks-send-title = Send the letters
thanks-send-rest = Send to those who have none yet
thanks-send-lead = { $n ->
    [one] One person gets one letter. It cannot be called back, and your words can no longer be changed.
   *[other] { $n } people get one letter each. They cannot be called back, and your words can no longer be changed.
 }
thanks-send = { $n ->
    [one] Send 1 letter
   *[other] Send { $n } letters
 }
thanks-nobody = There is nobody to thank yet
thanks-nobody-next = Signers appear in the list above once agreements are sealed and their evidence is made.
thanks-sent = { $n ->
    [one] 1 letter of thanks was sent
   *[other] { $n } letters of thanks were sent
 }
thanks-sent-lead = Sent { $at } by { $by }.
thanks-sent-waiting = { $n ->
    [one] One of them is on its way.
   *[other] { $n } of them are on their way.
 }
thanks-sent-failed = { $n ->
    [one] One of them could not be delivered. The ceremony’s page says why and what to do.
   *[other] { $n } of them could not be delivered. The ceremony’s page says why and what to do.
 }
thanks-to-troubles = Open the ceremony’s page
thanks-standing-too_early = The ceremony is not over
thanks-standing-too_early-next = You can write the letter now and send yourself a test. Once the ceremony is over, you send the letters here.
thanks-standing-rehearsal = This is a rehearsal
thanks-standing-rehearsal-next = Nobody is thanked for a rehearsal. You can send yourself a test; the letters themselves are sent from the page of the ceremony proper.
thanks-standing-cancelled = The ceremony was cancelled
thanks-standing-cancelled-next = No letters of thanks are sent for it. What was signed before has reached its signers by mail.
thanks-mail-subject = With our thanks: { $title }
thanks-mail-signer = { $host } sincerely thanks you for taking part in “{ $title }” and for signing on behalf of { $organisation }.
thanks-mail-signer-wish = We look forward to working with you to make everything that was agreed a reality.
thanks-mail-own = Thank you sincerely for taking part in “{ $title }” and for signing on behalf of { $organisation }.
thanks-mail-own-wish = Your support made this signing possible.
thanks-mail-former = { $host } sincerely thanks you for signing on behalf of { $organisation } in “{ $title }”.
thanks-mail-former-wish = Somebody else took over your place after you had signed. What you signed remains in force with your signature.
thanks-mail-witness = { $host } sincerely thanks you for serving as a witness at “{ $title }”.
thanks-mail-witness-wish = Your presence gave this signing its due weight and trust.
thanks-mail-team = “{ $title }” has come to a successful close. Thank you sincerely for all your work.
thanks-mail-team-early = “{ $title }” has ended. Thank you sincerely for all your work.
thanks-mail-team-early-wish = From the first preparations to the day itself, every step rested on your care.
thanks-mail-team-wish = From the first preparations to the day itself, every step rested on your care.
thanks-mail-list = { $n ->
    [one] The agreement that was signed and sealed:
   *[other] The { $n } agreements that were signed and sealed:
 }
thanks-mail-code = Verification code { $code }
thanks-mail-record-code = Same-record code { $code }
thanks-mail-button = Open and download my files
thanks-mail-personal = The link above is yours alone; please do not forward it. A one-time code by mail confirms that it is you, and you can download the signed agreements, certificates and evidence kits.
thanks-mail-check = Anybody can verify these files at { $url }, without an account.
thanks-mail-waiting = { $n ->
    [one] One more agreement that you signed is still being sealed; a mail of its own will follow.
   *[other] { $n } more agreements that you signed are still being sealed; a mail for each will follow.
 }
thanks-mail-along-all = The agreements that you signed are attached.
thanks-mail-along-some = Agreements that you signed are attached; please ask { $host } for those that did not fit into this mail.
thanks-mail-report = Report of the ceremony: { $url }
error-thanks_too_early = The ceremony is not over: letters of thanks cannot be sent yet.
error-thanks_too_early-next = Send them once everything is signed, or once you have ended the cue sheet.
error-thanks_rehearsal = Nobody is thanked for a rehearsal.
error-thanks_rehearsal-next = You can send yourself a test; the letters themselves are sent from the page of the ceremony proper.
error-thanks_cancelled = This ceremony was cancelled: no letters of thanks are sent for it.
error-thanks_cancelled-next = If you need to reach its signers, please write to them yourself.
error-thanks_sent = The letters of thanks were sent, and nobody is left to be thanked.
error-thanks_sent-next = The list says when each letter was sent.
error-thanks_nobody = There is nobody to thank yet.
error-thanks_nobody-next = Send the letters once agreements are sealed and their evidence is made.
error-thanks_changed = The letters, or who gets one, changed since you looked; nothing was sent.
error-thanks_changed-next = Look at the list and the letters as they are now, then send them.
error-thanks_words_sent = The letters of thanks were sent; their words can no longer be changed.
error-thanks_words_sent-next = Later letters have the same words; if there is more to say, please write a mail of your own.
error-thanks_letter_not_found = There is no such letter of thanks.
error-thanks_letter_not_found-next = Choose a letter on the page of thanks and try again.
ceremony-report-thanked = { $n ->
    [one] 1 letter, sent { $at }
   *[other] { $n } letters, the first sent { $at }
 }
trail-action-thanks-written = Letters of thanks written
trail-action-thanks-tested = Letter of thanks tested
trail-action-thanks-sent = Letters of thanks sent
trail-mail-ceremony_thanks = letter of thanks
trail-mail-ceremony_thanks_test = test of a letter of thanks
