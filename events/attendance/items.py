"""Who was there for each item of the agenda, by the time in its own halls and online rooms alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from events.attendance import rules
from events.attendance.reckoning import Attended, Item, list_items
from events.attendance.rules import Span
from events.conferences.queries import ConferenceView


@dataclass(frozen=True)
class ItemCount:
    """One item in one venue: how many were there for any of it, and for half of it or more."""

    item: Item
    venue_id: str
    there: int
    mostly: int


@dataclass(frozen=True)
class ItemTime:
    """For how many whole minutes somebody was there for one item in one venue."""

    item: Item
    venue_id: str
    minutes: int


def count_items(conference: ConferenceView, people: Sequence[Attended]) -> list[ItemCount]:
    """In the order of the agenda, each in each of its venues that there still is."""
    there = {each.id: [spans for one in people if (spans := one.in_venue(each.id))] for each in conference.venues}
    return [_count(item, venue_id, there[venue_id]) for item, venue_id in list_places(conference)]


def list_places(conference: ConferenceView) -> list[tuple[Item, str]]:
    """Every item with each of its venues (id)."""
    ids = {each.key: each.id for each in conference.venues}
    return [(item, ids[key]) for item in list_items(conference) for key in item.venues if key in ids]


def _count(item: Item, venue_id: str, people: Sequence[Sequence[Span]]) -> ItemCount:
    shared = [_overlap(each, item.span) for each in people]
    half = (item.span.ends - item.span.begins) / 2
    some = [each for each in shared if each]
    return ItemCount(item, venue_id, len(some), sum(each >= half for each in some))


def _overlap(theirs: Sequence[Span], item: Span) -> timedelta:
    return sum((each.ends - each.begins for each in rules.common(theirs, [item])), timedelta())


def list_times(places: Sequence[tuple[Item, str]], found: Attended) -> list[ItemTime]:
    """Of `list_places`, what somebody was there for, if only for a moment."""
    there = {venue_id: found.in_venue(venue_id) for _, venue_id in places}
    shared = ((item, venue_id, rules.common(there[venue_id], [item.span])) for item, venue_id in places)
    return [ItemTime(item, venue_id, rules.minutes(spans)) for item, venue_id, spans in shared if spans]
