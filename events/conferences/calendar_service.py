"""What other features hand out of a published conference: its facts, times and
calendar files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from core import clock
from core.errors import NotFound
from events.conferences import calendar, time_rules, version_queries
from events.conferences.version_queries import Published


def get_published(conference_id: str) -> Published:
    """The newest version of a conference; raises NotFound for what was never published."""
    return version_queries.get_published_of(conference_id)


def find_venue_file(published: Published, key: str) -> bytes | None:
    """The calendar file of one venue; None where that stands in no version yet."""
    try:
        return calendar.of_venue(published, key)
    except NotFound:
        return None


def instant(day: date, at: time, zone: str) -> tuple[datetime, str]:
    """The instant of a wall clock, and `no_such_time` or `time_twice` where the clocks are put forward or back."""
    return time_rules.instant(day, at, zone)


def beginnings(shown: Mapping[str, Any]) -> dict[str, datetime]:
    """When the first item of each venue (by key) begins, in a version's snapshot; a venue without one is left out."""
    found: dict[str, datetime] = {}
    for item in shown["items"]:
        starts_at = clock.parse_iso(item["starts_at"])
        for key in item["venues"]:
            found[key] = min(found.get(key, starts_at), starts_at)
    return found
