"""The child's side of pdf.intake.look: words and drawings that a page carries and nobody sees. Loads pdfium.

What is hidden before signing could be uncovered after it (the "shadow" attacks, NDSS 2021): white or covered text, text
outside the page, a sheet of white laid over something. It is refused with the page and the first words.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw

from pdf import drawing
from pdf.errors import PdfError

_CONTRAST = 12  # of 255: the lightest grey that people still read on white differs by more
_FORGIVEN = 2  # characters a page: a stray blank glyph is no shadow
_SHARE_OF_OCR = 5  # one in five: words recognised in a scan lie beside the ink here and there
_INVISIBLE = 3  # text rendering mode, ISO 32000-2 Table 104: how scanners lay recognised words over a picture
_COVER_SHARE = 0.1  # of the page's area: smaller sheets are table cells, legends and logos
_MOST_COVERS = 24
_TILE = 12  # pixels at 72 dpi
_TILES_FORGIVEN = 3
_SAID = 40


def draw_foreign(pdf: bytes) -> bytes:
    """See pdf.drawing.draw_pages; raises PdfError `pdf_hidden` and `pdf_covered` besides."""
    return drawing.draw(pdf, look=refuse_unseen)


def refuse_unseen(page: pypdfium2.PdfPage, number: int, picture: Image.Image) -> None:
    """Raises PdfError `pdf_hidden` (`page`, `text`) and `pdf_covered`; `picture` is the page as people see it."""
    if text := _hidden_text(page, picture):
        raise PdfError(f"page {number}: {text[:_SAID]}", code="pdf_hidden", page=number, text=text[:_SAID])
    if _is_covered(page):
        raise PdfError(f"a sheet over a drawing on page {number}", code="pdf_covered", page=number)


def _hidden_text(page: pypdfium2.PdfPage, picture: Image.Image) -> str:
    """The characters that cannot be seen, where they are too many to be an accident."""
    text_page, place = page.get_textpage(), _Place(page, picture)
    drawn: list[tuple[int, str]] = []
    recognised: list[tuple[int, str]] = []
    all_recognised = 0
    for index, letter in _letters(text_page):
        is_recognised = _mode(text_page, index) == _INVISIBLE
        all_recognised += is_recognised
        if not _has_ink(picture, place.of(text_page, index)):
            (recognised if is_recognised else drawn).append((index, letter))
    text_page.close()
    if len(drawn) > _FORGIVEN:
        return _words(drawn)
    if len(recognised) > max(_FORGIVEN, all_recognised // _SHARE_OF_OCR):
        return _words(recognised)
    return ""


def _words(found: list[tuple[int, str]]) -> str:
    """The letters at these places of the text, with a space where something lies between two."""
    before = [found[0][0] - 1, *(index for index, _ in found)]
    return "".join(
        letter if index == last + 1 else f" {letter}" for last, (index, letter) in zip(before, found, strict=False)
    )


def _letters(text_page: pypdfium2.PdfTextPage) -> Iterator[tuple[int, str]]:
    """What ought to have ink: neither spaces nor signs that only steer, nor what the library adds between words."""
    for index in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if not 0x20 < code < 0x11_0000 or raw.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        letter = chr(code)
        if unicodedata.category(letter)[0] not in "CZ":
            yield index, letter


def _mode(text_page: pypdfium2.PdfTextPage, index: int) -> int:
    found = raw.FPDFText_GetTextObject(text_page, index)
    return int(raw.FPDFTextObj_GetTextRenderMode(found)) if found else 0


class _Place:
    """Where characters stand in the picture of their page, however that is turned."""

    def __init__(self, page: pypdfium2.PdfPage, picture: Image.Image) -> None:
        self._most = picture.size
        far = 10_000  # the library answers in whole pixels: from far away the error is small
        origin, right, up = (_pixel(page, picture, x, y) for x, y in ((0, 0), (far, 0), (0, far)))
        self._origin = origin
        self._across = ((right[0] - origin[0]) / far, (right[1] - origin[1]) / far)
        self._up = ((up[0] - origin[0]) / far, (up[1] - origin[1]) / far)

    def of(self, text_page: pypdfium2.PdfTextPage, index: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels, cut to the picture."""
        edges = [ctypes.c_double() for _ in range(4)]
        raw.FPDFText_GetCharBox(text_page, index, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        (x1, y1), (x2, y2) = self._pixel(left, bottom), self._pixel(right, top)
        width, height = self._most
        return (
            max(0, int(min(x1, x2))),
            max(0, int(min(y1, y2))),
            min(width, int(max(x1, x2)) + 1),
            min(height, int(max(y1, y2)) + 1),
        )

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._across[0] + y * self._up[0],
            self._origin[1] + x * self._across[1] + y * self._up[1],
        )


def _pixel(page: pypdfium2.PdfPage, picture: Image.Image, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, picture.width, picture.height, 0, x, y, across, down)
    return across.value, down.value


def _has_ink(picture: Image.Image, box: tuple[int, int, int, int]) -> bool:
    if box[0] >= box[2] or box[1] >= box[3]:
        return False  # outside the page
    extremes = picture.crop(box).getextrema()
    return any(high - low >= _CONTRAST for low, high in extremes)  # type: ignore[misc]


def _is_covered(page: pypdfium2.PdfPage) -> bool:
    """Whether taking a large object away shows ink where the page was blank."""
    width, height = page.get_size()
    covers = [each for each in list(page.get_objects(max_depth=1))[1:] if _area(each) >= _COVER_SHARE * width * height]
    if not covers:
        return False
    if len(covers) > _MOST_COVERS:
        raise PdfError(f"{len(covers)} layers of large drawings", code="pdf_too_complex")
    seen = _sketch(page)
    for cover in covers:
        raw.FPDFPageObj_SetIsActive(cover, False)
        without = _sketch(page)
        raw.FPDFPageObj_SetIsActive(cover, True)
        if _uncovers(seen, without):
            return True
    return False


def _area(thing: pypdfium2.PdfObject) -> float:
    try:
        left, bottom, right, top = thing.get_bounds()
    except pypdfium2.PdfiumError:
        return 0.0
    return max(0.0, float(right - left)) * max(0.0, float(top - bottom))


def _sketch(page: pypdfium2.PdfPage) -> Image.Image:
    drawn: Image.Image = page.render(scale=1.0, may_draw_forms=False).to_pil()
    return drawn.convert("L")


def _uncovers(seen: Image.Image, without: Image.Image) -> bool:
    """Whether tiles that are blank in one picture have ink in the other."""
    if ImageChops.difference(seen, without).getbbox() is None:
        return False
    found = 0
    for top in range(0, seen.height - _TILE, _TILE):
        for left in range(0, seen.width - _TILE, _TILE):
            box = (left, top, left + _TILE, top + _TILE)
            found += not _varies(seen.crop(box)) and _varies(without.crop(box))
    return found > _TILES_FORGIVEN


def _varies(tile: Image.Image) -> bool:
    low, high = tile.getextrema()
    return bool(high - low >= 2 * _CONTRAST)  # type: ignore[operator]
