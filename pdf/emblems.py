"""The child's side of pdf.emblem. Imported in a limited child only."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps

from pdf.emblem import SIDE
from pdf.errors import PdfError

_MOST_PIXELS = 25_000_000
_LEAST_SIDE = 64  # pixels


def draw_anew(data: bytes) -> bytes:
    """The picture's pixels and nothing else. Raises PdfError with the codes of pdf.emblem.take_emblem."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _MOST_PIXELS or min(opened.size) < _LEAST_SIDE:
                raise PdfError(f"{opened.width} × {opened.height} pixels", code="emblem_size", least=_LEAST_SIDE)
            opened.load()
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except PdfError:
        raise
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="emblem_broken") from error
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    clean = Image.frombytes("RGBA", picture.size, picture.tobytes())
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
