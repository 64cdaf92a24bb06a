"""Foreign pages become pictures of themselves, which no program can show in another way."""

from __future__ import annotations

import io
import os

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageChops, ImageStat

from pdf import intake
from pdf.errors import PdfError
from pdf.intake import as_pictures, examine, rebuild, take_in
from pdf.preview import page_images
from pdf.progress import Progress
from pdf.second_reading import find_reader, read_again
from tests.pdf.documents import picture
from tests.pdf.foreign import changed, drawn, words

TEXT = words("The price is 100 yuan.")
COLOURED = words("The price is 100 yuan.", colour="0.8 0 0 rg")


def image_of(pdf: bytes, number: int = 1) -> pikepdf.Object:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        image = opened.pages[number - 1].obj.Resources.XObject.Im
        return Dictionary(dict(image.items()))


def grained(*, colours: int, size: tuple[int, int] = (595, 842)) -> bytes:
    """A page filled by a picture that nothing can pack."""
    space = Name.DeviceRGB if colours == 3 else Name.DeviceGray

    def add(pdf: Pdf) -> None:
        image = pdf.make_stream(
            os.urandom(1800 * 2400 * colours), Type=Name.XObject, Subtype=Name.Image, ColorSpace=space
        )
        image.Width, image.Height, image.BitsPerComponent = 1800, 2400, 8
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im=image)

    return changed(drawn(f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im Do Q", size=size), add)


def turned() -> bytes:
    def turn(pdf: Pdf) -> None:
        page = pdf.pages[1].obj
        page.Rotate, page.MediaBox, page.CropBox = 90, Array([-20, -20, 620, 860]), Array([0, 0, 400, 300.5])

    return changed(drawn(TEXT, COLOURED), turn)


def test_a_page_is_one_picture_and_nothing_else() -> None:
    with pikepdf.open(io.BytesIO(take_in(turned()).pdf)) as pdf:
        for page, (width, height) in zip(pdf.pages, [(400, 300), (300.5, 400)], strict=True):
            assert set(page.obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
            assert [float(side) for side in page.obj.MediaBox] == [0, 0, width, height]
            assert set(page.obj.Resources.keys()) == {"/XObject"}
            assert [str(word.operator) for word in pikepdf.parse_content_stream(page)] == ["q", "cm", "Do", "Q"]
        assert not pdf.docinfo
        assert "/Metadata" not in pdf.Root
        kinds = {str(each.get("/Subtype")) for each in pdf.objects if isinstance(each, pikepdf.Stream)}
        assert kinds == {"None", "/Image"}


def test_it_shows_what_the_page_showed_and_stands_as_it_stood() -> None:
    with Progress() as progress:
        pictured, plain = take_in(turned()), examine(turned(), progress=progress)
    for ours, theirs in zip(pictured.pages, plain.pages, strict=True):
        one, other = (Image.open(io.BytesIO(each.png)).convert("L") for each in (ours, theirs))
        assert one.size == other.size
        assert ImageStat.Stat(ImageChops.difference(one.reduce(4), other.reduce(4))).extrema[0][1] < 60
        assert ImageStat.Stat(ImageChops.difference(one, other.transpose(Image.Transpose.ROTATE_180))).mean[0] > 1


@pytest.mark.parametrize("paper", [drawn(TEXT), picture("PNG")], ids=["pdf", "picture"])
def test_no_program_leaves_out_dots_where_it_shows_fewer(paper: bytes) -> None:
    """Ghostscript takes single dots at 75 dpi, not what they are on average, and showed words that nobody else saw."""
    assert image_of(take_in(paper).pdf).Interpolate is True


def test_signers_see_what_is_drawn_from_that_file() -> None:
    taken = take_in(turned())
    assert [page.png for page in taken.pages] == [page.png for page in page_images(taken.pdf)]


def test_the_text_is_read_before_and_kept_beside_it() -> None:
    taken = take_in(drawn(TEXT))
    assert [(page.text, page.is_picture) for page in taken.pages] == [("The price is 100 yuan.", True)]
    assert page_images(taken.pdf)[0].text == ""


def test_the_same_file_gives_the_same_bytes() -> None:
    rebuilt = rebuild(turned())
    assert as_pictures(rebuilt, pages=2) == as_pictures(rebuilt, pages=2)


@pytest.mark.skipif(find_reader() is None, reason="poppler is not installed")
def test_a_second_program_shows_the_same() -> None:
    reader, taken = find_reader(), take_in(turned())
    assert reader
    read_again(taken.pdf, taken.pages, reader=reader)


@pytest.mark.parametrize(
    ("page", "space", "bits"),
    [
        (TEXT, "/DeviceGray", 4),
        (COLOURED, "/DeviceRGB", 8),
        ("0.945 g 40 40 300 200 re f", "/DeviceGray", 4),
        ("0.9 g 40 40 300 200 re f 0.63 g 40 40 90 90 re f", "/DeviceGray", 8),
        ("q Q", "/DeviceGray", 4),
    ],
    ids=["black", "colour", "near-a-tone", "between-tones", "empty"],
)
def test_no_tone_of_a_page_of_text_is_lost(page: str, space: str, bits: int) -> None:
    image = image_of(take_in(drawn(page)).pdf)
    assert (str(image.Filter), str(image.ColorSpace), int(image.BitsPerComponent)) == ("/FlateDecode", space, bits)
    assert (int(image.Width), int(image.Height)) == (1667, 1250)  # 300 dpi


def test_sixteen_tones_are_their_own_grey() -> None:
    (page,) = take_in(drawn("0.2 g 0 0 400 300 re f")).pages
    assert Image.open(io.BytesIO(page.png)).convert("L").getextrema() == (51, 51)


@pytest.mark.parametrize(("colours", "space"), [(1, "/DeviceGray"), (3, "/DeviceRGB")])
def test_what_cannot_be_packed_without_loss_is_a_photograph_of_bounded_size(colours: int, space: str) -> None:
    pictured = as_pictures(rebuild(grained(colours=colours)), pages=1)
    image = image_of(pictured)
    assert (str(image.Filter), str(image.ColorSpace)) == ("/DCTDecode", space)
    assert len(pictured) < 2_500_000


def test_a_page_larger_than_a3_is_drawn_coarser() -> None:
    image = image_of(as_pictures(rebuild(drawn(TEXT, size=(2384, 3370))), pages=1))
    assert 16_000_000 < int(image.Width) * int(image.Height) < 17_600_000


def test_a_scan_that_comes_as_a_picture_keeps_its_own_dots() -> None:
    taken = take_in(picture("PNG", size=(595, 842)))
    assert (int(image_of(taken.pdf).Width), taken.pages[0].is_picture) == (595, True)


def test_drawing_takes_no_longer_than_it_may() -> None:
    with pytest.raises(PdfError) as caught:
        as_pictures(rebuild(drawn(TEXT)), pages=0, limits=intake.Limits(wall_seconds=0.01))
    assert caught.value.code == "child_time"
