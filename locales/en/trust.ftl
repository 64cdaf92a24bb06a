# The installation's keys and certificates.
error-certificate_in_use = This certificate is in use.
error-certificate_in_use-next = Replace it first (yunqian pki rotate), then revoke the old one.
error-certificate_not_ours = No authority of this installation issued this certificate.
error-certificate_not_ours-next = Look at yunqian pki show for the certificates that there are.
error-not_our_root = This is not the root key of this installation, or the password is another one.
error-not_our_root-next = Give the file that yunqian pki export-root wrote, with its password.
error-root_key_elsewhere = The root key is kept elsewhere, and this needs it.
error-root_key_elsewhere-next = Bring the medium with the root key and give its file with --root-key.
error-root_key_in_token = The root key lies in a token, which gives no key out.
error-root_key_in_token-next = Take the token itself offline; nothing has to be exported.
error-certificate_revoked = This certificate was revoked already.
error-certificate_revoked-next = Nothing has to be done; the revocation lists name it.

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
cli-pki-root-list = The root key is elsewhere; its revocation list is good until { $until }
cli-pki-rotated = new: { $name } · until { $not_after } · { $subject } · serial { $serial }
cli-pki-revoked = revoked: { $serial } ({ $reason })
cli-pki-no-serial = a serial number is hexadecimal, as yunqian pki show prints it
cli-pki-anchors = { $n } anchors written to { $file }. SHA-256:
cli-pki-exists = { $file } exists already and is not overwritten
cli-pki-password = Password of the root key's file
cli-pki-root-exported = The root key, encrypted, is in { $file }. It is on this machine too: --remove takes it away.
cli-pki-root-removed = The root key, encrypted, is in { $file } alone. Keep the file and its password apart, and test both before you need them.
