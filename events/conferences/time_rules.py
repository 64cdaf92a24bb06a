"""Times as people write them, in a venue's zone, become instants, or are refused by name: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # stands in where there is no time to be had
LONGEST_ITEM = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """From when to when; `fault` names what is wrong, and `at` which of the two it is about."""

    starts_at: datetime
    ends_at: datetime
    fault: str = ""
    at: str = ""


def instant(day: date, clock: time, zone: str) -> tuple[datetime, str]:
    """The instant of a wall clock, and `no_such_time` or `time_twice` where the clocks are put forward or back."""
    wall = datetime.combine(day, clock)
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        return first, "no_such_time"
    return first, "time_twice" if first != second else ""


def span(start: tuple[date, time], end: tuple[date, time], zone: str) -> Span:
    """An item's time in a zone. Faults: `no_such_time`, `time_twice`, `ends_before_start`, `item_too_long`."""
    starts_at, start_fault = instant(*start, zone)
    ends_at, end_fault = instant(*end, zone)
    if start_fault:
        return Span(starts_at, ends_at, start_fault, "starts")
    if end_fault:
        return Span(starts_at, ends_at, end_fault, "ends")
    wrong = fault(starts_at, ends_at)
    return Span(starts_at, ends_at, wrong, "ends" if wrong else "")


def fault(starts_at: datetime, ends_at: datetime) -> str:
    """`ends_before_start` or `item_too_long`; empty for a span that an item may have."""
    if ends_at <= starts_at:
        return "ends_before_start"
    return "item_too_long" if ends_at - starts_at > LONGEST_ITEM else ""
