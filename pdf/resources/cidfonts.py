"""The inner font of a composite one (ISO 32000-2 9.7): how codes become glyphs, and how wide these are."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pdf.resources import cmaps, lettered, measures, streams, values
from pdf.resources.values import unclear

_IDENTITY = frozenset({"/Identity-H", "/Identity-V"})
# ISO 32000-2 Table 116, and their vertical twins
_FAMILIES = (
    "GB-EUC", "GBpc-EUC", "GBK-EUC", "GBKp-EUC", "GBK2K", "UniGB-UCS2", "UniGB-UTF16", "B5pc", "HKscs-B5", "ETen-B5",
    "ETenms-B5", "CNS-EUC", "UniCNS-UCS2", "UniCNS-UTF16", "83pv-RKSJ", "90ms-RKSJ", "90msp-RKSJ", "90pv-RKSJ",
    "Add-RKSJ", "EUC", "Ext-RKSJ", "UniJIS-UCS2", "UniJIS-UCS2-HW", "UniJIS-UTF16", "KSC-EUC", "KSCms-UHC",
    "KSCms-UHC-HW", "KSCpc-EUC", "UniKS-UCS2", "UniKS-UTF16",
)  # fmt: skip
_PREDEFINED = frozenset(f"/{family}-{way}" for family in _FAMILIES for way in "HV") | {"/H", "/V"}
_MOST_GLYPHS = 65_536


def encoding(pdf: Pdf, said: object) -> tuple[Object, bool]:
    """How codes become glyphs, anew, and whether each is its own; raises `pdf_unclear` for unknown tables."""
    if isinstance(said, Name):
        if values.text(said) not in _IDENTITY | _PREDEFINED:
            raise unclear("an unknown table of glyphs")
        return said, values.text(said) in _IDENTITY
    stream = values.stream(said, "table of glyphs")
    is_vertical = values.entry(stream, "/WMode") == 1
    if values.entry(stream, "/UseCMap") is not None:
        raise unclear("a table of glyphs upon another")
    table = Stream(pdf, b"")
    streams.write(table, cmaps.glyphs(streams.unpacked(stream), vertical=is_vertical))
    table.Type, table.CMapName, table.CIDSystemInfo = (
        Name.CMap,
        Name("/Adobe-Identity-X"),
        _system("Adobe", "Identity", 0),
    )
    if is_vertical:
        table.WMode = 1
    return pdf.make_indirect(table), False


def _system(registry: str, ordering: str, supplement: int) -> Dictionary:
    return Dictionary(Registry=String(registry), Ordering=String(ordering), Supplement=supplement)


def inner(pdf: Pdf, font: Object, program: tuple[str, bytes] | None) -> dict[str, object]:
    """What is kept of the inner font; `program` as programs.settle answers. Raises `pdf_unclear`."""
    kind, base = values.name(font, "/Subtype"), values.entry(font, "/BaseFont")
    if kind not in ("/CIDFontType0", "/CIDFontType2") or not isinstance(base, Name):
        raise unclear("a font of an unknown kind")
    if program is not None and not _fits(kind, program):
        raise unclear("a font of another kind than it says")
    entries: dict[str, object] = {
        "/Type": Name.Font,
        "/Subtype": Name(kind),
        "/BaseFont": base,
        "/CIDSystemInfo": _collection(values.entry(font, "/CIDSystemInfo")),
        "/FontDescriptor": values.entry(font, "/FontDescriptor"),
    }
    if (usual := values.entry(font, "/DW")) is not None:
        entries["/DW"] = measures.whole(values.number(usual, "usual width"))
    if (usual := values.entry(font, "/DW2")) is not None:
        entries["/DW2"] = Array(map(measures.whole, values.numbers(usual, 2, "usual height")))
    for key, count in (("/W", 1), ("/W2", 3)):
        if (said := values.entry(font, key)) is not None:
            entries[key] = measures.anew(said, count)
    if kind == "/CIDFontType2":
        entries["/CIDToGIDMap"] = _map(pdf, values.entry(font, "/CIDToGIDMap"))
    return entries


def _fits(kind: str, program: tuple[str, bytes]) -> bool:
    """ISO 32000-2 Table 124."""
    key, data = program
    is_truetype = data[:4] in (b"\0\1\0\0", b"true")
    return key != "/FontFile" and is_truetype == (kind == "/CIDFontType2")


def _collection(said: object) -> Dictionary:
    about = values.dictionary(said, "collection of glyphs")
    registry, ordering = values.entry(about, "/Registry"), values.entry(about, "/Ordering")
    if not isinstance(registry, String) or not isinstance(ordering, String):
        raise unclear("a collection of glyphs without a name")
    supplement = values.entry(about, "/Supplement")
    number = 0 if supplement is None else values.whole(supplement, "collection of glyphs", most=100)
    return Dictionary(Registry=registry, Ordering=ordering, Supplement=number)


def _map(pdf: Pdf, said: object) -> Object:
    if said is None or values.text(said) == "/Identity":
        return Name.Identity
    table = streams.unpacked(values.stream(said, "map of glyphs"))[: 2 * _MOST_GLYPHS]
    made = Stream(pdf, b"")
    whole = table[: len(table) // 2 * 2].ljust(2 * _MOST_GLYPHS, b"\0")  # past an early end, readers look differently
    streams.write(made, whole)
    return pdf.make_indirect(made)


def letters(font: Object, program: tuple[str, bytes] | None) -> dict[int, set[str]]:
    """For which letters a program takes each code of an identity table."""
    if program is None:
        return {}
    of_glyph = lettered.letters_of_glyphs(program[1])
    said = values.entry(font, "/CIDToGIDMap")
    if not isinstance(said, Stream):
        return of_glyph
    table = streams.unpacked(said)
    pairs = ((code, int.from_bytes(table[2 * code : 2 * code + 2])) for code in range(len(table) // 2))
    return {code: of_glyph[glyph] for code, glyph in pairs if glyph in of_glyph}
