"""How many are in each hall today, for a conference's own page: counted by the feature that keeps the doors, which
registers here, since it stands above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from events.conferences.queries import ConferenceView


@dataclass(frozen=True)
class HallToday:
    """A hall in the reader's language: how many have a place, are inside now, and came today."""

    name: str
    expected: int
    inside: int
    came: int


Counter = Callable[[ConferenceView], list[HallToday]]
_counters: list[Counter] = []


def counts_halls(counter: Counter) -> Counter:
    """Register a function that counts; it returns nothing while no door is at work."""
    _counters.append(counter)
    return counter


def halls_today(conference: ConferenceView) -> list[HallToday]:
    """The halls in the order of the plan."""
    return [hall for counter in _counters for hall in counter(conference)]
