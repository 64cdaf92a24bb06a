"""The reasons in plain English; the catalogues (locales/*/verify.ftl) word the same codes for pages."""

from __future__ import annotations

from collections.abc import Mapping

TEMPLATES: dict[str, str] = {
    # the file
    "not-a-pdf": "This is neither a PDF nor an evidence kit.",
    "broken-file": "The file is broken and cannot be read reliably: {detail}.",
    "limits": "The file asks for more than the verifier takes on: {what}.",
    "more-of-a-kind": "There are {count} more findings like those before this one.",
    "encrypted": "The file is encrypted; the verifier does not look into it.",
    "unsigned": "The file carries no signature.",
    "unfinished": "{count} signature fields hold no person's signature: the file is unfinished or was cut back.",
    "unsealed": "Everybody has signed, but the platform's closing seal is missing: ask for the finished file.",
    "not-certified": "The file does not begin with the platform's certification, as every file of this system does.",
    "certification-missing": "The file calls itself certified, but no such signature comes first.",
    "certification-misplaced": "A certification stands where none may stand.",
    "page-tree-loop": "The pages of the file form a circle.",
    "fields-broken": "The form fields of the file form a circle or repeat themselves.",
    # its parts
    "signature-malformed": "The signature in field {field} is not well formed.",
    "signature-kind": "The signature in field {field} is of a kind that is not accepted.",
    "signature-packed": "The signature in field {field} does not stand in the file in the open.",
    "signature-shared": "Field {field} shares its signature with another field.",
    "signature-removed": "A signature that the file still contains was removed from its field.",
    "contents-malformed": "The signature in field {field} is empty or missing.",
    "byte-range-malformed": "The signature in field {field} does not cover one well-formed part of the file.",
    "gap-malformed": "What the signature in field {field} leaves out of the file is not exactly its own value.",
    "padding": "Bytes were put behind the signature value in field {field}.",
    "cms-malformed": "The signature value in field {field} is not well formed.",
    "not-whole-file": "The last signature, in field {field}, does not cover the last {bytes} bytes of the file.",
    "end-not-covered": "Validation data stands behind the last signature, in field {field}, and nothing signs it.",
    "objects-outside": "Parts of a later version of the file lie where they must not lie.",
    "base-read-differently": "Programs may read what was signed first differently: what came later cannot be judged.",
    "other-program": "A program of somebody else's wrote a later version of this file: it is not judged.",
    "read-differently": "A later version of the file is built so that programs may read it differently: {detail}.",
    "page-changed": "A page was added or changed after a signature (object {object}, part of {field}).",
    "annotation-changed": "An annotation was added or changed after a signature (object {object}, part of {field}).",
    "picture-large": "The picture of the signature in field {field} takes more of a page than a signature does.",
    "seal-changed": "The specimen seal of {field} was changed, moved or drawn by another (object {object}).",
    "change-not-allowed": "The file was changed after a signature, not by signing (object {object}, part of {field}).",
    "field-added": "The visible field {field} was added after an earlier signature.",
    "timestamp-in-field": "Field {field} was made for a person to sign, and holds a mere timestamp.",
    "other-signer": "Field {field} was made for {expected}, but signed by {signer}.",
    "same-key": "Fields {field} and {other} were signed with one and the same key.",
    # the cryptography
    "hash-mismatch": "What the signature in field {field} covers was changed after signing.",
    "signature-value": "The signature value in field {field} does not fit its certificate.",
    "weak-algorithm": "An algorithm or key used by {signer} is too weak to be trusted, or not known to the verifier.",
    "no-certificate": "The certificate of the signature in field {field} is missing or is another one than was signed.",
    # the chain
    "no-chain": "The certificate of {signer} leads to no trusted anchor.",
    "chain-invalid": "The certificate chain of {signer} is not valid.",
    "out-of-bounds": "The certificate of {signer} is not valid now, and nothing proves an earlier use.",
    "expired": "The certificate of {signer} had expired when it was used.",
    "not-yet-valid": "The certificate of {signer} was used before it became valid.",
    "revoked": "The certificate of the signature in field {field} was revoked on {at}, before it was used.",
    "authority-revoked": "An authority above the certificate of the signature in field {field} was revoked on {at}.",
    "key-usage": "The certificate of the signature in field {field} is not made for signing.",
    "foreign-policy": "The certificate of the signature in field {field} states a policy of the platform's own.",
    "specimen": "The signature in field {field} was made with a specimen certificate (rehearsal), which never counts.",
    # the time
    "token-malformed": "The timestamp of {field} is not well formed.",
    "timestamp-mismatch": "The timestamp of {field} belongs to something else.",
    "timestamp-late": "The timestamp of {field} is much later than the time that the signature itself states.",
    "timestamp-order": "The timestamp of {field} is later than what is said to come after it.",
    "timestamp-authority": "The timestamp of {field} was made with a certificate that is not for timestamps.",
    "timestamp-revoked": "The certificate of the timestamp of {field} was revoked.",
    # the kit
    "kit-broken": "The evidence kit is broken and cannot be read: {detail}.",
    "kit-path": "The evidence kit holds a file with a forbidden or repeated name: {path}.",
    "manifest-missing": "The evidence kit lacks {path}.",
    "manifest-malformed": "The manifest of the evidence kit is not well formed.",
    "file-changed": "{path} does not match the manifest.",
    "file-missing": "{path} stands in the manifest but is missing from the kit.",
    "file-added": "{path} is in the kit but not in the manifest.",
    "manifest-signer": "The manifest was signed by {signer}, not by the platform.",
    "trail-malformed": "Line {line} of the audit trail is not well formed.",
    "trail-changed": "Entry {seq} of the audit trail was changed.",
    "trail-removed": "Entry {seq} of the audit trail was removed.",
    "trail-inserted": "Line {line} of the audit trail was inserted.",
    "trail-moved": "Entry {seq} of the audit trail was moved.",
    "trail-cut": "The audit trail is cut off: entries at its end are missing ({count}, from entry {seq} on).",
    "trail-head": "The audit trail does not end where the manifest says.",
    "trail-sm2": "The SM2 signature over the end of the audit trail is missing a part or does not fit.",
    "private-malformed": "Line {line} of private.jsonl is not well formed.",
    "private-changed": "The personal value {particular} of entry {seq} is not the one that the audit trail speaks of.",
    "private-added": "The audit trail speaks of no value {particular} in entry {seq}, or the value stands twice.",
    "trail-timestamp": "The timestamp of the audit trail belongs to another trail.",
    "agreement-digest": "{path} is not the final version that the audit trail records.",
    "agreement-signatures": "{path} carries {found} signatures; the audit trail records {recorded}.",
}

