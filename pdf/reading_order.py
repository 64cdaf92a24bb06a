"""The child's side of pdf.preview: the text of a page in the order in which it is read, line by line from the top."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2
import pypdfium2.raw

_UPRIGHT = 0.01  # radians
_WORD_GAP = 0.22  # of a letter's height: letters of one word stand nearer
_COLUMN_GAP = 0.6  # of a letter's height: more than a blank
_OVERLAP = 0.2  # of the narrower letter: more than letters of one word do
_MISSING = "\ufffd"
_SMALLEST = 2.0  # points: what is smaller is no text that anybody sees


@dataclass(frozen=True)
class Letter:
    """One upright letter and its line box in points from the bottom left of the page."""

    index: int
    char: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


def text_by_lines(page: pypdfium2.PdfTextpage, *, blanks: bool = True) -> str:
    """Lines from the top, each from the left: for pages of one column whose file draws them in another order.

    Text that does not stand upright, such as a watermark across the page, is left out. Without `blanks`, those of the
    file count for nothing, and words are what stands apart.
    """
    letters = [letter for letter in _letters(page) if blanks or not letter.char.isspace()]
    return "\n".join(_words(line) for line in _lines(letters))


def any_untold(page: pypdfium2.PdfTextpage) -> bool:
    """Whether a letter is on it of which nobody says what it is."""
    return any(_is_untold(page, index) for index in range(page.count_chars()))


def chars(page: pypdfium2.PdfTextpage) -> Iterator[str]:
    """The letters in the order of the file, with the blanks that the library adds.

    What nobody tells is "\ufffd": the library takes its number in the font for a letter, "9" for the 57th glyph.
    """
    raw = pypdfium2.raw
    for index in range(page.count_chars()):
        yield _MISSING if _is_untold(page, index) else chr(raw.FPDFText_GetUnicode(page.raw, index))


def _is_untold(page: pypdfium2.PdfTextpage, index: int) -> bool:
    return bool(pypdfium2.raw.FPDFText_HasUnicodeMapError(page.raw, index) == 1)


def is_told_backwards(page: pypdfium2.PdfTextpage) -> bool:
    """Whether letters that stand side by side come in another order than they are read: "91" told as "19".

    Columns may come in any order, and scripts that run from the right are told as they are spoken.
    """
    return any(
        one.index > other.index and _side_by_side(one, other)
        for line in _lines([letter for letter in _letters(page) if not letter.char.isspace()])
        if not any(unicodedata.bidirectional(letter.char) in ("R", "AL") for letter in line)
        for one, other in pairwise(line)
    )


def _side_by_side(one: Letter, other: Letter) -> bool:
    """On one line and of one size: neither over one another, as accents and marks across a page, nor in two columns."""
    heights = sorted(letter.top - letter.bottom for letter in (one, other))
    overlap = (one.right - other.left) / max(min(one.right - one.left, other.right - other.left), 0.01)
    level = abs(one.middle - other.middle) < heights[0] / 4
    near = other.left - one.right <= _COLUMN_GAP * heights[1]
    return level and near and heights[1] < 1.3 * heights[0] and overlap < _OVERLAP


def _letters(page: pypdfium2.PdfTextpage) -> list[Letter]:
    raw, found = pypdfium2.raw, []
    for index in range(page.count_chars()):
        char = _MISSING if _is_untold(page, index) else chr(raw.FPDFText_GetUnicode(page.raw, index))
        # Only the spaces that the file itself has: the library guesses others from an order that is not the reader's.
        if not char.isprintable() or raw.FPDFText_IsGenerated(page.raw, index) == 1:
            continue
        if abs(raw.FPDFText_GetCharAngle(page.raw, index)) > _UPRIGHT:
            continue
        left, bottom, right, top = page.get_charbox(index, loose=True)
        if top - bottom >= _SMALLEST:
            found.append(Letter(index, char, left, bottom, right, top))
    return found


def _lines(letters: list[Letter]) -> list[list[Letter]]:
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: (-each.middle, each.left)):
        near = lines[-1] if lines else None
        # Scripts of different height share a line where the middle of one lies within the other.
        if near and letter.middle >= _lowest_middle(near, letter):
            near.append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda each: each.left) for line in lines]


def _lowest_middle(line: list[Letter], letter: Letter) -> float:
    height = max(median(each.top - each.bottom for each in line), letter.top - letter.bottom)
    return line[0].middle - height / 2


def _words(line: list[Letter]) -> str:
    text = line[0].char
    for before, letter in pairwise(line):
        gap = letter.left - before.right
        text += " " * (gap > _WORD_GAP * (letter.top - letter.bottom)) + letter.char
    return " ".join(text.split())
