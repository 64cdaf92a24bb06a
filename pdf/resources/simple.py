"""Simple fonts with a program (ISO 32000-2 9.6) made anew: each code has one glyph for every reader, and one letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fontTools import agl
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pdf.resources import glyphs, lettered, outlines, streams, values
from pdf.resources.glyphs import CODES, SYMBOLIC, Said
from pdf.resources.outlines import Outlines
from pdf.resources.sfnt import Sfnt
from pdf.resources.values import unclear

_TRUETYPE = (b"\0\1\0\0", b"true")
_PROGRAMS = frozenset({"/FontFile", "/FontFile2", "/FontFile3"})
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


@dataclass(frozen=True)
class Settled:
    """The encoding and descriptor that a font has now, for which letters its program takes its codes, the empty
    ones, and whether the encoding counted that it had."""

    encoding: Object | None
    descriptor: Object
    letters: Mapping[int, set[str]]
    missing: frozenset[int]
    blank: frozenset[int]
    goes_by_names: bool


def settle(pdf: Pdf, kind: str, descriptor: Object, program: tuple[str, bytes], said: Said) -> Settled:
    """Make a descriptor and program for this font alone; raises `pdf_unclear`.

    `program` is as programs.settle answers. Others that share it keep theirs: their codes may mean other glyphs.
    """
    key, data = program
    is_truetype = data[:4] in _TRUETYPE
    if kind == "/TrueType" and is_truetype and key != "/FontFile":
        return _truetype(pdf, descriptor, data, said)
    if kind == "/TrueType" or is_truetype or key == "/FontFile2":
        raise unclear("a font of another kind than it says")
    return _outlined(pdf, descriptor, key, data, said)


def _truetype(pdf: Pdf, descriptor: Object, data: bytes, said: Said) -> Settled:
    font = Sfnt(data)
    found = glyphs.of_truetype(font, said)
    blank = glyphs.blank(said)
    program = pdf.make_indirect(Stream(pdf, b""))
    written = font.written(found, blank)
    streams.write(program, written)
    program.Length1 = len(written)
    goes_by_names = glyphs.goes_by_names(font, said)
    of_glyph = lettered.letters_of_glyphs(data)
    letters = {code: of_glyph[glyph] for code, glyph in enumerate(found) if glyph in of_glyph}
    missing = frozenset(code for code, glyph in enumerate(found) if not glyph)
    described = _described(pdf, descriptor, said, {"/FontFile2": program})
    return Settled(None, described, letters, missing, blank, goes_by_names)


def _outlined(pdf: Pdf, descriptor: Object, key: str, data: bytes, said: Said) -> Settled:
    is_opentype = data[:4] == b"OTTO"
    if key == "/FontFile3" and not is_opentype and _kind(descriptor) != "/Type1C":
        raise unclear("a font of another kind than it says")
    if is_opentype:
        font = _coded(Sfnt(data))
        data = Sfnt(data).table(b"CFF ")
    else:
        font = outlines.of_type1(data) if key == "/FontFile" else outlines.of_cff(data)
    found = glyphs.of_outlines(font, said, is_opentype=is_opentype)
    if "space" in font.names:
        found = dict.fromkeys(glyphs.blank(said), "space") | found
    program = pdf.make_indirect(Stream(pdf, b""))
    if key == "/FontFile":
        data, length = outlines.with_codes_type1(data, found)
        streams.write(program, data)
        program.Length1, program.Length2, program.Length3 = length, len(data) - length, 0
    else:
        streams.write(program, outlines.with_codes_cff(data, found))
        program.Subtype = Name.Type1C
    names = [_name(found.get(code, outlines.NOTHING)) for code in range(CODES)]
    encoding = Dictionary(Type=Name.Encoding, Differences=Array([0, *names]))
    letters = {code: {letter} for code, name in found.items() if (letter := agl.toUnicode(name))}
    missing = frozenset(range(CODES)) - found.keys()
    described = _described(pdf, descriptor, said, {key: program})
    return Settled(encoding, described, letters, missing, glyphs.blank(said), goes_by_names=True)


def _kind(descriptor: Object) -> str:
    program = values.entry(descriptor, "/FontFile3")
    return values.name(program, "/Subtype") if isinstance(program, Stream) else ""


def _coded(font: Sfnt) -> Outlines:
    """Outlines in an OpenType program, whose first table of codes counts for them."""
    inside = outlines.of_cff(font.table(b"CFF "))
    lookup = font.charmaps[0][2] if font.charmaps else (lambda _: 0)
    found = {code: lookup(code) for code in range(CODES)}
    own = {code: inside.names[glyph] for code, glyph in found.items() if 0 < glyph < len(inside.names)}
    return Outlines(inside.names, own)


def _name(name: str) -> Object:
    written = "".join(chr(octet) if octet in _PLAIN else f"#{octet:02X}" for octet in name.encode("latin-1"))
    return Object.parse(f"/{written}".encode())


def _described(pdf: Pdf, descriptor: Object, said: Said, programs: Mapping[str, object]) -> Object:
    measures = {key: value for key, value in descriptor.items() if key not in _PROGRAMS}
    made = Dictionary({**measures, **programs})
    made.Flags = glyphs.style(said.flags) | SYMBOLIC
    return pdf.make_indirect(made)
