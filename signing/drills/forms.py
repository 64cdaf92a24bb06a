"""What a host chooses for a drill, and what a page says of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, Problem
from signing.drills import rules
from signing.drills.rules import Aim, Said, Stroke, Target, Word

_OF_SEATS = frozenset({Target.SEAT, Target.PHONE})
_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")


def read_begin(data: Mapping[str, Any], *, account_id: str) -> tuple[Aim, int]:
    """`target`, `seat` where that is what is cut off, and `seconds`. Raises Invalid."""
    problems = []
    raw, seat, seconds = data.get("target"), data.get("seat"), str(data.get("seconds", ""))[:4]
    if not isinstance(raw, str) or raw not in {str(each) for each in Target}:
        problems.append(Problem("$.target", "unknown_choice", {"value": str(raw)[:40], "options": ", ".join(Target)}))
    if isinstance(raw, str) and raw in _OF_SEATS and not (isinstance(seat, str) and _KEY.fullmatch(seat)):
        problems.append(Problem("$.seat", "required"))
    if seconds not in {str(each) for each in rules.LENGTHS}:
        options = ", ".join(str(each) for each in rules.LENGTHS)
        problems.append(Problem("$.seconds", "unknown_choice", {"value": seconds, "options": options}))
    if problems:
        raise Invalid(problems)
    target = Target(str(raw))
    aim = Aim(
        target,
        seat_id=str(seat) if target in _OF_SEATS else None,
        account_id=account_id if target is Target.HOST else None,
    )
    return aim, int(seconds)


def read_word(data: Mapping[str, Any]) -> Word:
    """`drill`, `page`, `said`: `cut` or `back`, `right_ms`, `stroke`. Raises Invalid."""
    drill, page, said = (data.get(name) for name in ("drill", "page", "said"))
    problems = [
        Problem(f"$.{name}", "required")
        for name, value in (("drill", drill), ("page", page))
        if not (isinstance(value, str) and _KEY.fullmatch(value))
    ]
    if not isinstance(said, str) or said not in {str(each) for each in Said}:
        problems.append(Problem("$.said", "unknown_choice", {"value": str(said)[:40], "options": ", ".join(Said)}))
    if problems:
        raise Invalid(problems)
    right = data.get("right_ms")
    is_figure = isinstance(right, int) and not isinstance(right, bool) and 0 <= right <= rules.MOST_MS
    stroke = data.get("stroke")
    told = Stroke(stroke) if isinstance(stroke, str) and stroke in {str(each) for each in Stroke} else None
    return Word(str(drill), str(page), Said(str(said)), right if is_figure else None, told)
