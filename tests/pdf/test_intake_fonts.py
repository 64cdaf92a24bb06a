"""Letters look alike everywhere only in a font that the file carries: text in any other font is refused by its name."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from copy import copy

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf

from pdf.errors import PdfError
from pdf.intake import rebuild, take_in
from pdf.render import render
from tests.pdf.foreign import HELVETICA, changed, drawn, pictured, words

TEXT = "BT /F2 14 Tf 40 90 Td (AAAA) Tj ET\n"
STYLE = "<style>@page { size: 200pt 100pt; margin: 10pt } body { font-family: 'Yunqian Serif' }</style>"
STANDARD = (
    "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic", "Helvetica", "Helvetica-Bold",
    "Helvetica-Oblique", "Helvetica-BoldOblique", "Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique",
    "Symbol", "ZapfDingbats",
)  # fmt: skip


def simple(name: str, kind: str = "TrueType", **more: object) -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name(f"/{kind}"), BaseFont=Name(f"/{name}"), **more)


def composite(name: str) -> Dictionary:
    """A font of thousands of letters that readers are to have themselves, as programs write 宋体."""
    system = Dictionary(Registry=b"Adobe", Ordering=b"GB1", Supplement=0)
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name(f"/{name}"), Flags=6)
    letters = simple(name, "CIDFontType0", CIDSystemInfo=system, FontDescriptor=descriptor)
    return simple(name, "Type0", Encoding=Name("/UniGB-UCS2-H"), DescendantFonts=Array([letters]))


ARIAL = simple("ArialMT", Encoding=Name.WinAnsiEncoding)


def drawn_letters(content: bytes = b"1000 0 d0 0 0 800 800 re f", resources: object = None) -> Callable[[Pdf], Object]:
    """A font whose letter A is this drawing."""

    def make(pdf: Pdf) -> Object:
        font = simple(
            "Drawn", "Type3", FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65, LastChar=65,
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), Widths=Array([1000]),
            CharProcs=Dictionary(A=pdf.make_stream(content)),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, Name.A])),
        )  # fmt: skip
        if resources is not None:
            font.Resources = resources
        return pdf.make_indirect(font)

    return make


def lettered(font: object, *contents: str) -> bytes:
    """A page for each content, with `/F1` Helvetica and `/F2` this font, or what it makes of the file."""

    def add(pdf: Pdf) -> None:
        made = font(pdf) if callable(font) else pdf.make_indirect(copy(font))
        for page in pdf.pages:
            page.obj.Resources.Font.F2 = made

    return changed(drawn(*contents or (TEXT,)), add)


def refusal(pdf: bytes) -> Mapping[str, object]:
    with pytest.raises(PdfError) as caught:
        rebuild(pdf)
    assert caught.value.code == "pdf_font_missing"
    return caught.value.params


@pytest.mark.parametrize(
    ("font", "said"),
    [
        (composite("STSong-Light"), "STSong-Light"),
        (composite("Helvetica"), "Helvetica"),
        (ARIAL, "ArialMT"),
        (simple("SimSun,Bold"), "SimSun,Bold"),
        (simple("ABCDEF+Helvetica", "Type1"), "Helvetica"),
        (simple("Helvetica", "MMType1"), "Helvetica"),
        (Dictionary(Type=Name.Font, Subtype=Name.Type1), "?"),
    ],
    ids=["chinese", "composite-helvetica", "arial", "style", "subset", "masters", "nameless"],
)
def test_text_in_a_font_that_the_file_does_not_carry_is_refused(font: Dictionary, said: str) -> None:
    assert refusal(lettered(font)) == {"page": 1, "fonts": said}


@pytest.mark.parametrize("written", ["#CB#CE#CC#E5", "#E5#AE#8B#E4#BD#93"], ids=["gbk", "utf-8"])
def test_a_chinese_name_is_said_however_it_is_written(written: str) -> None:
    file = lettered(simple("Placeholder")).replace(b"/Placeholder", f"/{written}".encode())
    assert refusal(file)["fonts"] == "宋体"


def test_the_first_page_and_all_its_fonts_are_named() -> None:
    def add(pdf: Pdf) -> None:
        pdf.pages[1].obj.Resources.Font.F3 = composite("STSong-Light")

    file = changed(lettered(ARIAL, words("fine"), TEXT + TEXT.replace("F2", "F3"), TEXT), add)
    assert refusal(file) == {"page": 2, "fonts": "ArialMT, STSong-Light"}


def test_the_fonts_that_every_reader_has_pass() -> None:
    def add(pdf: Pdf) -> None:
        kinds = ("Type1", "TrueType")
        fonts = {f"/S{at}": simple(name, kinds[at % 2]) for at, name in enumerate(STANDARD)}
        pdf.pages[0].obj.Resources.Font = Dictionary(fonts)

    assert rebuild(changed(drawn("".join(TEXT.replace("F2", f"S{at}") for at in range(len(STANDARD)))), add))


def test_a_font_in_the_file_passes_and_the_same_without_its_program_does_not() -> None:
    whole = render(STYLE + "<p>合作意向书</p>").pdf

    def take_out(pdf: Pdf) -> None:
        for each in pdf.objects:
            if isinstance(each, Dictionary) and each.get(Name.Type) == Name.FontDescriptor:
                for key in each.keys() & {"/FontFile2", "/FontFile3"}:
                    del each[key]

    assert rebuild(whole)
    assert "Yunqian" in str(refusal(changed(whole, take_out))["fonts"])


def test_letters_that_are_drawings_in_the_file_pass() -> None:
    assert rebuild(lettered(drawn_letters()))


@pytest.mark.parametrize("resources", [Dictionary(Font=Dictionary(F9=ARIAL)), None], ids=["own", "of-the-page"])
def test_drawn_letters_that_write_in_a_missing_font_are_refused(resources: object) -> None:
    letter = drawn_letters(b"1000 0 d0 BT /F9 900 Tf (A) Tj ET", resources)

    def add(pdf: Pdf) -> None:
        pdf.pages[0].obj.Resources.Font.F9 = ARIAL if resources is None else HELVETICA

    kept_by_name = TEXT + "BT /F9 9 Tf ET\n"
    assert refusal(changed(lettered(letter, kept_by_name), add))["fonts"] == "ArialMT"


# Where the text stands


def form(pdf: Pdf, content: str = TEXT, **more: object) -> Object:
    return pdf.make_stream(content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 400, 300]), **more)


def in_a_form(pdf: Pdf) -> None:
    inner = form(pdf, Resources=Dictionary(Font=Dictionary(F2=ARIAL)))
    outer = form(pdf, "/In Do", Resources=Dictionary(XObject=Dictionary(In=inner)))
    pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=outer)


def in_a_form_with_the_fonts_of_the_page(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.Font.F2 = ARIAL
    pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=form(pdf))


def in_a_pattern(pdf: Pdf) -> None:
    tile = pdf.make_stream(
        TEXT.encode(), PatternType=1, PaintType=1, TilingType=1, XStep=400, YStep=300,
        BBox=Array([0, 0, 400, 300]), Resources=Dictionary(Font=Dictionary(F2=ARIAL)),
    )  # fmt: skip
    pdf.pages[0].obj.Resources.Pattern = Dictionary(P=tile)


def in_a_mask(pdf: Pdf) -> None:
    group = form(pdf, Resources=Dictionary(Font=Dictionary(F2=ARIAL)), Group=Dictionary(S=Name.Transparency))
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group)))


def in_a_state(pdf: Pdf) -> None:
    font = pdf.make_indirect(copy(ARIAL))
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(G=Dictionary(Font=Array([font, 14])))


@pytest.mark.parametrize(
    ("content", "lay"),
    [
        ("/Fm Do", in_a_form),
        ("/Fm Do", in_a_form_with_the_fonts_of_the_page),
        ("/Pattern cs /P scn 0 0 300 200 re f", in_a_pattern),
        ("/G gs 0 0 300 200 re f", in_a_mask),
        ("BT /F1 14 Tf /G gs 40 90 Td (AAAA) Tj ET", in_a_state),
    ],
)
def test_text_in_a_missing_font_is_found_wherever_it_stands(content: str, lay: Callable[[Pdf], None]) -> None:
    assert refusal(changed(drawn(content), lay)) == {"page": 1, "fonts": "ArialMT"}


@pytest.mark.parametrize(
    "shows",
    [
        "(A) '",
        '0 0 (A) "',
        "[( ) -9 (A)] TJ",
        "ET q 3 Tr Q BT (A) Tj",
        "/F1 9 Tf (a) Tj ET q /F2 9 Tf Q BT /F2 9 Tf (A) Tj",
        "1 Tr (A) Tj",
    ],
)
def test_letters_are_found_however_they_are_shown(shows: str) -> None:
    assert refusal(lettered(ARIAL, f"BT /F2 9 Tf 12 TL 40 90 Td {shows} ET"))["fonts"] == "ArialMT"


# What nobody sees in such a font


@pytest.mark.parametrize(
    "shows",
    [
        "",
        "() Tj",
        "(  ) Tj",
        "[( ) -9 ()] TJ",
        "ET q BT /F1 9 Tf (A) Tj ET Q BT",
        "/F1 9 Tf (A) Tj",
        "3 Tr (kept) Tj 0 Tr /F1 9 Tf (A) Tj",
    ],
    ids=["nothing", "empty", "blanks", "blanks-apart", "another-inside", "another", "invisible-before-others"],
)
def test_a_font_that_draws_nothing_may_be_missing(shows: str) -> None:
    assert rebuild(lettered(ARIAL, f"BT /F2 9 Tf 40 90 Td {shows} ET"))


@pytest.mark.parametrize(
    "font",
    [simple("ArialMT", Encoding=Dictionary(Differences=Array([32, Name.A]))), composite("STSong-Light")],
    ids=["named-anew", "of-two-bytes"],
)
def test_what_looks_like_a_blank_and_may_be_a_letter_counts(font: Dictionary) -> None:
    assert refusal(lettered(font, TEXT.replace("AAAA", "  ")))


@pytest.mark.parametrize("font", [ARIAL, composite("STSong-Light")], ids=["arial", "chinese"])
def test_a_scan_with_recognised_words_in_a_missing_font_is_taken(font: Dictionary) -> None:
    def swap(pdf: Pdf) -> None:
        resources = pdf.pages[0].obj.Resources
        resources.Font.F1 = resources.XObject.Fm.Resources.Font.F1 = pdf.make_indirect(copy(font))

    scan = "q 400 0 0 300 0 0 cm /Im Do Q\n"
    layer = words("recognised", y=100, mode=3)
    taken = take_in(changed(pictured(scan + layer + "/Fm Do", over=layer), swap))
    assert (taken.silenced, taken.pages[0].text.strip()) == ((1,), "")


def test_what_a_page_shows_in_helvetica_beside_a_scanner_s_font_is_taken() -> None:
    page = TEXT.replace("BT", "BT 3 Tr") + words("shown")
    with pikepdf.open(io.BytesIO(rebuild(lettered(ARIAL, page)))) as pdf:
        assert pdf.pages[0].obj.Resources.Font.F1.BaseFont == HELVETICA.BaseFont
