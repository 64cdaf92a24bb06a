"""What the team sends: which registrations to list, why one is rejected, and places to be held."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Invalid, Problem
from core.reader import Reader
from events.registration.rules import RegistrationState

LONGEST_REASON = 500  # characters, here and below
LONGEST_SEARCH = 80
LONGEST_GROUP = 120
LONGEST_KEY = 80
MOST_IN_A_GROUP = 1000


@dataclass(frozen=True)
class Filter:
    """Which registrations are listed; venue and audience by key, empty for all."""

    state: RegistrationState | None
    venue: str
    audience: str
    text: str
    after: str | None

    @property
    def is_any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.state or self.venue or self.audience or self.text)


def read_filter(args: Mapping[str, str], *, venues: Collection[str], audiences: Collection[str]) -> Filter:
    """From an address; what is not known there is left out."""
    state, venue, audience = (args.get(name, "") for name in ("state", "venue", "audience"))
    return Filter(
        state=RegistrationState(state) if state in set(RegistrationState) else None,
        venue=venue if venue in venues else "",
        audience=audience if audience in audiences else "",
        text=args.get("text", "").strip()[:LONGEST_SEARCH],
        after=args.get("after") or None,
    )


def read_reason(data: Mapping[str, Any]) -> str:
    """Why somebody is rejected, which they read: 1 to 500 characters; raises Invalid."""
    reader = Reader()
    reason = reader.text(data.get("reason"), "$.reason", limit=LONGEST_REASON, lines=True)
    _finish(reader)
    return reason


def read_venue(data: Mapping[str, Any], venues: Mapping[str, str]) -> str:
    """The id of a venue that was chosen by key; raises Invalid."""
    key = data.get("venue")
    if not isinstance(key, str) or key not in venues:
        raise Invalid([Problem("$.venue", "unknown_venue", {"key": str(key)[:40]})])
    return venues[key]


def read_audience(data: Mapping[str, Any], audiences: Mapping[str, str]) -> str:
    """The id of an audience that was chosen by key; raises Invalid."""
    key = data.get("audience")
    if not isinstance(key, str) or key not in audiences:
        raise Invalid([Problem("$.audience", "unknown_audience", {"key": str(key)[:40]})])
    return audiences[key]


@dataclass(frozen=True)
class Hold:
    """Places to be held for a group; venue and audience by id."""

    name: str
    venue_id: str
    audience_id: str
    size: int
    held_until: datetime
    key: str
    company_id: str | None = None


def read_hold(data: Mapping[str, Any], *, venues: Mapping[str, str], audiences: Mapping[str, str], zone: str) -> Hold:
    """`name`, `company` by id where there is one, `venue` and `audience` by key, `size`, `until` (`2026-07-01T18:00` in
    the conference's zone), and `key`, by which a form that is sent twice is known; raises Invalid."""
    reader = Reader()
    name = reader.name(data.get("name"), "$.name", limit=LONGEST_GROUP)
    venue, audience = str(data.get("venue") or ""), str(data.get("audience") or "")
    if venue not in venues:
        reader.problem("$.venue", "unknown_venue", key=venue[:40])
    if audience not in audiences:
        reader.problem("$.audience", "unknown_audience", key=audience[:40])
    size = str(data.get("size") or "").strip()
    if not (size.isascii() and size.isdigit() and len(size) < 6 and 1 <= int(size) <= MOST_IN_A_GROUP):
        reader.problem("$.size", "bad_group_size", value=size[:40], most=MOST_IN_A_GROUP)
    until = _instant(reader, str(data.get("until") or ""), zone)
    key = reader.text(data.get("key"), "$.key", limit=LONGEST_KEY)
    _finish(reader)
    company = str(data.get("company") or "")[:40] or None
    return Hold(name, venues[venue], audiences[audience], int(size), until, key, company)


def _instant(reader: Reader, text: str, zone: str) -> datetime:
    day, _, hour = text.strip().partition("T")
    date, time = reader.day(day, "$.until"), reader.time_of_day(hour, "$.until") if hour else None
    if time is None:
        reader.problem("$.until", "bad_time", value=text[:40])
        return datetime(2000, 1, 1, tzinfo=UTC)
    return datetime.combine(date, time, ZoneInfo(zone)).astimezone(UTC)


def _finish(reader: Reader) -> None:
    if reader.problems:
        raise Invalid(reader.problems)
