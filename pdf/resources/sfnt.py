"""TrueType and OpenType programs read as FreeType does, on which pdfium stands, and written with one table of codes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property

from fontTools import agl
from fontTools.ttLib.standardGlyphOrder import standardGlyphOrder

from pdf.resources import programs
from pdf.resources.values import unclear

Lookup = Callable[[int], int]

# What draws the glyphs of a simple font (ISO 32000-2 9.9.1) and says whose they are; other tables draw in colours,
# as bitmaps or otherwise, which some readers follow and some do not.
_KEPT = (
    b"OS/2", b"cvt ", b"fpgm", b"gasp", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"name", b"prep",
)  # fmt: skip
_NEEDED = frozenset({b"head", b"hhea", b"hmtx", b"loca", b"maxp"})  # of spaces alone nothing is drawn
_SYMBOLS = 0xF000
_CODES = 256
_MOST_GLYPHS = 0xFFFE
_LONG_NAMES = 0x00020000
_FEW_NAMES = 0x00010000
_NO_NAMES = 0x00030000
_CHECKED = 0xB1B0AFBA
# FreeType's psnames: letters that share a glyph with another
_TWINS = {
    "Delta": 0x0394, "Omega": 0x03A9, "fraction": 0x2215, "hyphen": 0x00AD, "macron": 0x02C9, "mu": 0x03BC,
    "periodcentered": 0x2219, "space": 0x00A0, "Tcommaaccent": 0x021A, "tcommaaccent": 0x021B,
}  # fmt: skip


def letter_of(name: str) -> int:
    """The letter that FreeType takes a glyph's name for; 0 for none."""
    plain = name.split(".", 1)[0] if not name.startswith(".") else name
    for lead, least, most in (("uni", 4, 4), ("u", 4, 6)):
        digits = plain[len(lead) :]
        if plain.startswith(lead) and least <= len(digits) <= most and set(digits) <= set("0123456789ABCDEF"):
            return int(digits, 16)
    letters = agl.LEGACY_AGL2UV.get(plain, ())
    return int(letters[0]) if len(letters) == 1 else 0


