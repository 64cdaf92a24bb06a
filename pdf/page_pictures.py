"""The child's side of pdf.intake for foreign pages: each becomes one picture of itself. Loads pdfium.

Letters, clips, functions and fonts are drawn by every program in its own way; a picture is not.
"""

from __future__ import annotations

import io
import json
import math
import signal
import time

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops

from pdf.drawing import seconds_left
from pdf.picturing import Packed, image_object, jpeg, lossless
from pdf.preview import PageBroken
from pdf.progress import tell
from pdf.writing import written

_DPI = 300
_MOST_PIXELS = 17_500_000  # a page of A3; what is larger is drawn coarser
_SLOWER = 2.0  # than at the 144 dpi that `seconds_left` is for
# A page of text has 60 to 400 kB without loss. What has more is a scan or a photograph, and goes down these steps.
_STEPS = ((300, 85), (200, 80), (150, 70))  # dpi, quality
_MOST_BYTES, _MOST_BYTES_OF_ALL = 1_000_000, 90_000_000  # signers' browsers read the file that they sign
_TONES = 16
_FLAT, _MOST_SHIFT = 8, 4  # pixels a side, of 255: letters' edges may shift by half a tone, grounds may not
_SAMPLES = 8  # strips of an eighth of the page together


def pictures_here(pdf: bytes) -> bytes:
    """A line of JSON {pages: how many}, then a rebuilt file: the same pages as pictures at 300 dpi, and nothing else.

    Sizes are kept and turned pages stand as they are shown. Raises PdfError `page_broken`; a page that takes too long
    ends this process. The same file gives the same bytes.
    """
    head, _, rebuilt = pdf.partition(b"\n")
    most = min(_MOST_BYTES, _MOST_BYTES_OF_ALL // max(1, int(json.loads(head)["pages"])))
    try:
        document = pypdfium2.PdfDocument(rebuilt)
    except pypdfium2.PdfiumError as error:
        raise PageBroken(str(error), page=1) from error
    document.init_forms()
    began = time.process_time()
    with pikepdf.new() as made:
        for number in range(len(document)):
            tell(number + 1)
            left = seconds_left(number, (time.process_time() - began) / _SLOWER)
            # Inside the library no Python runs: the default action of SIGXCPU helps, as in pdf.drawing.
            signal.setitimer(signal.ITIMER_PROF, left * _SLOWER)
            _add_page(made, document, number, most)
        signal.setitimer(signal.ITIMER_PROF, 0)
        return written(made)


def _add_page(made: pikepdf.Pdf, document: pypdfium2.PdfDocument, number: int, most: int) -> None:
    try:
        page = document[number]
        width, height = page.get_size()
        picture, packed = _packed(page, most)
        page.close()
    except pypdfium2.PdfiumError as error:
        raise PageBroken(f"page {number + 1}: {error}", page=number + 1) from error
    sides = [round(side, 3) for side in (width, height)]
    made.add_blank_page(page_size=(sides[0], sides[1]))
    target = made.pages[-1].obj
    target.MediaBox = Array([0, 0, *sides])
    target.Resources = Dictionary(XObject=Dictionary(Im=image_object(made, picture, packed)))
    target.Contents = made.make_stream(f"q {sides[0]:.3f} 0 0 {sides[1]:.3f} 0 0 cm /Im Do Q".encode())
    if "/Annots" in target:
        del target[Name.Annots]


def _packed(page: pypdfium2.PdfPage, most: int) -> tuple[Image.Image, Packed]:
    """Without loss where that is small, else the finest step that is, else the coarsest."""
    drawn = _drawn(page, _DPI)
    picture = _few_tones(drawn) if drawn.mode == "L" else drawn
    if _sampled_bytes(picture) <= 2 * most:
        packed = lossless(picture)
        if len(packed.data) <= most:
            return picture, packed
    for dpi, quality in _STEPS:
        picture = drawn if dpi == _DPI else _drawn(page, dpi, mode=drawn.mode)
        packed = jpeg(picture, quality=quality)
        if len(packed.data) <= most:
            break
    return picture, packed


def _drawn(page: pypdfium2.PdfPage, dpi: int, *, mode: str | None = None) -> Image.Image:
    """The page in grey where nothing on it has a colour, else in RGB; or in the `mode` asked for."""
    width, height = page.get_size()
    scale = min(dpi / 72, math.sqrt(_MOST_PIXELS / (width * height)) * dpi / _DPI)
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    red, green, blue = picture.split()
    if mode is None:
        pairs = ((red, green), (green, blue))
        mode = "RGB" if any(ImageChops.difference(*pair).getbbox() for pair in pairs) else "L"
    return green if mode == "L" else picture


def _few_tones(grey: Image.Image) -> Image.Image:
    """In sixteen tones where only edges notice, as letters on paper do; gradients and photographs stay as they are."""
    step = 255 // (_TONES - 1)
    numbers = grey.point([round(value / step) for value in range(256)])
    tones = numbers.point([min(255, value * step) for value in range(256)])
    shift = ImageChops.difference(grey.reduce(_FLAT), tones.reduce(_FLAT))
    if int(shift.getextrema()[1]) > _MOST_SHIFT:  # type: ignore[arg-type]
        return grey
    numbers.putpalette([value * step for value in range(_TONES) for _ in range(3)])
    return numbers


def _sampled_bytes(picture: Image.Image) -> int:
    """About how many bytes it has without loss, from strips: a photograph is not packed in vain."""
    strip = max(1, picture.height // _SAMPLES**2)
    lines = min(strip * _SAMPLES, picture.height)
    sample = picture.crop((0, 0, picture.width, lines))
    for number in range(_SAMPLES):
        top = min(number * picture.height // _SAMPLES, picture.height - strip)
        sample.paste(picture.crop((0, top, picture.width, top + strip)), (0, number * strip))
    file = io.BytesIO()
    sample.save(file, "PNG", compress_level=1)
    return len(file.getvalue()) * picture.height // lines
