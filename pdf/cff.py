"""OpenType programs with CFF outlines (Adobe technical note 5176) in which each glyph bears its own number.

Where outlines are of a collection (Noto CJK), a table says which number (CID) each glyph has. ISO 32000-2 9.7.4.2 goes
through that table, and so do MuPDF and others; FreeType, on which pdfium and poppler stand, takes numbers for glyphs
where the outlines stand in an OpenType program. After this both find the same.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_CHARSET, _STRINGS, _COLLECTION = 15, 17, 0x0C1E  # operators of the top dictionary
_ROW = 16  # of the table of tables
_ONE_RANGE = 2  # the format of a charset whose ranges count in 16 bits
_SIDES = {1: ">HB", 2: ">HH"}  # a range: its first number, and how many follow


def with_plain_numbers(program: bytes) -> bytes:
    """The program with the glyphs numbered as they stand, of the same length; unchanged where that is so already."""
    try:
        start = _outlines(program)
        top = _top(program, start)
        if _COLLECTION not in top:
            return program
        at = start + top.get(_CHARSET, 0)
        count = struct.unpack_from(">H", program, start + top[_STRINGS])[0]
        plain = struct.pack(">BHH", _ONE_RANGE, 1, count - 2)
        if count < 3 or at - start <= _ONE_RANGE or _length(program, at, count) < len(plain):
            return program
        return program[:at] + plain + program[at + len(plain) :]
    except (struct.error, IndexError, KeyError):
        return program


def _outlines(program: bytes) -> int:
    """Where the outlines begin; raises KeyError where there are none."""
    if program[:4] != b"OTTO":
        raise KeyError("CFF")
    for row in range(struct.unpack_from(">H", program, 4)[0]):
        tag, _, start, _ = struct.unpack_from(">4sIII", program, 12 + _ROW * row)
        if tag == b"CFF ":
            return int(start)
    raise KeyError("CFF")


def _length(program: bytes, at: int, count: int) -> int:
    """How many bytes a charset takes."""
    kind = program[at]
    if kind == 0:
        return 1 + 2 * (count - 1)
    end, left = at + 1, count - 1
    while left > 0:
        left -= struct.unpack_from(_SIDES[kind], program, end)[1] + 1
        end += struct.calcsize(_SIDES[kind])
    return end - at


def _top(program: bytes, start: int) -> dict[int, int]:
    """The last operand of each operator of the top dictionary, whole numbers alone."""
    at = end_of_index(program, start + program[start + 2])  # the names
    at, size = first_of_index(program, at)
    end, value = at + size, 0
    found: dict[int, int] = {}
    while at < end:
        lead = program[at]
        if lead == 12:
            found[0x0C00 | program[at + 1]] = value
            at += 2
        elif lead <= 21:
            found[lead] = value
            at += 1
        elif lead == 30:
            at = _end_of_real(program, at)
        else:
            value, at = _number(program, at)
    return found


def entries(top: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
    """Each operator of a dictionary with its operands as they are written."""
    at, operands = 0, list[bytes]()
    while at < len(top):
        start, lead = at, top[at]
        if lead <= 21:
            at += 2 if lead == 12 else 1
            yield top[start:at], operands
            operands = []
            continue
        at = _end_of_real(top, at) if lead == 30 else _number(top, at)[1]
        operands.append(top[start:at])


def number(written: bytes) -> int:
    """A whole number of a dictionary."""
    return _number(written, 0)[0]


def _end_of_real(program: bytes, at: int) -> int:
    """A real number ends with a half octet of ones."""
    at += 1
    while program[at] & 0x0F != 0x0F and program[at] >> 4 != 0x0F:
        at += 1
    return at + 1


def _number(program: bytes, at: int) -> tuple[int, int]:
    lead = program[at]
    if lead == 28:
        return int.from_bytes(program[at + 1 : at + 3], signed=True), at + 3
    if lead == 29:
        return int.from_bytes(program[at + 1 : at + 5], signed=True), at + 5
    if lead <= 246:
        return lead - 139, at + 1
    if lead <= 250:
        return (lead - 247) * 256 + program[at + 1] + 108, at + 2
    return -(lead - 251) * 256 - program[at + 1] - 108, at + 2


def first_of_index(program: bytes, at: int) -> tuple[int, int]:
    """Where the first thing of an index begins, and its length."""
    count, size = struct.unpack_from(">HB", program, at)
    offsets = [int.from_bytes(program[at + 3 + size * each : at + 3 + size * (each + 1)]) for each in (0, 1)]
    return at + 2 + size * (count + 1) + offsets[0], offsets[1] - offsets[0]


def end_of_index(program: bytes, at: int) -> int:
    """Where what follows an index begins."""
    count = struct.unpack_from(">H", program, at)[0]
    if not count:
        return at + 2
    size = program[at + 2]
    last = at + 3 + size * count
    return int(last + size - 1 + int.from_bytes(program[last : last + size]))
