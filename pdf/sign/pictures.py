"""Pictures as a PDF holds them: coverage with colours, lines of text drawn in one font."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from PIL import Image, ImageFont

from pdf.errors import AppearanceRefused
from pdf.sign import syntax
from pdf.sign.revision import Update

_MOST_TEXT = 120  # characters a line
_SAME_INK = 24  # steps of 255 within which strokes count as one colour
_font_lock = Lock()


@dataclass(frozen=True)
class Picture:
    """Pixels ready for a file: `mask` is deflated coverage, `colours` deflated RGB, or one colour for all."""

    width: int
    height: int
    colours: bytes
    mask: bytes
    one_colour: bool


def put_picture(update: Update, picture: Picture) -> int:
    """Write the picture as an image with its mask, and give the image's number."""
    common = {b"Type": b"/XObject", b"Subtype": b"/Image", b"BitsPerComponent": b"8", b"Filter": b"/FlateDecode"}
    size = {b"Width": b"%d" % picture.width, b"Height": b"%d" % picture.height}
    mask, image = update.new(), update.new()
    update.put_stream(mask, {**common, **size, b"ColorSpace": b"/DeviceGray"}, picture.mask)
    if picture.one_colour:
        size = {b"Width": b"1", b"Height": b"1"}
    colours = {**common, **size, b"ColorSpace": b"/DeviceRGB", b"SMask": syntax.ref(mask)}
    update.put_stream(image, colours, picture.colours)
    return image


def stored(image: Image.Image) -> Picture:
    """An RGBA image as it is stored."""
    alpha = image.getchannel("A")
    mask = zlib.compress(alpha.tobytes(), 6)
    strong = alpha.point(lambda value: 255 if value > 127 else 0)
    bands = [image.getchannel(band).histogram(strong) for band in "RGB"]
    spans = [[value for value, count in enumerate(band) if count] for band in bands]
    if all(span and span[-1] - span[0] <= _SAME_INK for span in spans):
        # Strokes of one ink: the mask alone carries the picture.
        ink = bytes((span[0] + span[-1]) // 2 for span in spans)
        return Picture(image.width, image.height, zlib.compress(ink), mask, True)
    return Picture(image.width, image.height, zlib.compress(image.convert("RGB").tobytes(), 6), mask, False)


@lru_cache(maxsize=512)
def text_picture(text: str, font: Path, font_index: int, pixels: int, ink: tuple[int, int, int]) -> Picture:
    """One line of text as a picture, kept for the next time."""
    if len(text) > _MOST_TEXT or not text.isprintable():
        raise AppearanceRefused("a line of text is too long or not text", code="appearance_text")
    with _font_lock:  # a FreeType face serves one thread at a time
        face = _face(font, font_index, max(8, pixels))
        mask, (left, top) = face.getmask2(text, mode="L")
        ascent, descent = face.getmetrics()
    width, height = mask.size
    if not width or not height:
        raise AppearanceRefused("the text draws nothing", code="appearance_text")
    # Lines share one height, so that a row of captions stands on even baselines.
    canvas = Image.new("L", (width + max(0, left), max(ascent + descent, top + height)))
    drawn = Image.frombytes("L", mask.size, bytes(mask))
    canvas.paste(drawn, (max(0, left), max(0, top)))
    coverage = zlib.compress(canvas.tobytes(), 6)
    return Picture(canvas.width, canvas.height, zlib.compress(bytes(ink)), coverage, True)


@lru_cache(maxsize=512)
def broken(line: str, font: Path, font_index: int, pixels: int, room: float) -> tuple[str, ...]:
    """`line` in one or two parts, each no wider than `room` pixels where that can be had; words stay whole."""
    with _font_lock:
        face = _face(font, font_index, pixels)
        if face.getlength(line) <= room:
            return (line,)
        ends = [at for at in range(1, len(line)) if _may_break(line, at) and face.getlength(line[:at].rstrip()) <= room]
    return (line[: ends[-1]].rstrip(), line[ends[-1] :].lstrip()) if ends else (line,)


def line_height(font: Path, font_index: int, pixels: int) -> int:
    """Pixels that every line of this face takes at least, as `text_picture` draws it."""
    with _font_lock:
        return sum(_face(font, font_index, pixels).getmetrics())


def _may_break(line: str, at: int) -> bool:
    """Between words, and between the signs of scripts that are written without spaces; never before a closing mark."""
    before, after = line[at - 1], line[at]
    if before.isspace():
        return True
    return min(before, after) >= "\u2e80" and after not in "，。、；：）》”’"


@lru_cache(maxsize=16)
def _face(font: Path, index: int, pixels: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(font, pixels, index=index, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise AppearanceRefused("the font cannot be read", code="appearance_font") from error
