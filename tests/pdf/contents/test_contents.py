"""Contents of pages have one reading: what is usual is written plainly, what programs read differently is refused."""

from __future__ import annotations

import pytest
from pikepdf import Array, Pdf

from tests.pdf.contents.rewriting import lines, refused

TEXT = "BT /F1 20 Tf 40 100 Td {} ET"


@pytest.mark.parametrize(
    ("written", "anew"),
    [
        ("1 0 0 rg 0 0 5 5 re f", ["1 0 0 rg", "0 0 5 5 re", "f"]),
        ("+1.50\r0.0 -.5 rg%x\n", ["1 0 0 rg"]),
        ("00001 .1234567891234 5. rg", ["1 0.123456789 1 rg"]),
        ("-5 2 .5 rg", ["0 1 0.5 rg"]),
        ("3.0 Tr 1.000 J", None),
        ("[0 0] 0 d [3 1] -1 d", ["[] 0 d", "[3 1] 7.000000 d"]),
        ("0 M 50 i /Foo ri /Perceptual ri", ["1 M", "/Perceptual ri"]),
        ("q q 1 w", ["q", "q", "1 w", "Q", "Q"]),
        ("Q 1 w Q q Q Q", ["1 w", "q", "Q"]),
        ("ET BT ET ET BT", ["BT", "ET", "BT", "ET"]),
        ("BX /Foo bar 1 2 qux EX 1 w", ["1 w"]),
        ("f n h S 0 0 m 1 1 l", []),
        ("0 0 m 1 1 l 2 0 l F", ["0 0 m", "1 1 l", "2 0 l", "f"]),
        ("0 0 m 1 0 0 rg 1 1 l 2 w S", ["1 0 0 rg", "2 w", "0 0 m", "1 1 l", "S"]),
        ("1 2 3 4 re 9 9 l S", ["1 2 3 4 re", "1 2 m", "9 9 l", "S"]),
        ("1 2 m 3 3 l h h 9 9 l W n", ["1 2 m", "3 3 l", "h", "1 2 m", "9 9 l", "W", "n"]),
        ("0 0 m 1 1 l W W n", ["0 0 m", "1 1 l", "W", "n"]),
        ("/Span<</ActualText(900)>>BDC /P BMC 1 w EMC EMC /A MP /A/B DP", ["1 w"]),
        ("BI /W 1/H 1/BPC 8/CS/G ID x EI 1 w", ["/Y0 Do", "1 w"]),
        ("/DeviceRGB cs 1 .5 2 sc 0.5 SC", ["/DeviceRGB cs", "0 0 0 scn", "1 0.5 1 scn", "0.5 SCN"]),
        ("/DeviceCMYK CS /Pattern cs 1 w", ["/DeviceCMYK CS", "0 0 0 1 SCN", "1 w"]),
        ("1 w 5 6", ["1 w"]),
    ],
)  # fmt: skip
def test_what_is_usual_is_written_plainly(written: str, anew: list[str] | None) -> None:
    assert lines(written) == (["3 Tr", "1 J"] if anew is None else anew)


@pytest.mark.parametrize(
    ("shown", "octets"),
    [
        (r"(a\(b\)c\\)", b"a(b)c\\"),
        ("(a(b(c))d)", b"a(b(c))d"),
        ("(a\rb\r\nc\nd)", b"a\nb\nc\nd"),
        ("(a\\\rb\\\r\nc\\\nd)", b"abcd"),
        (r"(\n\r\t\b\f\x\101\1018\7)", b"\n\r\t\b\fxAA8\7"),
        ("<41 4\n2>", b"AB"),
        ("<414>", b"A@"),
        ("(\x80\xff%no comment)", b"\x80\xff%no comment"),
    ],
)
def test_a_string_says_the_same_without_escapes(shown: str, octets: bytes) -> None:
    assert lines(TEXT.format(shown + "Tj"))[3] in (f"<{octets.hex()}> Tj", f"({octets.decode('latin-1')}) Tj")


def test_strings_and_spaces_between_them_stay() -> None:
    assert lines(TEXT.format("[(A)-12.50<42>+3]TJ 1 2(C)\" (D)'"))[3:6] == [
        "[(A) -12.50 (B) 3] TJ", '1 2 (C) "', "(D) '",
    ]  # fmt: skip


def test_names_are_found_however_they_are_written_and_are_plain_afterwards() -> None:
    def name(pdf: Pdf) -> None:
        fonts = pdf.pages[0].obj.Resources.Font
        fonts["/宋 体"] = fonts.F1

    content = "BT /F#31 9 Tf (A) Tj /#e5#ae#8b#20#e4#bd#93 9 Tf (B) Tj ET"
    assert [each for each in lines(content, name) if "Tf" in each] == ["/F1 9 Tf", "/Y1 9 Tf"]


