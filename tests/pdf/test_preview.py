"""Pages become pictures and text; a file that cannot be drawn is a name, never a crash."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw

from pdf import preview
from pdf.child import ChildFailure, Limits
from pdf.errors import PdfError
from pdf.preview import page_images
from pdf.render import render

STYLE = "<style>@page { size: 200pt 100pt; margin: 10pt } body { margin: 0; font-family: 'Yunqian Serif' }</style>"


def blank(width: float = 100, height: float = 100, pages: int = 1) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(width, height))
        file = io.BytesIO()
        pdf.save(file)
    return file.getvalue()


def refusal(pdf: bytes) -> str:
    with pytest.raises(PdfError) as caught:
        page_images(pdf)
    return caught.value.code


def test_pages_come_in_order_at_144_dpi_with_their_text() -> None:
    pdf = render(STYLE + '<p>第一页 伍亿元整</p><p style="break-before: page">page two</p>').pdf
    images = page_images(pdf)
    assert [(image.width, image.height) for image in images] == [(400, 200), (400, 200)]
    assert "第一页 伍亿元整" in images[0].text
    assert images[1].text.strip() == "page two"
    for image in images:
        picture = Image.open(io.BytesIO(image.png))
        assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (400, 200))
        assert len(picture.convert("RGB").getcolors() or []) <= 32


def test_what_is_drawn_is_seen_where_it_stands() -> None:
    html = (
        STYLE
        + '<div style="position: absolute; left: 50pt; top: 20pt; width: 30pt; height: 10pt; background: #9d2a22">'
    )
    (image,) = page_images(render(html).pdf)
    picture = Image.open(io.BytesIO(image.png)).convert("RGB")
    red, green, blue = picture.getpixel((2 * (10 + 65), 2 * (10 + 25)))  # type: ignore[misc]
    assert red > 140
    assert max(green, blue) < 60
    assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_the_value_of_a_form_field_is_drawn() -> None:
    """A signature's appearance is a form field's: a reader must see it."""
    with pikepdf.open(io.BytesIO(blank())) as pdf:
        drawing = pdf.make_stream(
            b"0 0 0 rg 0 0 100 100 re f", {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form}
        )
        drawing.BBox = [0, 0, 100, 100]
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T="a",
                F=4,
                Rect=[0, 0, 100, 100],
                AP=pikepdf.Dictionary(N=drawing),
            )
        )
        pdf.pages[0].Annots = [field]
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        file = io.BytesIO()
        pdf.save(file)
    (image,) = page_images(file.getvalue())
    assert Image.open(io.BytesIO(image.png)).convert("RGB").getpixel((100, 100)) == (0, 0, 0)


def test_the_same_file_gives_the_same_pictures() -> None:
    pdf = render(STYLE + "<p>text</p>").pdf
    assert page_images(pdf) == page_images(pdf)


@pytest.mark.parametrize("broken", [b"", b"no pdf at all", b"%PDF-1.7\n", blank()[:200]])
def test_a_broken_file_is_a_broken_page(broken: bytes) -> None:
    assert refusal(broken) == "page_broken"


def test_a_page_larger_than_any_paper_is_refused() -> None:
    assert refusal(blank(100, 14_400)) == "page_too_large"


def test_more_pages_than_anybody_reads_are_refused() -> None:
    assert refusal(blank(pages=301)) == "too_many_pages"


def test_drawing_is_bounded_in_time() -> None:
    with pytest.raises(ChildFailure) as caught:
        page_images(blank(), limits=Limits(wall_seconds=0.01))
    assert caught.value.code == "child_time"


def test_any_text_survives_the_way_from_the_child() -> None:
    images = [preview.PageImage(b"png", 65_535, 1, "伍亿\n😀\x00"), preview.PageImage(b"", 0, 0, "")]
    assert preview.unpacked(preview.packed(images)) == images


def test_a_page_of_many_colours_is_seen_as_it_is_drawn() -> None:
    """Letters on a ground of many colours: with few to choose from, whole parts would become another."""
    ramp = Image.linear_gradient("L").resize((600, 800))
    across = Image.linear_gradient("L").rotate(90).resize((600, 800))
    picture = Image.merge("HSV", [ramp, across, Image.new("L", ramp.size, 255)]).convert("RGB")
    ImageDraw.Draw(picture).text((300, 400), "900", fill="black")
    file = io.BytesIO()
    picture.save(file, "PDF", quality=100)
    [page] = page_images(file.getvalue())
    document = pypdfium2.PdfDocument(file.getvalue())
    drawn = document[0].render(scale=2).to_pil().convert("RGB")
    with Image.open(io.BytesIO(page.png)) as shown:
        apart = ImageChops.difference(shown.convert("RGB"), drawn)
    assert max(most for _, most in apart.getextrema()) < 64
