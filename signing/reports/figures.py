"""What a ceremony's report is made from, read in one go from what the other features keep."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts import queries as accounts
from core import audit, clock, jobs, outbox
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries as cues
from signing.cues import tick_queries
from signing.cues.queries import SheetView
from signing.cues.tick_queries import Code, TickView
from signing.drills import service as drills
from signing.meetings import queries as meetings
from signing.presence import queries as presence
from signing.presence.queries import StayView
from signing.reports import rules
from signing.reports.rules import Act, Hold, Run
from signing.seats import queries as seats
from signing.seats.queries import SeatView
from signing.thanks import queries as thanks
from signing.witnesses import queries as witnesses
from signing.witnesses.queries import WitnessView


@dataclass(frozen=True)
class Figures:
    """All of it, at one moment; `forgotten` are the seats whose personal values were deleted."""

    at: datetime
    ceremony: CeremonyView
    sheet: SheetView | None
    runs: tuple[Run, ...]
    holds: tuple[Hold, ...]
    seats: tuple[SeatView, ...]
    forgotten: frozenset[str]
    stays: dict[str, list[StayView]]
    ticks: tuple[TickView, ...]
    ticks_taken_back: int
    codes: dict[str, tuple[Code, ...]]
    witnesses: tuple[WitnessView, ...]
    staff: dict[str, str]
    agreements: tuple[AgreementView, ...]
    meeting: str
    drills: tuple[dict[str, Any], ...] = ()
    thanked: tuple[datetime, ...] = ()
    troubles: Counter[str] = field(default_factory=Counter)
    trail: tuple[int, str] = (0, "")

    @property
    def is_interim(self) -> bool:
        """Whether something may still happen in it: signatures, or cues after the last of them."""
        return not self.ceremony.is_over or (self.sheet is not None and self.sheet.is_under_way)


@dataclass(frozen=True)
class _Trail:
    acts: list[Act]
    forgotten: set[str]  # ids of seats, or of the ceremony, whose personal values were deleted
    taken_back: int


def read(ceremony: CeremonyView) -> Figures:
    """The report's figures as they are now."""
    at, trail, sheet = clock.now(), _trail(ceremony.id), cues.find_sheet(ceremony.id)
    people = _by_party(ceremony)
    forgotten = {seat.id for seat in people if seat.id in trail.forgotten or ceremony.id in trail.forgotten}
    stays: dict[str, list[StayView]] = {}
    for stay in presence.list_stays(ceremony.id):
        # A link may have been forwarded: who opened it and proved nothing is not told as the signer.
        if not stay.is_proved:
            continue
        stays.setdefault(stay.seat_id, []).append(stay)
    link = meetings.find_link(ceremony.id)
    return Figures(
        at=at,
        ceremony=ceremony,
        sheet=sheet,
        runs=tuple(rules.runs(trail.acts)),
        holds=tuple(rules.holds(trail.acts)),
        seats=tuple(people),
        forgotten=frozenset(forgotten),
        stays=stays,
        ticks=tuple(tick_queries.list_ticks([cue.id for cue in sheet.cues])) if sheet else (),
        ticks_taken_back=trail.taken_back,
        codes=tick_queries.list_codes(ceremony.id),
        witnesses=tuple(witnesses.list_witnesses(ceremony.id)),
        staff={each.id: accounts.called(each) for each in accounts.list_accounts(ceremony.organisation_id)},
        agreements=tuple(agreements.list_agreements(ceremony.id)),
        meeting=link.tool if link else "",
        drills=tuple(drills.show_drills(ceremony)) if ceremony.is_rehearsal else (),
        thanked=tuple(each.sent_at for each in thanks.list_letters(ceremony.id).values()),
        troubles=Counter(each.kind for each in (*jobs.list_given_up(ceremony.id), *outbox.list_given_up(ceremony.id))),
        trail=audit.find_head(ceremony.id),
    )


def _by_party(ceremony: CeremonyView) -> list[SeatView]:
    """The seats in the order of the plan's parties, whatever their ids are."""
    order = {party.key: at for at, party in enumerate(ceremony.parties)}
    return sorted(seats.list_seats(ceremony.id), key=lambda seat: order[seat.party_key])


def _trail(ceremony_id: str) -> _Trail:
    acts: list[Act] = []
    forgotten: set[str] = set()
    taken_back = 0
    for line in audit.list_lines(ceremony_id):
        entry = json.loads(line)
        action, subject = entry["action"], entry["subject"]
        if action.startswith(("cue.", "cues.")):
            cue_id = subject["id"] if subject["kind"] == "cue" else ""
            acts.append(Act(clock.parse_iso(entry["at"]), action, cue_id))
            taken_back += action == "cue.tick_taken_back"
        if action == "private.deleted":
            forgotten.add(subject["id"])
    return _Trail(acts, forgotten, taken_back)


def deleted_since(ceremony_id: str, at: datetime) -> bool:
    """Whether personal values of the ceremony were deleted after that moment."""
    entries = (json.loads(line) for line in audit.list_lines(ceremony_id))
    return any(each["action"] == "private.deleted" and clock.parse_iso(each["at"]) >= at for each in entries)
