"""Reading objects: the whole well-formed syntax of ISO 32000-2 §7.3, and nothing that programs read in two ways.

pyHanko's parser, like those of viewers, takes liberties of its own: it skips comments inside hexadecimal strings, ends
a dictionary at a single `>`, sees no bound in a vertical tab. Whatever needs one (so do an entry that stands twice, a
letter in disguise as in `/P#61ges`, a number past 32 bits …) gives None, never a guess; behind the first signature
that is the end of it. What is read, pyHanko reads alike (tests/pdf/verify/test_reading.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from pdf.verify.objects import Data, Name, Plain, Real, Ref, Stream, Word
from pdf.verify.verdict import Finding, failed

WHITE = rb"\0\t\n\f\r "
# In sight, short, and with no word by which programs that mend a file find its parts.
COMMENT = rb"%(?!%EOF)(?:(?!obj|xref|trailer|stream)[ -~]){0,120}(?=[\r\n])"
_DEPTH = 60
_MOST_WORDS = 250_000  # of one object: each takes a microsecond or two
_MOST_NUMBERS = 8_388_607  # ISO 32000-1 annex C: programs wrap or refuse larger ones
_LONGEST_NAME = 250  # octets as written: pdfium cuts a word at 255
_WORD_MIN, _WORD_MAX = -(2**31), 2**31 - 1
_GAP = rb"[" + WHITE + rb"]*+(?:" + COMMENT + rb"[" + WHITE + rb"]*+){0,16}+"
_BOUND = rb"(?![^" + WHITE + rb"()<>\[\]{}/%])"
_HEADER = re.compile(rb"(\d{1,10})[ \r\n]+(\d{1,5})[ \r\n]+obj\b")
_END = re.compile(_GAP + rb"endobj(?![^" + WHITE + rb"])")
_STREAM = re.compile(rb"[" + WHITE + rb"]*stream\r?\n")
_END_STREAM = re.compile(rb"\r?\n?endstream(?=[" + WHITE + rb"]*endobj)")
# A token and what must follow it: where a token could go on, it is none of the plain form. Order decides.
_TOKEN = re.compile(
    _GAP + rb"(?:"
    rb"/(?P<name>[!-\"$&'*-.0-;=?-Z\\^-z|~]{1,127})" + _BOUND + rb"|(?P<ref>\d{1,10})[" + WHITE + rb"]{1,4}"
    rb"(?P<generation>\d{1,5})[" + WHITE + rb"]{1,4}R" + _BOUND + rb"|(?P<number>[+-]?\d{1,18})" + _BOUND + rb"|"
    rb"(?P<real>[+-]?(?:\d{1,15}\.\d{0,30}|\.\d{1,30}))" + _BOUND + rb"|(?P<mark><<|>>|\[|\])"
    rb"|<(?P<hex>(?:[0-9A-Fa-f]{2})*+)>"
    rb"|\((?P<text>[^()\\\r]*+)\)"
    rb"|(?P<word>true|false|null)" + _BOUND + rb")"
)
_SKIP = re.compile(_GAP)
# The same in forms that few programs write. A name has no octet past ASCII as it is: 0x80 and 0xff are white to pdfium.
_RARE_NAME = re.compile(rb"/((?:[!-\"$&'*-.0-;=?-Z\\^-z|~]|#[0-9A-Fa-f]{2}){1,127})" + _BOUND)
_RARE_HEX = re.compile(rb"<([0-9A-Fa-f" + WHITE + rb"]*+)>")
_ESCAPED_SIGN = re.compile(rb"#(..)", re.DOTALL)
_PART = re.compile(rb"[^()\\\r]*+")
_ESCAPE = re.compile(rb"\\(?:([0-3][0-7]{2}|[0-7]{1,2}(?![0-7]))|([nrtbf()\\]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_WORDS: dict[bytes, Word | None] = {b"true": Word(True), b"false": Word(False), b"null": None}

Length: TypeAlias = Callable[[Ref], "Plain"]


class Read(NamedTuple):
    """An object, where it ends, and where a stream's own bytes begin and stop (0 where there is none)."""

    ref: Ref
    value: Plain
    end: int
    begin: int = 0
    stop: int = 0


