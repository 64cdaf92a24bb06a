"""What somebody looked at before changing it: a digest that a form sends back, so that nobody undoes another's work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from core.errors import Conflict, Invalid, Problem


class PlanChanged(Conflict):
    """What is to be changed or confirmed is not what was looked at."""

    code = "plan_changed"


def digest(values: object) -> str:
    """SHA-256 in hex over the values that a form shows: what JSON has, and nothing else."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read(data: Mapping[str, Any]) -> str | None:
    """The digest that was sent back as `seen`, None where nobody says; raises Invalid."""
    seen = data.get("seen")
    if seen is None or isinstance(seen, str):
        return seen
    raise Invalid([Problem("$.seen", "not_a_text")])


def check(looked_at: str | None, now: str) -> None:
    """That what was looked at still stands; None: nobody says what it was. Raises PlanChanged."""
    if looked_at is not None and looked_at != now:
        raise PlanChanged
