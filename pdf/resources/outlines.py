"""What Type 1 and CFF programs call their glyphs, and which code each has of its own (Adobe notes 5015 and 5176)."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fontTools.cffLib import CFFFontSet, TopDict
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.misc import eexec

from pdf import cff
from pdf.resources.values import unclear

NOTHING = ".notdef"
_CODES = 256
_BROKEN = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
    struct.error,
)
_SECRET = re.compile(rb"currentfile\s+eexec[ \t]*[\r\n]{0,2}")
_EEXEC, _UNREAD = 55665, 4
_DIGITS = re.compile(rb"[0-9A-Fa-f]*")
_HEX = re.compile(rb"[0-9A-Fa-f\s]{8}")
_GLYPHS = b"/CharStrings"
_GLYPH = re.compile(rb"/([^\s/{}\[\]()<>%]+)\s+(\d{1,6})\s+(?:RD|-\||[^\s/]{1,16})\s")
_ENCODING = re.compile(rb"/Encoding\s+(StandardEncoding\s+def|\d+\s+array|\[)")
_PLACED = re.compile(rb"dup\s+(\d{1,3}|8#[0-7]{1,3}|16#[0-9A-Fa-f]{1,2})\s*/([^\s/{}\[\]()<>%]+)\s+put")
_END = re.compile(rb"\s(?:readonly\s+)?def\b")
_CODES_OF_TOP = b"\x10"
_ONLY_OTHERS, _MOST_SIDS = 0x80, 255  # a table of codes with none in the order of the glyphs (note 5176, 12)
# Operators whose last operand is a place in the program, and the greatest that is none but a table known by all
_PLACES = {b"\x0f": 2, b"\x11": 0, b"\x12": 0}
_SEGMENT = 6  # octets that lead a part of a PFB file


@dataclass(frozen=True)
class Outlines:
    """The names of a program's glyphs in their order, and those of its own codes."""

    names: Sequence[str]
    own: Mapping[int, str]


def of_cff(program: bytes) -> Outlines:
    """Of a CFF program; raises `pdf_unclear` for a broken one, or one whose glyphs have numbers."""
    names = names_of_cff(program)
    if not names:
        raise unclear("a font of numbered glyphs where letters have one octet")
    try:
        said = _top(program).Encoding
    except _BROKEN as error:
        raise unclear("a font program that is broken") from error
    if said == "ExpertEncoding":
        raise unclear("a font in an encoding of experts")
    own = StandardEncoding if said == "StandardEncoding" else said
    return _unlike(names, {code: own[code] for code in range(_CODES) if own[code] != NOTHING})


def names_of_cff(program: bytes) -> list[str]:
    """The names of a CFF program's glyphs; none where they have numbers. Raises `pdf_unclear` for a broken one."""
    try:
        top = _top(program)
        return [] if hasattr(top, "ROS") else [str(name) for name in top.charset]
    except _BROKEN as error:
        raise unclear("a font program that is broken") from error


def _top(program: bytes) -> TopDict:
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)
    if len(fonts.topDictIndex) != 1:
        raise unclear("a font program of several fonts")
    return fonts.topDictIndex[0]


def of_type1(program: bytes) -> Outlines:
    """Of a Type 1 program; raises `pdf_unclear` for a broken one."""
    source = _unwrapped(program)
    secret = _SECRET.search(source)
    if secret is None:
        raise unclear("a font program that is broken")
    packed = source[secret.end() :]
    if _HEX.match(packed):
        digits = b"".join(packed.split())
        digits = _DIGITS.match(digits)[0]  # type: ignore[index]
        packed = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    inner = eexec.decrypt(packed, _EEXEC)[0][_UNREAD:]
    return _unlike(_names(inner), _own(source[: secret.start()]))


def with_codes_cff(program: bytes, codes: Mapping[int, str]) -> bytes:
    """A CFF program with these codes as its own: a table at its end, to which the top dictionary points."""
    strings = CFFFontSet()
    strings.decompile(io.BytesIO(program), None)
    rows = [struct.pack(">BH", code, strings.strings.getSID(name)) for code, name in sorted(codes.items())][:_MOST_SIDS]
    table = struct.pack(">BBB", _ONLY_OTHERS, 0, len(rows)) + b"".join(rows)
    try:
        return _pointed(program, table)
    except _BROKEN as error:
        raise unclear("a font program that is broken") from error


