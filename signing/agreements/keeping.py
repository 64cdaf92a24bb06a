"""What the background work made of an agreement is kept: the frozen text, the final revision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from core import audit, clock, jobs
from core.db import db, transaction
from pdf.tsa import Stamp
from signing.agreements import queries, rules
from signing.agreements.models import AgreementPage
from signing.agreements.printing import FrozenPaper
from signing.agreements.rules import AgreementAction, AgreementState
from signing.agreements.service import EVIDENCE, FROZEN, tell
from signing.agreements.stamping import raise_waiting
from signing.seals import service as seal_service
from signing.seals.queries import SealToFreeze


def keep_frozen(agreement_id: str, paper: FrozenPaper, seals: Sequence[SealToFreeze] = (), *, version: int = 1) -> None:
    """The text is fixed from here on: remember its file, its pages, and the `seals` that it holds unseen."""
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        if agreement.state is not AgreementState.DRAFT or agreement.version != version:
            return  # printed by a worker that was thought dead: the first text stays, and an old one never comes back
        agreement.state = rules.change(agreement.state, AgreementAction.FREEZE)
        agreement.original_digest = paper.original_digest
        agreement.frozen_digest = agreement.head_digest = paper.frozen_digest
        agreement.frozen_length = paper.frozen_length
        agreement.head_revision = 0
        agreement.page_count = len(paper.pages)
        agreement.frozen_at = clock.now()
        for page in paper.pages:
            db.session.add(AgreementPage(agreement_id=agreement_id, **vars(page)))
        audit.record(
            agreement.ceremony_id,
            "agreement.frozen",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement_id),
            number=agreement.number,
            version=agreement.version,
            original=paper.original_digest,
            frozen=paper.frozen_digest,
            pages=len(paper.pages),
        )
        seal_service.note_frozen(queries.view(agreement), seals)
        tell(agreement)
        key = queries.print_key(agreement_id, agreement.version)
        jobs.add(FROZEN, key, chain=agreement.ceremony_id, ceremony=agreement.ceremony_id)


def keep_sealed(
    agreement_id: str,
    *,
    final_digest: str,
    level: str,
    sealed_at: datetime,
    stamp: Stamp | None = None,
    but: Collection[str] = (),
) -> None:
    """Remember the final revision; asking again for a sealed agreement is harmless.

    Its document timestamp, `stamp`, is also the time of signatures that still waited for one. It raises every signature
    to `level` `but` those of these signers (ids), on whose certificates their issuers' word was not to be had.
    """
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        if agreement.state is AgreementState.SEALED:
            return
        agreement.state = rules.change(agreement.state, AgreementAction.SEAL)
        agreement.head_digest = final_digest
        agreement.head_revision += 1
        agreement.sealed_at = sealed_at
        if stamp:
            raise_waiting(agreement, stamp)
        lower = [signer.field for signer in agreement.signers if signer.id in but]
        said: dict[str, Any] = {"lower": lower} if lower else {}
        for signer in agreement.signers:
            signer.level = signer.level if signer.id in but else level
        audit.record(
            agreement.ceremony_id,
            "agreement.sealed",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement_id),
            agreement=agreement.number,
            final_digest=final_digest,
            signatures=len(agreement.signers),
            level=level,
            **said,
        )
        db.session.flush()
        tell(agreement)
        jobs.add(EVIDENCE, agreement_id, chain=agreement.ceremony_id, agreement=agreement_id)
