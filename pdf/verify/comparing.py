"""The child's side of pdf.verify.pictures: draws with pdfium. Imported in a limited child only."""

from __future__ import annotations

import base64
import io
import json

import pypdfium2
from PIL import Image, ImageChops

from pdf.errors import PdfError
from pdf.warm import FILE

_COMPARED_AT, _SHOWN_AT = 0.6, 1.25  # of 72 dpi
_MOST_PAGES, _MOST_PAIRS, _MOST_IN_ALL = 200, 3, 12
_LONGEST_SIDE = 3_400.0
_COLOURS = 32


class _Drawn:
    """One state of the file; its pages drawn small once, and large where somebody looks."""

    def __init__(self, data: bytes) -> None:
        try:
            self._document = pypdfium2.PdfDocument(data)
            self._document.init_forms()
        except pypdfium2.PdfiumError as error:
            raise PdfError(str(error), code="page_broken") from error
        self.pages = len(self._document)
        self._small: dict[int, Image.Image | None] = {}

    def small(self, number: int) -> Image.Image | None:
        if number not in self._small:
            self._small[number] = self._draw(number, _COMPARED_AT)
        return self._small[number]

    def png(self, number: int) -> str | None:
        picture = self._draw(number, _SHOWN_AT)
        if picture is None:
            return None
        file = io.BytesIO()
        few = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, "PNG", compress_level=6)
        return base64.b64encode(file.getvalue()).decode()

    def _draw(self, number: int, scale: float) -> Image.Image | None:
        """None for a page that is not there, or that is none anybody could read."""
        if number >= self.pages:
            return None
        try:
            page = self._document[number]
            if max(page.get_size()) > _LONGEST_SIDE:
                return None
            picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
        except pypdfium2.PdfiumError:
            return None
        return picture


def compare_here(payload: bytes) -> bytes:
    """The answer to `draw_differences`: for each length, what differs from the whole, and how much was not compared.

    Raises PdfError.
    """
    with open(FILE, "rb", closefd=False) as file:
        file.seek(0)
        data = file.read()
    now = _Drawn(data)
    answer: list[dict[str, object]] = []
    shown = 0
    for length in json.loads(payload):
        then = _Drawn(data[:length])
        pages = max(then.pages, now.pages)
        seen = [n for n in range(min(_MOST_PAGES, pages)) if then.small(n) is not None or now.small(n) is not None]
        differing = [number for number in seen if not _is_same(then.small(number), now.small(number))]
        kept = differing[: min(_MOST_PAIRS, _MOST_IN_ALL - shown)]
        shown += len(kept)
        pairs = [{"page": each + 1, "signed": then.png(each), "current": now.png(each)} for each in kept]
        answer.append({"pages": pairs, "more": len(differing) - len(kept), "unseen": pages - len(seen)})
    return json.dumps(answer).encode()


def _is_same(one: Image.Image | None, other: Image.Image | None) -> bool:
    if one is None or other is None:
        return False
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None
