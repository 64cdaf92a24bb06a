"""The child's side of pdf.preview: the text of a page in the order in which it is read, line by line from the top."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2
import pypdfium2.raw

_UPRIGHT = 0.01  # radians
_WORD_GAP = 0.22  # of a letter's height: letters of one word stand nearer
_SMALLEST = 2.0  # points: what is smaller is no text that anybody sees


@dataclass(frozen=True)
class Letter:
    """One upright letter and its line box in points from the bottom left of the page."""

    char: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


def text_by_lines(page: pypdfium2.PdfTextpage) -> str:
    """Lines from the top, each from the left: for pages of one column whose file draws them in another order.

    Text that does not stand upright, such as a watermark across the page, is left out.
    """
    return "\n".join(_words(line) for line in _lines(_letters(page)))


def _letters(page: pypdfium2.PdfTextpage) -> list[Letter]:
    raw, found = pypdfium2.raw, []
    for index in range(page.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(page.raw, index))
        # Only the spaces that the file itself has: the library guesses others from an order that is not the reader's.
        if not char.isprintable() or raw.FPDFText_IsGenerated(page.raw, index) == 1:
            continue
        if abs(raw.FPDFText_GetCharAngle(page.raw, index)) > _UPRIGHT:
            continue
        left, bottom, right, top = page.get_charbox(index, loose=True)
        if top - bottom >= _SMALLEST:
            found.append(Letter(char, left, bottom, right, top))
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
