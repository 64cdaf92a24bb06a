"""A page on which another program shows something else than signers see is refused, and no other is."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from pdf import intake, second_reading
from pdf.child import Limits
from pdf.differing import differ
from pdf.errors import PdfError
from pdf.preview import PageImage, page_images
from pdf.render import render
from tests.pdf.documents import picture
from tests.pdf.foreign import HELVETICA, changed, drawn, pictured, words

READER = second_reading.find_reader()
HONEST = words("The price is 100 yuan.")
MORE = words("PLUS 900 YUAN", y=100)


def refused_page(pdf: bytes, *, pages: list[PageImage] | None = None) -> object:
    """The page that is refused, or None."""
    assert READER is not None, "poppler-utils is needed: make setup"
    try:
        second_reading.read_again(pdf, page_images(pdf) if pages is None else pages, reader=READER)
    except PdfError as error:
        if error.code != "pdf_read_differently":
            raise
        return error.params["page"]
    return None


# What one program shows alone


def nested(levels: int) -> bytes:
    """A drawing inside so many drawings: pdfium stops before it gets there."""

    def add(pdf: Pdf) -> None:
        box = Array([0, 0, 400, 300])
        kind = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": box}
        form = pdf.make_stream(MORE.encode(), **kind, Resources=Dictionary(Font=Dictionary(F1=HELVETICA)))
        for _ in range(levels):
            form = pdf.make_stream(b"/N Do", **kind, Resources=Dictionary(XObject=Dictionary(N=form)))
        pdf.pages[0].obj.Resources.XObject = Dictionary(N=form)

    return changed(drawn(HONEST + "/N Do"), add)


def long_word() -> bytes:
    """pdfium cuts strings after 32,767 octets."""
    return drawn(HONEST + f"BT 0 g /F1 20 Tf 40 100 Td -5.56 Tw ({' ' * 33_000}PLUS 900 YUAN) Tj ET")


def two_widths() -> bytes:
    """An inline picture that ends early for whom the second width holds; the text behind it is its data for others."""
    data = "x" * 40 + f"\nEI Q {MORE} q BI /W 1 /H 1 /BPC 8 /CS /G ID x\nEI"
    inline = f"q 10 0 0 10 300 250 cm BI /W {len(data) - 3} /Width 40 /H 1 /BPC 8 /CS /G ID {data} Q\n"
    return drawn(HONEST + inline)


def abbreviated() -> bytes:
    """A picture with the short names that only inline ones have."""

    def add(pdf: Pdf) -> None:
        made = Image.new("L", (200, 30), 255)
        ImageDraw.Draw(made).text((10, 8), "PLUS 900 YUAN", fill=0)
        image = pdf.make_stream(made.tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=200, Height=30)
        image.CS, image.BPC = Name.G, 8
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im=image)

    return changed(drawn(HONEST + "q 200 0 0 30 40 100 cm /Im Do Q"), add)


def operand(text: str) -> Callable[[], bytes]:
    return lambda: drawn(HONEST + "BT 0 g " + text + " ET")


ALONE = {
    "45 drawings deep": lambda: nested(45),
    "a word of 33,000 letters": long_word,
    "two widths": two_widths,
    "short names": abbreviated,
    "operands turned round": operand("20 /F1 Tf 40 100 Td (PLUS 900 YUAN) Tj"),
    "arrays in arrays": operand("/F1 20 Tf 40 100 Td [(PLUS) [(900)] (YUAN)] TJ"),
    "a font that is not there": operand("/F9 20 Tf 40 100 Td (PLUS 900 YUAN) Tj"),
    "another way to write numbers": operand("/F1 20 Tf 40 1e2 Td (PLUS 900 YUAN) Tj"),
}


@pytest.mark.parametrize("made", ALONE.values(), ids=ALONE)
def test_what_one_program_shows_alone_is_refused(made: Callable[[], bytes]) -> None:
    assert refused_page(made()) == 1


def test_the_page_is_named_and_earlier_pages_are_not() -> None:
    with pikepdf.open(io.BytesIO(nested(45))) as pdf:
        pdf.pages.insert(0, pdf.pages[0])
        del pdf.pages[0].obj.Resources.XObject
        pdf.pages[0].obj.Contents = pdf.make_stream(HONEST.encode())
        file = io.BytesIO()
        pdf.save(file)
    assert refused_page(file.getvalue()) == 2


# What both show


def standard(name: str) -> bytes:
    def use(pdf: Pdf) -> None:
        pdf.pages[0].obj.Resources.Font.F1 = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(f"/{name}"))

    lines = ((size, 290 - 2 * size - 8 * at) for at, size in enumerate((7, 9, 12, 18, 28, 40, 50)))
    return changed(drawn("".join(words("Sum 190 yuan", y=y, size=size) for size, y in lines)), use)


def turned(degrees: int) -> bytes:
    return changed(drawn(HONEST + MORE), lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", degrees))


def cut() -> bytes:
    box = Array([10.3, 7.7, 371.2, 288.8])
    return changed(drawn(HONEST + MORE), lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", box))


def printed() -> bytes:
    html = (
        "<style>@page { size: 300pt 300pt; margin: 20pt } body { font: 10pt 'Yunqian Serif' }"
        "div { height: 40pt; background: linear-gradient(90deg, #c00, #06c); opacity: .5; transform: rotate(5deg) }"
        "td { border: .3pt solid #999; padding: 2pt }</style><h1>合作意向书</h1>"
        "<p>人民币 1,234.56 万元整</p><div></div><table><tr><td>甲方<td>900</table>"
    )
    return render(html).pdf


def tints() -> bytes:
    """Printers' colours, which programs mix in several ways, and lines of any width."""
    patches = (f"{c} {m} {y} {k} k {c * 80 + m * 40 + 20} {y * 90 + k * 45 + 20} 35 40 re f\n" for c, m, y, k in _CMYK)
    lines = (f"{width} w 200 {20 + 9 * at} m 390 {25 + 9 * at} l S\n" for at, width in enumerate((0, 0.1, 0.5, 1, 3)))
    return drawn("".join((*patches, *lines)))


