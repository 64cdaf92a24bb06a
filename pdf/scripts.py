"""Names in other scripts than the papers': which fonts draw them, how wide and high, and in which direction.

The fonts come from tools/build_script_fonts.py. None is opened before a character asks for it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

import uharfbuzz as hb

from pdf import fonts

MORE = "Yunqian Sans More"  # the rest of the Chinese face: of the same design, a glyph for a character
LETTERS = "Noto Sans"  # Latin, Greek and Cyrillic: the Chinese face draws the latter two as wide as hanzi
_JOINERS = frozenset("\u200c\u200d")
_PLAIN = dict.fromkeys(("kern", "liga", "clig", "calt"), False)
_MARKS = ("Mn", "Mc", "Me")
# Words in Greek or Cyrillic letters, not the α of a formula; marks of their own beside a letter.
_OF_LETTERS = re.compile("[\u0370-\u052f\u1c80-\u1c8f\u1f00-\u1fff\u2de0-\u2dff\ua640-\ua69f]{2}|[\u0300-\u036f]")


_UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@dataclass(frozen=True)
class Family:
    """Fonts of one name; `bold` is the regular one where there is no bold."""

    name: str
    regular: Path
    bold: Path
    runs: tuple[tuple[int, int], ...]

    @cached_property
    def covered(self) -> frozenset[int]:
        """The code points that all of its fonts draw."""
        return frozenset(code for first, last in self.runs for code in range(first, last + 1))


@cache
def families() -> dict[str, Family]:
    """By name, in the order in which they are asked. Raises FontsMissing."""
    folder = fonts.folder() / "scripts"
    listing = folder / "scripts.json"
    if not listing.is_file():
        raise fonts.FontsMissing(f"{listing} is missing: run `make setup`")
    return {
        each["family"]: Family(
            each["family"],
            folder / each["regular"],
            folder / each.get("bold", each["regular"]),
            tuple((first, last) for first, last in each["runs"]),
        )
        for each in json.loads(listing.read_text(encoding="utf-8"))
    }


def shown(text: str) -> str:
    """What is set of a text: composed (NFC), without what turns its direction around (a name could read as another
    one) and without choices between forms of one letter."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def missing_glyphs(text: str) -> list[str]:
    """The characters, in order and once each, that none of the fonts for names draws. Raises FontsMissing."""
    unsure = fonts.not_bundled(shown(text))
    return [char for char in unsure if family_of(char) is None]


def family_of(char: str) -> str | None:
    """The first family that draws it."""
    return next((name for name, family in families().items() if ord(char) in family.covered), None)


def wanted_by(text: str) -> tuple[str, ...]:
    """The families that this text needs beside the bundled faces; LETTERS leads and sets the whole of it.

    Marks that stand alone, beside their letter, need a font that knows where on the letter they belong.
    """
    wanted = {name for char in fonts.not_bundled(text) if (name := family_of(char))}
    if _OF_LETTERS.search(text):
        wanted.add(LETTERS)
    return tuple(sorted(wanted, key=lambda name: (name != LETTERS, list(families()).index(name))))


def is_rtl(text: str) -> bool:
    """Whether it runs from right to left: its first letter with a direction does (UAX #9 P2)."""
    return next((way != "L" for char in text if (way := unicodedata.bidirectional(char)) in ("L", "R", "AL")), False)


def may_part(text: str, at: int) -> bool:
    """Whether a line may end before this character where a word has to be torn: within no letter with its marks."""
    following, char = text[at], text[at - 1]
    if unicodedata.category(following) in _MARKS or following in _JOINERS or char in _JOINERS:
        return False
    # A virama binds the next consonant; Thai and Lao write some vowels before theirs.
    return unicodedata.combining(char) != 9 and not ("\u0e40" <= char <= "\u0e44" or "\u0ec0" <= char <= "\u0ec4")


def runs(text: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(piece, family) as printing finds them, the family empty for the bundled faces: LETTERS before those, others
    after them. Marks, joiners and spaces stay with the letter before them where its font has them."""
    run, current = "", ""
    for char in text:
        bound = char == " " or unicodedata.category(char) in _MARKS or char in _JOINERS
        if bound and current and (char in _JOINERS or ord(char) in families()[current].covered):
            run += char
            continue
        name = _chosen(char, names)
        if name != current and run:
            yield run, current
            run = ""
        run, current = run + char, name
    if run:
        yield run, current


def _chosen(char: str, names: tuple[str, ...]) -> str:
    if names[0] == LETTERS and ord(char) in families()[LETTERS].covered:
        return LETTERS
    if not fonts.not_bundled(char):
        return ""
    return next((each for each in names if ord(char) in families()[each].covered), "")


@lru_cache(maxsize=4096)
def width(text: str, name: str, *, bold: bool, shaped: bool) -> float:
    """In em, with kerning and ligatures where `shaped`."""
    font, buffer = _font(name, bold), hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer, None if shaped else _PLAIN)
    return float(sum(each.x_advance for each in buffer.glyph_positions) / font.face.upem)


def height(name: str, *, bold: bool) -> tuple[float, float]:
    """Above and below the baseline, in em, as the font states for its lines."""
    extents, font = _font(name, bold).get_font_extents("ltr"), _font(name, bold)
    return extents.ascender / font.face.upem, -extents.descender / font.face.upem


@cache
def _font(name: str, bold: bool) -> hb.Font:
    family = families()[name]
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(family.bold if bold else family.regular))))
