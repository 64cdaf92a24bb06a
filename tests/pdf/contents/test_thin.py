"""Lines and areas without extent: what one program draws and another does not is written so that all draw alike."""

from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from tests.pdf.contents.rewriting import drawn_font, form, instructions, lines, opened, with_things

DOT = ["5 5 m", "5 5 l", "S"]


@pytest.mark.parametrize(
    "path",
    [
        "5 5 m 5 5 5 5 5 5 c",
        "5 5 m 5 5 5 5 v",
        "5 5 m 5 5 l",
        "5 5 m 5 5 l h",
        "5 5 0 0 re",
        "5 5 m 5.01 5.01 5.01 4.99 5 5 c",
    ],
)
def test_a_line_that_stays_in_its_place_is_a_dot_with_round_ends_and_nothing_with_others(path: str) -> None:
    assert lines(f"1 J {path} S") == ["1 J", *([] if "re" in path else DOT)]
    assert lines(f"2 J {path} S") == ["2 J"]
    assert lines(f"{path} S") == []


def test_other_parts_of_a_path_stay_beside_one_that_stays_in_its_place() -> None:
    assert lines("1 1 m 9 9 l 5 5 m 5 5 5 5 5 5 c 7 7 m 7 7.5 l S") == ["1 1 m", "9 9 l", "7 7 m", "7 7.5 l", "S"]


def test_ends_of_lines_are_known_from_states_and_after_them() -> None:
    rounding = with_things(ExtGState=lambda _: {"G": Dictionary(LC=1)})
    assert lines("q /G gs 5 5 m 5 5 l S Q 5 5 m 5 5 l S", rounding) == ["q", "/G gs", *DOT, "Q"]


@pytest.mark.parametrize(
    ("written", "anew"),
    [
        ("9 9 0 40 re f", ["9 9 0.1 40 re", "f"]),
        ("9 9 40 -.001 re f*", ["9 9 40 -0.1 re", "f*"]),
        ("9 9 40 .12 re f", ["9 9 40 0.12 re", "f"]),
        ("9 9 m 9 49 l f", ["8.95 9 m", "8.95 49 l", "9.05 49 l", "9.05 9 l", "h", "f"]),
        ("9 9 m 9 29 9 39 9 49 c h f", ["8.95 9 m", "8.95 49 l", "9.05 49 l", "9.05 9 l", "h", "f"]),
        ("9 29 m 9 9 l 9 49 l f", ["9.05 49 m", "9.05 9 l", "8.95 9 l", "8.95 49 l", "h", "f"]),
        ("9 9 m 9.001 9 l 9.001 49 l 9 49 l h f", None),
        ("9 9 m 9 9 l f", []),
        ("9 9 m 9 49 l 20 9 l f", ["9 9 m", "9 49 l", "20 9 l", "f"]),
        ("9 9 m 9 49 l W f", ["8.95 9 m", "8.95 49 l", "9.05 49 l", "9.05 9 l", "h", "f", "9 9 m", "9 49 l", "W", "n"]),
        ("9 9 m 9 49 l W n", ["9 9 m", "9 49 l", "W", "n"]),
        ("9 9 m 9 49 l 9 9 5 5 re B", ["9 9 5 5 re", "B", "9 9 m", "9 49 l", "S"]),
        ("9 9 m 9 49 l b*", ["9 9 m", "9 49 l", "s"]),
    ],
)  # fmt: skip
def test_an_area_without_width_becomes_a_thin_bar(written: str, anew: list[str] | None) -> None:
    found = lines(written)
    if anew is None:  # about the same bar, a little turned
        assert len(found) == 6
        assert found[0].startswith("8.95")
    else:
        assert found == anew


def test_how_thin_a_thing_is_depends_on_the_matrix() -> None:
    assert lines(".01 0 0 .01 0 0 cm 0 0 5 900 re f")[1] == "0 0 10 900 re"
    assert lines("100 0 0 100 0 0 cm 0 0 .01 9 re f")[1] == "0 0 0.01 9 re"


