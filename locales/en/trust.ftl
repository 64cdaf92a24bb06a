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
