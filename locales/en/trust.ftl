# The installation's keys and certificates.
error-certificate_in_use = This certificate is in use.
error-certificate_in_use-next = Replace it first (yunqian pki rotate), then revoke the old one.
error-certificate_not_ours = No authority of this installation issued this certificate.
error-certificate_not_ours-next = Look at yunqian pki show for the certificates that there are.
error-not_our_root = This is not the root key of this installation, or the password is another one.
error-not_our_root-next = Give the file that yunqian pki export-root wrote, with its password.
error-seat_of_another_ceremony = This seat belongs to another ceremony.
error-seat_of_another_ceremony-next = Give the id of a seat of this ceremony.
error-sm2_key_exists = There is an SM2 key already.
error-sm2_key_exists-next = Keep it, or make a new one with --replace: kits that were made bring the public key that they were signed with.
error-root_stands_alone = A root is in no revocation list: nothing stands above it that could say so.
error-root_stands_alone-next = Rotate it (yunqian pki rotate root), then tell everybody who keeps its certificate to drop it.
error-root_key_elsewhere = The root key is kept elsewhere, and this needs it.
error-root_key_elsewhere-next = Bring the medium with the root key and give its file with --root-key.
error-root_key_in_token = The root key lies in a token, which gives no key out.
error-root_key_in_token-next = Take the token itself offline; nothing has to be exported.
error-certificate_revoked = This certificate was revoked already.
error-certificate_revoked-next = Nothing has to be done; the revocation lists name it.

cli-trail-forgotten = Deleted { $n } personal values; the background work packs the kits anew without them.
cli-pki-none = There are no keys in { $folder } yet.
    They are made by the first start: yunqian serve
cli-pki-line = { $name ->
    [root] root
    [issuing] issuing
    [platform] platform
   *[timestamping] timestamping
  } · { $state ->
    [in-use] in use
    [replaced] replaced
   *[revoked] REVOKED
  } · until { $not_after } · key: { $key ->
    [file] file, encrypted
    [token] token
    [elsewhere] elsewhere
    [kept] kept for its revocation lists
   *[gone] deleted
  } · { $subject } · serial { $serial }
cli-pki-anchor = SHA-256 of the root: { $fingerprint }
cli-pki-anchor-older = Older files stand on: { $fingerprint } · until { $until }
cli-pki-root-list = { $name }: its key is elsewhere; its revocation list is good until { $until }
cli-pki-sm2 = SM2 key of audit trails: { $file } · SHA-256 of the public key { $fingerprint }
cli-pki-rotated = new: { $name } · until { $not_after } · { $subject } · serial { $serial }
cli-pki-root-rotated = The new root is in use. What was signed before stays good: the old root remains in anchors.pem, with what the two say of each other.
    Next: 1. Give the new fingerprint to everybody who checks files: { $fingerprint }
          2. Take the new key off this machine: yunqian pki export-root FILE --remove
          3. The old root's key signs its revocation list alone from now on: { $old ->
    [elsewhere] bring it once a year: yunqian pki rotate root-list --root-key FILE
   *[here] take it off as well: yunqian pki export-root FILE --remove --serial { $serial }
  }
          4. Back up keys/ again.
cli-pki-revoked = revoked: { $serial } ({ $reason })
cli-pki-no-serial = a serial number is hexadecimal, as yunqian pki show prints it
cli-pki-anchors = { $n } anchors written to { $file }. SHA-256:
cli-pki-exists = { $file } exists already and is not overwritten
cli-pki-password = Password of the root key's file
cli-pki-root-exported = The root key, encrypted, is in { $file }. It is on this machine too: --remove takes it away.
cli-pki-root-removed = The root key, encrypted, is in { $file } alone. Keep the file and its password apart, and test both before you need them.