# What there is too much of, for `limits`; `verify-limit-<what>` in the catalogues.
LIMITS: dict[str, str] = {
    "time": "judging it takes too long",
    "memory": "judging it takes too much memory, or its parts are nested too deep",
    "process": "the process that judged it ended without an answer",
    "bytes": "more than {limit} bytes in one file or in all",
    "read-bytes": "its parts lie in one another, and would be read again and again",
    "unpacked-bytes": "more than {limit} bytes when it is unpacked",
    "compression": "a file is packed more than {limit} times as small",
    "files": "more than {limit} files",
    "revisions": "more than {limit} versions",
    "objects": "more than {limit} objects",
    "compared-rows": "more than {limit} entries to compare between versions",
    "words": "more words than are read of one object, or of a file of its size",
    "pages": "more than {limit} pages",
    "signatures": "more than {limit} signature fields",
    "signature-bytes": "a signature of more than {limit} bytes",
    "field-depth": "form fields nested more than {limit} deep",
    "field-name": "a form field with a name of more than {limit} characters",
    "picture-bytes": "a signature drawn with more than {limit} bytes",
    "byte-ranges": "more than {limit} places that look like a signature",
    "seal-marks": "more than {limit} drawings of a seal",
    "signature-parts": "a signature with more or larger parts than are read",
    "validation-data": "more than {limit} bytes of certificates and revocation lists",
    "store-visits": "more than {limit} objects of validation data in all versions",
    "store-objects": "more than {limit} objects of validation data in one version",
    "authority-names": "more than {limit} bytes of names of authorities",
    "authorities": "more than {limit} signatures of certificates to check",
    "steps": "more than {limit} steps from a certificate to an anchor",
    "trail-entries": "more than {limit} entries in the audit trail",
    "private-values": "more than {limit} personal values beside the audit trail",
}


def english(code: str, params: Mapping[str, str | int]) -> str:
    """The sentence of a code with its params, the kit's file in front. Raises KeyError for a code that is not known."""
    template = TEMPLATES[code]
    if code == "limits":
        params = {**params, "what": LIMITS[str(params["what"])].format_map(params)}
    place = f"{params['path']}: " if "path" in params and "{path}" not in template else ""
    return place + template.format_map(params)
