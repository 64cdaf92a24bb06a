"""What other features hand out of a published conference: its facts, times and
calendar files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from core import clock
from core.errors import NotFound
from events.conferences import calendar, time_rules, version_queries
from events.conferences.calendar import Holder
from events.conferences.version_queries import Published

__all__ = [
    "Holder",
    "beginnings",
    "dropped",
    "find_file",
    "find_sample",
    "get_published",
    "instant",
    "messages_back",
    "published_at",
]


def get_published(conference_id: str) -> Published:
    """The newest version of a conference; raises NotFound for what was never published."""
    return version_queries.get_published_of(conference_id)


def published_at(conference_id: str, number: int) -> datetime:
    """When a version was published; raises NotFound."""
    return version_queries.published_at(conference_id, number)


def find_file(published: Published, holder: Holder) -> bytes | None:
    """What somebody goes to; None where their venue stands in no version yet."""
    known = {venue["key"] for venue in published.snapshot["venues"]}
    return calendar.of_person(published, holder) if holder.speaker or holder.venue in known else None


def find_sample(conference_id: str, key: str) -> bytes | None:
    """The public file of a venue; None where that, or the conference, stands in no version yet."""
    try:
        return calendar.of_venue(version_queries.get_published_of(conference_id), key)
    except NotFound:
        return None


def messages_back(published: Published, holder: Holder, *, but: Holder | None = None) -> list[bytes]:
    """A message (METHOD:CANCEL) for each of somebody's entries, save those that they have as `but`, too."""
    items = [each for each in published.snapshot["items"] if holder.has(each) and not (but and but.has(each))]
    return calendar.taken_back(published, holder, items)


def instant(day: date, at: time, zone: str) -> tuple[datetime, str]:
    """The instant of a wall clock, and `no_such_time` or `time_twice` where the clocks are put forward or back."""
    return time_rules.instant(day, at, zone)


def dropped(published: Published, holder: Holder, items: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """A message (METHOD:CANCEL) for each of these, as they were, that was somebody's and is no more."""
    now = {each["key"]: each for each in [*published.snapshot["removed"], *published.snapshot["items"]]}
    gone = [
        {**each, "sequence": now.get(each["key"], each)["sequence"]}
        for each in items
        if holder.has(each) and not any(own["key"] == each["key"] for own in _own(published, holder))
    ]
    return calendar.taken_back(published, holder, gone)


def _own(published: Published, holder: Holder) -> list[Mapping[str, Any]]:
    return [each for each in published.snapshot["items"] if holder.has(each)]


def beginnings(shown: Mapping[str, Any]) -> dict[str, datetime]:
    """When the first item of each venue (by key) begins, in a version's snapshot; a venue without one is left out."""
    found: dict[str, datetime] = {}
    for item in shown["items"]:
        starts_at = clock.parse_iso(item["starts_at"])
        for key in item["venues"]:
            found[key] = min(found.get(key, starts_at), starts_at)
    return found
