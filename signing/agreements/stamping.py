"""Signatures that got no timestamp are stamped later: by a document timestamp over the file as it then stands.

The token of a signature itself has its place inside /Contents, which later revisions cover: once the file is kept it
cannot be put there any more (docs/decisions/0012).
"""

from __future__ import annotations

from typing import Any

from core import audit, claims, clock, jobs, storage
from core.claims import Claim
from core.db import db, transaction
from pdf import sign as pdf_sign
from pdf.tsa import Stamp, WitnessedTimestamper
from signing.agreements import queries
from signing.agreements.models import Agreement, AgreementSigner
from signing.agreements.queries import AgreementView
from signing.agreements.rules import AgreementState
from signing.agreements.service import tell
from signing.ceremonies import queries as ceremonies
from signing.trust import service as trust

STAMP = "agreement.stamp"
WAITING_LEVEL = "B-B"
_TRIES = 20  # how often the newest file is taken anew while people go on signing it


def keep_time(signer: AgreementSigner, stamp: Stamp | None) -> None:
    """Remember which time stands on a signature, and whose."""
    signer.timestamped_at = clock.cut(stamp.at) if stamp else None
    signer.timestamp_by = stamp.name if stamp else None
    signer.third_party_time = stamp.third_party if stamp else None


def ask_for_time(agreement: Agreement) -> None:
    """Ask, inside the signature's transaction, for a timestamp as soon as one can be had."""
    key = f"{agreement.id}:{agreement.head_revision}"
    jobs.add(STAMP, key, chain=agreement.ceremony_id, agreement=agreement.id)


@jobs.handles(STAMP)
def stamp_agreement(claim: Claim, payload: dict[str, Any]) -> None:
    """Add a document timestamp; signatures that were waiting are B-T from then on.

    An agreement that everybody has signed is left to its sealing, whose document timestamp covers the same.
    """
    for _ in range(_TRIES):
        agreement = queries.get_agreement(payload["agreement"])
        ceremony = ceremonies.get_ceremony(agreement.ceremony_id)
        db.session.rollback()  # the timestamp comes over the network
        if not _waits(agreement) or agreement.head_digest is None:
            break
        witness = WitnessedTimestamper(trust.timestamper(ceremony.time_policy, rehearsal=ceremony.is_rehearsal))
        digest = storage.put(pdf_sign.stamp(storage.read(agreement.head_digest), timestamper=witness))
        if witness.last and _keep(agreement, digest, witness.last, claim):
            return
    else:
        raise claims.Failure("the file went on changing")
    with transaction():
        claims.finish(claim)


def _waits(agreement: AgreementView) -> bool:
    waiting = any(signer.level == WAITING_LEVEL for signer in agreement.signers)
    return waiting and agreement.state is AgreementState.OPEN


def _keep(before: AgreementView, digest: str, stamp: Stamp, claim: Claim) -> bool:
    """Append by compare-and-set; False where somebody signed meanwhile."""
    with transaction():
        agreement = queries.take_agreement(before.id)
        if agreement.head_revision != before.head_revision or agreement.state is not AgreementState.OPEN:
            return False
        agreement.head_digest = digest
        agreement.head_revision += 1
        raised = raise_waiting(agreement, stamp)
        audit.record(
            agreement.ceremony_id,
            "agreement.stamped",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement.id),
            number=agreement.number,
            revision=agreement.head_revision,
            before=before.head_digest,
            after=digest,
            signatures=raised,
            timestamp=stamp.name,
            timestamped_at=clock.iso(stamp.at),
            third_party_time=stamp.third_party,
        )
        tell(agreement)
        claims.finish(claim)
    return True


def raise_waiting(agreement: Agreement, stamp: Stamp) -> int:
    """Every signature that waited has this time now; says how many did."""
    waiting = [signer for signer in agreement.signers if signer.level == WAITING_LEVEL]
    for signer in waiting:
        signer.level = "B-T"
        keep_time(signer, stamp)
    return len(waiting)
