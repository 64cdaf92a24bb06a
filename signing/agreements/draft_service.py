"""Use cases of an agreement's draft, each inside the caller's transaction: change, arrange, number, remove."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core import ids
from core.db import db
from core.values import Money
from signing.agreements import queries, rules
from signing.agreements.models import Agreement, AgreementDependency, AgreementSigner
from signing.agreements.rules import AgreementAction


def change_draft(agreement_id: str, *, title: dict[str, str], money: Money | None, kind: str) -> None:
    """Change what is printed; raises Conflict where the text is frozen."""
    agreement = _take(agreement_id)
    agreement.title, agreement.kind = title, kind
    agreement.amount = money.amount if money else None
    agreement.currency = money.currency if money else None
    db.session.flush()


def arrange_draft(
    agreement_id: str, *, signers: Sequence[tuple[str, str]] | None = None, after: Collection[str] | None = None
) -> None:
    """Who signs, as (seat id, field name) in order, and what it comes after (ids); None leaves it as it is."""
    agreement = _take(agreement_id)
    if signers is not None:
        _set_signers(agreement, signers)
    if after is not None:
        for gone in [each for each in agreement.after if each.after_id not in after]:
            db.session.delete(gone)
        for new in set(after) - {each.after_id for each in agreement.after}:
            db.session.add(AgreementDependency(agreement_id=agreement_id, after_id=new))
    db.session.flush()
    db.session.expire(agreement)


def _set_signers(agreement: Agreement, signers: Sequence[tuple[str, str]]) -> None:
    before = {signer.seat_id: signer for signer in agreement.signers}
    for gone in before.keys() - {seat_id for seat_id, _ in signers}:
        db.session.delete(before[gone])
    for position, (seat_id, field) in enumerate(signers):
        if seat_id in before:
            before[seat_id].position = position
        else:
            db.session.add(
                AgreementSigner(
                    id=ids.new("sgn"), agreement_id=agreement.id, seat_id=seat_id, position=position, field=field
                )
            )


def number_draft(agreement_id: str, *, position: int, number: str) -> None:
    """Its place in the plan, and the number that is printed."""
    agreement = _take(agreement_id)
    agreement.position, agreement.number = position, number
    db.session.flush()


def remove_draft(agreement_id: str) -> None:
    """Take the agreement out of its plan; nothing may come after it any more, and no paper of its own be kept."""
    agreement = _take(agreement_id)
    for part in (*agreement.signers, *agreement.after):
        db.session.delete(part)
    db.session.flush()
    db.session.expire(agreement)
    db.session.delete(agreement)
    db.session.flush()


def _take(agreement_id: str) -> Agreement:
    agreement = queries.take_agreement(agreement_id)
    rules.change(agreement.state, AgreementAction.FREEZE)  # a draft is what can still be frozen
    return agreement
