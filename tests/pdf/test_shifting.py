"""How far slices move from their usual places: values in, millimetres out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pdf.sign.shifting import MARK, QUIET, Edge, foot_of, shifts, with_taken

A4 = 297.0


def edge(*inked: tuple[int, int], height: float = A4, much: int = 500) -> Edge:
    """An edge with so much ink in each millimetre from and to here."""
    ink = [0] * int(height)
    for low, high in inked:
        ink[low:high] = [much] * (high - low)
    return Edge(height, ink)


def feet(edges: list[Edge], rows: int = 1) -> list[list[float]]:
    """The feet of the marks on each page, row by row."""
    moved = shifts(edges, rows=rows)
    return [[foot_of(page.height, row, rows, shift) for row, shift in enumerate(moved)] for page in edges]


def covered(page: Edge, foot: float) -> int:
    return sum(page.ink[int(foot) : int(foot + MARK) + 1])


@pytest.mark.parametrize("rows", [1, 2, 5, 14])
def test_on_blank_pages_every_mark_stands_where_it_always_does(rows: int) -> None:
    assert shifts([Edge(A4), Edge(210)], rows=rows) == (0,) * rows


@pytest.mark.parametrize(("inked", "shift"), [((150, 180), -20), ((110, 140), 12), ((0, 297), 0)])
def test_a_mark_goes_the_shortest_way_to_a_clear_place(inked: tuple[int, int], shift: int) -> None:
    assert shifts([edge(inked)], rows=1) == (shift,)


def test_all_pages_of_a_group_move_alike_to_where_all_are_clear() -> None:
    pages = [edge((60, 175)), edge((120, 260)), edge()]

    [[first], [second], [third]] = feet(pages)

    assert first == second == third
    assert [covered(page, first) for page in pages] == [0, 0, 0]


def test_where_no_place_is_clear_the_least_is_covered() -> None:
    crowded = edge((0, 297), much=900)
    lighter = Edge(A4, [300 if 200 <= at < 250 else each for at, each in enumerate(crowded.ink)])

    [[foot]] = feet([lighter])

    assert 200 <= foot <= 210


def test_dust_moves_nothing_and_a_line_of_words_does() -> None:
    assert shifts([edge((148, 149), much=60)], rows=1) == (0,)
    assert shifts([edge((148, 151), much=300)], rows=1) != (0,)


def test_a_long_way_is_not_gone_for_next_to_nothing() -> None:
    """A square millimetre less, 70 mm away."""
    assert shifts([edge((80, 220), much=10), edge((60, 80), (220, 240))], rows=1) == (0,)


@pytest.mark.parametrize("rows", [2, 3, 5])
def test_marks_of_several_parties_go_round_the_same_words_and_not_onto_each_other(rows: int) -> None:
    pages = [edge((90, 120), (180, 200)), edge((40, 60))]

    for row_feet in feet(pages, rows):
        assert all(upper - lower >= MARK + QUIET for upper, lower in pairwise(row_feet))
        assert min(row_feet) >= QUIET
        assert max(row_feet) <= A4 - MARK - QUIET


def test_two_parties_on_a_crowded_page_each_find_the_clear_place_of_their_own() -> None:
    page = edge((0, 50), (95, 200), (245, 297))

    [both] = feet([page], 2)

    assert [covered(page, foot) for foot in both] == [0, 0]


def test_pages_of_different_heights_keep_the_mark_at_one_distance_from_their_middles() -> None:
    upright, lying = edge((150, 180)), edge(height=210)

    [[tall], [low]] = feet([upright, lying])

    assert tall - A4 / 2 == low - 210 / 2
    assert covered(upright, tall) == 0


def test_what_will_be_drawn_later_counts_as_ink() -> None:
    ink = with_taken([7], 1.5, 3.2, 20.0)

    assert ink == [7, 2000, 2000, 2000]