class _NotPlain(Exception):
    pass


class Effort:
    """How many words, and parts of strings, may still be read: of one object, and of all that share this."""

    def __init__(self, words: int = _MOST_WORDS) -> None:
        self._words = words
        self.left = self._given = 0

    def begin(self) -> Effort:
        """Another object begins."""
        self._words -= self._given - self.left
        self.left = self._given = min(_MOST_WORDS, self._words)
        return self

    def spend_on(self, octets: int) -> None:
        """An object that another reader takes: a word in four octets. Raises Finding `limits`."""
        self.begin()
        self.left -= octets // 4
        if self.left < 0:
            self.left = 0
            self.spend()

    def spend(self) -> None:
        """Another word. Raises Finding `limits`: what is not read to its end is nothing that may be left aside."""
        self.left -= 1
        if self.left < 0:
            self._words = self.left = self._given = 0  # nothing else is worth reading then
            raise Finding(failed("limits", what="words"))


def read_object(data: Data, offset: int, length: Length | None = None, effort: Effort | None = None) -> Read | None:
    """The object at an offset, or None if it is not of the one form. Raises Finding `limits`.

    `length` says what a reference means that stands for a stream's length; without it there may be none.
    """
    header = _HEADER.match(data, offset)
    if header is None:
        return None
    begin = stop = 0
    try:
        value, at = _value(data, header.end(), 0, (effort or Effort()).begin())
        if isinstance(value, dict):
            value, at, begin, stop = _with_stream(data, value, at, length)
    except _NotPlain:
        return None
    end = _END.match(data, at)
    return Read(Ref(int(header[1]), int(header[2])), value, end.end(), begin, stop) if end else None


def read_value(data: Data, offset: int, effort: Effort | None = None) -> tuple[Plain, int] | None:
    """The value at an offset and where it ends, or None if it is not of the one form. Raises Finding `limits`."""
    try:
        return _value(data, offset, 0, (effort or Effort()).begin())
    except _NotPlain:
        return None


def _value(data: Data, at: int, depth: int, effort: Effort) -> tuple[Plain, int]:
    if depth > _DEPTH:
        raise _NotPlain
    found = _TOKEN.match(data, at)
    if found is None:
        return _rare(data, at, effort)
    kind, at = found.lastgroup, found.end()
    match kind:
        case "name":
            return Name("/" + found[kind].decode("ascii")), at
        case "generation":
            return _reference(int(found["ref"]), int(found["generation"])), at
        case "number":
            return _integer(int(found[kind])), at
        case "hex":
            return bytes.fromhex(found[kind].decode("ascii")), at
        case "text":
            return found[kind], at
        case "real":
            return Real(Decimal(found[kind].decode("ascii"))), at
        case "word":
            return _WORDS[found[kind]], at
    if found["mark"] == b"<<":
        return _dictionary(data, at, depth, effort)
    if found["mark"] == b"[":
        return _array(data, at, depth, effort)
    raise _NotPlain


def _reference(number: int, generation: int) -> Ref:
    if not 0 < number <= _MOST_NUMBERS or generation > 65_535:
        raise _NotPlain
    return Ref(number, generation)


def _integer(value: int) -> int:
    if not _WORD_MIN <= value <= _WORD_MAX:
        raise _NotPlain
    return value


