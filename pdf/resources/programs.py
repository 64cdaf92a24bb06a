"""Font programs in foreign files: of the kind that the file says, and what they call their own glyphs."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator

from pikepdf import Name, Object, Stream

from pdf import cff
from pdf.resources import streams, values
from pdf.resources.values import unclear

_TRUETYPE = (b"\0\1\0\0", b"true")
_KINDS = frozenset({"/Type1C", "/CIDFontType0C", "/OpenType"})
_KEYS = ("/FontFile", "/FontFile2", "/FontFile3")
_MOST_TABLES = 100
_MOST_LETTERS = 140_000
_UNICODE = frozenset({(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 6), (3, 1), (3, 10)})


def settle(descriptor: Object) -> tuple[str, bytes] | None:
    """Write the program of a font anew: under which key it stands, and itself; None where there is none.

    Raises `pdf_unclear` for two of them, or one of another kind than the key says.
    """
    found = [key for key in _KEYS if values.entry(descriptor, key) is not None]
    if not found:
        return None
    if len(found) > 1:
        raise unclear("a font drawn in two ways")
    stream = values.stream(values.entry(descriptor, found[0]), "font program")
    program = streams.rewrite(stream)
    if (plain := cff.with_plain_numbers(program)) != program:  # as pdfium shows it, by whose pictures people sign
        program = plain
        streams.write(stream, program)
    entries: dict[str, object] = {"/Filter": Name.FlateDecode}
    if found[0] == "/FontFile3":
        kind = values.name(stream, "/Subtype")
        if kind not in _KINDS or not _is_of(kind, program):
            raise unclear("a font of another kind than it says")
        entries["/Subtype"] = Name(kind)
    elif found[0] == "/FontFile2":
        if program[:4] not in _TRUETYPE:
            raise unclear("a font of another kind than it says")
        entries["/Length1"] = len(program)
    else:
        entries |= _lengths(stream, program)
    if program[:4] in (*_TRUETYPE, b"OTTO"):
        _tables(program)
    values.settle(stream, entries)
    return found[0], program


def _is_of(kind: str, program: bytes) -> bool:
    if kind == "/OpenType":
        return program[:4] in (*_TRUETYPE, b"OTTO")
    return program[:1] == b"\1" and len(program) > 4


def _lengths(stream: Stream, program: bytes) -> dict[str, object]:
    """The three parts of a Type 1 program (ISO 32000-2 Table 125)."""
    if not program.startswith((b"%!", b"\x80\1")):
        raise unclear("a font of another kind than it says")
    lengths = {
        key: values.whole(said, f"font's {key}", most=len(program))
        for key in ("/Length1", "/Length2", "/Length3")
        if (said := values.entry(stream, key)) is not None
    }
    if sum(lengths.values()) > len(program):
        raise unclear("a font longer than its data")
    return dict(lengths)


def _tables(program: bytes) -> dict[bytes, tuple[int, int]]:
    """Where the tables of a TrueType or OpenType program stand (OpenType 1.9, table directory)."""
    count = struct.unpack_from(">H", program, 4)[0] if len(program) >= 12 else 0
    if not 0 < count <= _MOST_TABLES or len(program) < 12 + 16 * count:
        raise unclear("a font that breaks off")
    found: dict[bytes, tuple[int, int]] = {}
    for index in range(count):
        tag, _, start, length = struct.unpack_from(">4sIII", program, 12 + 16 * index)
        if tag in found or start > len(program):
            raise unclear("a font with a broken table")
        found[tag] = start, length
    return found


def table(program: bytes, tag: bytes) -> bytes:
    """One table of a TrueType or OpenType program; empty where it has none."""
    start, length = _tables(program).get(tag, (0, 0))
    return program[start : start + length]


def letters_of_glyphs(program: bytes) -> dict[int, set[str]]:
    """The letters for which a TrueType or OpenType program itself takes each glyph; empty where it does not say."""
    found: dict[int, set[str]] = defaultdict(set)
    try:
        for letter, glyph in _all_letters(table(program, b"cmap")):
            if glyph and letter < 0x11_0000 and not 0xD800 <= letter < 0xE000:
                found[glyph].add(chr(letter))
    except struct.error:
        return {}
    return found


def _all_letters(cmap: bytes) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    for index in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        if (platform, encoding) not in _UNICODE or start in seen:
            continue
        seen.add(start)
        kind = struct.unpack_from(">H", cmap, start)[0]
        if kind == 4:
            yield from segments(cmap, start)
        elif kind == 12:
            yield from groups(cmap, start)


def segments(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Letters and their glyphs in a table of format 4."""
    count = struct.unpack_from(">H", cmap, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", cmap, start + 14)
    firsts = struct.unpack_from(f">{count}H", cmap, start + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", cmap, start + 16 + 4 * count)
    offsets = struct.unpack_from(f">{count}H", cmap, start + 16 + 6 * count)
    left = _MOST_LETTERS
    for index, (first, end) in enumerate(zip(firsts, ends, strict=True)):
        left -= max(0, end - first)
        if left < 0:
            return
        for letter in range(first, min(end, 0xFFFE) + 1):
            glyph = letter
            if offsets[index]:
                at = start + 16 + 6 * count + 2 * index + offsets[index] + 2 * (letter - first)
                glyph = struct.unpack_from(">H", cmap, at)[0]
                if not glyph:
                    continue
            yield letter, (glyph + deltas[index]) & 0xFFFF


def groups(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    """The same in one of format 12."""
    left = _MOST_LETTERS
    for index in range(min(struct.unpack_from(">I", cmap, start + 12)[0], _MOST_LETTERS)):
        first, end, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * index)
        left -= max(0, end - first)
        if left < 0:
            return
        yield from ((letter, glyph + letter - first) for letter in range(first, end + 1))
