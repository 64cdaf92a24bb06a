"""Use cases of agreements up to their opening and ending; signing itself is in signing.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import audit, clock, ids, jobs, live
from core.db import db, transaction
from core.values import Money
from signing.agreements import queries, rules
from signing.agreements.models import Agreement, AgreementDependency, AgreementPage, AgreementSigner
from signing.agreements.printing import FrozenPaper
from signing.agreements.rules import AgreementAction, AgreementState
from signing.seats import queries as seats
from signing.seats import service as seat_service

PRINT = "agreement.print"
SEAL = "agreement.seal"
FROZEN = "ceremony.agreement_frozen"


def add_agreement(
    *,
    ceremony_id: str,
    key: str,
    position: int,
    number: str,
    kind: str,
    title: dict[str, str],
    money: Money | None,
    signers: list[tuple[str, str]],
    after: list[str],
) -> str:
    """A new draft inside the caller's transaction; `signers` are (seat id, field name), `after` agreement ids."""
    agreement = Agreement(
        id=ids.new("agr"),
        ceremony_id=ceremony_id,
        key=key,
        position=position,
        number=number,
        kind=kind,
        title=title,
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        state=AgreementState.DRAFT,
        created_at=clock.now(),
    )
    db.session.add(agreement)
    db.session.flush()
    for index, (seat_id, field) in enumerate(signers):
        db.session.add(
            AgreementSigner(id=ids.new("sgn"), agreement_id=agreement.id, seat_id=seat_id, position=index, field=field)
        )
    for after_id in after:
        db.session.add(AgreementDependency(agreement_id=agreement.id, after_id=after_id))
    db.session.flush()
    return agreement.id


def change_draft(agreement_id: str, *, title: dict[str, str], money: Money | None) -> None:
    """Change what is printed, inside the caller's transaction."""
    agreement = queries.take_agreement(agreement_id)
    rules.change(agreement.state, AgreementAction.FREEZE)  # a draft is what can still be frozen
    agreement.title = title
    agreement.amount = money.amount if money else None
    agreement.currency = money.currency if money else None


def ask_for_print(agreement: queries.AgreementView) -> None:
    """Have the agreement printed and frozen in the background, inside the caller's transaction."""
    jobs.add(PRINT, agreement.id, chain=agreement.ceremony_id, agreement=agreement.id)


def keep_frozen(agreement_id: str, paper: FrozenPaper) -> None:
    """The text is fixed from here on: remember its file and its pages."""
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        if agreement.state is not AgreementState.DRAFT:
            return  # printed twice by a worker that was thought dead: the first text stays
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
        tell(agreement)
        jobs.add(FROZEN, agreement_id, chain=agreement.ceremony_id, ceremony=agreement.ceremony_id)


def open_ready(ceremony_id: str) -> list[str]:
    """Open every agreement whose turn has come, inside the caller's transaction; returns their ids."""
    opened = []
    for waiting in queries.list_agreements(ceremony_id):
        if not rules.opens_now(waiting.state, queries.list_states(waiting.after)):
            continue
        agreement = queries.take_agreement(waiting.id)
        agreement.state = rules.change(agreement.state, AgreementAction.OPEN)
        agreement.opened_at = clock.now()
        audit.record(
            ceremony_id,
            "agreement.opened",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement.id),
            number=agreement.number,
        )
        db.session.flush()
        tell(agreement)
        opened.append(agreement.id)
    return opened


def note_read(seat_id: str, agreement_id: str, page: int, *, address: str) -> int:
    """The signer has seen this page; returns the furthest page now. Reading ahead of oneself is not counted."""
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        signer = signer_row(agreement, seat_id)
        if page == signer.read_to + 1 and page <= agreement.page_count:
            signer.read_to = page
            if page == agreement.page_count:
                audit.record(
                    agreement.ceremony_id,
                    "agreement.read",
                    actor=seat_service.actor(seats.get_seat(seat_id), address),
                    subject=audit.Subject("agreement", agreement_id),
                    pages=agreement.page_count,
                    frozen=agreement.frozen_digest,
                )
        return signer.read_to


