"""Which glyph each code of a simple font has (ISO 32000-2 9.6.5), where readers have several ways to one.

The way counts by which pdfium finds glyphs (CPDF_TrueTypeFont::LoadGlyphMap and that of Type 1), since people sign by
its pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pikepdf import Dictionary, Object

from pdf.resources import encodings, outlines, sfnt, values
from pdf.resources.outlines import Outlines
from pdf.resources.sfnt import Lookup, Sfnt
from pdf.resources.values import unclear

CODES = 256
SYMBOLIC, NONSYMBOLIC = 4, 32  # ISO 32000-2 Table 121
_LOOKS = 1 | 2 | 8 | 64  # flags of style, none of which changes what a code means
_BASES = ("/WinAnsiEncoding", "/MacRomanEncoding")
_SPACE = 32
_FIRST_GLYPH = 3  # where a program has neither codes nor names


@dataclass(frozen=True)
class Said:
    """What a file says of a simple font: its flags, encoding and first code, and the letters for those who listen."""

    flags: int
    encoding: Object | None
    first: int
    told: Mapping[int, str]

    @property
    def base(self) -> str:
        """The named encoding on which it stands, as far as pdfium knows it; empty for the program's own."""
        name = encodings.base(self.encoding)
        if name == "/MacExpertEncoding":
            name = _BASES[0]
        if name in _BASES:
            return name
        return "" if self.flags & SYMBOLIC and not isinstance(self.encoding, Dictionary) else "/StandardEncoding"

    @property
    def base_of_outlines(self) -> str:
        """The same for Type 1 and CFF, which have encodings of their own."""
        name = encodings.base(self.encoding)
        return name if name in _BASES else "" if self.flags & SYMBOLIC else "/StandardEncoding"

    @property
    def names(self) -> dict[int, str]:
        """The names of codes that are named one by one."""
        if not isinstance(self.encoding, Dictionary):
            return {}
        return {code: values.text(name)[1:] for code, name in encodings.differences(self.encoding).items()}


def blank(said: Said) -> frozenset[int]:
    """The codes that are spaces, by the file."""
    letters = {**encodings.letters(said.encoding), **said.told}
    return frozenset(code for code, letter in letters.items() if code < CODES and letter.isspace())


def style(flags: int) -> int:
    """Of a font's flags those that say how it looks."""
    return flags & _LOOKS


def of_truetype(font: Sfnt, said: Said) -> list[int]:
    """The glyph of each of 256 codes."""
    found = _by_letters(font, said, _base(font, said)) if goes_by_names(font, said) else _by_codes(font)
    return [glyph if 0 <= glyph < font.glyphs else 0 for glyph in found]


def goes_by_names(font: Sfnt, said: Said) -> bool:
    """Whether the encoding that the file says counts at all."""
    return bool(said.flags & NONSYMBOLIC) or (_base(font, said) in _BASES and not said.names)


def _base(font: Sfnt, said: Said) -> str:
    """Of a symbolic font only an encoding for which the program has codes."""
    platforms = {platform for platform, _, _ in font.charmaps}
    if not said.flags & SYMBOLIC or said.base not in _BASES or not platforms:
        return said.base
    has = {_BASES[0]: bool(platforms & {0, 3}), _BASES[1]: 1 in platforms}
    return next((base for base in (said.base, *_BASES) if has[base]), "")


def _by_letters(font: Sfnt, said: Said, base: str) -> Sequence[int]:
    if font.has_names and not font.charmaps:
        return [_FIRST_GLYPH + code - said.first if code >= said.first else 0 for code in range(CODES)]
    names = encodings.names(base) | said.names
    kind, lookup = _preferred(font, said)
    return [
        lookup(code) if not names.get(code) else _named(font, names[code], code, kind, lookup, said)
        for code in range(CODES)
    ]


def _preferred(font: Sfnt, said: Said) -> tuple[str, Lookup]:
    symbols = font.charmap(3, 0)
    if (letters := font.charmap(3, 1) or (None if symbols else font.first_unicode())) is not None:
        return "letters", letters
    others = [("mac", font.charmap(1, 0)), ("symbols", symbols)]
    for kind, lookup in others if said.flags & NONSYMBOLIC else reversed(others):
        if lookup is not None:
            return kind, lookup
    return "", font.unicode() or (lambda _: 0)


def _named(font: Sfnt, name: str, code: int, kind: str, lookup: Lookup, said: Said) -> int:
    letter, glyph = sfnt.letter_of(name), 0
    if kind == "symbols":
        glyph = _symbol(lookup, code)
    elif letter and kind == "letters":
        glyph = lookup(letter)
    elif letter and kind == "mac":
        mac = chr(letter).encode("mac-roman", errors="ignore")
        glyph = lookup(mac[0]) if mac else font.named(name)
    if glyph:
        return glyph
    if name == ".notdef":
        return lookup(_SPACE)
    if (glyph := font.named(name)) or not said.told:
        return glyph
    means = said.told.get(code) or (chr(letter) if letter else "")
    return lookup(ord(means[0])) if means else 0


def _symbol(lookup: Lookup, code: int) -> int:
    return next((glyph for lead in (0, 0xF000, 0xF100, 0xF200) if (glyph := lookup(lead + code))), 0)


def _by_codes(font: Sfnt) -> Sequence[int]:
    ways: list[Callable[[int], int]] = []
    if (symbols := font.charmap(3, 0)) is not None:
        found = [_symbol(symbols, code) for code in range(CODES)]
        if any(found):
            return found
    if (mac := font.charmap(1, 0)) is not None:
        return [mac(code) for code in range(CODES)]
    if (letters := font.unicode()) is not None:
        ways.append(letters)
    ways.append(lambda code: code)
    for way in ways:
        found = [way(code) for code in range(CODES)]
        if any(found):
            return found
    return [0] * CODES


def of_outlines(font: Outlines, said: Said, *, is_opentype: bool) -> dict[int, str]:
    """The name of the glyph of each code of a Type 1 or CFF program that has one (CPDF_Type1Font::LoadGlyphMap)."""
    if encodings.base(said.encoding) == "/MacExpertEncoding":
        raise unclear("a font in an encoding of experts")
    known = set(font.names) - {outlines.NOTHING}
    base = said.base if is_opentype else said.base_of_outlines
    named = {code: name for code, name in (encodings.names(base) | said.names).items() if name}
    if said.flags & SYMBOLIC:
        found = {**font.own, **named}
    else:
        letters = {letter: name for name in reversed(font.names) if (letter := sfnt.letter_of(name))}
        found = {
            code: name if name in known or name == "space" else letters.get(sfnt.letter_of(name), "")
            for code, name in named.items()
        }
    return {code: name for code, name in found.items() if name in known}