_CMYK = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 0.5)]
ALIKE = {
    **{name: partial(standard, name) for name in ("Helvetica-Bold", "Times-Roman", "Courier", "ZapfDingbats")},
    **{f"turned by {degrees}": partial(turned, degrees) for degrees in (90, 180, 270)},
    "odd edges": cut,
    "printed here": printed,
    "printers' colours": tints,
    "a picture with grain": lambda: pictured("q 300 0 0 200 50 50 cm /Im Do Q" + HONEST),
}


@pytest.mark.parametrize("made", ALIKE.values(), ids=ALIKE)
def test_what_both_show_is_taken(made: Callable[[], bytes]) -> None:
    assert refused_page(made()) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_pictures_are_read_again_too(kind: str) -> None:
    assert len(intake.take_in(picture(kind), second_reader=intake.SecondReader.REQUIRED).pages) == 1


# The measure, on pictures alone


def shown(*texts: str) -> Image.Image:
    (page,) = page_images(drawn("".join(texts)))
    return Image.open(io.BytesIO(page.png)).convert("L")


LINE = words("The price is         yuan, and the rest.", size=9) + words("Another line of text", y=189, size=9)


@pytest.mark.parametrize(
    "more",
    [
        words("900", x=92, size=9),
        words("9", x=92, size=9),
        words("900", x=300, y=100, size=6),
        "0.5 g 100 50 60 40 re f",
        "1 w 100 50 m 100 250 l S 110 50 m 110 250 l S 120 50 m 120 250 l S 103 50 m 103 250 l S",
    ],
    ids=["a sum in a line", "a digit", "six points", "a grey patch", "lines"],
)
def test_a_small_thing_more_is_a_difference_either_way(more: str) -> None:
    one, other = shown(LINE), shown(LINE, more)
    assert differ(one, other)
    assert differ(other, one)
    assert not differ(one, one)


