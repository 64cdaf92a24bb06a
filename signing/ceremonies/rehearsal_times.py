"""How long a rehearsal took, cue by cue and place by place, beside what is planned for the ceremony itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.audit import Actor
from core.errors import Conflict
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries, rehearsing
from signing.cues import length_service as cue_lengths
from signing.cues import queries as cues
from signing.cues.queries import CueView, SheetView
from signing.seats import queries as seats


@dataclass(frozen=True)
class PlaceTime:
    """How long a seat took from the beginning of its cue to its signature."""

    party_key: str
    took: timedelta


@dataclass(frozen=True)
class CueTime:
    """A cue of a rehearsal; `took` is None where it was not run to its end.

    `real` is the cue of the ceremony that it rehearsed, if there still is one.
    """

    cue: CueView
    took: timedelta | None
    places: tuple[PlaceTime, ...]
    real: CueView | None

    @property
    def can_take(self) -> bool:
        """Whether the ceremony's plan can take this time over, and has another."""
        if self.took is None or self.real is None or not self.real.may_change:
            return False
        return self.real.length != self.rounded

    @property
    def rounded(self) -> timedelta:
        """As a plan says it: to five seconds, ten at least."""
        return _rounded(self.took or timedelta())


@dataclass(frozen=True)
class Result:
    """A rehearsal's times; `real` is the sheet of the ceremony that it rehearsed, if there is one."""

    cues: tuple[CueTime, ...]
    real: SheetView | None

    @property
    def planned(self) -> timedelta:
        """What was planned for the cues that were run."""
        return sum((each.cue.length for each in self.cues if each.took is not None), timedelta())

    @property
    def took(self) -> timedelta:
        """What they took together."""
        return sum((each.took for each in self.cues if each.took is not None), timedelta())


def read(rehearsal_id: str) -> Result:
    """The times of a rehearsal as far as it was run; raises NotFound."""
    rehearsal = rehearsing.get_rehearsal(rehearsal_id)
    sheet = cues.find_sheet(rehearsal_id)
    real = cues.find_sheet(rehearsal.rehearsal_of or "")
    if sheet is None:
        return Result((), real)
    found = agreements.list_agreements(rehearsal_id)
    twins = _twins(sheet, real, rehearsal) if real else {}
    parties = {seat.id: seat.party_key for seat in seats.list_seats(rehearsal_id)}
    return Result(
        tuple(
            CueTime(cue, _took(cue.began_at, cue.ended_at), _places(cue, found, parties), twins.get(cue.id))
            for cue in sheet.cues
        ),
        real,
    )


def take_over(rehearsal_id: str, *, cue_id: str = "", looked_at: int, by: Actor) -> int:
    """Plan the ceremony's cues as long as they took in its rehearsal: one of the rehearsal's cues, or all; returns how
    many were changed. Raises NotFound, Conflict `rehearsal_without_times`, `cue_sheet_moved`, `cue_sheet_over`."""
    result = read(rehearsal_id)
    wanted = {
        each.real.id: round(each.rounded.total_seconds())
        for each in result.cues
        if each.real is not None and each.took is not None and cue_id in ("", each.cue.id)
    }
    if not wanted or result.real is None:
        raise Conflict("rehearsal_without_times")
    return cue_lengths.change_lengths(result.real.ceremony_id, wanted, looked_at=looked_at, by=by)


def has_times(rehearsal_id: str) -> bool:
    """Whether any cue of it was run to its end."""
    sheet = cues.find_sheet(rehearsal_id)
    return sheet is not None and any(cue.began_at and cue.ended_at for cue in sheet.cues)


def _took(began_at: datetime | None, ended_at: datetime | None) -> timedelta | None:
    return ended_at - began_at if began_at and ended_at and ended_at >= began_at else None


def _rounded(took: timedelta) -> timedelta:
    return max(timedelta(seconds=10), timedelta(seconds=5 * round(took.total_seconds() / 5)))


def _places(cue: CueView, found: Iterable[AgreementView], parties: Mapping[str, str]) -> tuple[PlaceTime, ...]:
    if cue.began_at is None:
        return ()
    last: dict[str, datetime] = {}
    for agreement in found:
        for signer in agreement.signers if agreement.id in cue.agreements else ():
            if signer.signed_at is not None and signer.signed_at >= cue.began_at:
                key = parties[signer.seat_id]
                last[key] = max(last.get(key, signer.signed_at), signer.signed_at)
    # Who was last is whom the others waited for.
    longest_first = sorted(last.items(), key=lambda each: each[1], reverse=True)
    return tuple(PlaceTime(key, at - cue.began_at) for key, at in longest_first)


def _twins(sheet: SheetView, real: SheetView, rehearsal: queries.CeremonyView) -> dict[str, CueView]:
    """The ceremony's cue for each of the rehearsal's, by its id: of the same kind, for the same agreements, with the
    same title, and among those in the same order."""
    there = _by_meaning(real.cues, rehearsal.rehearsal_of or "")
    found: dict[str, CueView] = {}
    for meaning, own in _by_meaning(sheet.cues, rehearsal.id).items():
        found |= {cue.id: twin for cue, twin in zip(own, there.get(meaning, []), strict=False)}
    return found


def _by_meaning(found: Iterable[CueView], ceremony_id: str) -> dict[str, list[CueView]]:
    keys = {each.id: each.key for each in agreements.list_agreements(ceremony_id)}
    meanings: dict[str, list[CueView]] = {}
    for cue in found:
        called = sorted(keys[each] for each in cue.agreements if each in keys)
        meaning = json.dumps([cue.kind, cue.title, called], sort_keys=True)
        meanings.setdefault(meaning, []).append(cue)
    return meanings
