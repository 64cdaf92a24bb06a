"""Widths and heights of the glyphs of composite fonts: readers take the first of two, or the last, or part of one."""

from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf

from pdf.errors import PdfError
from pdf.resources import fonts, measures


def table(written: str) -> Array:
    parsed = Object.parse(f"[{written}]".encode())
    assert isinstance(parsed, Array)
    return parsed


@pytest.mark.parametrize(
    ("written", "count", "anew"),
    [
        ("7 [600 500] 3 [250]", 1, "3 [250] 7 [600 500]"),
        ("9 12 500 13 [500 400]", 1, "9 13 500 14 [400]"),
        ("3 4 500 5 [400]", 1, "3 [500 500 400]"),
        ("5 [600] 5 5 600", 1, "5 [600]"),
        ("1 [2.999 -0.5 1000.0]", 1, "1 [2 0 1000]"),
        ("2 [-1000 300 880] 3 3 -900 300 880", 3, "2 [-1000 300 880 -900 300 880]"),
        ("2 9 -1000 300 880.5", 3, "2 9 -1000 300 880"),
        ("", 1, ""),
    ],
)
def test_measures_are_written_anew_in_order(written: str, count: int, anew: str) -> None:
    assert measures.anew(table(written), count) == table(anew)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("5 [600] 5 [9000]", 1),
        ("0 99 600 57 [9000]", 1),
        ("57 [9000] 0 99 600", 1),
        ("0 50 600 50 99 9000", 1),
        ("57 [-1000 300 880] 57 [-9000 300 880]", 3),
        ("99 0 9000", 1),
        ("0 65536 500", 1),
        ("65535 [1 2]", 1),
        ("5 [1 2]", 3),
        ("5 6", 1),
        ("5 [/A]", 1),
        (" ".join(["0 65535 500"] * 5), 1),
    ],
)
def test_measures_that_readers_take_differently_are_refused(written: str, count: int) -> None:
    with pytest.raises(PdfError) as caught:
        measures.anew(table(written), count)
    assert caught.value.code == "pdf_unclear"


def test_widths_of_a_simple_font_are_whole_and_those_of_drawn_letters_are_not() -> None:
    """Drawn letters may be drawn in a square of one unit."""
    usual = [Object.parse(each) for each in (b"0.999", b"600.5")]
    outside = Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Arial, FirstChar=32, LastChar=33, Widths=Array(usual),
        Encoding=Name.WinAnsiEncoding, FontDescriptor=Dictionary(FontName=Name.Arial, Flags=32),
    )  # fmt: skip
    with Pdf.new() as pdf:
        drawn = Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1, 1]), FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=pdf.make_stream(b"1 0 d0")), Encoding=Dictionary(Differences=Array([32, Name.a])),
            FirstChar=32, LastChar=33, Widths=Array(usual),
        )  # fmt: skip
        for font in (outside, drawn):
            fonts.settle(pdf, font)
    assert [[float(each) for each in font.Widths] for font in (outside, drawn)] == [[0, 600], [0.999, 600.5]]
