"""The child's side of pdf.intake.look: words and drawings that a page carries and nobody sees. Loads pdfium.

What is hidden before signing could be uncovered after it (the "shadow" attacks, NDSS 2021): white or covered text, text
outside the page, a sheet laid over something. It is refused with the page and the first words. A letter is seen where
the page looks otherwise without it; that something else is drawn at its place does not count.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from pdf import covering, drawing
from pdf.errors import PdfError
from pdf.placing import Box, Place

_FORGIVEN = 2  # characters a page: a stray blank glyph is no shadow
_FAINT = 24  # of 255: letters that differ by less are read on no screen that has to be shared
_PLAIN = 64  # of 255: what differs by so much is read on any ground
_GRAIN_SHARE = 3  # on a ground with a grain, letters differ by a third of what the grain does
_SMALLEST = 3.5 * drawing.SCALE  # pixels: laws and insurers print in 5 points, and their raised letters are 3.5 high
_PRINTERS_MARK = 10
_OVERLAP = 0.6  # of a letter's box
_SAME = 4  # pixels: letters printed twice to look bold are no further apart
_CELL = 24  # pixels
_MOST_LAYERS = 24  # of letters over letters
_SAID = 40


def draw_foreign(pdf: bytes) -> bytes:
    """See pdf.drawing.draw_pages; raises PdfError `pdf_hidden` and `pdf_covered` besides."""
    return drawing.draw(pdf, look=refuse_unseen)


def refuse_unseen(page: pypdfium2.PdfPage, number: int, picture: Image.Image) -> None:
    """Raises PdfError `pdf_hidden` (`page`, `text`) and `pdf_covered`; `picture` is the page as people see it."""
    if text := _hidden_text(page, picture):
        raise PdfError(f"page {number}: {text[:_SAID]}", code="pdf_hidden", page=number, text=text[:_SAID])
    if covering.is_covered(page):
        raise PdfError(f"a sheet over a drawing on page {number}", code="pdf_covered", page=number)


@dataclass(frozen=True)
class _Letter:
    """A character that ought to have ink, where it stands in the picture, and the text object that draws it."""

    index: int
    sign: str
    box: Box
    drawer: int
    height: float


class _Look:
    """One page as it is, and as it would be without some of its texts."""

    def __init__(self, page: pypdfium2.PdfPage, picture: Image.Image) -> None:
        self._page, self._picture = page, picture
        self._texts = {_address(text): text for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])}
        self._bare = self._without(self._texts)
        self._ground = self._bare.convert("L")

    def unseen(self, letters: Iterable[_Letter], *, without: Iterable[int] | None = None) -> list[_Letter]:
        """Those whose place looks the same when the texts with these addresses, or all texts, are left out."""
        changed = covering.change(self._picture, self._bare if without is None else self._without(without))
        return [letter for letter in letters if not _is_seen(changed, self._ground, letter.box)]

    def _without(self, addresses: Iterable[int]) -> Image.Image:
        with covering.left_out([self._texts[each] for each in addresses if each in self._texts]):
            return covering.drawn(self._page, drawing.SCALE)


def _hidden_text(page: pypdfium2.PdfPage, picture: Image.Image) -> str:
    """The characters that cannot be seen, where they are too many to be an accident."""
    text_page = page.get_textpage()
    letters = list(_letters(text_page, Place(page, picture)))
    text_page.close()
    if not letters:
        return ""
    look = _Look(page, picture)
    hidden = {letter.index: letter for letter in look.unseen(letters)}
    for layer in _layers(letters):
        mine = [letter for letter in letters if letter.drawer in layer]
        hidden |= {letter.index: letter for letter in look.unseen(mine, without=layer)}
    hidden |= _too_small(letters)
    is_accident = len(hidden) <= _FORGIVEN and not any(letter.sign.isnumeric() for letter in hidden.values())
    return "" if is_accident else _words(sorted(hidden.items()))


def _too_small(letters: Sequence[_Letter]) -> dict[int, _Letter]:
    """Letters that are lines or dots to the eye and words to a search, where they are more than a printer's mark."""
    tiny = {letter.index: letter for letter in letters if letter.height < _SMALLEST and letter.sign.isalnum()}
    return tiny if len(tiny) > _PRINTERS_MARK else {}


