"""Forms, patterns, letters, masks and inline images are read as strictly as pages, with resources of their own."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from tests.pdf.contents.rewriting import drawn_font, form, instructions, lines, opened, picture, refused, with_things

TEXT = "BT /F1 9 Tf (A) Tj ET"
PLAIN = ["BT", "/F1 9 Tf", "(A) Tj", "ET"]


def drawings(**made: Callable[[Pdf], object]) -> Callable[[Pdf], None]:
    return with_things(XObject=lambda pdf: {name: make(pdf) for name, make in made.items()})


def test_a_form_without_resources_gets_what_it_names_of_the_page() -> None:
    with opened("/Fm Do", drawings(Fm=lambda pdf: form(pdf, TEXT, bare=True))) as pdf:
        drawing = pdf.pages[0].obj.Resources.XObject.Fm
        assert (instructions(drawing), list(drawing.Resources.Font.keys())) == (PLAIN, ["/F1"])


def test_a_form_does_not_reach_for_what_the_page_names() -> None:
    refused("/Fm Do", drawings(Fm=lambda pdf: form(pdf, TEXT, Resources=Dictionary(ProcSet=Array([Name.PDF])))))


def test_what_a_page_does_not_name_does_not_come_with_it() -> None:
    with opened("/Im Do", drawings(Im=picture, Other=picture)) as pdf:
        assert {key: list(named.keys()) for key, named in pdf.pages[0].obj.Resources.items()} == {"/XObject": ["/Im"]}


def test_a_form_begins_with_letters_as_pages_do() -> None:
    """Most readers let it inherit how they are set; pdfium does not."""
    page = "q 50 Tz 2 Ts 0 Tw /Fm Do Q /Fm Do /Im Do"
    assert lines(page, drawings(Fm=lambda pdf: form(pdf, TEXT), Im=picture)) == [
        "q", "50 Tz", "2 Ts", "0 Tw", "100 Tz", "0 Ts", "/Fm Do", "50 Tz", "2 Ts", "Q", "/Fm Do", "/Im Do",
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["BT (A) Tj ET", "1 scn", "(A) Tj", "q " * 65, "/Fm Do 1 2 rg"])
def test_a_form_is_read_as_strictly_as_a_page(content: str) -> None:
    refused("/Fm Do", drawings(Fm=lambda pdf: form(pdf, content)))


def nested(deep: int) -> Callable[[Pdf], object]:
    def make(pdf: Pdf) -> object:
        drawing = form(pdf, TEXT)
        for _ in range(deep - 1):
            drawing = form(pdf, "/In Do", Resources=Dictionary(XObject=Dictionary(In=drawing)))
        return drawing

    return make


def test_drawings_lie_in_each_other_twelve_deep() -> None:
    assert lines("/Fm Do", drawings(Fm=nested(12))) == ["/Fm Do"]
    refused("/Fm Do", drawings(Fm=nested(13)), code="pdf_too_complex")


def test_a_drawing_that_was_met_before_counts_with_all_that_is_in_it() -> None:
    def tower(pdf: Pdf) -> dict[str, object]:
        low = nested(7)(pdf)
        high = form(pdf, "/In Do", Resources=Dictionary(XObject=Dictionary(In=low)))
        for _ in range(5):
            high = form(pdf, "/In Do", Resources=Dictionary(XObject=Dictionary(In=high)))
        return {"Low": low, "High": high}

    refused("/Low Do /High Do", with_things(XObject=tower), code="pdf_too_complex")


def test_a_drawing_in_a_circle_is_refused() -> None:
    def tie(pdf: Pdf) -> object:
        knot = form(pdf, "/In Do")
        knot.Resources = Dictionary(XObject=Dictionary(In=knot))
        return knot

    refused("/Fm Do", drawings(Fm=tie), code="pdf_too_complex")


def test_lines_that_a_matrix_sends_far_away_are_refused_in_a_drawing_too() -> None:
    page = drawings(Fm=lambda pdf: form(pdf, "0 0 m 300 150 l S", Matrix=Array([10, 0, 0, 10, 0, 0])))
    assert lines("/Fm Do", page)[-1] == "/Fm Do"
    refused("9 0 0 9 0 0 cm /Fm Do", page)
    upright = drawings(Fm=lambda pdf: form(pdf, "-30000 -30000 60000 60000 re W n"))
    assert lines("/Fm Do", upright)
    refused("1 .1 -.1 1 0 0 cm /Fm Do", upright)


@pytest.mark.parametrize(
    "thing", [lambda pdf: pdf.make_stream(b""), lambda _: Dictionary(), lambda pdf: form(pdf, "", Subtype=Name.Foo)]
)
def test_what_is_neither_a_picture_nor_a_form_is_refused(thing: Callable[[Pdf], object]) -> None:
    refused("/X Do", drawings(X=thing))


def test_a_drawing_that_breaks_off_is_refused() -> None:
    def broken(pdf: Pdf) -> object:
        drawing = form(pdf, "")
        drawing.write(zlib.compress(bytes(9000), 0)[:500], filter=Name.FlateDecode)
        return drawing

    refused("/Fm Do", drawings(Fm=broken), code="page_broken")


# Patterns, masks, states


def tile(pdf: Pdf, content: str, paint: int) -> object:
    return pdf.make_stream(
        content.encode(), PatternType=1, PaintType=paint, TilingType=1, XStep=9, YStep=9, BBox=Array([0, 0, 9, 9]),
        Resources=Dictionary(XObject=Dictionary(Im=picture(pdf))),
    )  # fmt: skip


def patterned(content: str, paint: int) -> Callable[[Pdf], None]:
    return with_things(
        Pattern=lambda pdf: {"P": tile(pdf, content, paint)},
        ColorSpace=lambda _: {"C": Array([Name.Pattern, Name.DeviceRGB])},
    )


def test_a_pattern_without_colours_loses_those_that_it_names() -> None:
    with opened("/C cs 1 0 0 /P scn 0 0 9 9 re f", patterned("1 g 0 0 5 5 re f", 2)) as pdf:
        assert instructions(pdf.pages[0].Contents)[:2] == ["/C cs", "1 0 0 /P scn"]
        assert instructions(pdf.pages[0].obj.Resources.Pattern.P) == ["0 0 5 5 re", "f"]


@pytest.mark.parametrize(
    ("page", "content", "paint"),
    [
        ("/C cs 1 0 0 /P scn", "/Im Do", 2),
        ("/Pattern cs /P scn", "0 0 5 5 re f", 2),
        ("/C cs /P scn", "0 0 5 5 re f", 2),
        ("/Pattern cs /P scn", "1 1 rg", 1),
        ("/C cs 1 0 0 /P scn", "1 1 rg", 2),
    ],
)
def test_patterns_that_readers_colour_differently_are_refused(page: str, content: str, paint: int) -> None:
    refused(page + " 0 0 9 9 re f", patterned(content, paint))


def masked(content: str) -> Callable[[Pdf], None]:
    return with_things(
        ExtGState=lambda pdf: {"G": Dictionary(SMask=Dictionary(S=Name.Luminosity, G=form(pdf, content)), ca=0.5)}
    )


def test_the_drawing_of_a_mask_is_written_anew() -> None:
    with opened("/G gs 0 0 9 9 re f", masked(TEXT.replace(" ", "\r"))) as pdf:
        state = pdf.pages[0].obj.Resources.ExtGState.G
        assert (instructions(state.SMask.G), float(state.ca)) == (PLAIN, 0.5)
    refused("/G gs", masked("1 1 rg"))


# Letters that are drawings


def lettered(letter: str, **more: object) -> Callable[[Pdf], None]:
    return with_things(
        Font=lambda pdf: {"T": drawn_font(pdf, letter, **more)},
        Pattern=lambda pdf: {"P": tile(pdf, "1 g", 1)},
        XObject=lambda pdf: {"Im": picture(pdf), "St": picture(pdf, ImageMask=True, BitsPerComponent=1)},
    )


SHOWS = "BT /T 9 Tf (A) Tj ET"


def letter_of(pdf: Pdf) -> list[str]:
    return instructions(pdf.pages[0].obj.Resources.Font.T.CharProcs.A)


def test_a_drawn_letter_takes_its_colour_from_the_text() -> None:
    with opened(SHOWS, lettered("9 0 0 0 9 9 d1 1 g 0 0 9 9 re f /St Do")) as pdf:
        assert [each for each in letter_of(pdf) if each[-1] in "1gfo"] == ["9 0 0 0 9 9 d1", "f", "/St Do"]
        assert list(pdf.pages[0].obj.Resources.Font.T.Resources.XObject.keys()) == ["/St"]


def test_a_drawn_letter_inherits_neither_lines_nor_how_letters_are_set() -> None:
    with opened(SHOWS, lettered("9 0 d0 1 0 0 rg 0 0 9 9 re f")) as pdf:
        assert letter_of(pdf)[:4] == ["9 0 d0", "1 w", "0 J", "0 j"]
        assert "100 Tz" in letter_of(pdf)


@pytest.mark.parametrize(
    "letter",
    [
        "0 0 9 9 re f", "", "1 g 9 0 d0", "9 0 d0 9 0 d0", "9 0 0 0 9 9 d1 /Im Do", "9 0 d0 /St Do",
        "9 0 d0 0 0 m 9 9 l S", "9 0 d0 " + SHOWS, "9 d0",
    ],
)  # fmt: skip
def test_a_drawn_letter_that_readers_draw_differently_is_refused(letter: str) -> None:
    code = "pdf_too_complex" if SHOWS in letter else "pdf_unclear"
    refused(SHOWS, lettered(letter), code=code)


def test_drawn_letters_in_the_colours_of_a_pattern_are_refused() -> None:
    refused("/Pattern cs /P scn " + SHOWS, lettered("9 0 0 0 9 9 d1 0 0 9 9 re f"))


# Inline images


def inline(said: str, data: bytes) -> bytes:
    return b"BI " + said.encode() + b" ID " + data + b"\nEI 1 w"


GRAY = "/W 2 /H 2 /BPC 8 /CS /G"


@pytest.mark.parametrize(
    ("said", "data", "held"),
    [
        (GRAY, b" EI ", b" EI "),
        ("/Width 9 /Height 1 /ImageMask true", b"\x80\x00", b"\x80\x00"),
        (GRAY + " /F /AHx", b"20 45 49 20>", b" EI "),
        (GRAY + " /Filter [/A85]", b"+<VdL~>", None),
        (GRAY + " /F /Fl", zlib.compress(b" EI "), b" EI "),
        (GRAY + " /F /RL", b"\x03 EI \x80", None),
        ("/W 2 /H 2 /BPC 4 /CS [/I /RGB 1 <000000ffffff>]", b"\x00\x10", b"\x00\x10"),
        (GRAY + " /I true /D [1 0] /L 4 /Type /XObject", b"abcd", b"abcd"),
        ("/W 1 /H 1 /BPC 8 /CS /Mine", b"abcd", b"abcd"),
    ],
)
def test_an_inline_image_becomes_a_picture_of_the_file(said: str, data: bytes, held: bytes | None) -> None:
    space = with_things(ColorSpace=lambda _: {"Mine": Name.DeviceCMYK})
    with opened(inline(said, data), space) as pdf:
        assert instructions(pdf.pages[0].Contents) == ["/Y0 Do", "1 w"]
        image = pdf.pages[0].obj.Resources.XObject.Y0
        assert image.Subtype == Name.Image
        assert held is None or image.read_bytes() == held


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("/W 2 /Width 2 /H 2 /BPC 8 /CS /G", b"abcd"),
        ("/W 2 /H 2 /H 2 /BPC 8 /CS /G", b"abcd"),
        ("/W 2 /H 2 /BPC 8 /CS /G /ColorSpace /CMYK", b"abcd"),
        (GRAY + " /F /AHx /Filter /A85", b"41424344>"),
        ("/#57 2 /W 2 /H 2 /BPC 8 /CS /G", b"abcd"),
        ("/W 2.0 /H 2 /BPC 8 /CS /G", b"abcd"),
        ("/W -2 /H 2 /BPC 8 /CS /G", b"abcd"),
        ("/W 2 /H 2 /CS /G", b"abcd"),
        ("/W 2 /H 2 /BPC 8", b"abcd"),
        (GRAY + " /F /Foo", b"abcd"),
        (GRAY + " /F /Fl", zlib.compress(b"abcd")[:-6]),
        (GRAY + " /Foo 1", b"abcd"),
        (GRAY, b"ab"),
        (GRAY, b"abcdefgh"),
        (GRAY + " /F /AHx", b"41> EI BT ET BI"),
        ("/W 2 /H 2 /BPC 8 /CS /Other", b"abcd"),
        ("/W 2 /H 2 /BPC 8 /CS /G 5", b"abcd"),
    ],
)  # fmt: skip
def test_an_inline_image_that_ends_elsewhere_for_others_is_refused(said: str, data: bytes) -> None:
    refused(inline(said, data))


def test_the_same_inline_image_is_kept_once() -> None:
    with opened(inline(GRAY, b"abcd") + b" " + inline(GRAY, b"abcd"), None) as pdf:
        assert len(pdf.pages[0].obj.Resources.XObject) == 1


def test_fonts_are_those_of_the_content_that_names_them() -> None:
    def other(pdf: Pdf) -> object:
        courier = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier)
        return form(pdf, TEXT, Resources=Dictionary(Font=Dictionary(F1=courier)))

    with opened(TEXT + " /Fm Do", drawings(Fm=other)) as pdf:
        page = pdf.pages[0].obj.Resources
        assert (page.Font.F1.BaseFont, page.XObject.Fm.Resources.Font.F1.BaseFont) == (Name.Helvetica, Name.Courier)


def test_the_same_form_on_pages_with_other_fonts_is_two() -> None:
    def add(pdf: Pdf) -> None:
        drawing = form(pdf, TEXT, bare=True)
        pdf.add_blank_page()
        second = pdf.pages[1].obj
        second.Contents = pdf.make_stream(b"/Fm Do")
        courier = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier)
        second.Resources = Dictionary(Font=Dictionary(F1=courier), XObject=Dictionary(Fm=drawing))
        pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=drawing)

    with opened("/Fm Do", add) as pdf:
        found = [page.obj.Resources.XObject.Fm.Resources.Font.F1.BaseFont for page in pdf.pages]
        assert found == [Name.Helvetica, Name.Courier]
