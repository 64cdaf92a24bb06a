"""PDF syntax as far as an incremental update needs it: dictionaries whose values stay the bytes that they were."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pdf.errors import StructureUnsupported

_SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]+|%[^\r\n]*)*")
_NAME = re.compile(rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*")
_REFERENCE = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])")
_WORD = re.compile(rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]+")
_STRING_PART = re.compile(rb"[^()\\]*")
_DEEPEST = 60

Dictionary = dict[bytes, bytes]


def skip_space(data: bytes, at: int) -> int:
    """The next place that is neither white nor comment."""
    found = _SPACE.match(data, at)
    return found.end() if found else at


def read_dictionary(data: bytes, at: int) -> Dictionary:
    """The dictionary that begins at `at`: names without slash → the value's own bytes; raises StructureUnsupported."""
    return _read_dictionary(data, skip_space(data, at), 0)[0]


def references(array: bytes) -> list[int]:
    """The object numbers in an array that holds references only; raises StructureUnsupported for anything else."""
    inside = array.strip()
    if not (inside.startswith(b"[") and inside.endswith(b"]")):
        raise StructureUnsupported("an array was expected")
    numbers = [int(found[1]) for found in _REFERENCE.finditer(inside)]
    if _SPACE.sub(b"", _REFERENCE.sub(b"", inside[1:-1])):
        raise StructureUnsupported("an array of references was expected")
    return numbers


def reference(value: bytes) -> int | None:
    """The object number where the value is a reference, or None."""
    found = _REFERENCE.fullmatch(value.strip())
    return int(found[1]) if found else None


def write_dictionary(values: Dictionary) -> bytes:
    return b"<< " + b"".join(b"/%s %s " % item for item in values.items()) + b">>"


def ref(number: int) -> bytes:
    return b"%d 0 R" % number


def text_string(text: str) -> bytes:
    """A literal string where the text is printable ASCII, else UTF-16 with its mark (ISO 32000-2 §7.9.2.2)."""
    if text.isascii() and text.isprintable():
        return b"(" + re.sub(rb"([()\\])", rb"\\\1", text.encode()) + b")"
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def date_string(at: datetime) -> bytes:
    return f"(D:{at.astimezone(UTC):%Y%m%d%H%M%S}Z)".encode()


def number(value: float) -> bytes:
    """A length in points, to a thousandth."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


def _read_dictionary(data: bytes, at: int, depth: int) -> tuple[Dictionary, int]:
    if data[at : at + 2] != b"<<" or depth > _DEEPEST:
        raise StructureUnsupported("a dictionary was expected")
    values: Dictionary = {}
    at = skip_space(data, at + 2)
    while data[at : at + 2] != b">>":
        key = _NAME.match(data, at)
        if key is None:
            raise StructureUnsupported("a dictionary is broken")
        start = skip_space(data, key.end())
        end = _skip_value(data, start, depth + 1)
        values[key[0][1:]] = data[start:end]
        at = skip_space(data, end)
    return values, at + 2


def _skip_value(data: bytes, at: int, depth: int) -> int:
    """Where the value that begins at `at` ends."""
    opening = data[at : at + 1]
    if data[at : at + 2] == b"<<":
        return _read_dictionary(data, at, depth)[1]
    if opening == b"[":
        return _skip_array(data, at, depth)
    if opening == b"(":
        return _skip_string(data, at)
    if opening == b"<":
        end = data.find(b">", at)
        if end < 0:
            raise StructureUnsupported("a string is not closed")
        return end + 1
    found = _NAME.match(data, at) or _REFERENCE.match(data, at) or _WORD.match(data, at)
    if found is None:
        raise StructureUnsupported("a value is broken")
    return found.end()


def _skip_array(data: bytes, at: int, depth: int) -> int:
    if depth > _DEEPEST:
        raise StructureUnsupported("nested too deep")
    at = skip_space(data, at + 1)
    while data[at : at + 1] != b"]":
        at = skip_space(data, _skip_value(data, at, depth + 1))
    return at + 1


def _skip_string(data: bytes, at: int) -> int:
    opened = 0
    while at < len(data):
        mark = data[at : at + 1]
        if mark == b"\\":
            at += 2
            continue
        opened += (mark == b"(") - (mark == b")")
        at += 1
        if not opened:
            return at
        part = _STRING_PART.match(data, at)
        at = part.end() if part else at
    raise StructureUnsupported("a string is not closed")
