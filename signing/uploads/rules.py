"""What becomes of a file that a host brings along, and how far it has come."""

from __future__ import annotations

from enum import StrEnum


class ArrivalState(StrEnum):
    """A file that was taken is the agreement's text, and no longer an arrival."""

    ARRIVING = "arriving"
    REFUSED = "refused"


WAITING = "waiting"  # for its turn; the steps after that are those of pdf.progress
_STEPS = ("looking", "comparing", "picturing", "drawing")
# How much of the time each step takes, of a hundred: measured with 300 pages of text.
_SHARES = {"looking": 28, "comparing": 25, "picturing": 32, "drawing": 15}


def percent(step: str, page: int, pages: int) -> int:
    """How much of the whole is done, by pages that each step has come to; 0 while they are not known."""
    if step not in _STEPS or not pages:
        return 0
    before = sum(_SHARES[each] for each in _STEPS[: _STEPS.index(step)])
    return min(99, before + _SHARES[step] * max(0, page - 1) // pages)
