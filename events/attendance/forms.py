"""What the pages of attendance send."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.errors import Invalid, Problem
from core.reader import Reader
from events.attendance.rules import LONGEST_REASON, LONGEST_SEARCH, Filter, Standing, clean_code
from events.attendance.rules import Part as Part


def read_filter(args: Mapping[str, Any], *, venues: Collection[str], audiences: Collection[str]) -> Filter:
    """`standing`, `venue`, `audience` (ids), `text`; what is not known counts as not said."""
    standing, venue, audience = (str(args.get(name) or "") for name in ("standing", "venue", "audience"))
    return Filter(
        standing=standing if standing in list(Standing) else "",
        venue=venue if venue in venues else "",
        audience=audience if audience in audiences else "",
        text=str(args.get("text") or "").strip()[:LONGEST_SEARCH],
    )


def read_threshold(data: Mapping[str, Any]) -> int:
    """`threshold`: a whole number of percent, 1 to 100; raises Invalid."""
    text = str(data.get("threshold") or "").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100):
        raise Invalid([Problem("$.threshold", "bad_share")])
    return int(text)


def read_parts(chosen: Sequence[str]) -> frozenset[Part]:
    """The parts of an export that were ticked; what is not known is left out."""
    return frozenset(part for part in Part if part in chosen)


def read_reason(data: Mapping[str, Any]) -> str:
    """Why a certificate is withdrawn, for the trail; raises Invalid."""
    reader = Reader()
    reason = reader.text(data.get("reason"), "$.reason", limit=LONGEST_REASON)
    if reader.problems:
        raise Invalid(reader.problems)
    return reason


def read_code(text: str) -> str:
    """The code of a certificate, however it was typed; empty for what is none."""
    return clean_code(text)