def test_another_digit_is_a_difference_where_the_letters_are_the_same() -> None:
    assert differ(shown(words("costs 100 yuan", size=12)), shown(words("costs 900 yuan", size=12)))


def test_a_page_drawn_half_a_pixel_aside_is_the_same_page() -> None:
    page = shown(LINE)
    moved = page.transform(page.size, Image.Transform.AFFINE, (1, 0, 0.5, 0, 1, 0.5), Image.Resampling.BILINEAR)
    assert not differ(page, moved)


BOX = (120, 100, 200, 130)


def inked(*strokes: tuple[int, int, int, int]) -> Image.Image:
    made = Image.new("L", (400, 300), 255)
    for stroke in strokes:
        ImageDraw.Draw(made).rectangle(stroke, fill=0)
    return made


@pytest.mark.parametrize(
    ("other", "is_other"),
    [
        (inked((150, 105, 155, 125)), False),  # other shapes
        (inked(), True),
        (inked((125, 101, 195, 129)), True),  # far more of it
        (inked((150, 105, 155, 125), (300, 105, 305, 125)), True),  # beside them
    ],
    ids=["other shapes", "nothing", "a block", "more beside"],
)
def test_letters_of_another_font_are_as_much_ink_in_the_same_place(other: Image.Image, is_other: bool) -> None:
    assert differ(inked((130, 105, 135, 125)), other, substituted=[BOX]) is is_other


def test_a_box_without_ink_hides_nothing() -> None:
    assert differ(inked(), inked((150, 100, 157, 105)), substituted=[(100, 80, 260, 140)])


# Limits and the setting


def test_long_papers_are_read_in_runs_that_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reading, "_MOST_PIXELS", 500_000)
    two, page = drawn(HONEST, MORE, HONEST), page_images(drawn(HONEST))[0]
    assert list(second_reading._runs([page] * 3)) == [(1, 1), (2, 2), (3, 3)]
    assert refused_page(two) is None
    monkeypatch.setattr(second_reading, "_MOST_PIXELS", 2 * 800 * 600)
    assert list(second_reading._runs([page] * 3)) == [(1, 2), (3, 3)]


def test_a_page_that_only_one_program_has_is_refused() -> None:
    pages = page_images(drawn(HONEST))
    assert refused_page(b"no PDF at all", pages=pages) == 1


def test_a_program_that_writes_more_than_the_pages_take_is_stopped() -> None:
    small = PageImage(b"", 10, 10, "")
    with pytest.raises(PdfError) as caught:
        refused_page(drawn(HONEST), pages=[small])
    assert caught.value.code == "child_output"


def test_a_page_of_endless_strokes_is_stopped_in_time() -> None:
    strokes = "".join(f"{at % 400} 0 m 0 {at % 300} l S " for at in range(40_000)) * 10
    assert READER is not None
    short = Limits(wall_seconds=10, cpu_seconds=1, programs=True, readable=second_reading.READING.readable)
    with pytest.raises(PdfError) as caught:
        second_reading.read_again(drawn(strokes), [PageImage(b"", 800, 600, "")], reader=READER, limits=short)
    assert caught.value.code == "child_time"


@pytest.mark.parametrize(
    ("installed", "wanted", "outcome"),
    [
        (True, "auto", "pdf_read_differently"),
        (True, "required", "pdf_read_differently"),
        (True, "off", "taken"),
        (False, "auto", "taken"),
        (False, "required", "second_reader_missing"),
    ],
)
def test_the_setting_says_whether_a_second_reader_is_asked(
    monkeypatch: pytest.MonkeyPatch, installed: bool, wanted: str, outcome: str
) -> None:
    def disagree(*_: object, **__: object) -> None:
        raise PdfError("page 1", code="pdf_read_differently", page=1)

    monkeypatch.setattr(intake, "read_again", disagree)
    monkeypatch.setattr(intake, "find_reader", lambda: Path("/usr/bin/pdftoppm") if installed else None)
    try:
        intake.take_in(drawn(HONEST), second_reader=intake.SecondReader(wanted))
        said = "taken"
    except PdfError as error:
        said = error.code
    assert said == outcome