@pytest.mark.parametrize(
    ("written", "anew"),
    [
        ("0 w 1 1 m 9 9 l S", ["0 w", "0.2 w"]),
        ("1 w .001 0 0 .001 0 0 cm 1 1 m 9 9 l S", ["1 w", "0.001 0 0 0.001 0 0 cm", "200 w"]),
        (".001 0 0 .001 0 0 cm 1 1 m 9 9 l S", ["0.001 0 0 0.001 0 0 cm", "200 w"]),
        ("0 w q 1 1 m 9 9 l S Q q 1 1 m 9 9 l S Q", ["0 w", "q", "0.2 w", "1 1 m", "9 9 l", "S", "Q", "q", "0.2 w"]),
        (".3 w 1 1 m 9 9 l S", ["0.3 w", "1 1 m"]),
        ("0 w BT 1 Tr /F1 9 Tf (A) Tj ET", ["0 w", "BT", "1 Tr", "/F1 9 Tf", "0.2 w", "(A) Tj"]),
        ("0 w BT /F1 9 Tf (A) Tj ET", ["0 w", "BT", "/F1 9 Tf", "(A) Tj"]),
    ],
)
def test_lines_are_not_thinner_than_all_programs_draw(written: str, anew: list[str]) -> None:
    assert lines(written)[: len(anew)] == anew


def test_a_state_s_thin_lines_and_those_that_a_drawing_inherits_are_widened() -> None:
    def things(pdf: Pdf) -> None:
        with_things(ExtGState=lambda _: {"G": Dictionary(LW=0)}, XObject=lambda pdf: {"X": form(pdf, "1 1 m 9 9 l S")})(
            pdf
        )

    with opened("q /G gs 1 1 m 9 9 l S Q 0 w /X Do", things) as pdf:
        assert instructions(pdf.pages[0].Contents) == [
            "q", "/G gs", "0.2 w", "1 1 m", "9 9 l", "S", "Q", "0 w", "0.2 w", "/X Do",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "anew"),
    [
        ("[.001 .001] 0 d", ["[] 0 d"]),
        ("[.1 .1] 0 d", ["[] 0 d"]),
        ("[3 1] 0 d", ["[3 1] 0 d"]),
        ("[3 0] 0 d", ["[3 0] 0 d"]),
        ("[0 3] 0 d", ["[0.001 3] 0 d"]),
        ("[0 3 5] 0 d", ["[0.001 3 5] 0 d"]),
        ("1 J [0 3] 0 d 1 1 m 9 9 l S", ["1 J", "[0 3] 0 d", "1 1 m", "9 9 l", "S"]),
        ("1 J [0 3] 0 d 2 J 1 1 m 9 9 l S", ["1 J", "[0 3] 0 d", "2 J", "[0.001 3] 0 d", "1 1 m", "9 9 l", "S"]),
    ],
)
def test_dashes_are_dots_for_all_programs_or_none(written: str, anew: list[str]) -> None:
    assert lines(written) == anew


def test_dashes_of_a_state_are_not_forgotten_for_earlier_ones() -> None:
    dashed = with_things(ExtGState=lambda _: {"G": Dictionary(D=Array([Array([4, 4]), 0]), Type=Name.ExtGState)})
    assert "[0.001 3] 0 d" not in lines("1 J [0 3] 0 d /G gs 0 J 1 1 m 9 9 l S", dashed)


def test_small_drawings_and_letters_keep_what_is_thin_in_units_of_their_own() -> None:
    """Cairo draws letters in a square of one unit."""
    stroke = "0 0 m 0 1 l 0.02 1 l 0.02 0 l h f"

    def things(pdf: Pdf) -> None:
        letters = drawn_font(pdf, f"1 0 d0 0 g {stroke}")
        letters.FontMatrix = Array([1, 0, 0, 1, 0, 0])
        small = form(pdf, stroke, BBox=Array([0, 0, 1, 1]))
        with_things(Font=lambda _: {"T": letters}, XObject=lambda _: {"X": small})(pdf)

    with opened("BT /T 20 Tf (A) Tj ET q 90 0 0 90 0 0 cm /X Do Q", things) as pdf:
        resources = pdf.pages[0].Resources
        for drawing in (resources.Font.T.CharProcs.A, resources.XObject.X):
            assert instructions(drawing)[-6:] == ["0 0 m", "0 1 l", "0.02 1 l", "0.02 0 l", "h", "f"]