doctor-sum = { $ok } well, { $warn } to think about, { $fail } to mend
doctor-settings = People reach the installation at { $url }
doctor-settings-demo = This is a demonstration: everybody is host and reads all mail
doctor-settings-demo-next = For real work start without YUNQIAN_DEMO, on an empty data folder.
doctor-settings-no-tls = The address { $url } is not https: on other machines browsers make no keys, and everything can be read on the way
doctor-settings-no-tls-next = Put a proxy with TLS in front and set YUNQIAN_BASE_URL (docs/operations.md).
doctor-disk = { $gigabytes } GB free in { $folder }
doctor-disk-little = Only { $gigabytes } GB free in { $folder }
doctor-disk-little-next = Make room: a ceremony leaves some 20 MB, a full disk stops it.
doctor-disk-open = Others may look into { $folder }
doctor-disk-open-next = Run: chmod 700 { $folder }
doctor-disk-readonly = Nothing can be written to { $folder }: { $why }
doctor-disk-readonly-next = Give the folder to the user that runs this, and see whether the disk is full or read-only.
doctor-clock = The clock follows another one; it is { $now }
doctor-clock-unsynced = The kernel does not know that its clock follows another one; it is { $now }
doctor-clock-unsynced-next = Run chrony or systemd-timesyncd here, or on the host if this is a container.
doctor-clock-back = The newest entry of the trail, { $newest }, is in the future
doctor-clock-back-next = Put the clock right before anybody signs; certificates and timestamps depend on it.
doctor-database = { $kind } answers, its tables are the newest
doctor-database-new = There is no database yet ({ $kind })
doctor-database-new-next = The first start makes it: yunqian serve
doctor-database-away = { $kind } cannot be used: { $why }
doctor-database-away-next = See that it runs and that YUNQIAN_DATABASE_URL is right.
doctor-database-old = The tables in { $kind } are of an older version
doctor-database-old-next = Back up, then run: yunqian migrate
doctor-database-forgetful = { $kind } acknowledges what it has not kept (synchronous_commit = off)
doctor-database-forgetful-next = Set synchronous_commit = on for this database.
doctor-work-given-up = { $n } pieces of work were given up
doctor-work-given-up-next = The hosts see them at their ceremonies and can have them tried again; see also docs/operations.md.
doctor-stamps-waiting = { $n } signatures wait for their timestamp
doctor-stamps-waiting-next = They are stamped as soon as an authority answers; see below whether one does.
doctor-fonts = The fonts of papers are complete
doctor-fonts-missing = The fonts of papers were never made
doctor-fonts-missing-next = Run: make setup-run
doctor-fonts-poor = No font can draw { $letters }
doctor-fonts-poor-next = Install the packages fonts-noto-cjk and fonts-noto-core, then run: make setup-run
doctor-mail = The mail server { $host } greets us
doctor-mail-demo = Mails of this demonstration stand on its mailbox page, /demo/mailbox
doctor-mail-none = No mail server is set: nobody gets a link or a code
doctor-mail-none-next = Set YUNQIAN_SMTP_URL and YUNQIAN_MAIL_FROM.
doctor-mail-away = The mail server cannot be used: { $why }
doctor-mail-away-next = See that YUNQIAN_SMTP_URL has the right host, port, TLS, user and password.
doctor-children = Foreign files are opened by children that the kernel holds to their limits
doctor-children-open = The kernel does not let children give up: { $what }
doctor-children-open-next = Limits on memory and time hold. For the rest use a kernel with Landlock and seccomp (Debian 12 has them).
doctor-children-unlimited = A child got more memory than it may have
doctor-children-unlimited-next = Do not let strangers upload files until the limits of the operating system (RLIMIT_AS) work.
doctor-children-broken = A child process could not be used: { $why }
doctor-children-broken-next = See that /proc and memfd are there and that processes can be started.
doctor-second-reader = Uploaded papers are read by a second program too: { $program }
doctor-second-reader-missing = No second program reads uploaded papers: what other programs would show in them goes unnoticed
doctor-second-reader-missing-next = Install poppler-utils and poppler-data, then: make setup-run
doctor-second-reader-required = No second program reads uploaded papers, and YUNQIAN_SECOND_READER=required: none is taken
doctor-second-reader-required-next = Install poppler-utils and poppler-data, then: make setup-run
doctor-second-reader-poor = The second program that reads uploaded papers lacks tables of Chinese letters: some papers will be refused
doctor-second-reader-poor-next = Install poppler-data, then: make setup-run
doctor-second-reader-off = By YUNQIAN_SECOND_READER=off no second program reads uploaded papers
doctor-second-reader-off-next = Remove the setting, unless you know why it is there.
doctor-keys = The signing keys open
doctor-keys-none = There are no keys in { $folder }
doctor-keys-none-next = The first start makes them: yunqian serve. If there were some, put them back from the backup.
doctor-keys-closed = The keys cannot be used: { $why }
doctor-keys-closed-next = Do what it says. If it is the passphrase or the token: set those with which the keys were made.
doctor-keys-beside = The passphrase of the keys lies beside them in { $folder }
doctor-keys-beside-next = Move key_passphrase elsewhere and name it with YUNQIAN_KEY_PASSPHRASE_FILE.
doctor-keys-root-here = A root key is on this machine (certificate { $serial })
doctor-keys-root-here-next = Keep it on a medium elsewhere: yunqian pki export-root FILE --remove --serial { $serial }
doctor-certificate = { $name }: good until { $until }
doctor-certificate-ends = { $name }: ends on { $until }
doctor-certificate-ends-next = Replace it: yunqian pki rotate { $name }
doctor-certificate-ended = { $name }: ended on { $until }
doctor-certificate-ended-next = Nothing can be signed well any more. Replace it: yunqian pki rotate { $name }
doctor-certificate-elsewhere = { $name }: names another address than { $url } for its revocation list
doctor-certificate-elsewhere-next = If the address is right now: yunqian pki rotate { $name }
doctor-root-list = { $name }: its revocation list is good until { $until }
doctor-root-list-ends = { $name }: its revocation list ends on { $until }
doctor-root-list-ends-next = Bring this root's key: yunqian pki rotate root-list --root-key FILE
doctor-root-list-ended = { $name }: its revocation list ended on { $until }
doctor-root-list-ended-next = Bring this root's key: yunqian pki rotate root-list --root-key FILE
doctor-stamps = { $url } gives good timestamps
doctor-settings-wrong = A setting is wrong: { $problem }
doctor-settings-wrong-next = Mend it in the environment (docs/operations.md lists all settings), then run this again; nothing else was looked at.
doctor-no-timestamp = no timestamp authority gave a timestamp that can be used
doctor-stamps-bad = { $fault ->
    [away] { $url } cannot be reached, or breaks off
    [slow] { $url } gave no answer within { $seconds } seconds
    [tls] { $url }: its TLS certificate is not accepted
    [http] { $url } answers with HTTP status { $status } and no timestamp
    [refused] { $url } refuses to give a timestamp (status { $status }) { $said }
    [policy] { $url } stamps under policy { $policy }, which is not among those that are set
    [authority] { $url }: the authority that stamps is not one that this installation trusts
    [clock] { $url }: its time and the clock of this machine are { $seconds } seconds apart
   *[answer] { $url } does not answer as a timestamp authority does
}
doctor-stamps-bad-next = { $fault ->
    [away] Check the address in YUNQIAN_TSA_URLS, that its name can be resolved here, and that the firewall lets this machine go there.
    [slow] See whether the service is in trouble; where it is merely slow, raise YUNQIAN_TSA_TIMEOUT_SECONDS.
    [tls] Check the address; where the service uses an authority of its own, add that one to the certificates that this machine trusts.
    [http] Check the address in YUNQIAN_TSA_URLS, and with the service whether this machine may use it.
    [refused] Ask the service why; it may want a registered address, or know no SHA-256.
    [policy] Ask the service for its policy, and put it into YUNQIAN_TSA_OIDS or leave that empty.
    [authority] Get the root certificate of the service and put it into the file of YUNQIAN_TSA_ANCHORS.
    [clock] Put the clock of this machine right (NTP); until then nothing is stamped by this service.
   *[answer] Check the address in YUNQIAN_TSA_URLS: something else may be answering there.
}
doctor-stamps-own = The time is this machine's own, not a third party's (YUNQIAN_TSA_URLS is not set)
doctor-stamps-own-next = Papers say so. For a third party's time set YUNQIAN_TSA_URLS and YUNQIAN_TSA_ANCHORS.
doctor-signature = A test file was signed and verified: { $level }, { $milliseconds } ms
doctor-signature-failed = A test file could not be signed: { $why }
doctor-signature-failed-next = Mend what is said above, then run this again.
doctor-signature-bad = A test file was signed and does not pass: { $why }
doctor-signature-bad-next = Do not sign with this installation. Mend what is said above; else report it with this line.

