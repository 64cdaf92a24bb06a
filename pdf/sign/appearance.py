"""How a signature looks: the drawing over a thin line, the captions small below it, all inside the box."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from PIL import Image, ImageFont, UnidentifiedImageError

from pdf.errors import AppearanceRefused
from pdf.sign import syntax
from pdf.sign.revision import Update
from pdf.sign.values import Appearance, Box

LONGEST_PNG = 512 * 1024  # octets
MOST_PIXELS = 4_000_000
_STORED = (900, 450)  # pixels: 300 dpi on a box three inches wide
_MOST_TEXT = 120  # characters a line
_CAPTION = 6.8  # points: what can still be read on paper
_LEADING = 8.8  # points from line to line
_MARGIN = 4.0  # points between the captions and the edge of the box, where papers draw a frame
_MOST_CAPTIONS = 0.52  # of the height of the box
_DOTS = 5  # pixels a point for text
_INK = (13, 27, 62)
_GREY = (70, 76, 88)
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


def put_appearance(update: Update, appearance: Appearance, box: Box) -> int:
    """Write the form XObject of a signature's widget, and give its number; raises AppearanceRefused."""
    width, height = box[2] - box[0], box[3] - box[1]
    placed = _placed(appearance, box)
    images: syntax.Dictionary = {}
    content = []
    for index, (picture, (left, bottom, right, top)) in enumerate(placed):
        images[b"P%d" % index] = syntax.ref(_put_picture(update, picture))
        numbers = b" ".join(syntax.number(each) for each in (right - left, 0, 0, top - bottom, left, bottom))
        content.append(b"q %s cm /P%d Do Q" % (numbers, index))
    if appearance.captions:
        line, start, end = (syntax.number(each) for each in (_below(appearance, box), _MARGIN, width - _MARGIN))
        content.append(b"q 0.4 w 0.55 0.58 0.65 RG %s %s m %s %s l S Q" % (start, line, end, line))
    form = {
        b"Type": b"/XObject",
        b"Subtype": b"/Form",
        b"BBox": b"[0 0 %s %s]" % (syntax.number(width), syntax.number(height)),
        b"Resources": syntax.write_dictionary({b"XObject": syntax.write_dictionary(images)} if images else {}),
    }
    number = update.new()
    update.put_stream(number, form, b"\n".join(content))
    return number


def _put_picture(update: Update, picture: Picture) -> int:
    common = {b"Type": b"/XObject", b"Subtype": b"/Image", b"BitsPerComponent": b"8", b"Filter": b"/FlateDecode"}
    size = {b"Width": b"%d" % picture.width, b"Height": b"%d" % picture.height}
    mask, image = update.new(), update.new()
    update.put_stream(mask, {**common, **size, b"ColorSpace": b"/DeviceGray"}, picture.mask)
    if picture.one_colour:
        size = {b"Width": b"1", b"Height": b"1"}
    colours = {**common, **size, b"ColorSpace": b"/DeviceRGB", b"SMask": syntax.ref(mask)}
    update.put_stream(image, colours, picture.colours)
    return image


def _captions(appearance: Appearance, box: Box) -> list[str]:
    """The captions as lines that fit into the box: one that is too wide goes on in the next line."""
    if not appearance.captions:
        return []
    font, room = _font_of(appearance), (box[2] - box[0] - 2 * _MARGIN) * _DOTS
    lines = [caption for caption in appearance.captions if caption.strip()]
    return [part for line in lines for part in _broken(line, font, appearance.font_index, room)]


def _below(appearance: Appearance, box: Box) -> float:
    """How much of the box the captions take; in a low box they are smaller than they should be."""
    lines = len(_captions(appearance, box))
    return min(lines * _LEADING + _MARGIN * 1.5, (box[3] - box[1]) * _MOST_CAPTIONS) if lines else 0.0


def _placed(appearance: Appearance, box: Box) -> list[tuple[Picture, Box]]:
    width, height = box[2] - box[0], box[3] - box[1]
    lines, below = _captions(appearance, box), _below(appearance, box)
    placed = []
    mark = _mark(appearance, height - below)
    if mark is not None:
        placed.append((mark, _fitted(mark, (width * 0.03, below + 2.0, width * 0.97, height - 2.0), centred=True)))
    each = (below - _MARGIN * 1.5) / max(1, len(lines))
    points = min(_CAPTION, each * _CAPTION / _LEADING)
    for index, line in enumerate(lines):
        picture = _text(line, _font_of(appearance), appearance.font_index, round(points * _DOTS), _GREY)
        top = below - _MARGIN * 0.5 - index * each
        placed.append((picture, _fitted(picture, (_MARGIN, top - each, width - _MARGIN, top), centred=False)))
    return placed


def _mark(appearance: Appearance, room: float) -> Picture | None:
    if appearance.drawing is not None:
        return _drawing(appearance.drawing)
    if appearance.typed.strip():
        points = min(28.0, room * 0.7)
        return _text(appearance.typed, _font_of(appearance), appearance.font_index, round(points * _DOTS), _INK)
    return None


def _font_of(appearance: Appearance) -> Path:
    if appearance.font is None:
        raise AppearanceRefused("text needs a font", code="appearance_font")
    return appearance.font


def _fitted(picture: Picture, room: Box, *, centred: bool) -> Box:
    """The largest place in `room` with the picture's proportions; text is never larger than it was drawn."""
    width, height = room[2] - room[0], room[3] - room[1]
    scale = min(width / picture.width, height / picture.height, 1.0 if centred else 1 / _DOTS)
    shown_width, shown_height = picture.width * scale, picture.height * scale
    left = room[0] + ((width - shown_width) / 2 if centred else 0.0)
    bottom = room[1] + (height - shown_height) / 2
    return left, bottom, left + shown_width, bottom + shown_height


@lru_cache(maxsize=32)
def _drawing(png: bytes) -> Picture:
    """A drawn signature cut to its strokes; raises AppearanceRefused `drawing_malformed`, `…_too_large`, `…_empty`."""
    if len(png) > LONGEST_PNG:
        raise AppearanceRefused("the drawing has too many bytes", code="drawing_too_large")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise AppearanceRefused("the drawing has too many pixels", code="drawing_too_large")
            image = opened.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise AppearanceRefused("the drawing has too many pixels", code="drawing_too_large") from error
    except AppearanceRefused:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, zlib.error) as error:
        raise AppearanceRefused("not a PNG", code="drawing_malformed") from error
    strokes = image.getchannel("A").getbbox()
    if strokes is None:
        raise AppearanceRefused("nothing is drawn", code="drawing_empty")
    cut = image.crop(strokes)
    cut.thumbnail(_STORED)
    return _stored(cut)


def _stored(image: Image.Image) -> Picture:
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
def _text(text: str, font: Path, font_index: int, pixels: int, ink: tuple[int, int, int]) -> Picture:
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
def _broken(line: str, font: Path, font_index: int, room: float) -> tuple[str, ...]:
    """`line` in one or two parts, each no wider than `room` dots where that can be had; words stay whole."""
    with _font_lock:
        face = _face(font, font_index, round(_CAPTION * _DOTS))
        if face.getlength(line) <= room:
            return (line,)
        ends = [at for at in range(1, len(line)) if _may_break(line, at) and face.getlength(line[:at].rstrip()) <= room]
    return (line[: ends[-1]].rstrip(), line[ends[-1] :].lstrip()) if ends else (line,)


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


def forget() -> None:
    """Drop every picture kept for the next time."""
    _drawing.cache_clear()
    _text.cache_clear()
    _broken.cache_clear()
