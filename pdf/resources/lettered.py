"""For which letters font programs themselves take their glyphs: by tables of codes and by names."""

from __future__ import annotations

from collections import defaultdict

from fontTools import agl

from pdf.resources import outlines, programs, sfnt
from pdf.resources.sfnt import Sfnt


def letters_of_glyphs(program: bytes) -> dict[int, set[str]]:
    """The letters of each glyph of a TrueType, OpenType or CFF program; empty where it does not say.

    Raises `pdf_unclear` for a broken one.
    """
    if program[:1] == b"\1":
        named = ((glyph, agl.toUnicode(name)) for glyph, name in enumerate(outlines.names_of_cff(program)))
        return {glyph: {letter} for glyph, letter in named if letter}
    found: dict[int, set[str]] = defaultdict(set, programs.letters_of_glyphs(program))
    for glyph, name in enumerate(Sfnt(program).names):
        if letter := sfnt.letter_of(name):
            found[glyph].add(chr(letter))
    return dict(found)
