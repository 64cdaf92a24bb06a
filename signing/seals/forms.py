"""What a host sends beside a picture: what was looked at, where seals go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, Problem
from signing.seals.rules import SealUse

_DIGEST = re.compile(r"[0-9a-f]{64}")
_USE = re.compile(r"use-([A-Za-z0-9_]{1,40})-([A-Za-z0-9_-]{1,40})")

Wish = tuple[str, str, SealUse]  # agreement id, party key, where


def read_digest(data: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of the picture that was looked at; raises Invalid."""
    digest = data.get("sha256")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise Invalid([Problem("$.sha256", "bad_digest")])
    return digest


def read_approval(form: Mapping[str, str]) -> str:
    """The digest that was looked at, where the host ticked that the party allows it; raises Invalid."""
    if form.get("allowed") != "yes":
        raise Invalid([Problem("$.allowed", "seal_not_allowed")])
    return read_digest(form)


def read_use(data: Mapping[str, Any]) -> Wish:
    """(agreement id, party key, where) from {"agreement", "party", "use"}; raises Invalid."""
    agreement, party = data.get("agreement"), data.get("party")
    problems = [
        Problem(f"$.{name}", "missing_key", {"key": name})
        for name, value in (("agreement", agreement), ("party", party))
        if not isinstance(value, str) or not value
    ]
    if problems:
        raise Invalid(problems)
    return str(agreement), str(party), _use(data.get("use"), "$.use")


def read_uses(form: Mapping[str, str]) -> list[Wish]:
    """Every choice of the page's table; raises Invalid."""
    found = ((_USE.fullmatch(name), value) for name, value in form.items())
    return [(match[1], match[2], _use(value, f"$.{match[0]}")) for match, value in found if match]


def _use(value: object, path: str) -> SealUse:
    if isinstance(value, str) and value in tuple(SealUse):
        return SealUse(value)
    raise Invalid([Problem(path, "not_an_option", {"value": str(value)[:40], "known": ", ".join(SealUse)})])
