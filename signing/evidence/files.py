"""The files that an agreement leaves behind, as they are named wherever they are handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView

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


def ceremony_kit(ceremony: CeremonyView, agreements: Sequence[AgreementView]) -> EvidenceFile:
    """The evidence kit of a whole ceremony, named by what the numbers of its agreements have in common."""
    stems = {each.number.rpartition("-")[0] for each in agreements}
    stem = stems.pop() if len(stems) == 1 else ""
    return EvidenceFile(f"{stem or f'{ceremony.held_on:%Y%m%d}'}-kit.zip", ZIP, ceremony.kit_digest)


def kit(agreement: AgreementView) -> EvidenceFile:
    """The evidence kit of this one agreement."""
    return EvidenceFile(f"{agreement.number}-kit.zip", ZIP, agreement.kit_digest)
