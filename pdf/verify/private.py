"""Personal values beside the audit trail (private.jsonl): each fits the salted digest that its entry holds.

They may be missing: whoever keeps a kit may delete them, and the trail stays whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import rfc8785

from pdf.verify.json_lines import is_canonical, parse_json
from pdf.verify.limits import VerifyLimits, within
from pdf.verify.verdict import Reason, failed

_HEX = re.compile(r"[0-9a-f]{64}")
_KEYS = {"seq", "field", "salt", "value"}
_PRIVATE = "private"
_NAMED_AT_MOST = 50


@dataclass(frozen=True)
class Particulars:
    """What was found: how many values fit, the places ("12 data.place") whose values are gone, and what is wrong."""

    kept: int
    gone: tuple[str, ...]
    reasons: tuple[Reason, ...]


def commitments(entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(field, digest) of each private value that an entry of the trail speaks of."""
    for part in ("actor", "data"):
        values = entry.get(part)
        for name, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, dict) and value.keys() == {_PRIVATE}:
                digest = value[_PRIVATE]
                if isinstance(digest, str) and _HEX.fullmatch(digest):
                    yield f"{part}.{name}", digest


def read_private(raw: bytes | None, wanted: Mapping[tuple[int, str], str], limits: VerifyLimits) -> Particulars:
    """Check private.jsonl (None where there is none) against what the trail speaks of: (seq, field) → digest, hex.

    Behind the fiftieth fault nothing is read: then the file is none of ours, and what is missing is not told.
    """
    lines = raw.split(b"\n")[:-1] if raw else []
    within("private-values", len(lines), limits.trail_entries)
    reasons: list[Reason] = []
    if raw and not raw.endswith(b"\n"):
        reasons.append(failed("private-malformed", line=len(lines) + 1))
    seen: set[tuple[int, str]] = set()
    kept = 0
    for number, line in enumerate(lines, 1):
        if len(reasons) >= _NAMED_AT_MOST:
            return Particulars(kept, (), tuple(reasons))
        found = _value(line)
        if found is None:
            reasons.append(failed("private-malformed", line=number))
            continue
        place, digest = found
        if place not in wanted or place in seen:
            reasons.append(failed("private-added", seq=place[0], particular=place[1]))
        elif wanted[place] != digest:
            reasons.append(failed("private-changed", seq=place[0], particular=place[1]))
        else:
            kept += 1
        seen.add(place)
    gone = tuple(f"{seq} {field}" for seq, field in sorted(wanted.keys() - seen))
    return Particulars(kept, gone, tuple(reasons[:_NAMED_AT_MOST]))


def _value(line: bytes) -> tuple[tuple[int, str], str] | None:
    """Place and digest of one line; None for what is none."""
    read = parse_json(line)
    if not isinstance(read, dict) or read.keys() != _KEYS or not is_canonical(read, line):
        return None
    seq, field, salt, value = (read[key] for key in ("seq", "field", "salt", "value"))
    if not isinstance(seq, int) or isinstance(seq, bool):
        return None
    if not (isinstance(field, str) and isinstance(salt, str) and isinstance(value, str)):
        return None
    digest = hashlib.sha256(rfc8785.dumps({"salt": salt, "value": value})).hexdigest()
    return (seq, field), digest