def test_an_instruction_may_be_divided_between_two_streams() -> None:
    def divide(pdf: Pdf) -> None:
        pdf.pages[0].obj.Contents = Array([pdf.make_stream(part) for part in (b"q 1 0", b"0 rg BT", b"ET")])

    assert lines("", divide) == ["q", "1 0 0 rg", "BT", "ET", "Q"]


@pytest.mark.parametrize(
    "parts",
    [(b"BT /F1 9 Tf (A", b"B) Tj ET"), (b"1 0 0 r", b"g"), (b"1", b"0 0 0 rg")],
    ids=["string", "word", "number"],
)
def test_a_word_may_not_be_divided_between_two_streams(parts: tuple[bytes, ...]) -> None:
    def divide(pdf: Pdf) -> None:
        pdf.pages[0].obj.Contents = Array([pdf.make_stream(part) for part in parts])

    refused("", divide)


@pytest.mark.parametrize(
    "number",
    ["1-", "0-1", "1..0", "--1", "1e0", "0x1", "1#", ".", "-", "1,0", "16#FF", "1.0.0", "9999999999", "-.", "1" * 99],
)
def test_a_number_that_programs_read_differently_is_refused(number: str) -> None:
    refused(f"{number} g")
    refused(f"BT 1 0 0 1 0 {number} Tm ET")


@pytest.mark.parametrize(
    "content",
    [
        "1 1 rg", "1 1 1 1 rg", "g", "/A g", "(1) g", "[1] g", "<</A 1>> g", "1 0 0 1 900 cm", "cm", "5 Td", "1 q",
        "/A /B Do", "(A) Do", "foo", "1 W", "1 TJ", "100Td", "1 g\x80", "1\x0bg", "\x0b1 g", "q EX foo",
        "{ }", "]", "[", "<<", ">>", ")", "(open", "<4z>", "<41", "/", "/A#4 gs", "/A#00 gs", "true g", "null g",
        "[1 [2]] 0 d", "[-1] 0 d", "[/A] 0 d", "-1 w", "3 J", "1.5 j", "-1 J", "/A" + "b" * 200 + " gs",
        "[" * 20 + "]" * 20, "1 " * 70, "5000000 0 m 1 1 l S", "0 0 m 90000 45000 l S",
        "1000 0 0 1000 0 0 cm 0 0 m 99 50 l S",
    ],
)  # fmt: skip
def test_what_is_no_instruction_for_all_programs_is_refused(content: str) -> None:
    refused(content)


@pytest.mark.parametrize(
    "shows",
    [
        "(A) TJ", "[(A)] Tj", "/A Tj", "[(A) [(B)]] TJ", "[(A) /B] TJ", '(A) "', "1 (A) '", "20 /F1 Tf (A) Tj",
        "/F1 Tf (A) Tj", "/F9 9 Tf (A) Tj", "8 Tr (A) Tj", "-1 Tr (A) Tj", "3.7 Tr (A) Tj", "0 Tz (A) Tj",
        "/F1 0 Tf (A) Tj", "q (A) Tj Q", "BT (A) Tj ET", "1 0 0 1 0 0 cm (A) Tj", "0 0 5 5 re f (A) Tj", "(\\777) Tj",
        "(" + "a" * 33_000 + ") Tj", "<" + "41" * 33_000 + "> Tj", "(" + "\\)" * 33_000 + ")'", "/F1 9 Tf (A) TjET",
    ],
)  # fmt: skip
def test_letters_that_not_all_programs_show_are_refused(shows: str) -> None:
    refused(TEXT.format(shows))


@pytest.mark.parametrize(
    "content",
    [
        "/F1 20 Tf 1 0 0 1 40 100 Tm (A) Tj", "BT (A) Tj ET", "0 0 m 9 9 l BT /F1 9 Tf (A) Tj ET n",
        "0 0 1 1 re W BT /F1 9 Tf (A) Tj ET n", "0 0 1 1 re W q Q", "W n", "0 0 1 1 re W 0 0 2 2 re n",
        "0 0 1 1 re W W* n",
        "0 0 1 1 re W", "5 5 l S", "0 0 m q 1 1 l S Q", "0 0 m 2 0 0 2 0 0 cm 1 1 l S", "q " * 65,
        "q BT /F1 9 Tf ET Q BT (A) Tj ET", "1000 0 d0", "1 2 scn", "/DeviceRGB cs 1 scn", "/Pattern cs 1 scn",
        "/S9 gs", "/C9 cs", "/Pattern cs /P9 scn", "/H9 sh", "/X9 Do",
    ],
)  # fmt: skip
def test_what_stands_out_of_place_or_names_nothing_is_refused(content: str) -> None:
    refused(content)
