"""A picture of a mark becomes ink without paper, or is refused with a code that says why."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageChops, ImageDraw, PngImagePlugin

from pdf import inking
from pdf.errors import PdfError
from pdf.specimen import LARGEST, SIDE, take_specimen
from tests.pdf.seal_world import encoded, mark


def inked(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(inking.ink_of_picture(data))) as opened:
        return opened.convert("RGBA")


def refusal(data: bytes) -> str:
    with pytest.raises(PdfError) as refused:
        inking.ink_of_picture(data)
    return refused.value.code


def on_white(ink: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", ink.size, "white"), ink).convert("RGB")


def with_margin(image: Image.Image, paper: tuple[int, int, int]) -> Image.Image:
    sheet = Image.new("RGB", (image.width + 200, image.height + 120), paper)
    sheet.paste(image, (50, 60))
    return sheet


def test_white_paper_is_gone_and_the_mark_looks_the_same_on_white() -> None:
    drawn = mark(SIDE - 16)

    ink = inked(encoded(with_margin(drawn, (255, 255, 255))))

    cut = drawn.crop(ImageChops.invert(drawn.convert("L")).getbbox())
    assert ink.size == cut.size
    assert ink.getpixel((1, 1))[3] == 0  # type: ignore[index]
    assert ImageChops.difference(on_white(ink), cut).convert("L").point(lambda value: value > 24).getbbox() is None


def test_grey_paper_and_the_noise_of_a_camera_are_gone_too() -> None:
    sheet = with_margin(mark(800, paper=(228, 226, 222)), (228, 226, 222))
    noise = random.Random(5)
    grain = Image.frombytes("L", sheet.size, bytes(noise.randrange(9) for _ in range(sheet.width * sheet.height)))
    noisy = Image.merge("RGB", [ImageChops.subtract(band, grain) for band in sheet.split()])

    ink = inked(encoded(noisy, "JPEG"))

    assert ink.size == (SIDE, SIDE)
    empty = ink.getchannel("A").crop((290, 60, 310, 80))
    assert empty.getextrema() == (0, 0)


def test_a_mark_that_is_cut_out_already_keeps_its_own_edges() -> None:
    drawn = Image.new("RGBA", (500, 500))
    ImageDraw.Draw(drawn).ellipse((50, 50, 450, 450), outline=(10, 60, 200, 140), width=30)

    ink = inked(encoded(drawn))

    assert ink.size == (401, 401)
    assert ink.getpixel((200, 12)) == (10, 60, 200, 140)


def test_the_file_is_a_square_of_pixels_and_nothing_else_the_same_for_the_same_picture() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "somebody", zip=False)
    file = io.BytesIO()
    mark(400).resize((400, 300)).save(file, "PNG", pnginfo=words)

    one, other = inking.ink_of_picture(file.getvalue()), inking.ink_of_picture(file.getvalue())

    assert one == other
    assert b"somebody" not in one
    with Image.open(io.BytesIO(one)) as opened:
        assert opened.width == opened.height
        assert opened.info == {}


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (Image.new("RGB", (400, 400), "white"), "seal_empty"),
        (Image.new("RGB", (400, 400), (90, 90, 90)), "seal_background"),
        (mark(400, paper=(160, 160, 160)), "seal_background"),
        (mark(190), "seal_size"),
        (with_margin(mark(150), (255, 255, 255)), "seal_size"),
        (mark(900).resize((900, 300)), "seal_shape"),
    ],
    ids=["blank", "dark", "grey paper", "tiny file", "tiny mark", "long"],
)
def test_what_is_no_mark_on_white_paper_is_refused_by_name(picture: Image.Image, code: str) -> None:
    assert refusal(encoded(picture)) == code


def test_a_photograph_without_paper_is_refused() -> None:
    noise = random.Random(1)
    photo = Image.frombytes("RGB", (300, 300), noise.randbytes(270_000)).point(lambda value: value // 2)
    sheet = Image.new("RGB", (310, 310), "white")
    sheet.paste(photo, (5, 5))

    assert refusal(encoded(sheet)) == "seal_background"


def test_damaged_and_other_files_are_refused_before_or_in_the_child() -> None:
    good = encoded(mark())

    assert refusal(good[: len(good) // 2]) == "seal_broken"
    for data, code in ((b"%PDF-1.7", "seal_kind"), (b"<svg/>", "seal_kind"), (good + bytes(LARGEST), "seal_too_large")):
        with pytest.raises(PdfError) as refused:
            take_specimen(data)
        assert refused.value.code == code


def test_the_limited_child_gives_what_the_function_gives() -> None:
    good = encoded(mark())

    assert take_specimen(good) == inking.ink_of_picture(good)
