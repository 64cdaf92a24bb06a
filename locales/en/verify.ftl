# Why a file does not pass; the codes are those of pdf/verify/messages.py.
verify-reason-not-a-pdf = This is neither a PDF nor an evidence kit.
verify-reason-broken-file = The file is broken and cannot be read reliably.
verify-reason-limits = The file asks for more than the verifier takes on: { $what }.
verify-reason-more-of-a-kind = There are { $count } more findings like those before this one.
verify-reason-encrypted = The file is encrypted; the verifier does not look into it.
verify-reason-unsigned = The file carries no signature.
verify-reason-unfinished = { $count } signature fields hold no person's signature: the file is unfinished or was cut back.
verify-reason-unsealed = Everybody has signed, but the platform's closing seal is missing: the file was cut back or taken before it was finished. Ask for the finished file.
verify-reason-not-certified = The file does not begin with the platform's certification, as every file of this system does.
verify-reason-certification-missing = The file calls itself certified, but no such signature comes first.
verify-reason-certification-misplaced = A certification stands where none may stand.
verify-reason-page-tree-loop = The pages of the file form a circle.
verify-reason-fields-broken = The form fields of the file form a circle or repeat themselves.
verify-reason-signature-malformed = The signature of { $whose } is not well formed.
verify-reason-signature-kind = The signature of { $whose } is of a kind that is not accepted.
verify-reason-signature-packed = The signature of { $whose } does not stand in the file in the open.
verify-reason-signature-shared = { $whose } shares its signature with another field.
verify-reason-signature-removed = A signature that the file still contains was removed from its field.
verify-reason-contents-malformed = The signature of { $whose } is empty or missing.
verify-reason-byte-range-malformed = The signature of { $whose } does not cover one well-formed part of the file.
verify-reason-gap-malformed = What the signature of { $whose } leaves out of the file is not exactly its own value.
verify-reason-padding = Bytes were put behind the signature value of { $whose }.
verify-reason-cms-malformed = The signature value of { $whose } is not well formed.
verify-reason-not-whole-file = The last signature, of { $whose }, does not cover the last { $bytes } bytes of the file.
verify-reason-end-not-covered = Validation data stands behind the last signature, of { $whose }, and nothing signs it.
verify-reason-objects-outside = Parts of a later version of the file lie where they must not lie.
verify-reason-base-read-differently = What was signed first is written so that programs may read parts of it differently. Whether later versions left it as it was cannot be told.
verify-reason-other-program = Another program than the signing platform's wrote a later version of this file. What it may show in some readers is not judged; the version before it can be checked by itself.
verify-reason-read-differently = A later version of the file is built so that different programs may show different text.
verify-reason-page-changed = A page was added or changed after a signature (object { $object }, part of { $field }).
verify-reason-annotation-changed = An annotation was added or changed after a signature (object { $object }, part of { $field }).
verify-reason-picture-large = The picture of the signature of { $whose } takes more than an eighth of a page that others had signed before: compare what they signed with what the page shows now.
verify-reason-seal-changed = The specimen seal of { $field } was changed, moved or drawn by another (object { $object }).
verify-reason-change-not-allowed = The file was changed after a signature, not by signing (object { $object }, part of { $field }).
verify-reason-field-added = The visible field { $field } was added after an earlier signature.
verify-reason-timestamp-in-field = Field { $field } was made for a person to sign, and holds a mere timestamp.
verify-reason-other-signer = Field { $field } was made for { $expected }, but signed by { $signer }.
verify-reason-same-key = Fields { $field } and { $other } were signed with one and the same key.
verify-reason-hash-mismatch = What the signature of { $whose } covers was changed after signing.
verify-reason-signature-value = The signature value of { $whose } does not fit its certificate.
verify-reason-weak-algorithm = An algorithm or key used by { $signer } is too weak to be trusted, or not known to the verifier.
verify-reason-no-certificate = The certificate of the signature of { $whose } is missing or is another one than was signed.
verify-reason-no-chain = The certificate of { $signer } leads to no trusted anchor.
verify-reason-chain-invalid = The certificate chain of { $signer } is not valid.
verify-reason-out-of-bounds = The certificate of { $signer } is not valid now, and nothing proves an earlier use.
verify-reason-expired = The certificate of { $signer } had expired when it was used.
verify-reason-not-yet-valid = The certificate of { $signer } was used before it became valid.
verify-reason-revoked = The certificate of the signature of { $whose } was revoked on { $at }, before it was used.
verify-reason-authority-revoked = An authority above the certificate of the signature of { $whose } was revoked on { $at }.
verify-reason-key-usage = The certificate of the signature of { $whose } is not made for signing.
verify-reason-foreign-policy = The certificate of the signature of { $whose } states a policy that only the platform's own authorities may state.
verify-reason-specimen = The signature of { $whose } was made with a specimen certificate (rehearsal), which never counts.
verify-reason-token-malformed = The timestamp of { $whose } is not well formed.
verify-reason-timestamp-mismatch = The timestamp of { $whose } belongs to something else.
verify-reason-timestamp-late = The timestamp of { $whose } is much later than the time that the signature itself states: somebody may have put it there in place of an earlier one.
verify-reason-timestamp-order = The timestamp of { $whose } is later than what is said to come after it.
verify-reason-timestamp-authority = The timestamp of { $whose } was made with a certificate that is not for timestamps.
verify-reason-timestamp-revoked = The certificate of the timestamp of { $whose } was revoked.
verify-reason-kit-broken = The evidence kit is broken and cannot be read.
verify-reason-kit-path = The evidence kit holds a file with a forbidden or repeated name: { $path }.
verify-reason-manifest-missing = The evidence kit lacks { $path }.
verify-reason-manifest-malformed = The manifest of the evidence kit is not well formed.
verify-reason-file-changed = { $path } does not match the manifest.
verify-reason-file-missing = { $path } stands in the manifest but is missing from the kit.
verify-reason-file-added = { $path } is in the kit but not in the manifest.
verify-reason-manifest-signer = The manifest was signed by { $signer }, not by the platform.
verify-reason-trail-malformed = Line { $line } of the audit trail is not well formed.
verify-reason-trail-changed = Entry { $seq } of the audit trail was changed.
verify-reason-trail-removed = Entry { $seq } of the audit trail was removed.
verify-reason-trail-inserted = Line { $line } of the audit trail was inserted.
verify-reason-trail-moved = Entry { $seq } of the audit trail was moved.
verify-reason-trail-cut = The audit trail is cut off: entries at its end are missing ({ $count }, from entry { $seq } on).
verify-reason-trail-head = The audit trail does not end where the manifest says.
verify-reason-trail-timestamp = The timestamp of the audit trail belongs to another trail.
verify-trail-told-by = Kept and signed by { $name }
verify-trail-sm2 = The end of the trail is also signed with SM2; SHA-256 of that key: { $fingerprint }
verify-private-gone = { $n ->
    [one] Deleted or left out of this kit: { $what } in entry { $entries }.
   *[other] Deleted or left out of this kit: { $what } in { $n } entries ({ $entries }).
    }
