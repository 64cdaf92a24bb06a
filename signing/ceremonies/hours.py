"""One time axis for several zones: which part of whose day an hour is, and hours that suit everybody. Pure.

All is counted in instants, a quarter of an hour at a time, and asked of the zone at each: where clocks are put forward
or back within the axis, its day is an hour shorter or longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
HOURS = 24
DAYS_AHEAD = 7
BEFORE = 9  # hours of the axis before the planned one
_NIGHT = (22, 7)
_WORK = (9, 18)
_MOST = 3


class Part(StrEnum):
    """Of a day: at work; awake, but early or late; night."""

    DAY = "day"
    EDGE = "edge"
    NIGHT = "night"


class Suit(StrEnum):
    """How well an hour suits everybody, best first."""

    DAY = "day"
    AWAKE = "awake"
    WEEKEND = "weekend"
    NIGHT = "night"


@dataclass(frozen=True)
class Stretch:
    """A part of an axis that is of one kind, in minutes from its first."""

    start: int
    minutes: int
    part: Part
    weekend: bool


@dataclass(frozen=True)
class Window:
    """Within which a ceremony can be held so that it suits; `start` is a good time to begin."""

    first: datetime
    last: datetime
    start: datetime


@dataclass(frozen=True)
class Best:
    """The best hours of an axis; `at_night` are the zones in which it is night even then."""

    suit: Suit
    windows: tuple[Window, ...]
    at_night: tuple[str, ...]

    def holds(self, start: datetime, length: timedelta) -> bool:
        """Whether a ceremony that begins then is in one of them."""
        return any(window.first <= start and start + length <= window.last for window in self.windows)


@dataclass(frozen=True)
class BetterDay:
    """The `best` hours of the first day that suits better, if there is one; `was_asked`: the planned day could be."""

    was_asked: bool
    best: Best | None


def first_hour(starts_at: datetime, zone: str) -> datetime:
    """Where the axis begins, in UTC: some hours before the planned one, on the hour there."""
    local = starts_at.astimezone(ZoneInfo(zone))
    return starts_at.astimezone(UTC) - timedelta(hours=BEFORE, minutes=local.minute, seconds=local.second)


def part_of_day(local: datetime) -> Part:
    hour = local.hour
    if hour >= _NIGHT[0] or hour < _NIGHT[1]:
        return Part.NIGHT
    return Part.DAY if _WORK[0] <= hour < _WORK[1] else Part.EDGE


def stretches(first: datetime, zone: str) -> list[Stretch]:
    """The axis from `first` on, as a zone has it."""
    found, at = [], 0
    quarters = int(timedelta(hours=HOURS) / QUARTER)
    for (part, weekend), group in groupby(_kinds(first, zone, quarters)):
        minutes = 15 * sum(1 for _ in group)
        found.append(Stretch(at, minutes, part, weekend))
        at += minutes
    return found


def _kinds(first: datetime, zone: str, quarters: int) -> Iterator[tuple[Part, bool]]:
    there = ZoneInfo(zone)
    for number in range(quarters):
        local = (first + number * QUARTER).astimezone(there)
        yield part_of_day(local), local.weekday() >= 5


def days_apart(at: datetime, zone: str, host_zone: str) -> int:
    """How many days later (before: less than 0) it is in a zone than at the host's."""
    return (at.astimezone(ZoneInfo(zone)).date() - at.astimezone(ZoneInfo(host_zone)).date()).days


def best_hours(first: datetime, zones: Sequence[str], length: timedelta) -> Best:
    """When a ceremony of this length suits all zones best, beginning within the axis from `first` on."""
    starts = int(timedelta(hours=HOURS) / QUARTER)
    long = max(1, -(-length // QUARTER))
    kinds = [list(_kinds(first, zone, starts + long)) for zone in dict.fromkeys(zones)]
    scores = [_score([kind[at : at + long] for kind in kinds]) for at in range(starts)]
    best = min(scores)
    runs = [[at for at, _ in group] for fits, group in groupby(enumerate(scores), lambda each: each[1] == best) if fits]
    runs = sorted(sorted(runs, key=len, reverse=True)[:_MOST])
    begin = runs[0][0]
    names = tuple(dict.fromkeys(zones))
    return Best(
        suit=list(Suit)[best[0]],
        windows=tuple(_window(first, run, long) for run in runs),
        at_night=tuple(
            name
            for name, kind in zip(names, kinds, strict=True)
            if any(part is Part.NIGHT for part, _ in kind[begin : begin + long])
        ),
    )


def better_day(first: datetime, zones: Sequence[str], length: timedelta) -> BetterDay:
    """The first of the next days on which some hour suits better than every hour of the axis from `first` on."""
    now = best_hours(first, zones, length)
    if now.suit is Suit.DAY:
        return BetterDay(was_asked=False, best=None)
    for ahead in range(1, DAYS_AHEAD + 1):
        best = best_hours(first + timedelta(days=ahead), zones, length)
        if list(Suit).index(best.suit) < list(Suit).index(now.suit):
            return BetterDay(was_asked=True, best=best)
    return BetterDay(was_asked=True, best=None)


def _score(found: Sequence[Sequence[tuple[Part, bool]]]) -> tuple[int, int]:
    """The place in `Suit`, and in how many zones it is night."""
    at_night = sum(any(part is Part.NIGHT for part, _ in each) for each in found)
    if at_night:
        return list(Suit).index(Suit.NIGHT), at_night
    if any(weekend for each in found for _, weekend in each):
        return list(Suit).index(Suit.WEEKEND), 0
    at_work = all(part is Part.DAY for each in found for part, _ in each)
    return list(Suit).index(Suit.DAY if at_work else Suit.AWAKE), 0


def _window(first: datetime, run: Sequence[int], long: int) -> Window:
    """`start`: the first full hour within, as the host counts hours, else the first quarter."""
    start = next((at for at in run if at % 4 == 0), run[0])
    return Window(first + run[0] * QUARTER, first + (run[-1] + long) * QUARTER, first + start * QUARTER)
