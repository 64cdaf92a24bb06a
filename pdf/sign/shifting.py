"""How far the slices of a group of pages move from their usual places, so that they cover as little as can be.

All pages of a group move alike: fanned out, they must show one mark. Millimetres throughout, upwards from the foot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from math import ceil, floor

MARK = 40  # high
QUIET = 2  # between a mark and the upper or lower end of its page, and between two marks
_STEP = 2
_WAY = 20  # a square millimetre of ink is worth going round by so many millimetres
_GRAIN = 100  # hundredths of a square millimetre: less than a whole one is dust


@dataclass(frozen=True)
class Edge:
    """The edge of one page: how high it is, and the ink of each millimetre from the foot up.

    In hundredths of a square millimetre; what the list does not reach is blank.
    """

    height: float
    ink: Sequence[int] = ()


@dataclass(frozen=True)
class _Way:
    """The shifts of the rows so far, the last one last, and what they cost."""

    cost: int
    shifts: tuple[int, ...]


def usual_middle(height: float, row: int, rows: int) -> float:
    """Where the middle of a mark stands that nothing is in the way of: the rows share the height, the first on top."""
    return height * (1 - (row + 1) / (rows + 1))


def foot_of(height: float, row: int, rows: int, shift: float = 0) -> float:
    """The foot of a mark on a page, moved up by `shift`, kept on the page."""
    foot = usual_middle(height, row, rows) + shift - MARK / 2
    return max(QUIET, min(foot, height - MARK - QUIET))


def shifts(edges: Sequence[Edge], *, rows: int) -> tuple[int, ...]:
    """For each row how far its marks go up (down where it is below zero): the least ink, then the shortest way.

    The marks of two rows come no nearer to each other than `QUIET`, or than they usually stand where that is nearer.
    """
    least = min(edge.height for edge in edges)
    sums = [list(accumulate(edge.ink, initial=0)) for edge in edges]
    nearer = max(0, least / (rows + 1) - MARK - QUIET)
    ways = [_Way(0, ())]
    for row in range(rows):
        costs = [(shift, _cost(edges, sums, row, rows, shift)) for shift in _choices(least, row, rows)]
        ways = _longer(ways, costs, nearer)
    return min(ways, key=lambda way: way.cost).shifts


def _choices(height: float, row: int, rows: int) -> list[int]:
    """From the top down; the usual place is always one."""
    usual = usual_middle(height, row, rows) - MARK / 2
    lowest, highest = QUIET - usual, height - MARK - QUIET - usual
    moved = range(_STEP * ceil(lowest / _STEP), floor(highest) + 1, _STEP)
    return sorted({0, *moved}, reverse=True)


def _cost(edges: Sequence[Edge], sums: Sequence[list[int]], row: int, rows: int, shift: int) -> int:
    covered = 0
    for edge, upto in zip(edges, sums, strict=True):
        foot = foot_of(edge.height, row, rows, shift)
        first, last = (min(at, len(upto) - 1) for at in (floor(foot), ceil(foot + MARK)))
        covered += (upto[last] - upto[first]) // _GRAIN
    return covered * _WAY + abs(shift)


def _longer(ways: Sequence[_Way], costs: Sequence[tuple[int, int]], nearer: float) -> list[_Way]:
    """Each shift of the next row behind the cheapest way to it; both from the top down, so that one pass is enough."""
    found: list[_Way] = []
    best: _Way | None = None
    waiting = iter(ways)
    upcoming = next(waiting, None)
    for shift, cost in costs:
        while upcoming is not None and (not upcoming.shifts or upcoming.shifts[-1] >= shift - nearer):
            best = upcoming if best is None or upcoming.cost < best.cost else best
            upcoming = next(waiting, None)
        if best is not None:
            found.append(_Way(best.cost + cost, (*best.shifts, shift)))
    return found


def with_taken(ink: Sequence[int], low: float, high: float, wide: float) -> list[int]:
    """The ink of an edge of which a strip, `wide` and from `low` up to `high`, will be covered later."""
    ends = max(0, floor(low)), max(0, ceil(high))
    filled = list(chain(ink, [0] * (ends[1] - len(ink))))
    for at in range(*ends):
        filled[at] += round(100 * wide)
    return filled
