"""Where an organisation's mark stands: one round over the signature, slices of another over the edge of every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pdf.sign.sheets import POINTS_A_MM, Sheet
from pdf.sign.values import Box

DIAMETER = 40 * POINTS_A_MM  # the seals of companies and authorities are 38 to 50 mm
MOST_SLICES = 10  # of one seal: a slice is 4 mm wide or wider
LABEL_BESIDE = 3.0 * POINTS_A_MM  # a line of words along a slice
LABEL_BELOW = 3.2 * POINTS_A_MM  # a line of words below the round mark
_OVER_BOX = 8 * POINTS_A_MM  # how far the round mark reaches into the box of the signature
_QUIET = 2 * POINTS_A_MM  # between the mark and the edge of a small page


@dataclass(frozen=True)
class Mark:
    """One place of a seal: `page` from 0, `box` in points of its sheet, with the words; `part` of `parts` slices.

    The whole mark is part 0 of 1.
    """

    page: int
    box: Box
    part: int = 0
    parts: int = 1
    beside: bool = False


def over_signature(sheet: Sheet, page: int, field: Box) -> Mark:
    """The whole mark at the left side of a signature's box (in the page's own units), reaching a little into it."""
    left, bottom, _, top = sheet.on_sheet(field)
    centre = left + _OVER_BOX - DIAMETER / 2
    middle = (bottom + top) / 2
    high = DIAMETER + LABEL_BELOW
    at = _within(centre - DIAMETER / 2, sheet.width - DIAMETER)
    foot = _within(middle - high / 2, sheet.height - high)
    return Mark(page, (at, foot, at + DIAMETER, foot + high))


def over_edges(sheets: Sequence[Sheet], *, row: int, rows: int) -> list[Mark]:
    """A slice at the right edge of every page on which it fits; none for a paper of one page, which has no seam.

    The first page of a group shows the left slice, the last the right one: the pages fanned out show the whole mark.
    `row` of `rows` (from 0, the uppermost) keeps the seals of several parties apart.
    """
    pages = [page for page, sheet in enumerate(sheets) if _fits(sheet)]
    if len(pages) < 2:
        return []
    return [
        _slice(sheets[page], page, part, len(group), row=row, rows=rows)
        for group in _groups(pages)
        for part, page in enumerate(group)
    ]


def _groups(pages: Sequence[int]) -> list[Sequence[int]]:
    """The pages in as few even groups as slices of 4 mm allow."""
    count = -(-len(pages) // MOST_SLICES)
    ends = [round(len(pages) * number / count) for number in range(count + 1)]
    return [pages[start:end] for start, end in pairwise(ends)]


def _fits(sheet: Sheet) -> bool:
    return sheet.height >= DIAMETER + 2 * _QUIET and sheet.width >= DIAMETER / 2 + LABEL_BESIDE


def _slice(sheet: Sheet, page: int, part: int, parts: int, *, row: int, rows: int) -> Mark:
    wide = DIAMETER / parts
    middle = sheet.height * (1 - (row + 1) / (rows + 1))
    foot = _QUIET + _within(middle - DIAMETER / 2 - _QUIET, sheet.height - DIAMETER - 2 * _QUIET)
    box = (sheet.width - wide - LABEL_BESIDE, foot, sheet.width, foot + DIAMETER)
    return Mark(page, box, part, parts, beside=True)


def _within(at: float, most: float) -> float:
    return max(0.0, min(at, most))
