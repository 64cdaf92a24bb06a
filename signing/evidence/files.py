"""The files that an agreement leaves behind, as they are named wherever they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from signing.agreements.queries import AgreementView

PDF, ZIP = "application/pdf", "application/zip"


@dataclass(frozen=True)
class EvidenceFile:
    """One of them; `digest` (SHA-256, hex) is None as long as it is not made."""

    name: str
    content_type: str
    digest: str | None


def final(agreement: AgreementView) -> EvidenceFile:
    """The sealed agreement."""
    return EvidenceFile(f"{agreement.number}.pdf", PDF, agreement.head_digest if agreement.sealed_at else None)


def certificate(agreement: AgreementView) -> EvidenceFile:
    """The completion certificate."""
    return EvidenceFile(f"{agreement.number}-certificate.pdf", PDF, agreement.certificate_digest)


def kit(agreement: AgreementView) -> EvidenceFile:
    """The evidence kit of this one agreement."""
    return EvidenceFile(f"{agreement.number}-kit.zip", ZIP, agreement.kit_digest)
