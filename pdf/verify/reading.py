"""Reading one object quickly: the plain forms that programs write, and nothing else.

pyHanko's parser takes a file octet by octet; here each token is one match. Whatever is not of the plain form (comments,
escapes in strings and names, references as lengths, an entry that stands twice …) is left to that parser: None, never
a guess. Both ways give the same values (tests/pdf/verify/test_reading.py).
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

from pdf.verify.objects import Data, Name, Plain, Ref, Stream

_DEPTH = 60
_HEADER = re.compile(rb"(\d{1,10})[ \r\n]+(\d{1,5})[ \r\n]+obj\b")
_END = re.compile(rb"[\0\t\n\f\r ]*endobj(?![^\0\t\n\f\r ])")
_STREAM = re.compile(rb"[\0\t\n\f\r ]*stream\r?\n")
_END_STREAM = re.compile(rb"\r?\n?endstream(?=[\0\t\n\f\r ]*endobj)")
# A token and what must follow it: where a token could go on, it is none of the plain form. Order decides.
_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]*+(?:"
    rb"/(?P<name>[!-\"$&'*-.0-;=?-Z\\^-z|~]{1,127})(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    rb"|(?P<ref>\d{1,10})[\0\t\n\f\r ]{1,4}(?P<generation>\d{1,5})[\0\t\n\f\r ]{1,4}R(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    rb"|(?P<number>[+-]?\d{1,18})(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    rb"|(?P<real>[+-]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}))(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    rb"|(?P<mark><<|>>|\[|\])"
    rb"|<(?P<hex>(?:[0-9A-Fa-f]{2})*+)>"
    rb"|\((?P<text>[^()\\\r]*+)\)"
    rb"|(?P<word>true|false|null)(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    rb")"
)
_WORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}


class _NotPlain(Exception):
    pass


def read_object(data: Data, offset: int) -> tuple[Ref, Plain, int] | None:
    """The object at an offset and where it ends, or None if it must be read the long way."""
    header = _HEADER.match(data, offset)
    if header is None:
        return None
    try:
        value, at = _value(data, header.end(), 0)
        if isinstance(value, dict):
            value, at = _with_stream(data, value, at)
    except _NotPlain:
        return None
    end = _END.match(data, at)
    return (Ref(int(header[1]), int(header[2])), value, end.end()) if end else None


def read_value(data: Data, offset: int) -> tuple[Plain, int] | None:
    """The value at an offset and where it ends, or None if it must be read the long way."""
    try:
        return _value(data, offset, 0)
    except _NotPlain:
        return None


def _value(data: Data, at: int, depth: int) -> tuple[Plain, int]:
    found = _TOKEN.match(data, at)
    if found is None or depth > _DEPTH:
        raise _NotPlain
    kind, at = found.lastgroup, found.end()
    match kind:
        case "name":
            return Name("/" + found[kind].decode("ascii")), at
        case "generation":
            return Ref(int(found["ref"]), int(found["generation"])), at
        case "number":
            return int(found[kind]), at
        case "hex":
            return bytes.fromhex(found[kind].decode("ascii")), at
        case "text":
            return found[kind], at
        case "real":
            return Decimal(found[kind].decode("ascii")), at
        case "word":
            return _WORDS[found[kind]], at
    if found["mark"] == b"<<":
        return _dictionary(data, at, depth)
    if found["mark"] == b"[":
        return _array(data, at, depth)
    raise _NotPlain


def _dictionary(data: Data, at: int, depth: int) -> tuple[Plain, int]:
    entries: dict[str, Plain] = {}
    seen: set[str] = set()
    while True:
        found = _TOKEN.match(data, at)
        if found is None:
            raise _NotPlain
        if found["mark"] == b">>":
            return entries, found.end()
        if found.lastgroup != "name":
            raise _NotPlain
        key = "/" + found["name"].decode("ascii")
        if key in seen:
            raise _NotPlain
        seen.add(key)
        value, at = _value(data, found.end(), depth + 1)
        if value is not None:  # ISO 32000-1 §7.3.7: an entry whose value is null is no entry
            entries[key] = value


def _array(data: Data, at: int, depth: int) -> tuple[Plain, int]:
    items: list[Plain] = []
    while True:
        found = _TOKEN.match(data, at)
        if found is None:
            raise _NotPlain
        if found["mark"] == b"]":
            return items, found.end()
        value, at = _value(data, at, depth + 1)
        items.append(value)


def _with_stream(data: Data, entries: dict[str, Plain], at: int) -> tuple[Plain, int]:
    """The stream behind a dictionary, if there is one: exactly as long as it says."""
    begin = _STREAM.match(data, at)
    if begin is None:
        return entries, at
    length = entries.get("/Length")
    if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= len(data) - begin.end():
        raise _NotPlain
    stop = begin.end() + length
    end = _END_STREAM.match(data, stop)
    if end is None:
        raise _NotPlain
    with memoryview(data) as view:
        digest = hashlib.sha256(view[begin.end() : stop]).digest()
    return Stream(entries, digest), end.end()
