"""Names in certificates: UTF8String throughout, so that Chinese names stay what they are."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from pdf.errors import PkiError

SPECIMEN_MARK = "示意 SPECIMEN "
_LONGEST = 64  # RFC 5280 appendix A.1: ub-common-name, ub-organization-name and ub-title


@dataclass(frozen=True)
class SubjectName:
    """Whom a certificate names; raises PkiError `subject_name` (params field, limit) if a part does not fit.

    The common name is limited to 64 octets of UTF-8 (21 Chinese characters), organisation and title to 64 characters.
    """

    common_name: str
    organisation: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        if not self.common_name.strip():
            raise PkiError("a common name is needed", code="subject_name", field="common_name", limit=_LONGEST)
        sizes = {
            "common_name": len(self.common_name.encode()),
            "organisation": len(self.organisation),
            "title": len(self.title),
        }
        for field, size in sizes.items():
            if size > _LONGEST or not all(mark.isprintable() for mark in getattr(self, field)):
                raise PkiError(f"{field} does not fit", code="subject_name", field=field, limit=_LONGEST)

    def marked_specimen(self) -> SubjectName:
        """The same name with the specimen mark in front of the common name, cut to what fits."""
        marked = (SPECIMEN_MARK + self.common_name).encode()[:_LONGEST].decode(errors="ignore")
        return SubjectName(marked, self.organisation, self.title)

    def to_x509(self) -> x509.Name:
        """Organisation, title, common name, in this order; empty parts left out."""
        parts = (
            (NameOID.ORGANIZATION_NAME, self.organisation),
            (NameOID.TITLE, self.title),
            (NameOID.COMMON_NAME, self.common_name),
        )
        return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text])
