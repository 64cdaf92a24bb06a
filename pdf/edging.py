"""The child's side of pdf.edges: the right edge of pages as they are read, drawn with pdfium and measured."""

from __future__ import annotations

import json
from math import ceil

import pypdfium2
from PIL import Image

from pdf.preview import PageBroken

_SCALE = 2.0  # 144 dpi: the thinnest strokes of small print are seen
_MOST_PIXELS = 8_000  # of a page's height
_SEEN = 32  # of 255: what differs less from its paper is the grain of a scan


def ink_of_edges(payload: bytes) -> bytes:
    """A line of JSON, [share of the width, height in millimetres] or null for each page, and the file.

    The answer is JSON as pdf.edges.read_ink gives it. Raises PageBroken.
    """
    head, _, pdf = payload.partition(b"\n")
    strips = json.loads(head)
    try:
        document = pypdfium2.PdfDocument(pdf)
        found = [_ink(document[number], *strip) if strip else [] for number, strip in enumerate(strips)]
    except pypdfium2.PdfiumError as error:
        raise PageBroken(str(error), page=1) from error
    return json.dumps(found).encode()


def _ink(page: pypdfium2.PdfPage, share: float, height: float) -> list[int]:
    across, up = page.get_size()
    scale = min(_SCALE, _MOST_PIXELS / up)
    drawn = page.render(scale=scale, crop=(across * (1 - share), 0, 0, 0), may_draw_forms=False, grayscale=True)
    picture: Image.Image = drawn.to_pil().convert("L")
    page.close()
    return _by_millimetre(_differing(picture), picture.width, picture.height, height)


def _differing(picture: Image.Image) -> bytes:
    """A pixel an octet, 1 where it is not as most of the strip is: its paper may be of any shade."""
    counts = picture.histogram()
    paper = counts.index(max(counts))
    return picture.point([int(abs(level - paper) >= _SEEN) for level in range(256)]).tobytes()


def _by_millimetre(marked: bytes, width: int, height: int, millimetres: float) -> list[int]:
    """Hundredths of a square millimetre in each millimetre from the foot up."""
    high = millimetres / height
    sums = [0] * ceil(millimetres)
    for line in range(height):
        sums[int((height - 1 - line) * high)] += marked.count(1, line * width, (line + 1) * width)
    return [round(100 * each * high * high) for each in sums]