def decline(seat_id: str, agreement_id: str, *, reason: str, address: str) -> None:
    """The signer will not sign; the agreement ends here, and what comes after it never opens."""
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        signer = signer_row(agreement, seat_id)
        seat = seats.get_seat(seat_id)
        rules.check_decline(facts(agreement, signer, seat))
        agreement.state = rules.change(agreement.state, AgreementAction.DECLINE)
        agreement.ended_reason = reason
        signer.state = rules.SignerState.DECLINED
        audit.record(
            agreement.ceremony_id,
            "agreement.declined",
            actor=seat_service.actor(seat, address),
            subject=audit.Subject("agreement", agreement_id),
            reason=reason,
        )
        tell(agreement)


def void_all(ceremony_id: str, *, reason: str, actor: audit.Actor) -> None:
    """End every agreement that is not finished, inside the caller's transaction."""
    # All of them are locked before the trail's head is: who holds one may be waiting for that head.
    taken = [queries.take_agreement(agreement.id) for agreement in queries.list_agreements(ceremony_id)]
    for agreement in taken:
        if agreement.state in rules.ENDED:
            continue
        agreement.state = rules.change(agreement.state, AgreementAction.VOID)
        agreement.ended_reason = reason
        audit.record(
            ceremony_id,
            "agreement.voided",
            actor=actor,
            subject=audit.Subject("agreement", agreement.id),
            reason=reason,
        )
        tell(agreement)


def keep_sealed(agreement_id: str, *, final_digest: str, level: str, sealed_at: datetime) -> None:
    """Remember the final revision; asking again for a sealed agreement is harmless."""
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        if agreement.state is AgreementState.SEALED:
            return
        agreement.state = rules.change(agreement.state, AgreementAction.SEAL)
        agreement.head_digest = final_digest
        agreement.head_revision += 1
        agreement.sealed_at = sealed_at
        audit.record(
            agreement.ceremony_id,
            "agreement.sealed",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement_id),
            agreement=agreement.number,
            final_digest=final_digest,
            signatures=len(agreement.signers),
            level=level,
        )
        db.session.flush()
        tell(agreement)
        jobs.add("evidence.make", agreement_id, chain=agreement.ceremony_id, agreement=agreement_id)


def keep_evidence(agreement_id: str, *, certificate_digest: str, kit_digest: str) -> bool:
    """Remember certificate and kit, inside the caller's transaction; False where they were there already.

    The caller writes the trail's entry, and then lets `tell_changed` be heard.
    """
    agreement = queries.take_agreement(agreement_id)
    if agreement.kit_digest:
        return False
    agreement.certificate_digest, agreement.kit_digest = certificate_digest, kit_digest
    db.session.flush()
    return True


def tell_changed(agreement_id: str) -> None:
    """Let the stage and the host's page know, inside the caller's transaction."""
    tell(queries.take_agreement(agreement_id))


def signer_row(agreement: Agreement, seat_id: str) -> AgreementSigner:
    """The signer in this seat, to be changed; raises NotFound."""
    queries.view(agreement).signer_of(seat_id)
    return next(signer for signer in agreement.signers if signer.seat_id == seat_id)


def facts(
    agreement: Agreement | queries.AgreementView, signer: AgreementSigner | queries.SignerView, seat: seats.SeatView
) -> rules.SignerFacts:
    """What the rules ask for."""
    return rules.SignerFacts(
        agreement=AgreementState(agreement.state),
        signer=rules.SignerState(signer.state),
        identity_proved=seat.identity_proved_at is not None,
        consented=seat.consented_at is not None,
        pages=agreement.page_count,
        read_to=signer.read_to,
    )


def standing(agreement: queries.AgreementView, seat: seats.SeatView) -> tuple[str, str | None]:
    """Where this signer stands (`signed declined open waiting closed`), and the code of what keeps from signing now."""
    found = facts(agreement, agreement.signer_of(seat.id), seat)
    word = rules.standing(found)
    refusal = rules.why_not_sign(found) if word in {"open", "waiting"} else None
    return word, refusal.code if refusal else None


def tell(agreement: Agreement) -> None:
    """Let the stage and the host's page know, inside the caller's transaction."""
    db.session.flush()
    item: dict[str, Any] = queries.stage_item(queries.view(agreement))
    live.publish(f"stage:{agreement.ceremony_id}", "stage.patch", agreements=[item])
    live.publish(f"ceremony:{agreement.ceremony_id}", "agreement.changed", agreement=agreement.id)
