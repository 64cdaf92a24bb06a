"""What every change of a draft needs: hold it, number its agreements, tell what was changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.values import Money, Texts
from signing.agreements import draft_service
from signing.agreements import queries as agreements
from signing.ceremonies import queries, rules
from signing.ceremonies.models import Ceremony
from signing.ceremonies.rules import CeremonyAction


def take_draft(ceremony_id: str) -> Ceremony:
    """A ceremony in order to change its plan, inside the caller's transaction.

    Raises NotFound, and Conflict `ceremony_…` outside a draft.
    """
    ceremony = queries.take_ceremony(ceremony_id)
    rules.change(ceremony.state, CeremonyAction.EDIT)
    return ceremony


def number(ceremony: Ceremony, position: int) -> str:
    """The agreement number that is printed; `position` counts from 0."""
    mark = "REHEARSAL-" if ceremony.rehearsal_of else ""
    return f"YQ-{mark}{ceremony.held_on:%Y%m%d}-{ceremony.id[-4:].upper()}-{position + 1:02d}"


def number_anew(ceremony: Ceremony) -> None:
    """Give all agreements the numbers of their day and place in the plan, inside the caller's transaction."""
    for position, each in enumerate(agreements.list_agreements(ceremony.id)):
        wanted = number(ceremony, position)
        if (each.position, each.number) != (position, wanted):
            draft_service.number_draft(each.id, position=position, number=wanted)


def field(party_key: str) -> str:
    """The name of a party's signature field in every paper."""
    return f"sign_{party_key}"


def first(texts: Texts) -> str:
    """The Chinese text, or the English one where there is no other."""
    return texts.get("zh-CN") or texts.get("en") or ""


def said(money: Money | None) -> str | None:
    """An amount as the trail writes it: `500000000 CNY`."""
    return f"{money.amount} {money.currency}" if money else None


def differences(
    before: Mapping[str, object], after: Mapping[str, object], *, personal: Collection[str] = ()
) -> list[dict[str, object]]:
    """What the trail says of a change: field, before, after; of what is personal the field alone."""
    return [
        {"field": name} if name in personal else {"field": name, "before": before[name], "after": after[name]}
        for name in before
        if before[name] != after[name]
    ]
