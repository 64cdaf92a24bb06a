"""The chain as a rule: what is changed, removed, added or moved is found at its number."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785

from signing.evidence import rules


def chain(length: int) -> list[str]:
    lines, before = [], rules.NO_ENTRY
    for seq in range(1, length + 1):
        entry = {
            "seq": seq,
            "at": "2026-07-01T02:03:04.567Z",
            "action": "seat.opened",
            "data": {"n": seq},
            "prev": before,
        }
        before = hashlib.sha256(rfc8785.dumps(entry)).hexdigest()  # type: ignore[arg-type]
        lines.append(rfc8785.dumps({**entry, "digest": before}).decode())  # type: ignore[arg-type]
    return lines


def head(lines: list[str]) -> str:
    import json

    return str(json.loads(lines[-1])["digest"])


def test_a_whole_chain_has_no_break() -> None:
    lines = chain(5)
    assert rules.find_break(lines, head(lines)) is None
    assert rules.find_break([], rules.NO_ENTRY) is None


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (lambda lines: [*lines[:2], lines[2].replace('"n":3', '"n":4'), *lines[3:]], 3),
        (lambda lines: [*lines[:1], *lines[2:]], 2),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], 4),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2),
        (lambda lines: lines[:-1], 4),
        (lambda lines: [*lines[:4], "not json"], 5),
        (lambda lines: [*lines[:4], "[]"], 5),
        (lambda lines: [*lines[:4], lines[4].replace(":", ": ", 1)], 5),
    ],
    ids=["changed", "removed", "doubled", "moved", "cut off", "no JSON", "no object", "other spelling"],
)
def test_a_damaged_chain_breaks_where_it_was_damaged(damage: object, where: int) -> None:
    lines = chain(5)
    assert rules.find_break(damage(lines), head(lines)) == where  # type: ignore[operator]
