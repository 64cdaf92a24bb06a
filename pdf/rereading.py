"""The child's side of pdf.second_reading: draws pages with pdfium and compares them with another program's pictures."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from pdf import covering, drawing
from pdf.differing import differ
from pdf.errors import PdfError
from pdf.placing import Box, Place

_MOST_APART = 2  # pixels: programs round the size of a page up or down
_COARSE = 2.5  # times: a pixel of a picture is drawn so much larger
_LONGEST = 4  # times its height: so many letters are looked at together
_OUTSIDE = 0.4  # of its height: how far another font's letters reach beyond those of this one


def compare_pages(payload: bytes) -> bytes:
    """See pdf.second_reading: a line of JSON {first, length}, a PDF so long, then PGM pictures of pages from `first`.

    Raises PdfError `pdf_read_differently` (param `page`) for the first page that two programs show differently.
    """
    head, _, rest = payload.partition(b"\n")
    told = json.loads(head)
    length = int(told["length"])
    document = pypdfium2.PdfDocument(rest[:length])
    for number, other in enumerate(_pictures(rest[length:]), start=int(told["first"])):
        page = document[number - 1]
        picture: Image.Image = page.render(scale=drawing.SCALE, may_draw_forms=False).to_pil().convert("L")
        size = (min(picture.width, other.width), min(picture.height, other.height))
        apart = max(abs(picture.width - other.width), abs(picture.height - other.height))
        common = (0, 0, *size)
        if apart > _MOST_APART or differ(
            picture.crop(common), other.crop(common), reach=_reach(page), substituted=_substituted(page, picture)
        ):
            raise PdfError(f"page {number}", code="pdf_read_differently", page=number)
        page.close()
    return b""


def _pictures(data: bytes) -> Iterator[Image.Image]:
    """Binary PGM (netpbm: P5, width, height, 255), one behind the other, as pdftoppm writes them: a line for each."""
    at = 0
    while at < len(data):
        start = at
        for _ in range(3):
            at = data.index(b"\n", at) + 1
        _, width, height, _ = data[start:at].split()
        size = (int(width), int(height))
        end = at + size[0] * size[1]
        yield Image.frombytes("L", size, data[at:end])
        at = end


def _reach(page: pypdfium2.PdfPage) -> int:
    """One pixel, or two where a picture is so coarse that programs smooth its pixels in different ways."""
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        width, height = thing.get_px_size()
        if width and height and covering.area(thing) * drawing.SCALE**2 > width * height * _COARSE**2:
            return 2
    return 1


def _substituted(page: pypdfium2.PdfPage, picture: Image.Image) -> Iterator[Box]:
    """Where letters stand in fonts that the file does not carry, some of one line together."""
    text_page, place = page.get_textpage(), Place(page, picture)
    own: dict[int, bool] = {}
    line: Box | None = None
    for index in range(raw.FPDFText_CountChars(text_page)):
        if raw.FPDFText_IsGenerated(text_page, index) == 1 or raw.FPDFText_GetUnicode(text_page, index) <= 0x20:
            continue
        drawer = raw.FPDFText_GetTextObject(text_page, index)
        if not drawer or _is_carried(drawer, own):
            continue
        box = place.of(text_page, index)
        if box[0] >= box[2] or box[1] >= box[3]:
            continue  # outside the page
        joined = _joined(line, box) if line else box
        if line and _is_too_long(joined, line):
            yield _grown(line, picture)
            joined = box
        line = joined
    text_page.close()
    if line:
        yield _grown(line, picture)


def _is_carried(text: object, known: dict[int, bool]) -> bool:
    font = raw.FPDFTextObj_GetFont(text)
    address = ctypes.cast(font, ctypes.c_void_p).value or 0
    if address not in known:
        known[address] = bool(font) and raw.FPDFFont_GetIsEmbedded(font) != 0
    return known[address]


def _joined(one: Box, other: Box) -> Box:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def _is_too_long(joined: Box, line: Box) -> bool:
    """Whether a box is no longer a few letters of the line that it began with."""
    short = min(line[2] - line[0], line[3] - line[1])
    sides = sorted((joined[2] - joined[0], joined[3] - joined[1]))
    return sides[0] > 2 * max(8, short) or sides[1] > _LONGEST * max(12, sides[0])


def _grown(box: Box, picture: Image.Image) -> Box:
    by = 2 + int(_OUTSIDE * min(box[2] - box[0], box[3] - box[1]))
    width, height = picture.size
    return (max(0, box[0] - by), max(0, box[1] - by), min(width, box[2] + by), min(height, box[3] + by))
