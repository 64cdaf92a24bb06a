"""What a reader sees of a signature is what was drawn or typed, and only a sound picture gets there."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from pdf import sign
from pdf.errors import AppearanceRefused
from pdf.sign.appearance import LONGEST_PNG
from tests.pdf import signing_world as w

DPI = 144


def shown(look: sign.Appearance | None, folder: Path) -> Image.Image:
    """The first field's box as poppler draws it, in grey."""
    path = folder / "signed.pdf"
    path.write_bytes(w.signed(w.frozen(), appearance=look))
    subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-f", "1", "-l", "1", "-png", path, folder / "page"],
        check=True,
        capture_output=True,
    )
    (page,) = folder.glob("page*.png")
    left, bottom, right, top = (each * DPI / 72 for each in w.FIELDS[0].box)
    height = 842 * DPI / 72
    with Image.open(page) as image:
        return image.convert("L").crop((round(left), round(height - top), round(right), round(height - bottom)))


def dark(image: Image.Image, *, above: float, below: float) -> int:
    """How many dark pixels stand between two heights, 0 at the top and 1 at the bottom."""
    part = image.crop((0, round(image.height * above), image.width, round(image.height * below)))
    return sum(part.histogram()[:160])


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@contextmanager
def picture_of(look: sign.Appearance) -> Iterator[pikepdf.Object]:
    """The first image in the appearance that a signature got."""
    with pikepdf.open(io.BytesIO(w.signed(w.frozen(), appearance=look))) as document:
        field = next(each for each in document.Root.AcroForm.Fields if str(each.T) == "Signer-1")
        yield field.AP.N.Resources.XObject.P0


def test_a_drawing_stands_above_its_captions(tmp_path: Path) -> None:
    image = shown(sign.Appearance(drawing=w.drawn_png(), captions=w.CAPTIONS, font=w.FONT), tmp_path)

    assert dark(image, above=0, below=0.6) > 200
    assert dark(image, above=0.72, below=1) > 100


def test_captions_keep_clear_of_the_edge_where_a_paper_draws_its_frame(tmp_path: Path) -> None:
    lines = (
        "林晓云 · 授权代表",
        "2026年7月1日 10:03（UTC+08:00）起签，以时间戳为准",
        "密钥由签署人设备生成，服务器从未持有",
    )

    image = shown(sign.Appearance(typed="林晓云", captions=lines, font=w.FONT), tmp_path)

    edge = 2 * DPI / 72 / image.height
    assert dark(image, above=1 - edge, below=1) == dark(image, above=0, below=edge) == 0
    left = image.crop((0, 0, round(2 * DPI / 72), image.height))
    assert sum(left.histogram()[:160]) == 0


def test_a_caption_that_is_too_wide_goes_on_in_a_second_line() -> None:
    short = sign.Appearance(captions=("Chair",), font=w.FONT)
    long = sign.Appearance(captions=("Chair of the board and managing director " * 2,), font=w.FONT)
    chinese = sign.Appearance(captions=("成都市双流区人民政府投资促进和商务局局长" * 2,), font=w.FONT)

    assert [pictures(each) for each in (short, long, chinese)] == [1, 2, 2]


def pictures(look: sign.Appearance) -> int:
    with pikepdf.open(io.BytesIO(w.signed(w.frozen(), appearance=look))) as document:
        field = next(each for each in document.Root.AcroForm.Fields if str(each.T) == "Signer-1")
        return len(field.AP.N.Resources.XObject)


def test_without_captions_nothing_stands_below(tmp_path: Path) -> None:
    image = shown(sign.Appearance(typed="林晓云", font=w.FONT), tmp_path)

    assert dark(image, above=0.1, below=0.9) > 300
    assert dark(image, above=0.95, below=1) == 0


def test_without_an_appearance_the_box_stays_empty(tmp_path: Path) -> None:
    assert dark(shown(None, tmp_path), above=0, below=1) == 0


def test_what_was_drawn_left_of_the_middle_is_shown_there(tmp_path: Path) -> None:
    drawn = Image.new("RGBA", (400, 100))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, 150, 99), fill=(0, 0, 0, 255))
    pen.rectangle((395, 0, 399, 99), fill=(0, 0, 0, 255))

    image = shown(sign.Appearance(drawing=png(drawn)), tmp_path)

    halves = [
        sum(image.crop((x, 0, x + image.width // 2, image.height)).histogram()[:160]) for x in (0, image.width // 2)
    ]
    assert halves[0] > 5 * halves[1] > 0


def test_a_drawing_in_colours_keeps_them() -> None:
    drawn = Image.new("RGBA", (200, 80), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, 99, 79), fill=(200, 20, 20, 255))
    pen.rectangle((100, 0, 199, 79), fill=(20, 20, 200, 128))

    with picture_of(sign.Appearance(drawing=png(drawn))) as image:
        assert (int(image.Width), int(image.Height)) == (200, 80)
        assert image.read_bytes()[:3] == bytes((200, 20, 20))
        assert image.SMask.read_bytes()[199] == 128


def test_strokes_of_one_ink_are_kept_as_a_mask_alone() -> None:
    with picture_of(sign.Appearance(drawing=w.drawn_png())) as image:
        assert (int(image.Width), int(image.Height)) == (1, 1)
        assert image.read_bytes() == bytes((13, 27, 62))
        assert int(image.SMask.Width) > 400


def test_a_drawing_from_a_large_screen_is_stored_smaller() -> None:
    with picture_of(sign.Appearance(drawing=w.drawn_png((2000, 900)))) as image:
        assert 600 < int(image.SMask.Width) <= 900


def test_typed_text_and_caption_go_together_and_sealing_leaves_them_good() -> None:
    look = sign.Appearance(typed="林晓云", captions=("授权代表 Authorised representative",), font=w.FONT, font_index=2)

    finished = w.sealed(w.signed(w.frozen(), appearance=look))

    assert all(status.intact and status.valid for status in w.judged(finished))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a few bytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 20)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        pytest.param(b"", "drawing_malformed", id="nothing"),
        pytest.param(b"<svg/>", "drawing_malformed", id="something else"),
        pytest.param(jpeg(), "drawing_malformed", id="a JPEG"),
        pytest.param(w.drawn_png()[:300], "drawing_malformed", id="cut off"),
        pytest.param(w.drawn_png()[:60] + b"x" + w.drawn_png()[61:], "drawing_malformed", id="damaged"),
        pytest.param(bomb(), "drawing_too_large", id="too many pixels"),
        pytest.param(w.drawn_png() + b"\0" * LONGEST_PNG, "drawing_too_large", id="too many bytes"),
        pytest.param(png(Image.new("RGBA", (600, 240))), "drawing_empty", id="nothing drawn"),
    ],
)
def test_a_drawing_that_is_none_is_refused_by_name(drawing: bytes, code: str) -> None:
    with pytest.raises(AppearanceRefused) as refused:
        w.prepared(w.frozen(), w.world().signer(), appearance=sign.Appearance(drawing=drawing))

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (sign.Appearance(typed="林晓云"), "appearance_font"),
        (sign.Appearance(typed="林晓云", font=Path("/nowhere.ttf")), "appearance_font"),
        (sign.Appearance(typed="x" * 121, font=w.FONT), "appearance_text"),
        (sign.Appearance(captions=("a\nb",), font=w.FONT), "appearance_text"),
    ],
)
def test_text_that_cannot_be_shown_is_refused_by_name(look: sign.Appearance, code: str) -> None:
    with pytest.raises(AppearanceRefused) as refused:
        w.prepared(w.frozen(), w.world().signer(), appearance=look)

    assert refused.value.code == code