verify-private-actor-address = the network address
verify-private-data-place = the declared place
verify-private-data-timezone = the declared time zone
verify-private-data-reason = the reason given
verify-private-data-before = the earlier mail address, masked
verify-private-data-after = the new mail address, masked
verify-reason-trail-sm2 = The SM2 signature over the end of the audit trail is missing a part or does not fit.
verify-reason-private-malformed = Line { $line } of private.jsonl is not well formed.
verify-reason-private-changed = The personal value { $particular } of entry { $seq } is not the one that the audit trail speaks of.
verify-reason-private-added = The audit trail speaks of no personal value { $particular } in entry { $seq }, or the value stands twice.
verify-reason-agreement-digest = { $path } is not the final version that the audit trail records.
verify-reason-agreement-signatures = { $path } carries { $found } signatures; the audit trail records { $recorded }.

# What there is too much of, for verify-reason-limits.
verify-limit-time = judging it takes too long
verify-limit-memory = judging it takes too much memory, or its parts are nested too deep
verify-limit-process = the process that judged it ended without an answer
verify-limit-bytes = more than { $limit } bytes in one file or in all
verify-limit-read-bytes = its parts lie in one another, and would be read again and again
verify-limit-unpacked-bytes = more than { $limit } bytes when it is unpacked
verify-limit-compression = a file is packed more than { $limit } times as small
verify-limit-files = more than { $limit } files
verify-limit-revisions = more than { $limit } versions
verify-limit-objects = more than { $limit } objects
verify-limit-compared-rows = more than { $limit } entries to compare between versions
verify-limit-words = more words than are read of one object, or of a file of its size
verify-limit-pages = more than { $limit } pages
verify-limit-signatures = more than { $limit } signature fields
verify-limit-signature-bytes = a signature of more than { $limit } bytes
verify-limit-field-depth = form fields nested more than { $limit } deep
verify-limit-field-name = a form field with a name of more than { $limit } characters
verify-limit-picture-bytes = a signature drawn with more than { $limit } bytes
verify-limit-byte-ranges = more than { $limit } places that look like a signature
verify-limit-seal-marks = more than { $limit } drawings of a seal
verify-limit-signature-parts = a signature with more or larger parts than are read
verify-limit-validation-data = more than { $limit } bytes of certificates and revocation lists
verify-limit-store-visits = more than { $limit } objects of validation data in all versions
verify-limit-store-objects = more than { $limit } objects of validation data in one version
verify-limit-authority-names = more than { $limit } bytes of names of authorities
verify-limit-authorities = more than { $limit } signatures of certificates to check
verify-limit-steps = more than { $limit } steps from a certificate to an anchor
verify-limit-trail-entries = more than { $limit } entries in the audit trail
verify-limit-private-values = more than { $limit } personal values beside the audit trail