class Sfnt:
    """A program whose tables of codes and names can be asked; raises `pdf_unclear` for what is broken."""

    def __init__(self, program: bytes) -> None:
        self._program = program
        try:
            self.glyphs = int(struct.unpack_from(">H", self.table(b"maxp"), 4)[0])
        except struct.error as error:
            raise unclear("a font without glyphs") from error

    def table(self, tag: bytes) -> bytes:
        """One table; empty where there is none."""
        return programs.table(self._program, tag)

    @cached_property
    def charmaps(self) -> list[tuple[int, int, Lookup]]:
        """Platform, encoding and glyph of a code, in the order of the file; last that which FreeType makes of names."""
        cmap = self.table(b"cmap")
        found: list[tuple[int, int, Lookup]] = []
        try:
            for index in range(struct.unpack_from(">H", cmap, 2)[0] if cmap else 0):
                platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
                counts = _has_letters(platform, encoding) or (platform, encoding) == (1, 0)
                if (lookup := _lookup(cmap, start) if counts else _nowhere) is not None:
                    found.append((platform, encoding, lookup))
        except struct.error as error:
            raise unclear("a font with a broken table of codes") from error
        if self.has_names and not any(_has_letters(platform, encoding) for platform, encoding, _ in found):
            found.append((3, 1, self._by_letter_of_name))
        return found

    def charmap(self, platform: int, encoding: int) -> Lookup | None:
        """The first one of this kind."""
        return next((look for one, other, look in self.charmaps if (one, other) == (platform, encoding)), None)

    def first_unicode(self) -> Lookup | None:
        """The first one of letters."""
        return next((look for platform, encoding, look in self.charmaps if _is_unicode(platform, encoding)), None)

    def unicode(self) -> Lookup | None:
        """The one that FreeType prefers: the last of all letters, or the last of those of two bytes."""
        wide = [look for platform, encoding, look in self.charmaps if (platform, encoding) in ((3, 10), (0, 4))]
        plain = [look for platform, encoding, look in self.charmaps if _is_unicode(platform, encoding)]
        return next(reversed(wide or plain), None)

    @property
    def has_names(self) -> bool:
        """Whether FreeType says so: any table of names but the empty one."""
        post = self.table(b"post")
        return len(post) >= 32 and struct.unpack_from(">I", post)[0] != _NO_NAMES

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of the glyphs, as far as there are any."""
        post = self.table(b"post")
        kind = struct.unpack_from(">I", post)[0] if self.has_names else _NO_NAMES
        if kind == _FEW_NAMES:
            return list[str](standardGlyphOrder[: self.glyphs])
        if kind != _LONG_NAMES:
            return ()
        try:
            return _long_names(post)[: self.glyphs]
        except (struct.error, IndexError):
            return ()

    @cached_property
    def _by_name(self) -> Mapping[str, int]:
        return {name: glyph for glyph, name in reversed(list(enumerate(self.names)))}

    def named(self, name: str) -> int:
        """The first glyph of this name; 0 for none."""
        return self._by_name.get(name, 0)

    @cached_property
    def _letters(self) -> Mapping[int, int]:
        exact, others = dict[int, int](), dict[int, int]()
        for name, glyph in self._by_name.items():
            if letter := letter_of(name):
                (others if "." in name else exact).setdefault(letter, glyph)
        for name, letter in _TWINS.items():
            if name in self._by_name:
                others.setdefault(letter, self._by_name[name])
        return others | exact

    def _by_letter_of_name(self, letter: int) -> int:
        return self._letters.get(letter, 0)

    def written(self, glyphs: Sequence[int], blank: Set[int]) -> bytes:
        """The program with one way to a glyph for each of 256 codes; of those without, some are `blank`."""
        if any(not self.table(tag) for tag in _NEEDED):
            raise unclear("a font without glyphs")
        tables = {tag: self.table(tag) for tag in _KEPT if self.table(tag)}
        if not all(glyphs):  # pdfium would take a letter of another font for glyph 0, others draw what stands there
            first = self._add_missing(tables)
            glyphs = [glyph or first + (code in blank) for code, glyph in enumerate(glyphs)]
        tables[b"cmap"] = _codes(glyphs)
        tables[b"post"] = struct.pack(">I", _NO_NAMES) + self.table(b"post")[4:16].ljust(12, b"\0") + bytes(16)
        head = bytearray(tables[b"head"])
        head[8:12] = bytes(4)
        tables[b"head"] = bytes(head)
        return _assembled(tables)

    def _add_missing(self, tables: dict[bytes, bytes]) -> int:
        """The number of two glyphs at the end: what stands for missing ones, and one that draws nothing."""
        kind, count = ("I", 1) if tables[b"head"][50:52] == b"\0\1" else ("H", 2)
        try:
            places = [count * each for each in struct.unpack_from(f">{self.glyphs + 1}{kind}", tables[b"loca"])]
            metrics = struct.unpack_from(">H", tables[b"hhea"], 34)[0]
        except struct.error as error:
            raise unclear("a font with a broken table") from error
        if self.glyphs + 2 > _MOST_GLYPHS:
            raise unclear("a font of too many glyphs")
        outlines = self.table(b"glyf")
        missing = outlines[places[0] : places[1]]
        outlines += bytes(-len(outlines) % 4)
        ends = [len(outlines), len(outlines) + len(missing), len(outlines) + len(missing)]
        tables[b"glyf"] = outlines + missing
        tables[b"loca"] = struct.pack(f">{self.glyphs + 3}I", *places[:-1], *ends)
        tables[b"head"] = tables[b"head"][:50] + b"\0\1" + tables[b"head"][52:]
        tables[b"maxp"] = tables[b"maxp"][:4] + struct.pack(">H", self.glyphs + 2) + tables[b"maxp"][6:]
        length = 4 * metrics + 2 * max(0, self.glyphs - metrics)
        tables[b"hmtx"] = tables[b"hmtx"][:length].ljust(length, b"\0") + tables[b"hmtx"][2:4] + bytes(2)
        return self.glyphs


def _is_unicode(platform: int, encoding: int) -> bool:
    return (platform, encoding) in ((3, 1), (3, 10), (2, 1)) or platform == 0


def _has_letters(platform: int, encoding: int) -> bool:
    """Whether FreeType makes no table of names besides this one."""
    return _is_unicode(platform, encoding) or (platform, encoding) == (3, 0)


def _nowhere(_: int) -> int:
    """The glyphs of a table that nobody asks: of Chinese in an encoding of old, say."""
    return 0


def _lookup(cmap: bytes, start: int) -> Lookup | None:
    """How one table finds glyphs (OpenType 1.9, cmap); None for those of variants."""
    kind = struct.unpack_from(">H", cmap, start)[0]
    if kind == 0:
        return lambda code: cmap[start + 6 + code] if code < _CODES and start + 6 + code < len(cmap) else 0
    if kind == 6:
        first, count = struct.unpack_from(">HH", cmap, start + 6)
        codes = struct.unpack_from(f">{count}H", cmap, start + 10)
        return lambda code: int(codes[code - first]) if 0 <= code - first < count else 0
    if kind == 4:
        segments = dict(programs.segments(cmap, start))
        return lambda code: segments.get(code, 0)
    if kind == 12:
        groups = dict(programs.groups(cmap, start))
        return lambda code: groups.get(code, 0)
    if kind == 14:
        return None
    raise unclear("a font with a table of codes of a rare kind")


def _long_names(post: bytes) -> list[str]:
    count = struct.unpack_from(">H", post, 32)[0]
    indices = struct.unpack_from(f">{count}H", post, 34)
    own, at = list[str](), 34 + 2 * count
    while at < len(post):
        own.append(post[at + 1 : at + 1 + post[at]].decode("latin-1"))
        at += 1 + post[at]
    usual = len(standardGlyphOrder)
    return [standardGlyphOrder[index] if index < usual else own[index - usual] for index in indices]


def _codes(glyphs: Sequence[int]) -> bytes:
    """One table, as (1,0) and, from F000 on, as (3,0): what 9.6.5.4 reads of symbolic fonts."""
    mac = struct.pack(">5H256H", 6, 10 + 2 * _CODES, 0, 0, _CODES, *glyphs)
    symbols = struct.pack(
        ">16H256H",
        4, 32 + 2 * _CODES, 0, 4, 4, 1, 0, _SYMBOLS + _CODES - 1, 0xFFFF, 0, _SYMBOLS, 0xFFFF, 0, 1, 4, 0, *glyphs,
    )  # fmt: skip
    start = 4 + 2 * 8
    return struct.pack(">HHHHIHHI", 0, 2, 1, 0, start, 3, 0, start + len(mac)) + mac + symbols


def _sum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    return int(sum(struct.unpack(f">{len(padded) // 4}I", padded))) & 0xFFFFFFFF


def _assembled(tables: Mapping[bytes, bytes]) -> bytes:
    """A program of these tables (OpenType 1.9, table directory)."""
    count = len(tables)
    power = count.bit_length() - 1
    rows = struct.pack(">4s4H", b"\0\1\0\0", count, 16 << power, power, 16 * count - (16 << power))
    body, at, place, total = bytearray(), 12 + 16 * count, 0, 0
    for tag, table in sorted(tables.items()):
        if tag == b"head":
            place = at + len(body) + 8
        check = _sum(table)
        total += check
        rows += struct.pack(">4sIII", tag, check, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    whole = bytearray(rows + body)
    whole[place : place + 4] = struct.pack(">I", (_CHECKED - _sum(rows) - total) & 0xFFFFFFFF)
    return bytes(whole)
