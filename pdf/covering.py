"""The child's side of pdf.intake.look: pages drawn without some of their objects, and sheets laid over drawings."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw

from pdf.errors import PdfError

CONTRAST = 12  # of 255: the lightest grey that people still read on white differs by more
_SHARE = 0.1  # of the page's area: smaller sheets are table cells, legends and logos
_MOST_SHEETS = 40
_TILE = 12  # pixels at 72 dpi
_TILES_FORGIVEN = 3

_Box = tuple[int, int, int, int]


@contextmanager
def left_out(things: Sequence[pypdfium2.PdfObject]) -> Iterator[None]:
    """While this lasts, the page is drawn without `things`."""
    _set_drawn(things, is_drawn=False)
    yield
    _set_drawn(things, is_drawn=True)


def _set_drawn(things: Sequence[pypdfium2.PdfObject], *, is_drawn: bool) -> None:
    for thing in things:
        raw.FPDFPageObj_SetIsActive(thing, is_drawn)


def drawn(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    """The page as it is now, 72 dots to the inch times `scale`; RGB."""
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return picture.convert("RGB")


def change(one: Image.Image, other: Image.Image) -> Image.Image:
    """How far two pictures of one size differ at each pixel, in the colour where they differ most; one band."""
    red, green, blue = ImageChops.difference(one, other).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def is_covered(page: pypdfium2.PdfPage) -> bool:
    """Whether ink leaves no trace under something large that is laid over it, whatever that shows itself.

    Raises PdfError `pdf_too_complex` for too many things of such a size.
    """
    things = [thing for thing in page.get_objects() if thing.type != raw.FPDF_PAGEOBJ_FORM]
    width, height = page.get_size()
    # Nothing lies under the first.
    sheets = [at for at, thing in enumerate(things) if at and area(thing) >= _SHARE * width * height]
    if not sheets:
        return False
    if len(sheets) > _MOST_SHEETS:
        raise PdfError(f"{len(sheets)} layers of large drawings", code="pdf_too_complex")
    inked = _ink_below(page, things, sheets)
    if not any(inked):
        return False
    seen, done = drawn(page, 1.0), 0
    try:
        for at, tiles in zip(sheets, inked, strict=True):
            _set_drawn(things[done:at], is_drawn=False)
            done = at
            if len(tiles) > _TILES_FORGIVEN and _traceless(change(seen, drawn(page, 1.0)), tiles):
                return True
    finally:
        _set_drawn(things, is_drawn=True)
    return False


def _ink_below(
    page: pypdfium2.PdfPage, things: Sequence[pypdfium2.PdfObject], sheets: Sequence[int]
) -> list[list[_Box]]:
    """For each sheet the tiles of the page that have ink when all is left out but what lies below it."""
    found, done = [], 0
    _set_drawn(things, is_drawn=False)
    for at in sheets:
        _set_drawn(things[done:at], is_drawn=True)
        done = at
        found.append(_inked_tiles(drawn(page, 1.0).convert("L")))
    _set_drawn(things, is_drawn=True)
    return found


def _inked_tiles(picture: Image.Image) -> list[_Box]:
    low, high = picture.getextrema()
    if high - low < 2 * CONTRAST:  # type: ignore[operator]
        return []
    tiles = [
        (left, top, left + _TILE, top + _TILE)
        for top in range(0, picture.height - _TILE, _TILE)
        for left in range(0, picture.width - _TILE, _TILE)
    ]
    return [tile for tile in tiles if _spread(picture.crop(tile)) >= 2 * CONTRAST]


def _spread(part: Image.Image) -> int:
    low, high = part.getextrema()
    return int(high - low)  # type: ignore[operator]


def _traceless(changed: Image.Image, tiles: Sequence[_Box]) -> bool:
    """Whether more than a few of these tiles look the same with and without what lies below."""
    return sum(changed.crop(tile).getextrema()[1] < CONTRAST for tile in tiles) > _TILES_FORGIVEN  # type: ignore[operator]


def area(thing: pypdfium2.PdfObject) -> float:
    """On the page, in square points."""
    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(thing, *edges):
        return 0.0
    left, bottom, right, top = (edge.value for edge in edges)
    size, form = max(0.0, right - left) * max(0.0, top - bottom), thing.container
    while form is not None:
        matrix = form.get_matrix()
        size *= abs(matrix.a * matrix.d - matrix.b * matrix.c)
        form = form.container
    return float(size)
