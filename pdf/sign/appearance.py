"""How a signature looks: the drawing over a thin line, the captions small below it, all inside the box.

Where a seal reaches into the box, the drawing may stand below it as on paper; the captions begin beside it.
"""

from __future__ import annotations

import io
import zlib
from functools import lru_cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pdf.errors import AppearanceRefused
from pdf.sign import syntax
from pdf.sign.pictures import Picture, broken, line_height, put_picture, stored, text_picture
from pdf.sign.revision import Update
from pdf.sign.values import Appearance, Box

LONGEST_PNG = 512 * 1024  # octets
MOST_PIXELS = 4_000_000
_STORED = (900, 450)  # pixels: 300 dpi on a box three inches wide
_CAPTION = 6.8  # points: what can still be read on paper
_LEADING = 8.8  # points from line to line
_MARGIN = 4.0  # points between the captions and the edge of the box, where papers draw a frame
_MOST_CAPTIONS = 0.52  # of the height of the box
_MOST_COVERED = 0.4  # of the width of the box: captions need the rest
_DOTS = 5  # pixels a point for text
_INK = (13, 27, 62)
_GREY = (70, 76, 88)


def put_appearance(update: Update, appearance: Appearance, box: Box, *, covered: float = 0.0) -> int:
    """Write the form XObject of a signature's widget, and give its number; raises AppearanceRefused.

    `covered` is how much of the box, from its left side, a seal stands over (1/72 inch).
    """
    width, height = box[2] - box[0], box[3] - box[1]
    start = _MARGIN + min(max(covered, 0.0), width * _MOST_COVERED)
    lines = _captions(appearance, width - start - _MARGIN)
    below = _below(lines, height)
    placed = _placed(appearance, box, lines, start, below)
    images: syntax.Dictionary = {}
    content = []
    for index, (picture, (left, bottom, right, top)) in enumerate(placed):
        images[b"P%d" % index] = syntax.ref(put_picture(update, picture))
        numbers = b" ".join(syntax.number(each) for each in (right - left, 0, 0, top - bottom, left, bottom))
        content.append(b"q %s cm /P%d Do Q" % (numbers, index))
    if appearance.captions:
        line, near, far = (syntax.number(each) for each in (below, _MARGIN, width - _MARGIN))
        content.append(b"q 0.4 w 0.55 0.58 0.65 RG %s %s m %s %s l S Q" % (near, line, far, line))
    form = {
        b"Type": b"/XObject",
        b"Subtype": b"/Form",
        b"BBox": b"[0 0 %s %s]" % (syntax.number(width), syntax.number(height)),
        b"Resources": syntax.write_dictionary({b"XObject": syntax.write_dictionary(images)} if images else {}),
    }
    number = update.new()
    update.put_stream(number, form, b"\n".join(content))
    return number


def _captions(appearance: Appearance, room: float) -> list[str]:
    """The captions as lines that fit into `room`: one that is too wide goes on in the next line."""
    if not appearance.captions:
        return []
    font, face, pixels = _font_of(appearance), appearance.font_index, round(_CAPTION * _DOTS)
    # A face that is higher than the leading is shown that much smaller, and a line takes as much less room.
    dots = room * max(_DOTS, line_height(font, face, pixels) / _LEADING)
    lines = [caption for caption in appearance.captions if caption.strip()]
    return [part for line in lines for part in broken(line, font, face, pixels, dots)]


def _below(lines: list[str], height: float) -> float:
    """How much of the box the captions take; in a low box they are smaller than they should be."""
    return min(len(lines) * _LEADING + _MARGIN * 1.5, height * _MOST_CAPTIONS) if lines else 0.0


def _placed(
    appearance: Appearance, box: Box, lines: list[str], start: float, below: float
) -> list[tuple[Picture, Box]]:
    width, height = box[2] - box[0], box[3] - box[1]
    placed = []
    mark = _mark(appearance, height - below)
    if mark is not None:
        placed.append((mark, _fitted(mark, (width * 0.03, below + 2.0, width * 0.97, height - 2.0), centred=True)))
    each = (below - _MARGIN * 1.5) / max(1, len(lines))
    points = min(_CAPTION, each * _CAPTION / _LEADING)
    for index, line in enumerate(lines):
        picture = text_picture(line, _font_of(appearance), appearance.font_index, round(points * _DOTS), _GREY)
        top = below - _MARGIN * 0.5 - index * each
        placed.append((picture, _fitted(picture, (start, top - each, width - _MARGIN, top), centred=False)))
    return placed


def _mark(appearance: Appearance, room: float) -> Picture | None:
    if appearance.drawing is not None:
        return _drawing(appearance.drawing)
    if appearance.typed.strip():
        points = min(28.0, room * 0.7)
        return text_picture(appearance.typed, _font_of(appearance), appearance.font_index, round(points * _DOTS), _INK)
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
    return stored(cut)


def forget() -> None:
    """Drop every picture kept for the next time."""
    _drawing.cache_clear()
    text_picture.cache_clear()
    broken.cache_clear()