def _words(found: Sequence[tuple[int, _Letter]]) -> str:
    """The letters at these places of the text, with a space where something lies between two."""
    before = [found[0][0] - 1, *(index for index, _ in found)]
    return "".join(
        letter.sign if index == last + 1 else f" {letter.sign}"
        for last, (index, letter) in zip(before, found, strict=False)
    )


def _letters(text_page: pypdfium2.PdfTextPage, place: Place) -> Iterator[_Letter]:
    """What ought to have ink: neither spaces nor signs that only steer, nor what the library adds between words."""
    for index in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if not 0x20 < code < 0x11_0000 or raw.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        sign = chr(code)
        if unicodedata.category(sign)[0] not in "CZ":
            drawer = raw.FPDFText_GetTextObject(text_page, index)
            height = place.height(text_page, index)
            yield _Letter(index, sign, place.of(text_page, index), _address(drawer) if drawer else 0, height)


def _address(thing: object) -> int:
    return ctypes.cast(getattr(thing, "raw", thing), ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def _layers(letters: Sequence[_Letter]) -> list[set[int]]:
    """Texts that lie over or under other letters, in sets without two that touch; raises PdfError `pdf_too_complex`.

    Letters printed twice in one place show the same words, and do not count.
    """
    touched: dict[int, set[int]] = defaultdict(set)
    for one, other in _overlapping(letters):
        touched[one.drawer].add(other.drawer)
        touched[other.drawer].add(one.drawer)
    layers: list[set[int]] = []
    for drawer, others in touched.items():
        layer = next((each for each in layers if not each & others), None)
        if layer is None:
            layers.append(layer := set())
        layer.add(drawer)
    if len(layers) > _MOST_LAYERS:
        raise PdfError(f"{len(layers)} layers of letters", code="pdf_too_complex")
    return layers


def _overlapping(letters: Sequence[_Letter]) -> Iterator[tuple[_Letter, _Letter]]:
    """Pairs of different texts where the second's box hides most of the first's."""
    cells: dict[tuple[int, int], list[_Letter]] = defaultdict(list)
    for letter in letters:
        left, top, right, bottom = letter.box
        for row in range(top // _CELL, bottom // _CELL + 1):
            for column in range(left // _CELL, right // _CELL + 1):
                cells[column, row].append(letter)
    for letter in letters:
        left, top, right, bottom = letter.box
        for other in cells[(left + right) // 2 // _CELL, (top + bottom) // 2 // _CELL]:
            if other.drawer != letter.drawer and _covers(other, letter) and not _is_same(letter, other):
                yield letter, other


def _covers(upper: _Letter, lower: _Letter) -> bool:
    width = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    height = min(upper.box[3], lower.box[3]) - max(upper.box[1], lower.box[1])
    whole = (lower.box[2] - lower.box[0]) * (lower.box[3] - lower.box[1])
    return min(width, height) > 0 and width * height >= _OVERLAP * whole


def _is_same(one: _Letter, other: _Letter) -> bool:
    near = all(abs(here - there) <= _SAME for here, there in zip(one.box, other.box, strict=True))
    return near and one.sign == other.sign


def _is_seen(changed: Image.Image, ground: Image.Image, box: Box) -> bool:
    """Whether a place changes by more than its ground does by itself."""
    if box[0] >= box[2] or box[1] >= box[3]:
        return False  # outside the page
    most = int(changed.crop(box).getextrema()[1])  # type: ignore[arg-type]
    if most < _FAINT or most >= _PLAIN:
        return most >= _PLAIN
    return most * _GRAIN_SHARE >= _grain(ground.crop(box))


def _grain(ground: Image.Image) -> int:
    """How far apart its dark and light parts are, lines and edges (a tenth at each end) left out."""
    counts, whole = ground.histogram(), ground.width * ground.height
    low, high, passed = 0, 255, 0
    for value, count in enumerate(counts):
        if passed <= whole // 10:
            low = value
        if passed < whole - whole // 10:
            high = value
        passed += count
    return high - low
