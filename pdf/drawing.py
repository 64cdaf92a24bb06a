"""The child's side of pdf.preview: draws with pdfium. Never imported by the web process, as pdf.unseen is not."""

from __future__ import annotations

import io
import signal
import time
from collections.abc import Callable

import pypdfium2
from PIL import Image

from pdf.errors import PdfError
from pdf.preview import PageBroken, PageImage, packed
from pdf.progress import tell
from pdf.reading_order import any_untold, chars, is_told_backwards, text_by_lines

_OUR_RENDERER = "WeasyPrint"
SCALE = 2.0  # 144 dpi: PDF points are 72 to the inch
_COLOURS = 256
_MOST_PAGES = 300
# A0 is 2384 × 3370 points. What is larger is no page that anybody reads, and would fill the memory.
_LONGEST_SIDE = 3_400.0
# Of processor time: a page of text takes 0.04. Many slow pages are stopped as early as a single one.
_PAGE_SECONDS, _FIRST_SECONDS, _SECONDS_A_PAGE = 5.0, 8.0, 0.4

Look = Callable[[pypdfium2.PdfPage, int, Image.Image], None]


def draw_pages(pdf: bytes) -> bytes:
    """All pages, packed as pdf.preview reads them. Raises PdfError."""
    return draw(pdf)


def draw(pdf: bytes, *, look: Look | None = None) -> bytes:
    """All pages; `look(page, number, picture)` may refuse each. A page that takes too long ends this process."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise PageBroken(str(error), page=1) from error
    count = len(document)
    if not count:
        raise PageBroken("no page", page=1)
    if count > _MOST_PAGES:
        raise PdfError(f"{count} pages", code="too_many_pages", pages=count, limit=_MOST_PAGES)
    document.init_forms()
    # What our renderer prints has one column and is drawn headings first; others' order is better than a guess.
    own = document.get_metadata_value("Producer").startswith(_OUR_RENDERER)
    images, began = [], time.process_time()
    for number in range(count):
        tell(number + 1)
        # Inside the library no Python runs: the default action of SIGXCPU, which pdf.child names, is all that helps.
        signal.setitimer(signal.ITIMER_PROF, seconds_left(number, time.process_time() - began))
        images.append(_draw(document, number, look, own=own))
    return packed(images)


def seconds_left(done: int, used: float) -> float:
    """Processor time for the next page when `done` pages took `used` seconds; never 0, which is no limit."""
    return max(0.001, min(_PAGE_SECONDS, _FIRST_SECONDS + _SECONDS_A_PAGE * done - used))


def _text(page: pypdfium2.PdfTextpage, *, own: bool) -> str:
    if own:
        return text_by_lines(page)
    if is_told_backwards(page):
        return text_by_lines(page, blanks=False)
    return "".join(chars(page)) if any_untold(page) else page.get_text_bounded()


def _draw(document: pypdfium2.PdfDocument, number: int, look: Look | None, *, own: bool) -> PageImage:
    try:
        page = document[number]
        if max(page.get_size()) > _LONGEST_SIDE:
            raise PdfError(f"page {number + 1} is {page.get_size()} points", code="page_too_large", page=number + 1)
        picture = page.render(scale=SCALE, may_draw_forms=True).to_pil().convert("RGB")
        text = _text(page.get_textpage(), own=own)
        if look is not None:
            look(page, number + 1, picture)
        page.close()
    except pypdfium2.PdfiumError as error:
        raise PageBroken(f"page {number + 1}: {error}", page=number + 1) from error
    return PageImage(_png(picture), picture.width, picture.height, text.replace("\r\n", "\n"))


def _png(picture: Image.Image) -> bytes:
    """No dot is far from what was drawn: with 32 colours a page of gradients showed others. A quarter of the bytes of
    all colours, and quicker than any other good format."""
    file = io.BytesIO()
    few = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", compress_level=6)
    return file.getvalue()
