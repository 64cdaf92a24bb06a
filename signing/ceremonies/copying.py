"""Use case: what was not signed becomes a new draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from core.audit import Actor
from core.errors import Conflict
from core.values import Money
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import planning, queries, rules
from signing.ceremonies.rules import (
    AgreementPlan,
    CeremonyAction,
    CeremonyPlan,
    CeremonyState,
    CopyWish,
    PartyPlan,
    PlannedCue,
)
from signing.cues import queries as cues
from signing.seats import queries as seats

_GONE = (CeremonyState.CANCELLED, CeremonyState.DISCARDED)


def copy_unsigned(ceremony_id: str, wish: CopyWish, *, by: Actor) -> str:
    """A new draft with the agreements that were not signed and the parties bound by them; returns its id.

    Raises Conflict `ceremony_<state>` before the end, `nothing_left_to_sign`, `rehearsal_not_copied`.
    """
    ceremony = queries.get_ceremony(ceremony_id)
    if ceremony.is_rehearsal:
        raise Conflict("rehearsal_not_copied")
    rules.change(ceremony.state, CeremonyAction.COPY)
    left = [each for each in agreements.list_agreements(ceremony_id) if each.is_unsigned]
    if not left:
        raise Conflict("nothing_left_to_sign")
    return planning.import_ceremony(
        with_cues(plan_of(ceremony, left, wish), ceremony.id, left),
        organisation_id=ceremony.organisation_id,
        by=by,
        demo=ceremony.is_demo,
        import_key=_import_key(ceremony, wish),
        papers_of={each.key: each.id for each in left},
    )


def _import_key(ceremony: queries.CeremonyView, wish: CopyWish) -> str:
    """Asked for twice it is one draft, unless that one was called off or discarded meanwhile."""
    for number in count(1):
        key = f"{ceremony.id}:{wish.held_on}T{wish.starts_at:%H%M}:{number}"
        made = queries.find_by_import_key(ceremony.organisation_id, key)
        if made is None or queries.get_ceremony(made).state not in _GONE:
            break
    return key


def plan_of(
    ceremony: queries.CeremonyView, left: list[AgreementView], wish: CopyWish, *, all_parties: bool = False
) -> CeremonyPlan:
    """The plan of these agreements, and of the parties that they bind or of all, on another day."""
    by_seat = {seat.id: seat for seat in seats.list_seats(ceremony.id)}
    bound = {by_seat[signer.seat_id].party_key for agreement in left for signer in agreement.signers}
    by_party = {seat.party_key: seat for seat in by_seat.values()}
    return CeremonyPlan(
        title=ceremony.title,
        held_on=wish.held_on,
        starts_at=datetime.combine(wish.held_on, wish.starts_at, ZoneInfo(ceremony.host_timezone)),
        host_timezone=ceremony.host_timezone,
        limit_minutes=ceremony.limit_minutes,
        conference_tool=ceremony.conference_tool,
        time_policy=ceremony.time_policy,
        money=_money(ceremony.amount, ceremony.currency),
        parties=tuple(
            _party(party, by_party[party.key]) for party in ceremony.parties if all_parties or party.key in bound
        ),
        agreements=tuple(_agreement(each, left, by_seat) for each in left),
        note=ceremony.note,
        source=ceremony.source,
        demo=ceremony.is_demo,
        needs_camera=ceremony.needs_camera,
        shows_ink=ceremony.shows_ink,
    )


def with_cues(plan: CeremonyPlan, ceremony_id: str, found: list[AgreementView]) -> CeremonyPlan:
    """The plan with the ceremony's cue sheet, as far as it calls what is in the plan; without one as it is."""
    sheet = cues.find_sheet(ceremony_id)
    if sheet is None:
        return plan
    keys = {each.id: each.key for each in found}
    parties = {party.key for party in plan.parties}
    return replace(plan, cues=tuple(cue for each in sheet.cues if (cue := _cue(each, keys, parties))))


def _cue(cue: cues.CueView, keys: dict[str, str], parties: set[str]) -> PlannedCue | None:
    called = tuple(keys[each] for each in cue.agreements if each in keys)
    if cue.kind == cues.SIGNING and not called:
        return None
    return PlannedCue(
        kind=str(cue.kind),
        title=cue.title,
        seconds=cue.planned_seconds,
        agreements=called,
        party_key=cue.party_key if cue.party_key in parties else "",
        speaker=cue.speaker,
        script=cue.script,
        stage_text=cue.stage_text,
    )


def _party(party: queries.PartyView, seat: seats.SeatView) -> PartyPlan:
    return PartyPlan(
        key=party.key,
        organisation=party.organisation,
        representative_title=party.representative_title,
        representative_name=seat.name,
        email=seat.email,
        locale=seat.locale,
        place=party.place,
        timezone=party.timezone,
        is_host=party.is_host,
        assumed=tuple(party.assumed),
    )


def _agreement(
    agreement: AgreementView, left: list[AgreementView], by_seat: dict[str, seats.SeatView]
) -> AgreementPlan:
    keys = {each.id: each.key for each in left}
    return AgreementPlan(
        key=agreement.key,
        title=agreement.title,
        kind=agreement.kind,
        between=tuple(by_seat[signer.seat_id].party_key for signer in agreement.signers),
        # What it came after and is signed is done with.
        after=tuple(keys[before] for before in agreement.after if before in keys),
        money=_money(agreement.amount, agreement.currency),
    )


def _money(amount: str | None, currency: str | None) -> Money | None:
    return Money(amount, currency or "CNY") if amount else None
