"""The words that all parts of a ceremony's report share: times, people, parties, columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import i18n
from core.i18n import t
from signing.reports.figures import Figures
from signing.seats.queries import SeatView

Row = dict[str, Any]
NONE = "–"


def columns(*named: str, **nums: str) -> list[Row]:
    """Columns by name, the first the head of its row; `nums` are aligned at the right."""
    found = [{"key": each, "label": t(f"ceremony-report-{each}"), "head": not at} for at, each in enumerate(named)]
    return [*found, *({"key": key, "label": t(f"ceremony-report-{name}"), "num": True} for key, name in nums.items())]


class Words:
    """How one report says them, in the current language; times are the host's where no place is named."""

    def __init__(self, figures: Figures) -> None:
        self._figures, self._ceremony = figures, figures.ceremony
        self._zone = figures.ceremony.host_timezone
        self._began = (figures.sheet.began_at if figures.sheet else None) or figures.ceremony.starts_at
        self._seats = {seat.id: seat for seat in figures.seats}
        self._cues = {cue.id: cue for cue in figures.sheet.cues} if figures.sheet else {}

    def _time(self, at: datetime | None) -> str:
        return i18n.format_time(at, self._zone, seconds=True) if at else NONE

    def _at(self, at: datetime | None) -> str:
        """The time of day alone on the day on which it was held, with the day on any other."""
        if at is None:
            return NONE
        there = ZoneInfo(self._zone)
        same = at.astimezone(there).date() == self._began.astimezone(there).date()
        return self._time(at) if same else i18n.format_datetime(at, self._zone, seconds=True)

    def _person(self, seat: SeatView, *, with_title: bool = False) -> str:
        title = i18n.pick(self._ceremony.party(seat.party_key).representative_title)
        return t("ceremony-report-person", name=seat.name, title=title) if with_title and title else seat.name

    def _organisation(self, party_key: str) -> str:
        party = next((each for each in self._ceremony.parties if each.key == party_key), None)
        return i18n.pick(party.organisation) if party else party_key
