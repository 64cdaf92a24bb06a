"""Use cases of a draft: change an agreement, who signs it and what it comes after; add one, remove one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core import audit, i18n
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import Conflict, Invalid, Problem
from core.values import Money, Texts
from signing.agreements import draft_service
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.queries import AgreementView
from signing.ceremonies import drafts, queries, rules, seen, stage
from signing.ceremonies.plan_file import MAX_AGREEMENTS, MAX_BETWEEN
from signing.ceremonies.rules import AgreementChange
from signing.seats import queries as seats
from signing.uploads import service as uploads


@dataclass(frozen=True)
class _Wish:
    """An agreement as it is to be; `between` keys of parties, `after` keys of agreements."""

    key: str
    title: Texts
    kind: str
    money: Money | None
    between: tuple[str, ...]
    after: tuple[str, ...]

    def said(self, names: _Names) -> dict[str, object]:
        """As the trail says it: keys mean nothing to who reads that."""
        return {
            "title": self.title,
            "kind": self.kind,
            "amount": drafts.said(self.money),
            "between": [names.parties[key] for key in self.between],
            "after": [title for key, title in names.agreements.items() if key in self.after],
        }


@dataclass(frozen=True)
class _Names:
    """Organisations and titles by key, in the order of the plan."""

    parties: dict[str, str]
    agreements: dict[str, str]


def _names(ceremony: queries.CeremonyView) -> _Names:
    return _Names(
        parties={party.key: drafts.first(party.organisation) for party in ceremony.parties},
        agreements={each.key: drafts.first(each.title) for each in agreements.list_agreements(ceremony.id)},
    )


def change_agreement(
    ceremony_id: str, agreement_id: str, change: AgreementChange, *, by: Actor, looked_at: str | None = None
) -> None:
    """Change an agreement of a draft; `looked_at`: what `seen.of_agreement` said of the form, if held to that.

    Raises NotFound, Conflict `ceremony_…`, `plan_changed`, and Invalid with every problem:
    `amount_missing`, `unknown_party`, `too_few`, `too_many`, `unknown_agreement`, `cycle`.
    """
    _change(ceremony_id, agreement_id, lambda before: _wish(before, change), by=by, looked_at=looked_at)


def order_agreement(
    ceremony_id: str, agreement_id: str, after: tuple[str, ...], *, by: Actor, looked_at: str | None = None
) -> None:
    """Let an agreement of a draft open after these (keys) and no others; raises as `change_agreement`."""
    _change(ceremony_id, agreement_id, lambda before: replace(before, after=after), by=by, looked_at=looked_at)


def _change(
    ceremony_id: str, agreement_id: str, wanted: Callable[[_Wish], _Wish], *, by: Actor, looked_at: str | None
) -> None:
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
        before = _as_it_is(agreement)
        wish = wanted(before)
        if wish != before:
            seen.check(looked_at, seen.of_agreement(agreement))
        placed, names = _place(queries.view(ceremony), wish), _names(queries.view(ceremony))
        draft_service.change_draft(agreement_id, title=wish.title, money=wish.money, kind=wish.kind)
        draft_service.arrange_draft(agreement_id, signers=placed.signers, after=placed.after)
        changed = drafts.differences(before.said(names), wish.said(names))
        if not changed:
            return
        subject = Subject("agreement", agreement_id)
        audit.record(ceremony_id, "agreement.changed", actor=by, subject=subject, changed=changed)
        stage.tell_plan_changed(ceremony_id)


def _as_it_is(agreement: AgreementView) -> _Wish:
    keys = {each.id: each.key for each in agreements.list_agreements(agreement.ceremony_id)}
    parties = {seat.id: seat.party_key for seat in seats.list_seats(agreement.ceremony_id)}
    return _Wish(
        key=agreement.key,
        title=agreement.title,
        kind=agreement.kind,
        money=Money(agreement.amount, agreement.currency or "CNY") if agreement.amount else None,
        between=tuple(parties[signer.seat_id] for signer in agreement.signers),
        after=tuple(keys[before] for before in agreement.after),
    )


def _wish(before: _Wish, change: AgreementChange) -> _Wish:
    return _Wish(
        key=before.key,
        title=change.title,
        kind=change.kind or before.kind,
        money=change.money,
        between=before.between if change.between is None else change.between,
        after=before.after if change.after is None else change.after,
    )


@dataclass(frozen=True)
class _Placed:
    """Who signs, as (seat id, field name), and what it comes after, as ids."""

    signers: list[tuple[str, str]]
    after: list[str]


def _place(ceremony: queries.CeremonyView, wish: _Wish) -> _Placed:
    """Keys made ids; raises Invalid with everything that is wrong."""
    found = agreements.list_agreements(ceremony.id)
    problems = [*_wrong_parties(ceremony, wish.between), *_wrong_order(found, wish)]
    if wish.kind == "investment" and wish.money is None:
        problems.append(Problem("$.amount", "amount_missing"))
    if problems:
        raise Invalid(problems)
    seat_of = {seat.party_key: seat.id for seat in seats.list_seats(ceremony.id)}
    ids = {each.key: each.id for each in found}
    return _Placed([(seat_of[key], drafts.field(key)) for key in wish.between], [ids[key] for key in wish.after])


def _wrong_parties(ceremony: queries.CeremonyView, between: Sequence[str]) -> list[Problem]:
    known = {party.key for party in ceremony.parties}
    problems = [Problem("$.between", "unknown_party", {"key": key[:60]}) for key in between if key not in known]
    if len(between) < 2:
        problems.append(Problem("$.between", "too_few_sign", {"least": 2}))
    if len(between) > MAX_BETWEEN:
        problems.append(Problem("$.between", "too_many", {"most": MAX_BETWEEN, "count": len(between)}))
    return problems


def _wrong_order(found: Sequence[AgreementView], wish: _Wish) -> list[Problem]:
    keys = {each.id: each.key for each in found}
    known = set(keys.values())
    unknown = [Problem("$.after", "unknown_agreement", {"key": key[:60]}) for key in wish.after if key not in known]
    if unknown:
        return unknown
    after = {each.key: tuple(keys[before] for before in each.after) for each in found}
    cycle = rules.find_cycle({**after, wish.key: wish.after})
    if not cycle:
        return []
    names = {each.key: i18n.pick(each.title) for each in found} | {wish.key: i18n.pick(wish.title)}
    return [Problem("$.after", "cycle", {"cycle": " → ".join(names[key] for key in cycle)})]


def add_agreement(ceremony_id: str, key: str, change: AgreementChange, *, by: Actor) -> str:
    """One more agreement at the end of the plan; returns its id. Sent again with the same key, it is the same one.

    Raises NotFound, Conflict `ceremony_…`, `too_many_agreements`, and Invalid as `change_agreement` does.
    """
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        found = agreements.list_agreements(ceremony_id)
        before = next((each.id for each in found if each.key == key), None)
        if before is not None:
            return before
        if len(found) >= MAX_AGREEMENTS:
            raise Conflict("too_many_agreements", most=MAX_AGREEMENTS)
        wish = _wish(_Wish(key=key, title={}, kind="cooperation", money=None, between=(), after=()), change)
        placed = _place(queries.view(ceremony), wish)
        made = agreement_service.add_agreement(
            ceremony_id=ceremony_id,
            key=key,
            position=len(found),
            number=drafts.number(ceremony, len(found)),
            kind=wish.kind,
            title=wish.title,
            money=wish.money,
            signers=placed.signers,
            after=placed.after,
        )
        audit.record(
            ceremony_id,
            "agreement.added",
            actor=by,
            subject=Subject("agreement", made),
            key=key,
            title=drafts.first(wish.title),
            plan=wish.said(_names(queries.view(ceremony))),
        )
        stage.tell_plan_changed(ceremony_id)
        return made


def remove_agreement(ceremony_id: str, agreement_id: str, *, by: Actor) -> None:
    """Take an agreement out of the plan; what came after it then comes after what it came after itself.

    Raises NotFound, Conflict `ceremony_…`, and `last_agreement`: a ceremony has one at least.
    """
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        gone = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
        found = agreements.list_agreements(ceremony_id)
        check_not_last(found)
        for each in found:
            if gone.id in each.after:
                draft_service.arrange_draft(each.id, after={*each.after, *gone.after} - {gone.id})
        uploads.drop_upload(gone.id)
        draft_service.remove_draft(gone.id)
        drafts.number_anew(ceremony)
        audit.record(
            ceremony_id,
            "agreement.removed",
            actor=by,
            subject=Subject("agreement", gone.id),
            key=gone.key,
            number=gone.number,
            title=drafts.first(gone.title),
        )
        stage.tell_plan_changed(ceremony_id)


def check_not_last(found: Sequence[AgreementView]) -> None:
    """Raises Conflict `last_agreement` where there is only one."""
    if len(found) == 1:
        raise Conflict("last_agreement")
