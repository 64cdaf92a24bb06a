"""Fonts (ISO 32000-2 9.5 to 9.8) made anew in their places, and what their letters are called for those who listen."""

from __future__ import annotations

from collections.abc import Mapping, Set

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pdf.resources import cidfonts, cmaps, encodings, measures, programs, simple, streams, values
from pdf.resources.glyphs import Said
from pdf.resources.values import unclear

_SIMPLE = frozenset({"/Type1", "/MMType1", "/TrueType"})
_STANDARD = frozenset(
    {
        "/Times-Roman", "/Times-Bold", "/Times-Italic", "/Times-BoldItalic", "/Helvetica", "/Helvetica-Bold",
        "/Helvetica-Oblique", "/Helvetica-BoldOblique", "/Courier", "/Courier-Bold", "/Courier-Oblique",
        "/Courier-BoldOblique", "/Symbol", "/ZapfDingbats",
    }
)  # fmt: skip
_PICTORIAL = frozenset({"/Symbol", "/ZapfDingbats"})
_MEASURES = (
    "/ItalicAngle", "/Ascent", "/Descent", "/Leading", "/CapHeight", "/XHeight", "/StemV", "/StemH", "/AvgWidth",
    "/MaxWidth", "/MissingWidth",
)  # fmt: skip
_MISSING = "\ufffd"
_WIDEST = 1_000_000


def settle(pdf: Pdf, font: Object) -> None:
    """Leave of a font what its kind needs; raises `pdf_unclear`. The letters of Type 3 are the caller's."""
    kind = values.name(font, "/Subtype")
    if kind == "/Type3":
        entries = _drawn(pdf, font)
    elif kind == "/Type0":
        entries = _composite(pdf, font)
    elif kind in _SIMPLE:
        entries = _simple(pdf, font, kind)
    else:
        raise unclear(f"a font of the kind {kind[:40]}")
    values.settle(font, {"/Type": Name.Font, "/Subtype": Name(kind), **entries})


def _simple(pdf: Pdf, font: Object, kind: str) -> dict[str, object]:
    base = values.entry(font, "/BaseFont")
    if not isinstance(base, Name):
        raise unclear("a font without a name")
    descriptor = values.entry(font, "/FontDescriptor")
    program = None if descriptor is None else settle_descriptor(descriptor)
    if program is None and values.text(base) in _STANDARD:
        return _standard(font, base)
    encoding = encodings.read(font, known_only=False)
    spelt = encodings.letters(encoding)
    own = {code: {letter} for code, letter in spelt.items()}
    entries: dict[str, object] = {"/BaseFont": base, "/Encoding": encoding, **_widths(font, is_whole=True)}
    entries["/FontDescriptor"] = descriptor
    if program is None or not isinstance(descriptor, Object):
        return entries | {"/ToUnicode": to_unicode(pdf, font, own, length=1)}
    settled = simple.settle(
        pdf, kind, descriptor, program, _said(font, values.text(base), descriptor, encoding, entries)
    )
    own = {**(own if settled.goes_by_names else {}), **settled.letters}
    table = to_unicode(pdf, font, own, length=1, spelt=spelt, missing=settled.missing - settled.blank)
    return entries | {"/Encoding": settled.encoding, "/FontDescriptor": settled.descriptor, "/ToUnicode": table}


def _said(font: Object, base: str, descriptor: Object, encoding: Object | None, entries: Mapping[str, object]) -> Said:
    first, flags = entries.get("/FirstChar", 0), values.entry(descriptor, "/Flags")
    told = values.entry(font, "/ToUnicode")
    letters = cmaps.letters(streams.unpacked(told)) if isinstance(told, Stream) else {}
    is_symbol = base[1:].rpartition("+")[2] == "Symbol" and isinstance(encoding, Name)
    return Said(
        flags=int(flags) if isinstance(flags, int) else 0,
        encoding=None if is_symbol else encoding,
        first=int(first) if isinstance(first, int) else 0,
        told={code: said for (code, _), said in letters.items()},
    )


def _standard(font: Object, base: Name) -> dict[str, object]:
    """A font that every reader has: it needs a name and how codes are spelt, and nothing that may contradict it."""
    if values.text(base) in _PICTORIAL:
        said = values.entry(font, "/Encoding")
        if isinstance(said, Dictionary) and encodings.differences(said):
            raise unclear("signs named anew in a font that is not in the file")
        return {"/Subtype": Name.Type1, "/BaseFont": base}
    return {"/Subtype": Name.Type1, "/BaseFont": base, "/Encoding": encodings.read(font, known_only=True)}


def _drawn(pdf: Pdf, font: Object) -> dict[str, object]:
    encoding = values.entry(font, "/Encoding")
    drawings = values.dictionary(values.entry(font, "/CharProcs"), "drawings of letters")
    names = encodings.differences(values.dictionary(encoding, "encoding of drawn letters"))
    if values.entry(font, "/FontMatrix") is None:
        raise unclear("a font of drawn letters without a size")
    turn = values.matrix(values.entry(font, "/FontMatrix"), "matrix of a font")
    used = {values.text(name) for name in names.values()}
    kept = {key: drawing for key, drawing in drawings.items() if Name(key) and _latin(key) in used}
    if not all(isinstance(drawing, Stream) for drawing in kept.values()):
        raise unclear("a letter without a drawing")
    resources = values.entry(font, "/Resources")
    settled = encodings.read(font, known_only=False)
    # Names such as /a65, as TeX writes them, say nothing, and the code is the letter.
    spelt = {code: chr(code) for code in names if 0x20 <= code < 0x7F} | encodings.letters(settled)
    return {
        "/FontBBox": values.row(values.box(values.entry(font, "/FontBBox"), "bounds of a font")),
        "/FontMatrix": values.row([1, 0, 0, 1, 0, 0]) if turn is None else turn,
        "/CharProcs": Dictionary(kept),
        "/Encoding": settled,
        "/Resources": resources if isinstance(resources, Dictionary) else None,
        "/ToUnicode": to_unicode(pdf, font, {}, length=1, spelt=spelt),
        **_widths(font),
    }


