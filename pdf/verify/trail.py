"""The audit trail of a kit (signing.md 4): each line canonical, each digest right, the chain whole; faults by name."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import rfc8785

from pdf.verify.json_lines import is_canonical, parse_json
from pdf.verify.limits import VerifyLimits, within
from pdf.verify.private import commitments
from pdf.verify.verdict import Finding, Reason, failed

FIRST_PREV = "0" * 64
_HEX = re.compile(r"[0-9a-f]{64}")
_KEYS = {"seq", "at", "ceremony", "action", "actor", "subject", "data", "prev", "digest"}
_NAMED_AT_MOST = 50


@dataclass(frozen=True)
class Entry:
    """One line: what it states, the digest that it should state, and the private values that it speaks of."""

    line: int
    seq: int
    prev: str
    digest: str
    computed: str
    action: str
    data: dict[str, object]
    private: tuple[tuple[str, str], ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.digest == self.computed


@dataclass(frozen=True)
class Trail:
    """The entries that could be read, in the order of their lines, and what is wrong with the trail."""

    entries: tuple[Entry, ...]
    reasons: tuple[Reason, ...]

    @property
    def head(self) -> str | None:
        return self.entries[-1].digest if self.entries else None


def read_trail(
    data: bytes, stated_head: str | None, limits: VerifyLimits, *, stated_entries: int | None = None
) -> Trail:
    """Read trail.jsonl and name every entry that was changed, removed, inserted or moved (50 at most).

    With `stated_entries`, the number of the last entry, how many were cut off at the end is told too.
    """
    lines = data.split(b"\n")
    within("trail-entries", len(lines), limits.trail_entries)
    reasons: list[Reason] = []
    if lines.pop() != b"":
        reasons.append(failed("trail-malformed", line=len(lines) + 1))
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_entry(number, line))
        except Finding as finding:
            reasons.append(finding.reason)
    reasons.extend(_faults(entries, stated_head))
    reasons.extend(_end(entries, stated_head, stated_entries))
    return Trail(tuple(entries), tuple(reasons[:_NAMED_AT_MOST]))


def _entry(number: int, line: bytes) -> Entry:
    value = parse_json(line)
    if not isinstance(value, dict) or not value.keys() >= _KEYS or not is_canonical(value, line):
        raise Finding(failed("trail-malformed", line=number))
    seq, prev, digest, action, data = (value[key] for key in ("seq", "prev", "digest", "action", "data"))
    strings = isinstance(prev, str) and isinstance(digest, str) and isinstance(action, str)
    if not isinstance(seq, int) or isinstance(seq, bool) or not strings or not isinstance(data, dict):
        raise Finding(failed("trail-malformed", line=number))
    if not _HEX.fullmatch(prev) or not _HEX.fullmatch(digest):
        raise Finding(failed("trail-malformed", line=number))
    computed = hashlib.sha256(_bare(value, line)).hexdigest()
    return Entry(number, seq, prev, digest, computed, action, data, tuple(commitments(value)))


def _bare(value: dict[str, Any], line: bytes) -> bytes:
    """A canonical line without its digest: cut out where it stands once, so that it is no deeper one."""
    stated = b'"digest":"%b",' % str(value["digest"]).encode()
    if line.count(stated) == 1:
        return line.replace(stated, b"")
    return rfc8785.dumps({key: entry for key, entry in value.items() if key != "digest"})


def _faults(entries: Sequence[Entry], stated_head: str | None) -> list[Reason]:
    changed = [entry.seq for entry in entries if not entry.is_whole]
    reasons = [failed("trail-changed", seq=seq) for seq in changed[:_NAMED_AT_MOST]]
    kept, inserted = _without_inserted(entries, stated_head)
    reasons.extend(failed("trail-inserted", line=entry.line) for entry in inserted[:_NAMED_AT_MOST])
    reasons.extend(failed("trail-moved", seq=seq) for seq in _out_of_order(kept)[:_NAMED_AT_MOST])
    present = {entry.seq for entry in kept}
    last = max(present, default=0)
    if last > len(entries) + 10_000:
        reasons.append(failed("trail-removed", seq=next(seq for seq in range(1, last) if seq not in present)))
    else:
        missing = (seq for seq in range(1, last) if seq not in present)
        reasons.extend(failed("trail-removed", seq=seq) for seq in islice(missing, _NAMED_AT_MOST))
    reasons.extend(islice(_broken_links(kept), _NAMED_AT_MOST))
    return reasons


def _end(entries: Sequence[Entry], stated_head: str | None, stated_entries: int | None) -> list[Reason]:
    """What is wrong with where the trail ends."""
    last = max((entry.seq for entry in entries), default=0)
    is_head = bool(entries) and entries[-1].digest == stated_head
    if stated_entries is not None and last < stated_entries and not is_head:
        return [failed("trail-cut", count=stated_entries - last, seq=last + 1)]
    is_end = is_head and stated_entries in (None, entries[-1].seq)
    return [] if stated_head is None or is_end else [failed("trail-head")]


def _without_inserted(entries: Sequence[Entry], stated_head: str | None) -> tuple[list[Entry], list[Entry]]:
    """Entries that are not part of the chain: doubles of a number, and what stands behind the stated head."""
    known = {entry.digest: entry for entry in entries}
    end = known.get(stated_head or "")
    followed = {entry.prev for entry in entries} | {stated_head or ""}
    by_seq: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_seq[entry.seq].append(entry)
    genuine = {seq: _genuine(doubles, followed) for seq, doubles in by_seq.items()}
    in_place = _in_order(sorted(chain.from_iterable(genuine.values()), key=lambda entry: entry.line))
    # A copy is that one which stands where its number does not belong.
    chosen = {seq: next((e for e in found if e.line in in_place), found[0]) for seq, found in genuine.items()}
    kept: list[Entry] = []
    inserted: list[Entry] = []
    for entry in entries:
        beyond = end is not None and entry.seq > end.seq
        (inserted if entry is not chosen[entry.seq] or beyond or entry.seq < 1 else kept).append(entry)
    return kept, inserted


def _genuine(doubles: Sequence[Entry], followed: Set[str]) -> Sequence[Entry]:
    """Of the entries with one number those that the next one can mean, which are several where one was copied."""
    fitting = [each for each in doubles if each.digest in followed]
    return [each for each in fitting if each.is_whole] or fitting or doubles[:1]


def _out_of_order(kept: Sequence[Entry]) -> list[int]:
    """The fewest numbers that must be moved for the rest to rise."""
    in_place = _in_order(kept)
    return [entry.seq for entry in kept if entry.line not in in_place]


def _in_order(entries: Sequence[Entry]) -> set[int]:
    """The lines of a longest row of entries whose numbers rise."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for at, entry in enumerate(entries):
        length = bisect_left(tails, entry.seq)
        before.append(tail_at[length - 1] if length else -1)
        if tails[length : length + 1] != [entry.seq]:  # of two alike the first one stays
            tails[length : length + 1] = [entry.seq]
            tail_at[length : length + 1] = [at]
    rising: set[int] = set()
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        rising.add(entries[at].line)
        at = before[at]
    return rising


def _broken_links(kept: Sequence[Entry]) -> Iterator[Reason]:
    """Entries whose digest was made anew: the next one, itself whole, names another digest."""
    by_seq = {entry.seq: entry for entry in kept}
    for entry in kept:
        before = by_seq.get(entry.seq - 1)
        expected = before.digest if before else FIRST_PREV if entry.seq == 1 else None
        if expected is not None and entry.prev != expected and entry.is_whole:
            blamed = before or entry
            if blamed.is_whole:
                yield failed("trail-changed", seq=blamed.seq)
