"""Names in certificates: UTF8String throughout, so that Chinese names stay what they are."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.x509.oid import NameOID

from pdf.errors import PkiError

SPECIMEN_MARK = "示意 SPECIMEN "
CUT = "…"  # at the end of what stands whole elsewhere
DESCRIPTION = x509.ObjectIdentifier("2.5.4.13")  # X.520 §6.5.1: whatever describes what is named
_LONGEST = 64  # characters: RFC 5280 appendix A.1, ub-common-name, ub-organization-name and ub-title
_IDENTIFIER = re.compile(r"[A-Za-z0-9-]{0,64}")  # within PrintableString, as X.520 §6.2.9 has it
_LONGEST_DESCRIPTION = 1024  # characters: X.520 annex C, ub-description
# The library counts octets of UTF-8 where the standard counts characters, and says so at every reading.
warnings.filterwarnings("ignore", message="Attribute's length must be >= 1 and <= 64", category=UserWarning)


@dataclass(frozen=True)
class SubjectName:
    """Whom a certificate names; raises PkiError `subject_name` (params field, limit) if a part does not fit.

    Common name and title have at most 64 characters. An organisation may have 1,024: one of more than 64 stands whole
    in the description, and its first 63 characters and an ellipsis in the organisation's attribute. `identifier` keeps
    namesakes apart (RFC 5280 §4.1.2.6): at most 64 printable ASCII characters in the attribute serialNumber.
    """

    common_name: str
    organisation: str = ""
    title: str = ""
    identifier: str = ""

    def __post_init__(self) -> None:
        if not self.common_name.strip():
            raise PkiError("a common name is needed", code="subject_name", field="common_name", limit=_LONGEST)
        limits = {"common_name": _LONGEST, "organisation": _LONGEST_DESCRIPTION, "title": _LONGEST}
        for field, limit in limits.items():
            text = getattr(self, field)
            if len(text) > limit or not all(mark.isprintable() for mark in text):
                raise PkiError(f"{field} does not fit", code="subject_name", field=field, limit=limit)
        if not _IDENTIFIER.fullmatch(self.identifier):
            raise PkiError("the identifier does not fit", code="subject_name", field="identifier", limit=_LONGEST)

    def marked_specimen(self) -> SubjectName:
        """The same name with the specimen mark in front of the common name, shortened to what fits."""
        return replace(self, common_name=shortened(SPECIMEN_MARK + self.common_name))

    def to_x509(self) -> x509.Name:
        """Description of a long organisation, organisation, title, identifier, common name; empty parts left out."""
        parts = (
            (DESCRIPTION, self.organisation if len(self.organisation) > _LONGEST else ""),
            (NameOID.ORGANIZATION_NAME, shortened(self.organisation)),
            (NameOID.TITLE, self.title),
            (NameOID.SERIAL_NUMBER, self.identifier),
            (NameOID.COMMON_NAME, self.common_name),
        )
        return x509.Name([x509.NameAttribute(oid, text, _validate=False) for oid, text in parts if text])


def shortened(text: str, room: int = _LONGEST) -> str:
    """The text where it has at most `room` characters, else its beginning with an ellipsis for the rest."""
    return text if len(text) <= room else text[: room - len(CUT)] + CUT


def readable(name: x509.Name) -> str:
    """The parts of a name that people know it by: common name and organisation, else all of it."""
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    parts = [str(each.value) for kind in kinds for each in name.get_attributes_for_oid(kind)]
    return ", ".join(dict.fromkeys(parts)) or name.rfc4514_string()
