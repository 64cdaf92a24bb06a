"""The audit trail as values: what an entry says, and whether a chain is whole. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

NO_ENTRY = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One entry; `line` is what its digest was made from."""

    seq: int
    at: datetime
    action: str
    actor: dict[str, str]
    subject: dict[str, str]
    data: dict[str, Any]
    digest: str
    line: str

    @staticmethod
    def read(line: str) -> Entry:
        """From a canonical line; raises ValueError, KeyError for what is none."""
        found = json.loads(line)
        return Entry(
            seq=found["seq"],
            at=datetime.fromisoformat(found["at"].replace("Z", "+00:00")).astimezone(UTC),
            action=found["action"],
            actor=found["actor"],
            subject=found["subject"],
            data=found["data"],
            digest=found["digest"],
            line=line,
        )


@dataclass(frozen=True)
class TrailFilter:
    """Which entries are asked for; empty is all. `actor` and `agreement` are record ids."""

    actor: str = ""
    action: str = ""
    agreement: str = ""


def find_break(lines: Iterable[str], head: str) -> int | None:
    """The number of the first entry that was changed, removed, added or moved; None for a whole chain.

    `head` is the digest that the chain must end with (64 zeros for an empty one).
    """
    before, seq = NO_ENTRY, 0
    for line in lines:
        seq += 1
        try:
            entry = json.loads(line)
            stated = entry.pop("digest")
            whole = rfc8785.dumps(entry)
        except (ValueError, AttributeError, KeyError, TypeError, rfc8785.CanonicalizationError):
            return seq
        computed = hashlib.sha256(whole).hexdigest()
        is_canonical = rfc8785.dumps({**entry, "digest": stated}) == line.encode()
        if entry.get("seq") != seq or entry.get("prev") != before or stated != computed or not is_canonical:
            return seq
        before = computed
    return None if before == head else max(seq, 1)
