"""JSON as a stranger wrote it, read strictly: UTF-8, no repeated keys, canonical where that is asked for (RFC 8785)."""

from __future__ import annotations

import json
import re

import rfc8785

# Where RFC 8785 and the standard library may write otherwise: numbers with a point or past 2^53, keys past U+FFFF.
_BY_RULES = re.compile(
    rb"[\xf0-\xf4\[,:](?:(?<=[\xf0-\xf4])|(?:(?<=[\[,])|(?<=\":))-?(?:[0-9]{16}|[0-9]+[.eE]))",
)
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_canonical(value: dict[str, object], line: bytes) -> bool:
    """Whether a line is the one way to write this value, which was read from it."""
    try:
        if _BY_RULES.search(line):
            return bool(rfc8785.dumps(value) == line)  # type: ignore[arg-type]
        written = _WRITER.encode(value)  # many times as quick
    except (rfc8785.CanonicalizationError, RecursionError):
        return False
    return written.encode("utf-8") == line


def parse_json(data: bytes) -> object:
    """JSON in UTF-8 without repeated keys, numbers that are none or half characters; None for anything else."""
    try:
        value = _READER.decode(data.decode("utf-8"))
        if b"\\ud" in data or b"\\uD" in data:
            # RFC 8259 §8.2: half a character is none, and nothing that tells of it could be written down.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)


_READER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
