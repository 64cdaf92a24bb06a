"""What a device looks at, what may come out of it, and how bad that is: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_DELAY_MS = 60_000
MOST_CLOCK_MS = 10 * 365 * 24 * 3_600_000  # a device that was never set says 1970, or 2036
SLOW_MS = 800
CLOCK_OFF_MS = 60_000
LONGEST_BROWSER = 60
MOST_STRANGERS = 12  # devices of a seat that proved nothing and are kept


class Device(StrEnum):
    """What somebody sits at."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"


class Standing(StrEnum):
    """How bad an outcome is."""

    GOOD = "good"
    SKIPPED = "skipped"
    CARE = "care"  # it works, and less well than it could
    PROBLEM = "problem"


# Item → outcome → how bad it is. What stands here is all that a device may say.
OUTCOMES: Mapping[str, Mapping[str, Standing]] = {
    "browser": {"ok": Standing.GOOD, "old": Standing.PROBLEM},
    "crypto": {"ok": Standing.GOOD, "http": Standing.CARE, "none": Standing.CARE},
    "storage": {"ok": Standing.GOOD, "private": Standing.CARE},
    "network": {"ok": Standing.GOOD, "slow": Standing.CARE, "none": Standing.PROBLEM},
    "clock": {"ok": Standing.GOOD, "off": Standing.CARE, "unknown": Standing.SKIPPED},
    "live": {"ok": Standing.GOOD, "none": Standing.PROBLEM},
    "signature": {"ok": Standing.GOOD, "failed": Standing.PROBLEM, "skipped": Standing.SKIPPED},
    "pad": {"ok": Standing.GOOD, "skipped": Standing.SKIPPED},
    "camera": {
        "ok": Standing.GOOD,
        "denied": Standing.CARE,
        "none": Standing.CARE,
        "busy": Standing.CARE,
        "skipped": Standing.SKIPPED,
    },
}


@dataclass(frozen=True)
class Found:
    """What a device says of itself: item → outcome, and the figures behind it."""

    device: Device
    results: dict[str, str]
    delay_ms: int | None
    clock_ms: int | None
    browser: str


_ORDER = (Standing.GOOD, Standing.SKIPPED, Standing.CARE, Standing.PROBLEM)


def judge_numbers(results: Mapping[str, str], *, delay_ms: int | None, clock_ms: int | None) -> dict[str, str]:
    """What a device says, held to the figures that it gives: a slow way is slow, whatever it calls it."""
    told = dict(results)
    if delay_ms is None:
        told["network"] = "none"
    elif told.get("network") == "ok" and delay_ms > SLOW_MS:
        told["network"] = "slow"
    if clock_ms is None:
        told["clock"] = "unknown"
    else:
        told["clock"] = "off" if abs(clock_ms) > CLOCK_OFF_MS else "ok"
    return told


# Where everybody takes part with picture and sound, not having tried is something to do, and having none a problem.
_NEEDED: Mapping[str, Standing] = {
    "ok": Standing.GOOD,
    "denied": Standing.PROBLEM,
    "none": Standing.PROBLEM,
    "busy": Standing.PROBLEM,
    "skipped": Standing.CARE,
}


def standing(item: str, outcome: str, *, needs_camera: bool = False) -> Standing:
    """How bad an outcome is; a problem for one that is not known."""
    known = _NEEDED if item == "camera" and needs_camera else OUTCOMES.get(item, {})
    return known.get(outcome, Standing.PROBLEM)


def worst(results: Mapping[str, str], *, needs_camera: bool = False) -> Standing:
    """How bad it is all in all; what was skipped weighs nothing."""
    found = [standing(item, outcome, needs_camera=needs_camera) for item, outcome in results.items()]
    return max((each for each in found if each is not Standing.SKIPPED), key=_ORDER.index, default=Standing.SKIPPED)