def _latin(key: str) -> str:
    return key.encode("utf-8", "surrogateescape").decode("latin-1")


def _widths(font: Object, *, is_whole: bool = False) -> dict[str, object]:
    """As many widths as there are codes: readers fill up and cut in different ways; `is_whole` in whole thousandths."""
    said = values.entry(font, "/Widths")
    if said is None:
        return {}
    first = values.whole(values.entry(font, "/FirstChar"), "first letter of a font", most=255)
    last = values.entry(font, "/LastChar")
    widths = values.numbers(said, None, "widths of a font")[: 256 - first]
    if last is not None:
        count = values.whole(last, "last letter of a font", least=-1, most=_WIDEST) - first + 1
        widths = widths[: max(0, count)]
    if not widths:
        return {}
    if is_whole:
        widths = [measures.whole(width) for width in widths]
    return {"/FirstChar": first, "/LastChar": first + len(widths) - 1, "/Widths": values.row(widths)}


def settle_descriptor(said: object) -> tuple[str, bytes] | None:
    """Leave of a font descriptor its measures and its program (see programs.settle), which is the answer."""
    descriptor = values.dictionary(said, "font descriptor")
    program = programs.settle(descriptor)
    entries: dict[str, object] = {"/Type": Name.FontDescriptor}
    named = values.entry(descriptor, "/FontName")
    entries["/FontName"] = named if isinstance(named, Name) else None
    flags = values.entry(descriptor, "/Flags")
    entries["/Flags"] = (
        4 if flags is None else values.whole(flags, "font's /Flags", least=-(1 << 31), most=(1 << 32) - 1)
    )
    if (bounds := values.entry(descriptor, "/FontBBox")) is not None:
        entries["/FontBBox"] = values.row(values.numbers(bounds, 4, "bounds of a font"))
    for key in _MEASURES:
        if (value := values.entry(descriptor, key)) is not None:
            entries[key] = values.kept(values.number(value, f"font's {key}"))
    if program is not None:
        entries[program[0]] = values.entry(descriptor, program[0])
    values.settle(descriptor, entries)
    return program


def to_unicode(
    pdf: Pdf,
    font: Object,
    own: Mapping[int, set[str]],
    *,
    length: int | None,
    spelt: Mapping[int, str] | None = None,
    missing: Set[int] = frozenset(),
) -> Object | None:
    """What codes are for those who listen or search, anew: where the font itself says another letter, that one.

    `own` is what it says; `length` how many bytes a code has, where all have as many. With `spelt`, letters by an
    encoding that the font does not have any more, all that is known is told, and that the `missing` are so.
    """
    said = values.entry(font, "/ToUnicode")
    found = cmaps.letters(streams.unpacked(said)) if isinstance(said, Stream) else {}
    if spelt is not None:
        known = {code: min(letters) for code, letters in own.items() if letters} | dict(spelt)
        found = {(code, 1): letter for code, letter in known.items()} | found
        unsaid = {code for code in missing if (code, 1) not in found or encodings.has_letters(found[code, 1])}
        found |= {(code, 1): _MISSING for code in unsaid}
    told: dict[cmaps.Code, str] = {}
    for (code, size), letters in found.items():
        if length is not None and code >= 1 << 8 * length:
            continue
        mine = own.get(code, set())
        lie = bool(mine) and letters != _MISSING and all(encodings.contradicts(letters, letter) for letter in mine)
        told[code, length or size] = min(mine) if lie else letters
    if not told:
        return None
    table = Stream(pdf, b"")
    streams.write(table, cmaps.written_letters(told))
    return pdf.make_indirect(table)


def _all_told(pdf: Pdf, own: Mapping[int, set[str]]) -> Object:
    """What the program says of each code of two bytes, and that it says nothing of all others."""
    said = {code: min(letters) for code, letters in own.items() if letters}
    table = Stream(pdf, b"")
    streams.write(table, cmaps.written_letters({(code, 2): said.get(code, _MISSING) for code in range(1 << 16)}))
    return pdf.make_indirect(table)


def _composite(pdf: Pdf, font: Object) -> dict[str, object]:
    below = values.entry(font, "/DescendantFonts")
    base = values.entry(font, "/BaseFont")
    if not isinstance(below, Array) or len(below) != 1 or not isinstance(base, Name):
        raise unclear("a font of two fonts, or of none")
    inner = values.dictionary(below[0], "font")
    program = settle_descriptor(values.entry(inner, "/FontDescriptor"))
    encoding, is_identity = cidfonts.encoding(pdf, values.entry(font, "/Encoding"))
    entries = cidfonts.inner(pdf, inner, program)
    own = cidfonts.letters(inner, program) if is_identity else {}
    # Without any table readers take a code for a letter: "9" for whatever the 57th glyph draws.
    untold = is_identity and program is not None and values.entry(font, "/ToUnicode") is None
    values.settle(inner, entries)
    return {
        "/BaseFont": base,
        "/Encoding": encoding,
        "/DescendantFonts": Array([inner]),
        "/ToUnicode": _all_told(pdf, own) if untold else to_unicode(pdf, font, own, length=2 if is_identity else None),
    }
