"""Words are what people see of them: what pictures or letters swallow is refused, what shows nothing is taken out."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from pdf import intake
from pdf.errors import PdfError
from pdf.intake import rebuild
from pdf.preview import page_images
from pdf.progress import Progress
from tests.pdf.foreign import GRAIN, changed, drawn, pictured, words
from tests.pdf.shadows import HONEST, SHEET


def examined(pdf: bytes) -> intake.Examined:
    with Progress() as progress:
        return intake.examine(pdf, progress=progress)


def taken(pdf: bytes) -> tuple[bytes, str, tuple[int, ...]]:
    """The file that pictures are drawn from, the text of its first page, and which pages lost words."""
    found = examined(pdf)
    return found.pdf, found.pages[0].text.strip(), found.silenced


def refusal(pdf: bytes) -> PdfError:
    with pytest.raises(PdfError) as caught:
        taken(pdf)
    return caught.value


# Pictures with a grain: there is ink everywhere

COVER = "q 400 0 0 300 0 0 cm /Im Do Q\n"
PATCH = "q 160 0 0 30 30 90 cm /Im Do Q\n"
SECRET = words("secretly 900 yuan", y=100)


@pytest.mark.parametrize(
    "paper",
    [
        pictured(SECRET + COVER + HONEST),
        pictured(SECRET + PATCH + HONEST),
        pictured("/Fm Do " + HONEST, over=SECRET + COVER),
        pictured(SECRET + "/Fm Do " + HONEST, over=COVER),
        pictured(SECRET + "q /G gs " + PATCH + "Q " + HONEST, alpha=0.9),
        pictured(PATCH + "q /G gs " + SECRET + "Q " + HONEST, alpha=0.1),
        pictured(COVER + "q " + words("secretly 900 yuan", y=100, mode=7) + "Q " + HONEST),
    ],
    ids=["sheet", "patch", "inside-a-drawing", "drawing", "thin-sheet", "thin-letters", "stencil"],
)
def test_text_that_a_picture_swallows_is_refused_with_its_first_words(paper: bytes) -> None:
    error = refusal(paper)
    assert error.code == "pdf_hidden"
    assert error.params == {"page": 1, "text": "secretly 900 yuan"}


def test_words_upon_a_picture_are_seen() -> None:
    soft = bytes(128 + (level - 128) // 4 for level in GRAIN)
    assert taken(pictured(COVER + words("Terms", colour="1 g"), grain=soft))[1] == "Terms"


def test_outlines_under_a_picture_are_refused_wherever_the_picture_is() -> None:
    outlines = "0 g " + "".join(f"{x} {y} 6 20 re f " for x in range(40, 340, 14) for y in (100, 140, 180)) + "\n"
    half = "q .5 0 0 .5 0 0 cm 800 0 0 400 0 150 cm /Im Do Q\n"
    for paper in (
        pictured(outlines + COVER + HONEST),
        pictured("/Fm Do " + HONEST, over=outlines + half),
        pictured("/Fm Do " + HONEST, over=outlines + SHEET + COVER),
    ):
        assert refusal(paper).code == "pdf_covered"


def test_a_picture_beside_drawings_and_under_them_passes() -> None:
    frame = "0 g 20 20 360 1 re f 20 280 360 1 re f\n"
    assert taken(pictured("q 200 0 0 75 180 30 cm /Im Do Q\n" + frame + HONEST))[1]
    assert taken(pictured(frame + "q 200 0 0 75 180 30 cm /Im Do Q\n" + HONEST))[1]


# Letters over letters


def blocks(content: str) -> bytes:
    """A page where `/F2` is a font whose letter n is a filled square."""

    def add(pdf: Pdf) -> None:
        squares = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.ZapfDingbats)
        pdf.pages[0].obj.Resources.Font.F2 = squares

    return changed(drawn(content), add)


def test_words_under_other_letters_are_refused() -> None:
    row = "BT 0 g -8 Tc /F2 24 Tf 36 94 Td (nnnnnnnnnnnnnnnnnn) Tj 0 Tc ET\n"
    error = refusal(blocks(SECRET + row + HONEST))
    assert (error.code, error.params["text"]) == ("pdf_hidden", "secretly 900 yuan")


def test_words_printed_twice_look_bold_and_pass() -> None:
    assert "The price" in taken(drawn(HONEST + HONEST + HONEST.replace("40 200 Td", "40.4 200 Td")))[1]


def test_words_over_a_large_light_mark_pass() -> None:
    mark = "BT 0.85 g /F1 120 Tf 20 170 Td (DRAFT) Tj ET\n"
    assert "The price" in taken(drawn(mark + HONEST))[1]
    assert "The price" in taken(drawn(HONEST.replace("0 g", "0.2 g") + words("o", x=60, y=196, size=30)))[1]


# Invisible words, as scanners lay them over pictures


LAYER = words("recognised words", y=100, mode=3)


@pytest.mark.parametrize(
    "paper",
    [
        pictured(COVER + LAYER),
        pictured(LAYER + COVER),
        pictured(COVER + "/Fm Do", over=LAYER),
        pictured("BT 3 Tr /F1 9 Tf 5 Ts 40 90 Td (recognised) ' 2 1 (words) \" [(and) 9 (more)] TJ ET " + COVER),
        pictured("/F1 9 Tf 3.0 Tr q 0 Tr Q BT 40 90 Td (recognised words) Tj ET " + COVER),
    ],
    ids=["over", "under", "drawing", "every-operator", "saved-state"],
)
def test_words_that_a_scanner_recognised_are_taken_out(paper: bytes) -> None:
    rebuilt, text, silenced = taken(paper)
    assert (text, silenced) == ("", (1,))
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        assert not any(b"recognised" in each.read_bytes() for each in pdf.objects if isinstance(each, Stream))
    assert page_images(rebuilt)[0].png == page_images(paper)[0].png


def test_what_is_shown_beside_invisible_words_stays_where_it_is() -> None:
    line = "BT /F1 14 Tf 40 200 Td 3 Tr (invisible) Tj 0 Tr 0 -20 Td (shown) Tj 3 Tr (gone) ' 0 Tr (too) ' ET\n"
    paper = drawn("q Q", line + HONEST.replace("200", "90"))
    found = examined(paper)
    assert found.pages[1].text.split() == ["shown", "too", "The", "price", "is", "100", "yuan."]
    assert found.silenced == (2,)
    assert found.pages[1].png == page_images(paper)[1].png


def test_invisible_words_that_others_stand_behind_are_refused() -> None:
    """To take them out would move what is shown."""
    assert refusal(drawn("BT /F1 14 Tf 40 200 Td 3 Tr (invisible) Tj 0 Tr (shown) Tj ET")).code == "pdf_hidden"


def test_letters_that_are_drawings_are_not_taken_out_for_readers_differ_on_their_mode() -> None:
    def draw_letters(pdf: Pdf) -> None:
        square = pdf.make_stream(b"1000 0 d0 0 0 800 800 re f")
        pdf.pages[0].obj.Resources.Font.F1 = Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65, LastChar=65,
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), Widths=Array([1000]), CharProcs=Dictionary(A=square),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, Name.A])),
        )  # fmt: skip

    invisible = changed(drawn(words("AAAA", mode=3)), draw_letters)
    with pikepdf.open(io.BytesIO(rebuild(invisible))) as pdf:
        assert b"(AAAA) Tj" in pdf.pages[0].Contents.read_bytes()
    assert refusal(invisible).code == "pdf_hidden"
    assert taken(changed(drawn(words("AAAA")), draw_letters))[1] == "AAAA"


def test_an_honest_file_loses_no_words() -> None:
    assert taken(drawn(HONEST))[1:] == ("The price is 100 yuan.", ())


# Words that are there for searches and screen readers alone


@pytest.mark.parametrize(
    "clause",
    [
        words("the seller may end this agreement", size=2),
        f"q 0.1 0 0 0.1 0 0 cm {words('the seller may end this agreement', x=400, y=2_000, size=20)} Q\n",
        words("the seller may end this agreement", colour="0.949 g", y=100),
        words("the seller may end this agreement", colour="0.96 1 0.96 rg", y=100),
    ],
    ids=["small", "made small", "pale", "pale and green"],
)
def test_a_clause_that_nobody_reads_is_refused(clause: str) -> None:
    error = refusal(drawn(HONEST + clause))
    assert (error.code, error.params["text"]) == ("pdf_hidden", "the seller may end this agreement")


def test_two_digits_that_nobody_sees_are_no_accident() -> None:
    assert refusal(drawn(HONEST + words("00", x=200, colour="1 g"))).params == {"page": 1, "text": "00"}


@pytest.mark.parametrize(
    "clause",
    [
        words("Terms of the insurers", size=5, y=100),
        words("No. 1 - 2", size=3, y=100),
        words("DRAFT", colour="0.85 g", y=100),
    ],
    ids=["small print", "a mark", "a watermark"],
)
def test_small_print_marks_and_watermarks_are_taken(clause: str) -> None:
    assert taken(drawn(HONEST + clause))[0]


def placed(*runs: tuple[str, float]) -> str:
    """Runs of letters at their places on one line, in this order in the file."""
    return "".join(f"BT 0 g /F1 14 Tf {x} 60 Td ({text}) Tj ET\n" for text, x in runs)


@pytest.mark.parametrize(
    ("runs", "read"),
    [
        ((("The price is ", 40), ("1", 123.6), ("9", 115.8)), "The price is 91"),
    ],
    ids=["digits"],
)
def test_letters_side_by_side_are_told_as_they_are_read(runs: tuple[tuple[str, float], ...], read: str) -> None:
    assert " ".join(taken(drawn(placed(*runs)))[1].split()) == read
