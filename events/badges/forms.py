"""What the page of badges sends; programs send the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from events.badges.rules import ALL, LONGEST_REASON, TODO, BadgeLayout, Filter, Order
from events.badges.rules import SHOWN as SHOWN


def read_filter(data: Mapping[str, Any]) -> Filter:
    """`shown`, `venue`, `audience`, `company`, `text`; what is not known, and `all`, counts as not said."""
    shown = str(data.get("shown") or TODO)
    ids = {name: str(data.get(name) or "")[:200].strip() for name in ("venue", "audience", "company")}
    named = {name: "" if given == ALL else given for name, given in ids.items()}
    return Filter(shown=shown if shown in SHOWN else TODO, text=str(data.get("text") or "")[:200].strip(), **named)


def read_layout(data: Mapping[str, Any]) -> BadgeLayout:
    """`layout`; ten on A4 where none is said."""
    given = data.get("layout")
    return BadgeLayout(given) if given in list(BadgeLayout) else BadgeLayout.SHEET_90


def read_order(data: Mapping[str, Any], registrations: Sequence[object]) -> Order:
    """`layout`, `reason`, `which` (`all` or `chosen`), `request`, and the filter. Raises Invalid."""
    reader = Reader()
    layout = reader.choice(data.get("layout"), "$.layout", list(BadgeLayout), BadgeLayout.SHEET_90)
    reason = reader.text(data.get("reason") or "", "$.reason", limit=LONGEST_REASON, required=False)
    if reader.problems:
        raise Invalid(reader.problems)
    return Order(
        filter=read_filter(data),
        registrations=tuple(str(each)[:40] for each in registrations),
        is_all=data.get("which") == ALL,
        layout=BadgeLayout(layout),
        reason=reason,
        request_key=str(data.get("request") or "")[:80] or None,
    )
