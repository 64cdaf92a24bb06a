"""Content streams (ISO 32000-2 7.8.2) cut into instructions; what readers cut in different places is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdf.errors import PdfError

MOST_OCTETS = 32_000  # of a string: pdfium cuts off what comes behind 32,767
_LONGEST_NAME = 127  # ISO 32000-1 Annex C
_LONGEST_NUMBER = 60
_DIGITS = 9  # behind the point; single precision has no more
FARTHEST = 1_000_000
_MOST_DEEP = 8
_MOST_OPERANDS = 64  # of 33 at most that any instruction takes (a colour of 32 inks and a pattern)
_MOST_KNOWN = 50_000

# How many numbers the operators take that take nothing else (ISO 32000-2 Annex A).
COUNTS = {
    b"q": 0, b"Q": 0, b"h": 0, b"S": 0, b"s": 0, b"f": 0, b"F": 0, b"f*": 0, b"B": 0, b"B*": 0, b"b": 0, b"b*": 0,
    b"n": 0, b"W": 0, b"W*": 0, b"BT": 0, b"ET": 0, b"T*": 0, b"BX": 0, b"EX": 0,
    b"w": 1, b"J": 1, b"j": 1, b"M": 1, b"i": 1, b"cm": 6,
    b"m": 2, b"l": 2, b"c": 6, b"v": 4, b"y": 4, b"re": 4,
    b"G": 1, b"g": 1, b"RG": 3, b"rg": 3, b"K": 4, b"k": 4,
    b"Tc": 1, b"Tw": 1, b"Tz": 1, b"TL": 1, b"Tr": 1, b"Ts": 1, b"Td": 2, b"TD": 2, b"Tm": 6,
    b"d0": 2, b"d1": 6,
}  # fmt: skip

_SPACES = rb"\0\t\n\f\r "
_NO_REGULAR = _SPACES + rb"()<>\[\]{}/%"
_END = rb"(?=[" + _NO_REGULAR + rb"]|\Z)"
_TOKEN = re.compile(
    rb"[" + _SPACES + rb"]*+(?:"
    rb"([+-]?(?:\d+\.?\d*|\.\d+))" + _END
    + rb"|([A-Za-z'\"][A-Za-z0-9*'\"]*)" + _END
    + rb"|/([^" + _NO_REGULAR + rb"]*)"
    rb"|\(([^()\\\r]*)\)"
    rb"|<([0-9A-Fa-f" + _SPACES + rb"]*)>"
    rb"|(\[)|(\])|(<<)|(>>)|(\()|(%[^\r\n]*)|(\Z))"
)  # fmt: skip
_NUMBER, _WORD, _NAME, _PLAIN, _HEX, _OPEN, _CLOSE, _OPENS, _CLOSES, _STRING, _COMMENT, _LAST = range(1, 13)
_PLAIN_NUMBER = rb"-?(?:0|[1-9]\d{0,4})(?:\.\d{1,6})?[\t\n\f\r ]++"
_PLAIN_TEXT = rb"\([ !-'*-\[\]-~]*\)|<(?:[0-9A-Fa-f]{2})*>"
# Most instructions are written plainly already, and cut at once: numbers and letters, texts, and what has a name.
_QUICK = re.compile(
    rb"[\t\n\f\r ]*+(?:"
    rb"((?:" + _PLAIN_NUMBER + rb"){0,6})(" + b"|".join(sorted(map(re.escape, COUNTS), reverse=True)) + rb")"
    rb"|(\[(?:" + _PLAIN_TEXT + rb"|-?\d{1,5}(?:\.\d{1,6})?(?=[\t\n\f\r (<\]])|[\t\n\f\r ]++)*+\][\t\n\f\r ]*+(?=TJ)"
    rb"|(?:" + _PLAIN_TEXT + rb")[\t\n\f\r ]*+(?=Tj))(T[Jj])"
    rb"|/([A-Za-z0-9_.+-]{1,127})[\t\n\f\r ]++((?:" + _PLAIN_NUMBER + rb")?)(Tf|gs|Do|cs|CS|sh)"
    rb"|/[A-Za-z0-9]+[\t\n\f\r ]*+<<[\t\n\f\r ]*+/MCID[\t\n\f\r ]++\d+[\t\n\f\r ]*+>>[\t\n\f\r ]*+BDC|EMC"
    rb")(?=[\t\n\f\r ])"
)
_QUICK_NUMBERS, _QUICK_TEXT, _QUICK_NAMED = 2, 4, 7
# Maps have hundreds of thousands of lines: what follows on an m is cut at once too.
_LINES = re.compile(
    rb"(?:[\t\n\f\r ]++(?:" + _PLAIN_NUMBER + rb"){2}"
    rb"(?:l|(?:" + _PLAIN_NUMBER + rb"){2}(?:[vy]|(?:" + _PLAIN_NUMBER + rb"){2}c))(?=[\t\n\f\r ]))++"
)
LINES = b" l"  # an operator that no stream can have: the next operand is several instructions, l, c, v or y
_SIMPLE = re.compile(rb"-?(?:0|[1-9]\d{0,5})(?:\.\d{1,9})?")
_TURN = re.compile(rb"[()\\\r]")
_ESCAPED = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\", b"\n": b"",
}  # fmt: skip
_OCTAL = re.compile(rb"[0-7]{1,3}")
_CODED = re.compile(rb"#([0-9A-Fa-f]{2})?")
_PLAIN_OCTETS = re.compile(rb"[ !-'*-\[\]-~]+")
_PLAIN_NAME = re.compile(rb"[A-Za-z0-9_.+-]+")
_CONSTANTS = frozenset({b"true", b"false", b"null"})


def unclear(reason: str) -> PdfError:
    """What programs draw in different ways; `reason` is short, and for people who mend files."""
    return PdfError(reason, code="pdf_unclear", reason=reason)


@dataclass(frozen=True, slots=True)
class Text:
    """A string, its escapes undone."""

    octets: bytes

    def __bytes__(self) -> bytes:
        if _PLAIN_OCTETS.fullmatch(self.octets):
            return b"(%s)" % self.octets
        return b"<%s>" % self.octets.hex().encode()


@dataclass(frozen=True, slots=True)
class Written:
    """A string, or an array of strings and numbers, that is written plainly already."""

    octets: bytes

    def __bytes__(self) -> bytes:
        return self.octets


@dataclass(frozen=True, slots=True)
class Named:
    """A name without its slash, its codes undone."""

    octets: bytes

    def __bytes__(self) -> bytes:
        if _PLAIN_NAME.fullmatch(self.octets):
            return b"/" + self.octets
        return b"/" + b"".join(
            bytes((octet,)) if _PLAIN_NAME.match(bytes((octet,))) else b"#%02x" % octet for octet in self.octets
        )


@dataclass(frozen=True, slots=True)
class Constant:
    """`true`, `false` or `null`."""

    octets: bytes

    def __bytes__(self) -> bytes:
        return self.octets


@dataclass(frozen=True, slots=True)
class Row:
    """An array."""

    items: list[Operand]

    def __bytes__(self) -> bytes:
        return b"[" + b" ".join(map(bytes, self.items)) + b"]"


@dataclass(frozen=True, slots=True)
class Pairs:
    """A dictionary, its keys as often as they were written."""

    items: list[tuple[bytes, Operand]]

    def __bytes__(self) -> bytes:
        return b"<<" + b" ".join(bytes(Named(key)) + b" " + bytes(value) for key, value in self.items) + b">>"


# Bare bytes are a number, written plainly.
Operand = bytes | Text | Written | Named | Constant | Row | Pairs


class Tokens:
    """The instructions of one stream. Whoever reads the data of an inline image moves `at` behind it.

    `left` are operands that the stream before ended with; afterwards, those that this one ends with.
    """

    def __init__(self, data: bytes, left: Sequence[Operand] = ()) -> None:
        self.data = data
        self.at = 0
        self.left = list(left)
        self._known: dict[bytes, bytes] = {}

    def instructions(self) -> Iterator[tuple[bytes, list[Operand], bool]]:
        """Operators, what stands before each, and whether that is known to fit; `BI` has one operand, its dictionary.

        Raises `pdf_unclear`.
        """
        data, quick = self.data, _QUICK.match
        while True:
            found = None if self.left else quick(data, self.at)
            if found is not None:
                self.at = found.end()
                kind = found.lastindex
                if kind == _QUICK_NUMBERS:
                    operator, numbers = found[2], found[1].split()
                    yield operator, numbers, COUNTS[operator] == len(numbers)  # type: ignore[misc] # bytes are operands
                    if operator == b"m" and (run := _LINES.match(data, self.at)):
                        self.at = run.end()
                        yield LINES, [run[0]], True
                elif kind == _QUICK_TEXT:
                    yield found[4], [_written(found[3], found[4])], True
                elif kind == _QUICK_NAMED:
                    yield found[7], [Named(found[5]), *found[6].split()], False
                continue
            operator, operands = self._next()
            if operator == b"":
                self.left = operands
                return
            yield operator, operands, False

    def _next(self) -> tuple[bytes, list[Operand]]:
        """The next instruction; an empty operator at the end."""
        operands, self.left = self.left, []
        while True:
            kind, value = self._token()
            if kind == _WORD:
                if value not in _CONSTANTS:
                    assert isinstance(value, bytes)  # noqa: S101 - for the type checker
                    return (b"BI", [self._pairs(b"ID", 0)]) if value == b"BI" else (value, operands)
                value = Constant(bytes(value))
            elif kind == _LAST:
                return b"", operands
            operands.append(self._whole(kind, value, 0))
            if len(operands) > _MOST_OPERANDS:
                raise unclear("operands without an operator")

    def _token(self) -> tuple[int, Operand]:
        """The kind and value of the next token that is no comment."""
        while True:
            found = _TOKEN.match(self.data, self.at)
            if found is None:
                raise unclear(f"no token: {self.data[self.at : self.at + 20]!r}")
            kind = found.lastindex or 0
            self.at = found.end()
            if kind != _COMMENT:
                break
        written = found[kind]
        if kind == _NUMBER:
            return kind, self._number(written)
        if kind == _NAME:
            return kind, Named(_decoded_name(written))
        if kind == _PLAIN:
            return kind, _text(written)
        if kind == _HEX:
            digits = written.translate(None, b"\0\t\n\f\r ")
            return kind, _text(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
        if kind == _STRING:
            return kind, self._string()
        return kind, written

    def _whole(self, kind: int, value: Operand, depth: int) -> Operand:
        """An operand of which this is the first token."""
        if depth > _MOST_DEEP:
            raise unclear("operands nested too deep")
        if kind == _OPENS:
            return self._pairs(b">>", depth + 1)
        if kind in (_CLOSE, _CLOSES):
            raise unclear("an end without a beginning")
        if kind != _OPEN:
            return value
        items: list[Operand] = []
        while (token := self._token())[0] != _CLOSE:
            items.append(self._inner(token, depth))
        return Row(items)

    def _inner(self, token: tuple[int, Operand], depth: int) -> Operand:
        kind, value = token
        if kind == _LAST or (kind == _WORD and value not in _CONSTANTS):
            raise unclear("an array or dictionary without an end")
        if kind == _WORD:
            return Constant(bytes(value))
        return self._whole(kind, value, depth + 1)

    def _pairs(self, end: bytes, depth: int) -> Pairs:
        items: list[tuple[bytes, Operand]] = []
        while (token := self._token())[1] != end:
            if not isinstance(token[1], Named):
                raise unclear("a dictionary whose keys are no names")
            items.append((token[1].octets, self._inner(self._token(), depth)))
        return Pairs(items)

    def _number(self, written: bytes) -> bytes:
        number = self._known.get(written)
        if number is None:
            number = plain_number(written)
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[written] = number
        return number

    def _string(self) -> Text:
        """What follows an opening parenthesis, to the one that closes it (ISO 32000-2 7.3.4.2)."""
        parts: list[bytes] = []
        depth = 1
        while True:
            turn = _TURN.search(self.data, self.at)
            if turn is None:
                raise unclear("a string without an end")
            parts.append(self.data[self.at : turn.start()])
            self.at = turn.end()
            sign = turn[0]
            if sign == b"\\":
                parts.append(self._escaped())
                continue
            if sign == b"\r":
                self.at += self.data[self.at : self.at + 1] == b"\n"
                sign = b"\n"
            depth += (sign == b"(") - (sign == b")")
            if not depth:
                return _text(b"".join(parts))
            parts.append(sign)

    def _escaped(self) -> bytes:
        if octal := _OCTAL.match(self.data, self.at):
            self.at = octal.end()
            if (value := int(octal[0], 8)) > 255:
                raise unclear("an octal code above 377")
            return bytes((value,))
        sign = self.data[self.at : self.at + 1]
        self.at += 1
        if sign == b"\r":
            self.at += self.data[self.at : self.at + 1] == b"\n"
            return b""
        return _ESCAPED.get(sign, sign)


def plain_number(written: bytes) -> bytes:
    """A number without sign, point or zero that it does not need; raises `pdf_unclear` beyond ±1,000,000."""
    if _SIMPLE.fullmatch(written):
        return written
    sign = b"-" if written[:1] == b"-" else b""
    whole, _, rest = written.lstrip(b"+-").partition(b".")
    if len(written) > _LONGEST_NUMBER or int(whole or b"0") >= FARTHEST:
        raise unclear(f"a number too long: {written[:_LONGEST_NUMBER]!r}")
    whole, rest = whole.lstrip(b"0") or b"0", rest[:_DIGITS].rstrip(b"0")
    number = whole + b"." + rest if rest else whole
    return b"0" if number == b"0" else sign + number


def _decoded_name(written: bytes) -> bytes:
    name = written
    if b"#" in written:
        if any(code[1] is None for code in _CODED.finditer(written)):
            raise unclear("a name with half a code")
        name = _CODED.sub(lambda code: bytes.fromhex(code[1].decode()), written)
    if not 0 < len(name) <= _LONGEST_NAME or b"\0" in name:
        raise unclear("a name that is empty, or too long")
    return name


def _text(octets: bytes) -> Text:
    if len(octets) > MOST_OCTETS:
        raise unclear(f"a string of {len(octets)} octets")
    return Text(octets)


def _written(octets: bytes, operator: bytes) -> Written:
    if len(octets) > MOST_OCTETS:
        raise unclear(f"{operator.decode()} of {len(octets)} octets")
    return Written(octets.rstrip(b"\t\n\f\r "))
