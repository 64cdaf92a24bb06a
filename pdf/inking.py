"""The child's side of pdf.specimen: the ink of a mark without its paper. Imported in a limited child only."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageChops, ImageOps

from pdf.errors import PdfError
from pdf.specimen import SIDE

_MOST_PIXELS = 25_000_000
_LEAST_SIDE = 200  # pixels of the mark itself: 127 dots an inch on 40 mm
_LIGHT = 190  # of 255: what paper is at least
_GRAIN = 24  # of 255: what is fainter is the grain of the paper
_CLEAR = 128  # of 255
_LONGEST = 1.5  # to one: what is longer is no seal
_MOST_INK = 0.8  # of the square: a filled disc has 0.79
_BORDER = 50  # one part in so many of the picture's side is looked at for the paper's colour


def ink_of_picture(data: bytes) -> bytes:
    """A square PNG, RGBA. Raises PdfError with the codes of pdf.specimen.take_specimen."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _MOST_PIXELS or min(opened.size) < _LEAST_SIDE:
                raise PdfError(f"{opened.width} × {opened.height} pixels", code="seal_size", least=_LEAST_SIDE)
            opened.load()
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except PdfError:
        raise
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="seal_broken") from error
    return _png(_square(_cut(picture if _is_cut_out(picture) else _without_paper(picture.convert("RGB")))))


def _is_cut_out(picture: Image.Image) -> bool:
    """Whether its paper is transparent already: more than a tenth of it."""
    clear = sum(picture.getchannel("A").histogram()[:_CLEAR])
    return clear * 10 > picture.width * picture.height


def _without_paper(picture: Image.Image) -> Image.Image:
    """The least ink that gives the same picture on white: what was anti-aliased stays so, without a white rim."""
    paper = _paper(picture)
    bands = [
        band.point([min(255, round(value * 255 / white)) for value in range(256)])
        for band, white in zip(picture.split(), paper, strict=True)
    ]
    white = ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])
    white = white.point([255 if value > 255 - _GRAIN else value for value in range(256)])
    # Colours multiplied by coverage: what each band has above the white that shines through.
    ink = [ImageChops.subtract(band, white) for band in bands]
    return Image.merge("RGBa", [*ink, ImageChops.invert(white)]).convert("RGBA")


def _paper(picture: Image.Image) -> tuple[int, ...]:
    """The paper's colour: the middle value of each band along the border. Raises PdfError `seal_background`."""
    rim = max(2, min(picture.size) // _BORDER)
    inner = (rim, rim, picture.width - rim, picture.height - rim)
    mask = Image.new("L", picture.size, 255)
    mask.paste(0, inner)
    middles = []
    for band in picture.split():
        counts = band.histogram(mask)
        half, passed = sum(counts) / 2, 0
        for value, count in enumerate(counts):
            passed += count
            if passed >= half:
                middles.append(value)
                break
    if min(middles) < _LIGHT:
        raise PdfError("the paper is not white", code="seal_background")
    return tuple(middles)


def _cut(picture: Image.Image) -> Image.Image:
    alpha = picture.getchannel("A")
    box = alpha.point([255 if value > 2 * _GRAIN else 0 for value in range(256)]).getbbox()
    if box is None:
        raise PdfError("nothing is drawn", code="seal_empty")
    width, height = box[2] - box[0], box[3] - box[1]
    if min(width, height) < _LEAST_SIDE:
        raise PdfError(f"the mark has {width} × {height} pixels", code="seal_size", least=_LEAST_SIDE)
    if max(width, height) > _LONGEST * min(width, height):
        raise PdfError(f"the mark has {width} × {height} pixels", code="seal_shape")
    cut = picture.crop(box)
    covered = sum(cut.getchannel("A").histogram()[_CLEAR:])
    if covered > _MOST_INK * max(width, height) ** 2:
        raise PdfError("a picture without paper around a mark", code="seal_background")
    return cut


def _square(mark: Image.Image) -> Image.Image:
    side = max(mark.size)
    square = Image.new("RGBA", (side, side))
    square.paste(mark, ((side - mark.width) // 2, (side - mark.height) // 2))
    return square if side <= SIDE else square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _png(picture: Image.Image) -> bytes:
    """Without what a camera or program writes beside the pixels; clear pixels have no colour."""
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture, (0, 0), picture.getchannel("A").point([255 if value else 0 for value in range(256)]))
    file = io.BytesIO()
    clean.save(file, "PNG", compress_level=9)
    return file.getvalue()
