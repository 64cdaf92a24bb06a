"""Which agreement a finished file belongs to, by the file's digest."""

from __future__ import annotations

from sqlalchemy import or_, select

from core.db import db
from signing.agreements.models import Agreement, AgreementSigner
from signing.agreements.queries import AgreementView, view


def list_archives() -> list[tuple[str, str, str]]:
    """(id, digest of the sealed file, digest of its certificate) of every agreement with its evidence made."""
    rows = db.session.execute(
        select(Agreement.id, Agreement.head_digest, Agreement.certificate_digest)
        .where(Agreement.sealed_at.is_not(None), Agreement.certificate_digest.is_not(None))
        .order_by(Agreement.id)
    )
    return [(row.id, row.head_digest or "", row.certificate_digest or "") for row in rows]


def find_sealed_between(lowest: str, highest: str) -> AgreementView | None:
    """The sealed agreement whose final file has a SHA-256 (hex) in this range; the older of two."""
    inside = Agreement.head_digest.between(lowest, highest)
    found = db.session.scalars(
        select(Agreement).where(inside, Agreement.sealed_at.is_not(None)).order_by(Agreement.id).limit(1)
    ).first()
    return None if found is None else view(found)


def find_by_digest(digest: str) -> tuple[AgreementView, str] | None:
    """The agreement that a file of ours belongs to, by the file's SHA-256 (hex), and what the file is to it:
    final, frozen, revision, certificate or kit."""
    found = db.session.scalars(
        select(Agreement)
        .outerjoin(AgreementSigner)
        .where(
            or_(
                Agreement.head_digest == digest,
                Agreement.frozen_digest == digest,
                Agreement.certificate_digest == digest,
                Agreement.kit_digest == digest,
                AgreementSigner.signed_digest == digest,
            )
        )
        .limit(1)
    ).first()
    if found is None:
        return None
    agreement = view(found)
    if digest == agreement.head_digest and agreement.sealed_at is not None:
        return agreement, "final"
    named = {
        agreement.frozen_digest: "frozen",
        agreement.certificate_digest: "certificate",
        agreement.kit_digest: "kit",
    }
    return agreement, named.get(digest, "revision")