def _rare(data: Data, at: int, effort: Effort) -> tuple[Plain, int]:
    """A name with signs that are escaped, a string with escapes, lines or brackets, or with gaps between its digits."""
    skipped = _SKIP.match(data, at)
    at = skipped.end() if skipped else at
    opening = data[at : at + 1]
    if opening == b"(":
        return _string(data, at + 1, effort)
    if opening == b"<" and (found := _RARE_HEX.match(data, at)):
        digits = found[1].translate(None, b"\0\t\n\f\r ")
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")), found.end()
    if opening == b"/" and (found := _RARE_NAME.match(data, at)) and len(found[1]) <= _LONGEST_NAME:
        # Latin 1 keeps names apart that differ in one octet.
        return Name("/" + _ESCAPED_SIGN.sub(_sign, found[1]).decode("latin-1")), found.end()
    raise _NotPlain


def _sign(escaped: re.Match[bytes]) -> bytes:
    sign = bytes.fromhex(escaped[1].decode("ascii"))
    if sign.isalnum() or sign == b"\0":  # nothing needs that, and no program writes it
        raise _NotPlain
    return sign


def string_end(data: Data, at: int) -> int | None:
    """Where a literal string ends whose first bracket stands just before `at`; None where it does not."""
    try:
        return _string(data, at, Effort().begin())[1]
    except _NotPlain:
        return None


def _string(data: Data, at: int, effort: Effort) -> tuple[bytes, int]:
    """A literal string from behind its first bracket (ISO 32000-2 §7.3.4.2)."""
    out, opened = bytearray(), 1
    while part := _PART.match(data, at):
        effort.spend()
        out += part[0]
        at = part.end()
        mark = data[at : at + 1]
        if mark == b"\\" and (escape := _ESCAPE.match(data, at)):
            octal, sign = escape.groups()
            out += bytes([int(octal, 8) & 0xFF]) if octal else _ESCAPED.get(sign, sign)
            at = escape.end()
            continue
        opened += (mark == b"(") - (mark == b")")
        if not opened:
            return bytes(out), at + 1
        if mark not in (b"(", b")"):
            break  # the file ends within; or a line ends in a way that some programs turn into another
        at += 1
        out += mark
    raise _NotPlain


def _dictionary(data: Data, at: int, depth: int, effort: Effort) -> tuple[Plain, int]:
    entries: dict[str, Plain] = {}
    while True:
        found = _TOKEN.match(data, at)
        if found is not None and found["mark"] == b">>":
            return entries, found.end()
        effort.spend()
        name, at = _value(data, at, depth + 1, effort)
        if not isinstance(name, Name) or name.text in entries:
            raise _NotPlain
        entries[name.text], at = _value(data, at, depth + 1, effort)
        # ISO 32000-1 §7.3.7: an entry whose value is null is no entry. To pdfium it is one that hides the inherited.
        if entries[name.text] is None:
            raise _NotPlain


def _array(data: Data, at: int, depth: int, effort: Effort) -> tuple[Plain, int]:
    items: list[Plain] = []
    while True:
        found = _TOKEN.match(data, at)
        if found is not None and found["mark"] == b"]":
            return items, found.end()
        effort.spend()
        value, at = _value(data, at, depth + 1, effort)
        items.append(value)


def _with_stream(data: Data, entries: dict[str, Plain], at: int, measure: Length | None) -> tuple[Plain, int, int, int]:
    """The stream behind a dictionary, if there is one: exactly as long as it says."""
    found = _STREAM.match(data, at)
    if found is None:
        return entries, at, 0, 0
    begin, length = found.end(), entries.get("/Length")
    is_elsewhere = isinstance(length, Ref)
    if isinstance(length, Ref) and measure is not None:
        length = measure(length)
    if not isinstance(length, int) or not 0 <= length <= len(data) - begin:
        raise _NotPlain
    stop = begin + length
    end = _END_STREAM.match(data, stop)
    if end is None or (is_elsewhere and data.find(b"endstream", begin, stop) >= 0):
        raise _NotPlain
    with memoryview(data) as view:
        digest = hashlib.sha256(view[begin:stop]).digest()
    return Stream(entries, digest), end.end(), begin, stop
