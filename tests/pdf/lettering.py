"""Fonts that strangers put into files: bars of seven heights, under tables of codes that disagree."""

from __future__ import annotations

import io
from collections.abc import Mapping

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from pikepdf import Array, Dictionary, Name, Object, Pdf

CODE = 0x31
NAMES = (".notdef", "one", "five", "six", "seven", "eight", "nine")
HEIGHTS = {name: 100 * (at + 1) for at, name in enumerate(NAMES)}


def truetype(codes: Mapping[tuple[int, int, int], str], *, names: bool = False) -> bytes:
    """A program in which CODE, moved by the last number of a table's key, is the glyph of this name."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(list(NAMES))
    builder.setupCharacterMap({})
    pens = {name: TTGlyphPen(None) for name in NAMES}
    for name, pen in pens.items():
        _draw(pen, name)
    builder.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    _finish(builder, keep_names=names)
    builder.font["cmap"].tables = [_table(key, name) for key, name in sorted(codes.items())]
    return _saved(builder.font)


def cff(own: Mapping[int, str]) -> bytes:
    """CFF outlines with these codes of their own."""
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(list(NAMES))
    builder.setupCharacterMap({})
    pens = {name: T2CharStringPen(600, None) for name in NAMES}
    for name, pen in pens.items():
        _draw(pen, name)
    builder.setupCFF("Bars", {}, {name: pen.getCharString() for name, pen in pens.items()}, {})
    _finish(builder, keep_names=False)
    top = builder.font["CFF "].cff.topDictIndex[0]
    top.Encoding = [own.get(code, ".notdef") for code in range(256)]
    return bytes(TTFont(io.BytesIO(_saved(builder.font))).getTableData("CFF "))


def _draw(pen: TTGlyphPen | T2CharStringPen, name: str) -> None:
    pen.moveTo((100, 0))
    for point in ((100, HEIGHTS[name]), (500, HEIGHTS[name]), (500, 0)):
        pen.lineTo(point)
    pen.closePath()


def _finish(builder: FontBuilder, *, keep_names: bool) -> None:
    builder.setupHorizontalMetrics(dict.fromkeys(NAMES, (600, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupPost(keepGlyphNames=keep_names)


def _table(key: tuple[int, int, int], name: str) -> CmapSubtable:
    platform, encoding, moved = key
    table = CmapSubtable.newSubtable(0 if platform == 1 else 4)
    table.platformID, table.platEncID, table.language = platform, encoding, 0
    table.cmap = dict.fromkeys(range(256), ".notdef") if platform == 1 else {}
    table.cmap[CODE + moved] = name
    return table


def _saved(font: TTFont) -> bytes:
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def font(
    pdf: Pdf, program: bytes, *, kind: str = "TrueType", key: str = "/FontFile2", flags: int = 4, spelt: object = None
) -> Object:
    """A simple font of a file with this program, whose encoding is `spelt`."""
    stream = pdf.make_stream(program)
    if key == "/FontFile3":
        stream.Subtype = Name.Type1C
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/AAAAAA+Bars"), Flags=flags, FontBBox=Array([0, 0, 600, 800]),
        ItalicAngle=0, Ascent=800, Descent=-200, CapHeight=700, StemV=80,
    )  # fmt: skip
    descriptor[key] = stream
    made = Dictionary(
        Type=Name.Font, Subtype=Name(f"/{kind}"), BaseFont=Name("/AAAAAA+Bars"), FirstChar=CODE, LastChar=CODE,
        Widths=Array([600]), FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    if spelt is not None:
        made.Encoding = spelt
    return pdf.make_indirect(made)


def named(name: str) -> Dictionary:
    """An encoding in which CODE has this name."""
    return Dictionary(Type=Name.Encoding, Differences=Array([CODE, Name(f"/{name}")]))