# Whose signature a reason speaks of.
verify-whose = { $signer } ({ $organisation })
verify-whose-field = field { $field }

# How a file came about, revision by revision (pdf/verify/revisions.py), and what it looked like when it was signed.
verify-revisions = How the file came about, in { $n } versions
verify-revisions-say = A signed PDF only grows: each version stands behind the one before it, and can still be read.
verify-revision-text = The text, before any signature
verify-revision-certification = Made final by { $signer }
verify-revision-signature = Signed by { $signer }
verify-revision-timestamp = Document timestamp of { $signer }
verify-revision-validation-data = Data for later checks added
verify-revision-other = Changed without a signature
verify-revision-field = Field { $field }
verify-revision-bytes = up to byte { $bytes }
verify-revision-refused = not allowed after a signature
verify-change-fields-added = { $n ->
    [one] Form field added: { $names }
   *[other] { $n } form fields added: { $names }
}
verify-change-validation-data = Added for later checks: { $certificates } certificates, { $lists } revocation lists, { $responses } OCSP responses, { $entries } entries for single signatures
verify-change-metadata = Title, dates or other descriptions of the file changed
verify-change-seal-drawn = { $n ->
    [one] Specimen seal drawn at one place
   *[other] Specimen seal drawn at { $n } places
}
verify-change-form-filled = Form filled in: { $names }
verify-change-pages-added = { $n ->
    [one] One page added
   *[other] { $n } pages added
}
verify-change-pages-changed = { $n ->
    [one] One page, or the order of pages, changed
   *[other] { $n } pages, or their order, changed
}
verify-change-annotations-added = { $n ->
    [one] One annotation added
   *[other] { $n } annotations added
}
verify-change-annotations-changed = { $n ->
    [one] One annotation changed
   *[other] { $n } annotations changed
}
verify-change-contents-changed = { $n ->
    [one] The content of one part of the file changed
   *[other] The content of { $n } parts of the file changed
}
verify-change-others = { $n ->
    [one] One further part of the file changed
   *[other] { $n } further parts of the file changed
}
verify-pictures = What was signed, beside what the file shows now
verify-pictures-of = Version { $n } ({ $title }) and now
verify-pictures-then = Page { $page } as signed
verify-pictures-now = Page { $page } now
verify-pictures-absent = This page is not there.
verify-pictures-same = No page looks any different.
verify-pictures-same-seen = No page that was compared looks any different.
verify-pictures-unseen = { $n ->
    [one] One page was not compared: there are too many, or it is too large to draw.
   *[other] { $n } pages were not compared: there are too many, or they are too large to draw.
}
verify-pictures-more = { $n } further pages differ.
verify-pictures-failed = The pages cannot be drawn for comparison.
verify-pictures-ask = Also draw what each signer signed, beside the file as it is now
verify-pictures-ask-hint = Takes a few seconds longer. Where somebody changed the file, this is done in any case.
