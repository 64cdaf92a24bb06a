"""What is laid ready before signing, to be uncovered later, dies at intake: gone, part of the page, or refused."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from pdf import intake
from pdf.errors import PdfError
from pdf.intake import rebuild
from tests.pdf.foreign import changed, drawn, layered, words
from tests.pdf.shadows import FIELD, HONEST, SHEET, kept_aside, laid_ready, marked


def taken(pdf: bytes) -> tuple[bytes, str]:
    """The rebuilt file, and the text of its first page."""
    rebuilt = rebuild(pdf)
    return rebuilt, intake.look(rebuilt, pages=1)[0].text.strip()


def refusal(pdf: bytes) -> PdfError:
    with pytest.raises(PdfError) as caught:
        taken(pdf)
    return caught.value


def test_an_honest_page_passes() -> None:
    assert taken(drawn(HONEST))[1] == "The price is 100 yuan."


# Layers


def test_layers_that_are_always_shown_become_part_of_the_page() -> None:
    rebuilt, text = taken(layered("/OC /A BDC " + HONEST + "EMC", A={"on": True}))
    assert text == "The price is 100 yuan."
    assert not any(word in rebuilt for word in (b"/OCG", b"/OCProperties"))


SHOWN = Dictionary(Print=Dictionary(PrintState=Name.ON), View=Dictionary(ViewState=Name.ON))


def test_a_header_that_says_it_is_always_shown_passes() -> None:
    assert taken(layered("/OC /A BDC " + HONEST + "EMC", A={"usage": SHOWN}))[1]


@pytest.mark.parametrize(
    "says",
    [
        {"on": False},
        {"usage": Dictionary(Print=Dictionary(PrintState=Name.OFF))},
        {"usage": Dictionary(View=Dictionary(ViewState=Name.OFF))},
        {"usage": Dictionary(Export=Dictionary(ExportState=Name.OFF))},
        {"usage": Dictionary(Zoom=Dictionary(min=2))},
        {"membership": {"P": Name.AllOff}},
        {"membership": {"P": Name.AnyOff}},
        {"membership": {"VE": Array([Name.Not, Name.A])}},
    ],
    ids=["off", "not-printed", "not-viewed", "not-exported", "by-zoom", "all-off", "any-off", "expression"],
)
def test_a_layer_that_is_not_always_shown_is_refused(says: dict[str, object]) -> None:
    content = HONEST + "/OC /A BDC " + words("The price is 900 yuan.", y=100) + "EMC"
    assert refusal(layered(content, A=says)).code == "pdf_layers"


def test_layers_that_are_off_unless_named_are_refused() -> None:
    def off_by_default(pdf: Pdf) -> None:
        pdf.Root.OCProperties.D.BaseState = Name.OFF

    assert refusal(changed(layered("/OC /A BDC " + HONEST + "EMC", A={}), off_by_default)).code == "pdf_layers"


# Overlays


@pytest.mark.parametrize(
    "content",
    [
        words("secretly 900 yuan", y=100, colour="1 g") + HONEST,
        words("secretly 900 yuan", y=100) + SHEET + HONEST,
        words("secretly 900 yuan", y=100) + "1 g 30 90 300 30 re f\n" + HONEST,
        words("secretly 900 yuan", y=-50) + HONEST,
        words("secretly 900 yuan", x=500) + HONEST,
        "q " + words("secretly 900 yuan", y=100, mode=7) + "Q " + HONEST,
        words("secretly 900 yuan", y=90).replace("/F1 14", "/F1 .1") + HONEST,
    ],
    ids=["white", "under-a-sheet", "under-a-patch", "below", "beside", "clipping", "tiny"],
)
def test_text_that_nobody_sees_is_refused_with_its_first_words(content: str) -> None:
    error = refusal(drawn(content))
    assert error.code == "pdf_hidden"
    assert error.params == {"page": 1, "text": "secretly 900 yuan"}


def test_text_outside_the_part_that_is_shown_is_refused() -> None:
    def crop(pdf: Pdf) -> None:
        pdf.pages[0].obj.CropBox = Array([0, 150, 400, 300])

    assert refusal(changed(drawn(HONEST + words("secretly 900 yuan", y=100)), crop)).code == "pdf_hidden"


def test_the_page_is_named_and_a_turned_page_is_looked_at_as_it_is_shown() -> None:
    def turn(pdf: Pdf) -> None:
        for page in pdf.pages:
            page.obj.Rotate = 90

    turned = changed(drawn(HONEST, HONEST + words("secretly", y=100, colour="1 g")), turn)
    assert refusal(turned).params["page"] == 2


def test_white_words_on_a_dark_bar_are_seen() -> None:
    assert taken(drawn("0 g 30 190 300 30 re f\n" + words("Heading", colour="1 g")))[1] == "Heading"


def test_a_picture_laid_over_a_drawing_is_refused() -> None:
    """Letters as outlines are no text: what counts is that taking the sheet away shows them."""
    outlines = "0 g " + "".join(f"{x} {y} 6 20 re f " for x in range(40, 340, 14) for y in (100, 140, 180)) + "\n"
    error = refusal(drawn(outlines + SHEET + HONEST))
    assert (error.code, error.params) == ("pdf_covered", {"page": 1})


def test_a_background_below_everything_passes() -> None:
    assert taken(drawn("0.9 g 0 0 400 300 re f\n1 g 20 20 360 260 re f\n" + HONEST))[1] == "The price is 100 yuan."


# Things that lie ready


def test_a_drawing_that_no_page_draws_stays_behind() -> None:
    rebuilt, text = taken(laid_ready("secretly 900 yuan"))
    assert text == "The price is 100 yuan."
    assert b"900 yuan" not in rebuilt
    assert b"/Ready" not in rebuilt


def test_another_picture_for_printing_stays_behind() -> None:
    def two_faced(pdf: Pdf) -> None:
        shown, printed = (pdf.make_stream(bytes([level]) * 4) for level in (0, 255))
        for image in (shown, printed):
            image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
            image.Width = image.Height = 2
            image.BitsPerComponent = 8
        shown.Alternates = Array([Dictionary(Image=printed, DefaultForPrinting=True)])
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im=shown)

    rebuilt, _ = taken(changed(drawn("q 100 0 0 100 20 20 cm /Im Do Q " + HONEST), two_faced))
    assert rebuilt.count(b"/Subtype /Image") == 1
    assert b"/Alternates" not in rebuilt


def test_pages_that_the_tree_does_not_reach_stay_behind() -> None:
    rebuilt, _ = taken(kept_aside("secretly 900 yuan"))
    assert b"900 yuan" not in rebuilt


# Forms and marks


def test_the_drawing_of_a_value_stays_and_its_field_goes() -> None:
    filled = marked(mark={**FIELD, "V": String("100\tyuan")}, drawing=words("100 yuan", x=2, y=10), form={})
    rebuilt, text = taken(filled)
    assert "100 yuan" in text.replace("The price is 100 yuan.", "")
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        assert Name.AcroForm not in pdf.Root
        assert Name.Annots not in pdf.pages[0].obj


def test_a_value_that_is_not_drawn_is_refused() -> None:
    """Firefox shows the value in a box of its own, and other programs the drawing."""
    filled = marked(mark={**FIELD, "V": String("900 yuan")}, drawing=words("100 yuan", x=2, y=10), form={})
    error = refusal(filled)
    assert (error.code, error.params) == ("pdf_undrawn", {"page": 1})


def test_a_value_that_each_reader_draws_by_itself_is_drawn_where_all_do_it_alike() -> None:
    helvetica = Dictionary(Helv=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    form = {"NeedAppearances": True, "DR": Dictionary(Font=helvetica)}
    filled = marked(mark={**FIELD, "V": String("250 yuan")}, drawing=words("100 yuan", x=2, y=10), form=form)
    assert "250 yuan" in taken(filled)[1]


@pytest.mark.parametrize(
    ("mark", "form"),
    [
        ({**FIELD, "V": String("九百元")}, {"NeedAppearances": True}),
        ({**FIELD, "V": String("900 yuan")}, {}),
        ({"Subtype": Name.FreeText, "Contents": String("900 yuan")}, None),
        ({"Subtype": Name.Text, "Contents": String("a note")}, None),
        ({"Subtype": Name.Stamp, "F": 32 | 4}, None),
        ({**FIELD, "V": String("900 yuan"), "Ff": 1 << 13}, {"NeedAppearances": True}),
        ({**FIELD, "V": String("900 yuan"), "MaxLen": 3}, {"NeedAppearances": True}),
        ({**FIELD, "V": String("900 yuan"), "MK": Dictionary(BG=Array([1, 0, 0]))}, {"NeedAppearances": True}),
        ({"Subtype": Name.Link, "Rect": Array([40, 204, 200, 206]), "Border": Array([0, 0, 1])}, None),
        ({"Subtype": Name.Link, "Rect": Array([40, 180, 200, 220]), "BS": Dictionary(W=20)}, None),
    ],
    ids=[
        "chinese-value",
        "value-without-drawing",
        "text-without-drawing",
        "note",
        "printed-not-shown",
        "password",
        "longer-than-allowed",
        "ground-without-drawing",
        "link-that-strikes-out",
        "link-that-covers",
    ],
)
def test_what_readers_draw_differently_is_refused_with_its_page(
    mark: dict[str, object], form: dict[str, object] | None
) -> None:
    error = refusal(marked(mark=mark, form=form))
    assert (error.code, error.params) == ("pdf_undrawn", {"page": 1})


@pytest.mark.parametrize("mark", [{"F": 1 | 4}, {"AS": Name.Other}, {}], ids=["invisible", "other-state", "no-state"])
def test_a_stamp_that_some_readers_do_not_draw_is_refused(mark: dict[str, object]) -> None:
    """ISO 32000-2 Table 167: the first flag is for unknown kinds alone; poppler draws a stamp of its own for states."""

    def one_of_several(pdf: Pdf) -> None:
        looks = pdf.pages[0].obj.Annots[0].AP
        looks.N = looks.N if "F" in mark else Dictionary(A=looks.N)

    stamped = marked(mark={"Subtype": Name.Stamp, **mark}, drawing=words("PAID", x=2, y=10))
    assert refusal(changed(stamped, one_of_several)).code == "pdf_undrawn"


def test_a_stamp_becomes_part_of_the_page() -> None:
    stamped = marked(mark={"Subtype": Name.Stamp}, drawing=words("PAID", x=2, y=10))
    assert "PAID" in taken(stamped)[1]


FRAMED = {"Subtype": Name.Link, "Border": Array([0, 0, 1])}


@pytest.mark.parametrize(
    "mark", [{"Subtype": Name.Link}, FRAMED, {"Subtype": Name.Popup}, {**FIELD, "F": 2, "V": String("x")}]
)
def test_what_draws_nothing_is_dropped(mark: dict[str, object]) -> None:
    rebuilt, text = taken(marked(mark=mark, drawing=words("hidden", x=2, y=10), form={}))
    assert text == "The price is 100 yuan."
    assert b"/Annots" not in rebuilt
    assert b"(hidden)" not in rebuilt
