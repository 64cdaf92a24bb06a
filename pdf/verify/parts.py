"""How many parts a CMS may have, seen before asn1crypto reads them: much of it nothing signs, so anybody adds to it."""

from __future__ import annotations

from asn1crypto import cms, core, parser

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf.verify.limits import within
from pdf.verify.verdict import Finding, failed

_MOST_BYTES = 8 * 1024 * 1024  # whole revocation lists may be in it
_MOST_CERTIFICATES, _MOST_ATTRIBUTES, _MOST_OTHERS = 100, 64, 16
MOST_OF_A_CERTIFICATE = 64 * 1024
_MOST_OF_A_PART = 16 * 1024  # asn1crypto takes microseconds for each octet of names and identifiers
_READ_ATTRIBUTES = {
    "content_type", "message_digest", "cms_algorithm_protection", "signing_certificate", "signing_certificate_v2",
}  # fmt: skip


def size(der: bytes) -> int:
    """The octets of the value that `der` begins with. Raises Finding `limits`, ValueError."""
    head = int(parser.peek(der))
    within("signature-bytes", head, _MOST_BYTES)
    return head


def check_parts(data: cms.SignedData) -> None:
    """Stop at the first list of too many parts, or part of too many octets. Raises Finding `limits`, ValueError."""
    _few(data["digest_algorithms"], _MOST_OTHERS, octets=_MOST_OF_A_PART)
    _few(data["signer_infos"], _MOST_OTHERS)
    _few(data["certificates"], _MOST_CERTIFICATES, octets=MOST_OF_A_CERTIFICATE)
    _short(data["encap_content_info"])
    for signer in data["signer_infos"]:
        sets = [signer[name] for name in ("signed_attrs", "unsigned_attrs")]
        if len(_octets(signer)) - sum(len(_octets(each)) for each in sets) > _MOST_OF_A_PART:
            raise _too_many()
        for attributes in sets:
            _few(attributes, _MOST_ATTRIBUTES)
            for attribute in () if isinstance(attributes, core.Void) else attributes:
                # Before asn1crypto looks up what the attribute is.
                if int(parser.peek(_octets(attribute))) > _MOST_OF_A_PART:
                    raise _too_many()
                _few(attribute["values"], _MOST_OTHERS)
                if attribute["type"].native in _READ_ATTRIBUTES:
                    _short(attribute["values"])


def _few(value: core.Asn1Value, most: int, *, octets: int = _MOST_BYTES) -> None:
    left = _octets(value)
    for _ in range(most):
        if not left:
            return
        length = int(parser.peek(left))
        if length > octets:
            raise _too_many()
        left = left[length:]
    if left:
        raise _too_many()


def _short(value: core.Asn1Value) -> None:
    if len(_octets(value)) > _MOST_OF_A_PART:
        raise _too_many()


def _octets(value: core.Asn1Value) -> bytes:
    return b"" if isinstance(value, core.Void) else bytes(value.contents or b"")


def _too_many() -> Finding:
    return Finding(failed("limits", what="signature-parts"))
