"""The one source of time: aware UTC, to the millisecond."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_frozen: list[datetime] = []


def now() -> datetime:
    """The current instant, UTC, cut to milliseconds (what the trail and the database keep)."""
    return cut(_frozen[-1] if _frozen else datetime.now(UTC))


def cut(at: datetime) -> datetime:
    """An instant cut to the millisecond, whoever gave it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def iso(at: datetime) -> str:
    """`2026-07-01T02:03:04.567Z`: the one written form of an instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def parse_iso(text: str) -> datetime:
    """Reads what `iso` wrote; raises ValueError."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at an instant, for tests."""
    _frozen.append(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.pop()
