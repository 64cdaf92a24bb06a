"""Clashes of an agenda: what cannot happen as planned, found by comparing times only; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Place:
    """A venue as far as clashes go; `city` is empty for a room online."""

    city: str
    timezone: str


@dataclass(frozen=True)
class Slot:
    """An item as far as clashes go; `speakers` are (speaker, the venue where they stand)."""

    key: str
    starts_at: datetime
    ends_at: datetime
    venues: tuple[str, ...]
    speakers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ways:
    """How many minutes the way from one venue to another takes: its own time where the pair has one, else the usual one
    from city to city. To and from a room online there is no way."""

    places: Mapping[str, Place]
    usual: int
    own: Mapping[frozenset[str], int] = field(default_factory=dict)

    def minutes(self, here: str, there: str) -> int:
        """0 where nobody travels."""
        cities = self.places[here].city, self.places[there].city
        if here == there or not all(cities):
            return 0
        return self.own.get(frozenset((here, there)), self.usual if cities[0] != cities[1] else 0)


@dataclass(frozen=True)
class Clash:
    """`venue_twice`, `speaker_twice`, `speaker_travel` (with the minutes that there are, and are needed) or
    `outside_dates`."""

    code: str
    items: tuple[str, ...]
    venue: str = ""
    speaker: str = ""
    minutes: int = 0
    needed: int = 0


def find_clashes(
    slots: Sequence[Slot],
    places: Mapping[str, Place],
    *,
    starts_on: date,
    ends_on: date,
    travel_minutes: int,
    travel: Mapping[frozenset[str], int] | None = None,
) -> list[Clash]:
    """Every clash of an agenda, in the order of time; `travel`: minutes of pairs of venues with a time of their own."""
    ordered = sorted(slots, key=lambda slot: (slot.starts_at, slot.ends_at, slot.key))
    found = [
        *_outside(ordered, places, starts_on, ends_on),
        *_venues_twice(ordered),
        *_speakers(ordered, Ways(places, travel_minutes, travel or {})),
    ]
    rank = {slot.key: number for number, slot in enumerate(ordered)}
    return sorted(found, key=lambda clash: (rank[clash.items[0]], clash.code, clash.items))


def _outside(slots: Sequence[Slot], places: Mapping[str, Place], starts_on: date, ends_on: date) -> Iterator[Clash]:
    for slot in slots:
        # A joint item is on the right day only if it is so in each of its cities.
        for venue in slot.venues:
            zone = ZoneInfo(places[venue].timezone)
            first, last = slot.starts_at.astimezone(zone).date(), slot.ends_at.astimezone(zone)
            # What ends at midnight ends on the day before.
            last_day = (last - timedelta(microseconds=1)).date()
            if first < starts_on or last_day > ends_on:
                yield Clash("outside_dates", (slot.key,), venue=venue)
                break


def _venues_twice(slots: Sequence[Slot]) -> Iterator[Clash]:
    by_venue: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        for venue in slot.venues:
            by_venue[venue].append(slot)
    for venue, there in by_venue.items():
        for first, second in _overlapping(there):
            yield Clash("venue_twice", (first.key, second.key), venue=venue)


def _overlapping(slots: Sequence[Slot]) -> Iterator[tuple[Slot, Slot]]:
    """Pairs, of slots that are in the order of their beginning."""
    for number, first in enumerate(slots):
        for second in slots[number + 1 :]:
            if second.starts_at >= first.ends_at:
                break
            yield first, second


def _speakers(slots: Sequence[Slot], ways: Ways) -> Iterator[Clash]:
    by_speaker: dict[str, list[tuple[Slot, str]]] = defaultdict(list)
    for slot in slots:
        for speaker, venue in slot.speakers:
            by_speaker[speaker].append((slot, venue))
    for speaker, stands in by_speaker.items():
        for number, (first, here) in enumerate(stands):
            for second, there in stands[number + 1 :]:
                if first.key == second.key:
                    continue
                gap = second.starts_at - first.ends_at
                if gap < timedelta(0):
                    yield Clash("speaker_twice", (first.key, second.key), speaker=speaker)
                elif gap < timedelta(minutes=(needed := ways.minutes(here, there))):
                    left = int(gap.total_seconds() // 60)
                    yield Clash("speaker_travel", (first.key, second.key), speaker=speaker, minutes=left, needed=needed)


def clashing_items(clashes: Collection[Clash]) -> frozenset[str]:
    """The keys of all items that clash with something."""
    return frozenset(key for clash in clashes for key in clash.items)
