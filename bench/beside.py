"""What others take for what we do: their medians on this machine today, where somebody measured them, else older ones.

How fast the machine is changes from hour to hour, so that only figures of the same machine and day make a ratio.
`beside.json` in this folder (never committed; README.md says how to measure) holds them, in milliseconds:
`{"day": "2026-11-24", "registration": {"Indico 3.3": 310}, "check-in": {"Indico 3.3": 240}}`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core import clock

FILE = Path(__file__).with_name("beside.json")


@dataclass(frozen=True)
class Others:
    """Medians in milliseconds, and whether they were measured here today."""

    medians: Mapping[str, float]
    here: bool

    @property
    def quickest(self) -> float:
        """The rival that our ratio is taken against."""
        return min(self.medians.values())

    def __str__(self) -> str:
        said = ", ".join(f"{name} {value:.0f} ms" for name, value in self.medians.items())
        return f"measured {'here today' if self.here else 'elsewhere'}: {said}"


def others(what: str, elsewhere: Mapping[str, float]) -> Others:
    """What `beside.json` says of `what`, if it is of today, else `elsewhere`. Raises ValueError: a wrong file."""
    if not FILE.exists():
        return Others(elsewhere, here=False)
    try:
        said = json.loads(FILE.read_text(encoding="utf-8"))
        medians = {str(name): float(value) for name, value in said.get(what, {}).items()}
        day = str(said["day"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{FILE} cannot be read: {error!r}") from None
    if not all(math.isfinite(value) and value > 0 for value in medians.values()):
        raise ValueError(f"{FILE}: a median of {what} is not a number of milliseconds")
    if not medians or day != f"{clock.now():%Y-%m-%d}":
        return Others(elsewhere, here=False)
    return Others(medians, here=True)