def _pointed(program: bytes, table: bytes) -> bytes:
    start = cff.end_of_index(program, program[2])
    end = cff.end_of_index(program, start)
    first, length = cff.first_of_index(program, start)
    entries = [(operator, operands) for operator, operands in cff.entries(program[first : first + length])]
    entries = [each for each in entries if each[0] != _CODES_OF_TOP] + [(_CODES_OF_TOP, [b"\0"])]
    moved = 0
    for _ in range(2):  # how long it is does not depend on the numbers, which are of five octets
        where = len(program) + moved
        top = b"".join(_entry(operator, operands, moved, where) for operator, operands in entries)
        moved = len(_index(top)) - (end - start)
    return program[:start] + _index(top) + program[end:] + table


def _entry(operator: bytes, operands: Sequence[bytes], moved: int, where: int) -> bytes:
    if operator == _CODES_OF_TOP:
        return b"\x1d" + struct.pack(">i", where) + operator
    if operator in _PLACES and (place := cff.number(operands[-1])) > _PLACES[operator]:
        operands = [*operands[:-1], b"\x1d" + struct.pack(">i", place + moved)]
    return b"".join(operands) + operator


def _index(only: bytes) -> bytes:
    return struct.pack(">HBII", 1, 4, 1, 1 + len(only)) + only


def with_codes_type1(program: bytes, codes: Mapping[int, str]) -> tuple[bytes, int]:
    """A Type 1 program with these codes as its own, and how long its part in plain words is."""
    source = _unwrapped(program)
    secret, said = _SECRET.search(source), _ENCODING.search(source)
    if secret is None or said is None or said.start() > secret.start():
        raise unclear("a font program that is broken")
    end = said if said[1].startswith(b"Standard") else _END.search(source, said.end(), secret.start())
    if end is None:
        raise unclear("a font program that is broken")
    rows = "".join(f"dup {code} /{name} put\n" for code, name in sorted(codes.items()))
    table = f"/Encoding 256 array\n0 1 255 {{1 index exch /.notdef put}} for\n{rows}readonly def".encode("latin-1")
    moved = len(table) - (end.end() - said.start())
    return source[: said.start()] + table + source[end.end() :], secret.end() + moved


def _unlike(names: Sequence[str], own: Mapping[int, str]) -> Outlines:
    plain = [name for name in names if name != NOTHING]
    if len(set(plain)) != len(plain):
        raise unclear("a font with two glyphs of one name")
    return Outlines(names, own)


def _unwrapped(program: bytes) -> bytes:
    """A program without what leads its parts in PFB files."""
    if not program.startswith(b"\x80"):
        return program
    out, at = b"", 0
    while program[at : at + 1] == b"\x80" and program[at + 1] in (1, 2):
        length = int.from_bytes(program[at + 2 : at + _SEGMENT], "little")
        out += program[at + _SEGMENT : at + _SEGMENT + length]
        at += _SEGMENT + length
    return out


def _names(inner: bytes) -> list[str]:
    if inner.count(_GLYPHS) != 1:
        raise unclear("a font program with two sets of glyphs, or none")
    found = list[str]()
    start = _GLYPH.search(inner, inner.find(_GLYPHS) + len(_GLYPHS))
    while start is not None:
        found.append(start[1].decode("latin-1"))
        after = start.end() + int(start[2])
        following = _GLYPH.search(inner, after, after + 200)
        start = following if following and b"end" not in inner[after : following.start()].split() else None
    if not found:
        raise unclear("a font program without glyphs")
    return found


def _own(head: bytes) -> dict[int, str]:
    said = _ENCODING.search(head)
    if said is None:
        raise unclear("a font program without an encoding")
    if said[1].startswith(b"Standard"):
        return {code: name for code, name in enumerate(StandardEncoding) if name != NOTHING}
    if said[1] == b"[":
        inside = head[said.end() : head.find(b"]", said.end())]
        every = [name.decode("latin-1") for name in re.findall(rb"/([^\s/]+)", inside)]
        return {code: name for code, name in enumerate(every[:_CODES]) if name != NOTHING}
    found = dict[int, str]()
    end = _END.search(head, said.end())
    for each in _PLACED.finditer(head, said.end(), end.start() if end else len(head)):
        base, _, digits = each[1].rpartition(b"#")
        code = int(digits, int(base or 10))
        if code < _CODES:
            found[code] = each[2].decode("latin-1")
    return {code: name for code, name in found.items() if name != NOTHING}
