"""Use case: texts that nobody has signed are printed anew, because somebody else will sign for a party."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from core import audit
from core.audit import Actor, Subject
from core.db import db
from core.errors import Conflict
from signing.agreements import queries, rules
from signing.agreements import service as agreements
from signing.agreements.models import AgreementPage
from signing.agreements.queries import AgreementView
from signing.agreements.rules import AgreementAction, AgreementState, SignerState
from signing.seals import service as seals

_TO_SIGN = frozenset({AgreementState.DRAFT, AgreementState.APPROVED, AgreementState.OPEN})


@dataclass(frozen=True)
class Texts:
    """A seat's agreements: what it has signed, what would be printed anew, and what others have signed already."""

    signed: tuple[AgreementView, ...]
    fresh: tuple[AgreementView, ...]
    signed_by_others: tuple[AgreementView, ...]


def sort_for(seat_id: str) -> Texts:
    """How the agreements of a seat stand; what ended unsigned is left out."""
    signed: list[AgreementView] = []
    fresh: list[AgreementView] = []
    others: list[AgreementView] = []
    for each in queries.list_for_seat(seat_id):
        if each.signer_of(seat_id).signed_at is not None:
            signed.append(each)
        elif each.state in _TO_SIGN:
            (others if each.signed_count else fresh).append(each)
    return Texts(tuple(signed), tuple(fresh), tuple(others))


def revise_for(seat_id: str, *, by: Actor) -> list[str]:
    """Have all that the seat still has to sign printed anew, inside the caller's transaction; returns the ids.

    Nobody signs a text that names somebody else: raises Conflict `understudy_text_signed` where another has signed one
    of them, `understudy_nothing_left`, `agreement_not_ready` while one is being printed. The caller lets
    `agreements.tell_changed` be heard behind its own entries.
    """
    taken = [queries.take_agreement(each.id) for each in queries.list_for_seat(seat_id)]
    found = sort_for(seat_id)
    if found.signed_by_others:
        raise Conflict("understudy_text_signed", n=len(found.signed_by_others))
    if not found.fresh:
        raise Conflict("understudy_nothing_left")
    wanted = {each.id for each in found.fresh}
    for agreement in taken:
        if agreement.id not in wanted:
            continue
        agreement.state = rules.change(agreement.state, AgreementAction.REVISE)
        agreement.version += 1
        agreement.original_digest = agreement.frozen_digest = agreement.head_digest = None
        agreement.frozen_length, agreement.frozen_at, agreement.opened_at = None, None, None
        agreement.head_revision = agreement.page_count = 0
        for signer in agreement.signers:
            signer.read_to, signer.state = 0, SignerState.PENDING
        db.session.execute(delete(AgreementPage).where(AgreementPage.agreement_id == agreement.id))
        db.session.flush()
        view = queries.view(agreement)
        seals.forget_frozen(view)
        audit.record(
            agreement.ceremony_id,
            "agreement.revised",
            actor=by,
            subject=Subject("agreement", agreement.id),
            number=agreement.number,
            version=agreement.version,
        )
        agreements.ask_for_print(view)
    return sorted(wanted)