ceremony-certificates = Certificates
ceremony-waits-for-time = Waits for its timestamp
certificates-title = Signing certificates
certificates-lead = Each signer's key has a certificate, from this installation or brought by the signer. Revoked, nothing more is signed with it; what a timestamp puts before that stays valid.
certificates-none = There are no certificates yet
certificates-none-next = A signer gets one after consenting, before the first signature.
certificates-organisation = Organisation
certificates-issued = Issued
certificates-expires = Ends
certificates-custody = Key
certificates-serial = Serial number
certificates-revoked = Revoked
certificates-state-good = good
certificates-state-ended = ended
certificates-state-revoked = revoked
certificates-revoke = Revoke
certificates-revoke-why = This cannot be taken back. The signer may prove who they are and get another certificate; take back the personal link as well if somebody else has it.
certificates-reason = Why
certificates-reason-superseded = Replaced by another
certificates-reason-key-compromise = Somebody else may have the key or the device
certificates-reason-affiliation-changed = The signer no longer acts for this organisation
certificates-reason-cessation-of-operation = Not needed any more
certificates-revoke-do = Revoke this certificate
certificates-holder = Names
certificates-holder-person = the signer
certificates-holder-organisation = the organisation
certificates-revocation = Revocation
certificates-revocation-good = checked when it was brought: good
certificates-revocation-unknown = not checked: the issuer's word was not at hand
certificates-issuer = Issued by
certificates-revoke-own-why = The certificate was issued elsewhere: taken back here, nothing more is signed with it in this ceremony; only its issuer can revoke it for everybody. This cannot be undone.
certificates-revoke-own = Take back
certificates-revoke-own-do = Take this certificate back
doctor-signers = { $name }: accepted for signers' own certificates until { $until }
doctor-signers-ended = { $name }: accepted for signers' own certificates, but it ended on { $until }
doctor-signers-ended-next = Nobody below it can sign any more. Put its successor into YUNQIAN_EXTERNAL_ANCHORS as well; keep the old one while files signed below it are checked here.
doctor-signers-unreadable = { $why }
doctor-signers-unreadable-next = Put certificates in PEM there, or take the setting away.
doctor-signers-no-lists = Nothing is known of the revocation of signers' own certificates
doctor-signers-no-lists-next = Their signatures stay at level B-T. Set YUNQIAN_EXTERNAL_LISTS, or YUNQIAN_EXTERNAL_REVOCATION=ask.
doctor-signers-list-ended = The revocation list of { $name } ran out on { $until }
doctor-signers-list-ended-next = Fetch a fresh one into YUNQIAN_EXTERNAL_LISTS.
doctor-wallet-apple = Tickets go into Apple Wallet as { $pass_type }, until { $until }
doctor-wallet-apple-ends = Tickets go into Apple Wallet as { $pass_type }, but only until { $until }
doctor-wallet-apple-ends-next = Renew the certificate in Apple's developer account and put it into YUNQIAN_WALLET_APPLE_CERTIFICATE.
doctor-wallet-apple-broken = No tickets for Apple Wallet: { $why }
doctor-wallet-apple-broken-next = Mend the file named, or take the YUNQIAN_WALLET_APPLE settings away.
doctor-wallet-google = Tickets go into Google Wallet by { $account }
doctor-wallet-google-broken = No tickets for Google Wallet: { $why }
doctor-wallet-google-broken-next = Mend the file named, or take the YUNQIAN_WALLET_GOOGLE settings away.
