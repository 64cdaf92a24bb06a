"""A mark for demonstrations, drawn by us: no organisation's own, without a star, and it says what it is."""

from __future__ import annotations

import io
import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pdf import fonts
from pdf.specimen import SIDE

_LARGER = 2  # times: drawn large, then made smooth
_INK = (190, 30, 45)
_TOP, _BELOW = "演示样本", "无法律效力 · DEMO ONLY"
_MOST = 48  # characters of a name; a longer one is cut
_SMALLEST = 0.4  # of the size that a short name has


def demo_seal(organisation: str) -> bytes:
    """A square PNG like those of pdf.specimen: the organisation around, 演示样本 · 无法律效力 within. Raises
    FontsMissing.
    """
    side = SIDE * _LARGER
    name = organisation if len(organisation) <= _MOST else organisation[: _MOST - 1] + "…"
    ink = Image.new("L", (side, side))
    pen = ImageDraw.Draw(ink)
    edge = side // 200
    pen.ellipse((edge, edge, side - edge, side - edge), outline=255, width=side // 32)
    pen.ellipse((side * 0.27, side * 0.27, side * 0.73, side * 0.73), outline=255, width=side // 160)
    _around(ink, name, round(side * 0.105), radius=side * 0.385, middle=-90, widest=222)
    _around(ink, _BELOW, round(side * 0.062), radius=side * 0.385, middle=90, widest=110, inwards=True)
    _centred(pen, _TOP, round(side * 0.098), (side / 2, side * 0.455))
    _centred(pen, "无法律效力", round(side * 0.066), (side / 2, side * 0.565))
    coverage = ink.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    picture = Image.new("RGBA", (SIDE, SIDE), (*_INK, 0))
    picture.putalpha(coverage)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _font(text: str, pixels: int) -> ImageFont.FreeTypeFont:
    path, face = fonts.face_for(text)
    return _loaded(path, face, pixels)


def _loaded(path: Path, face: int, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, pixels, index=face, layout_engine=ImageFont.Layout.BASIC)


def _centred(pen: ImageDraw.ImageDraw, text: str, pixels: int, at: tuple[float, float]) -> None:
    pen.text(at, text, fill=255, font=_font(text, pixels), anchor="mm")


def _around(
    ink: Image.Image, text: str, pixels: int, *, radius: float, middle: float, widest: float, inwards: bool = False
) -> None:
    """Text along a circle around the middle of the picture; `inwards` lets its feet look outwards, as below."""
    room = widest / 360 * 2 * math.pi * radius
    spacing = 0.18 if max(text) > "\u2e80" else 0.05
    wanted = _font(text, pixels).getlength(text) + spacing * pixels * len(text)
    pixels = round(pixels * max(_SMALLEST, min(1.0, room / wanted)))
    font = _font(text, pixels)
    lengths = [font.getlength(each) + spacing * pixels for each in text]
    squeeze = min(1.0, room / sum(lengths))
    along = -sum(lengths) * squeeze / 2
    turn = -1 if inwards else 1
    for each, length in zip(text, lengths, strict=True):
        angle = middle + turn * math.degrees((along + length * squeeze / 2) / radius)
        along += length * squeeze
        _glyph(ink, each, font, radius, angle, inwards=inwards)


def _glyph(
    ink: Image.Image, char: str, font: ImageFont.FreeTypeFont, radius: float, angle: float, *, inwards: bool
) -> None:
    pixels = round(font.size)
    tile = Image.new("L", (pixels * 2, pixels * 2))
    ImageDraw.Draw(tile).text((pixels, pixels), char, fill=255, font=font, anchor="mm")
    turned = tile.rotate(-angle - 90 + (180 if inwards else 0), resample=Image.Resampling.BICUBIC)
    centre = ink.width / 2
    x = centre + radius * math.cos(math.radians(angle)) - pixels
    y = centre + radius * math.sin(math.radians(angle)) - pixels
    ink.paste(255, (round(x), round(y)), turned)
