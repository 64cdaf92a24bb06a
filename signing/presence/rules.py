"""Devices in seats, pure: what kind one is, how long silence is no drop, what is slow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BEAT = timedelta(seconds=10)
GRACE = timedelta(seconds=30)  # three beats: so long may a device be silent and is still there
# Browsers let a page that nobody looks at run once a minute.
HIDDEN_GRACE = timedelta(seconds=100)
# Who says goodbye may be loading the page anew, or has a second tab open, which beats meanwhile.
LEFT_GRACE = timedelta(seconds=15)
SLOW_MS = 500
CLOCK_OFF_MS = 2_000
_MOST_MS = 2**31 - 1  # of what a column holds: a clock may be off by years


class Device(StrEnum):
    """What somebody sits at, as coarsely as it is told."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"


class Pace(StrEnum):
    """How quick the way to a device is, in a word."""

    GOOD = "good"
    SLOW = "slow"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Beat:
    """What a device tells of itself; `device_id` and `is_proved` come from its session, never from what it sends."""

    device_id: str
    device: Device
    is_proved: bool
    is_visible: bool = True
    is_leaving: bool = False
    delay_ms: int | None = None
    clock_offset_ms: int | None = None

    def here_until(self, now: datetime) -> datetime:
        """Until when the device is there, if nothing more is heard of it."""
        if self.is_leaving:
            return now + LEFT_GRACE
        return now + (GRACE if self.is_visible else HIDDEN_GRACE)


def device(agent: str, *, hinted_mobile: bool, touches: bool) -> Device:
    """From the user agent, `Sec-CH-UA-Mobile`, and whether the screen takes fingers: iPads call themselves Macs."""
    if re.search(r"iPad|Tablet|PlayBook|Silk", agent) or (touches and "Macintosh" in agent):
        return Device.TABLET
    if hinted_mobile or re.search(r"iPhone|iPod|Mobi|HarmonyOS|OpenHarmony", agent):
        return Device.PHONE
    return Device.TABLET if "Android" in agent else Device.COMPUTER


def pace(delay_ms: int | None) -> Pace:
    """Whether the way there and back is quick enough to sign without waiting."""
    if delay_ms is None:
        return Pace.UNKNOWN
    return Pace.GOOD if delay_ms < SLOW_MS else Pace.SLOW


def is_clock_off(offset_ms: int | None) -> bool:
    """Whether a device's own clock is so far off that people would notice."""
    return offset_ms is not None and abs(offset_ms) >= CLOCK_OFF_MS


def bounded(milliseconds: float) -> int:
    """A whole number that a column holds."""
    return round(max(-_MOST_MS, min(_MOST_MS, milliseconds)))
