"""Where an organisation's mark stands: one round over the signature, slices of another over the edge of every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pdf.sign import shifting
from pdf.sign.sheets import POINTS_A_MM, Sheet
from pdf.sign.shifting import Edge
from pdf.sign.values import Box

DIAMETER = shifting.MARK * POINTS_A_MM  # the seals of companies and authorities are 38 to 50 mm
MOST_SLICES = 10  # of one seal: a slice is 4 mm wide or wider
LABEL_BESIDE = 3.0 * POINTS_A_MM  # a line of words along a slice
LABEL_BELOW = 3.2 * POINTS_A_MM  # a line of words below the round mark
_OVER_BOX = 8 * POINTS_A_MM  # how far the round mark reaches into the box of the signature
_QUIET = shifting.QUIET * POINTS_A_MM


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


def over_edges(
    sheets: Sequence[Sheet],
    *,
    rows: int = 1,
    ink: Sequence[Sequence[int]] = (),
    taken: Mapping[int, Sequence[Box]] | None = None,
) -> list[list[Mark]]:
    """For each row a slice at the right edge of every page on which it fits; none in a paper of one page: no seam.

    The first page of a group shows the left slice, the last the right one: the pages fanned out show the whole mark.
    The rows, the uppermost first, keep the seals of several parties apart. `ink` is what each page has in the strip
    that `strips` tells (pdf.edges), nothing where it says nothing; `taken` are places (on the sheet) of each page that
    will be drawn on. The slices go where the least of it stands, those of one group all alike.
    """
    found: list[list[Mark]] = [[] for _ in range(rows)]
    for group in _groups(sheets):
        wide = _wide(len(group))
        edges = [
            _edge(sheets[page], wide, ink[page] if page < len(ink) else (), (taken or {}).get(page, ()))
            for page in group
        ]
        for row, shift in enumerate(shifting.shifts(edges, rows=rows)):
            found[row] += [
                _slice(sheets[page], page, part, len(group), row=row, rows=rows, shift=shift)
                for part, page in enumerate(group)
            ]
    return found


def strips(sheets: Sequence[Sheet]) -> list[tuple[float, float] | None]:
    """For each page how much of its width a slice with its words takes (0 to 1), and how high it is in millimetres.

    None for a page that takes no slice.
    """
    found: list[tuple[float, float] | None] = [None] * len(sheets)
    for group in _groups(sheets):
        for page in group:
            found[page] = (_wide(len(group)) / sheets[page].width, sheets[page].height / POINTS_A_MM)
    return found


def _edge(sheet: Sheet, wide: float, ink: Sequence[int], taken: Sequence[Box]) -> Edge:
    for left, bottom, right, top in taken:
        overlap = min(right, sheet.width) - max(left, sheet.width - wide)
        if overlap > 0:
            ink = shifting.with_taken(ink, *(each / POINTS_A_MM for each in (bottom, top, overlap)))
    return Edge(sheet.height / POINTS_A_MM, ink)


def _groups(sheets: Sequence[Sheet]) -> list[Sequence[int]]:
    """The pages on which a slice fits, in as few even groups as slices of 4 mm allow; none where there is but one."""
    pages = [page for page, sheet in enumerate(sheets) if _fits(sheet)]
    if len(pages) < 2:
        return []
    count = -(-len(pages) // MOST_SLICES)
    ends = [round(len(pages) * number / count) for number in range(count + 1)]
    return [pages[start:end] for start, end in pairwise(ends)]


def _fits(sheet: Sheet) -> bool:
    return sheet.height >= DIAMETER + 2 * _QUIET and sheet.width >= DIAMETER / 2 + LABEL_BESIDE


def _wide(parts: int) -> float:
    return DIAMETER / parts + LABEL_BESIDE


def _slice(sheet: Sheet, page: int, part: int, parts: int, *, row: int, rows: int, shift: float) -> Mark:
    foot = shifting.foot_of(sheet.height / POINTS_A_MM, row, rows, shift) * POINTS_A_MM
    box = (sheet.width - _wide(parts), foot, sheet.width, foot + DIAMETER)
    return Mark(page, box, part, parts, beside=True)


def _within(at: float, most: float) -> float:
    return max(0.0, min(at, most))
