"""The audit trail as values: what an entry says, and whether a chain is whole. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

NO_ENTRY = "0" * 64
PRIVATE = "private"


@dataclass(frozen=True)
class Entry:
    """One entry with its private values put back; `line` is what its digest was made from.

    `gone` names the places (`data.place`) whose values were deleted: they are None.
    """

    seq: int
    at: datetime
    action: str
    actor: dict[str, Any]
    subject: dict[str, str]
    data: dict[str, Any]
    digest: str
    line: str
    gone: tuple[str, ...] = ()

    @staticmethod
    def read(line: str, private: Mapping[tuple[int, str], str] | None = None) -> Entry:
        """A canonical line with the private values by number and field; raises ValueError, KeyError for no entry."""
        found = json.loads(line)
        gone = _put_back(found, private or {})
        return Entry(
            seq=found["seq"],
            at=datetime.fromisoformat(found["at"].replace("Z", "+00:00")).astimezone(UTC),
            action=found["action"],
            actor=found["actor"],
            subject=found["subject"],
            data=found["data"],
            digest=found["digest"],
            line=line,
            gone=gone,
        )


def _put_back(entry: dict[str, Any], private: Mapping[tuple[int, str], str]) -> tuple[str, ...]:
    gone = []
    for part in ("actor", "data"):
        for name, value in entry[part].items():
            if isinstance(value, dict) and value.keys() == {PRIVATE}:
                field = f"{part}.{name}"
                entry[part][name] = private.get((entry["seq"], field))
                gone += [field] if entry[part][name] is None else []
    return tuple(gone)


@dataclass(frozen=True)
class TrailFilter:
    """Which entries are asked for; empty is all. `actor` and `agreement` are record ids."""

    actor: str = ""
    action: str = ""
    agreement: str = ""


def entries_about(lines: Iterable[str], records: Collection[str]) -> set[int]:
    """The numbers of the entries of these seats and agreements (ids), and of the ceremony itself."""
    return {entry.seq for entry in map(Entry.read, lines) if _is_about(entry, records)}


def entries_of(lines: Iterable[str], seat: str) -> set[int]:
    """The numbers of the entries that this seat made, or that are about it."""
    return {entry.seq for entry in map(Entry.read, lines) if seat in (entry.actor.get("id"), entry.subject.get("id"))}


def _is_about(entry: Entry, records: Collection[str]) -> bool:
    by_seat, about = entry.actor["kind"] == "seat", entry.subject["kind"]
    if about == "agreement":
        return entry.subject["id"] in records
    if about == "seat" or by_seat:
        return entry.subject["id"] in records or entry.actor.get("id") in records
    return about in {"ceremony", "party"}


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
