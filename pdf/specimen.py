"""A picture of an organisation's mark, as it may be drawn into papers: taken in by a limited child, nothing but ink.

It is a specimen seal (示意印模), never a company's official seal: a picture proves nothing by itself.
"""

from __future__ import annotations

from pdf.child import Limits
from pdf.errors import PdfError
from pdf.openers import OPENERS

LIMITS = Limits(wall_seconds=15.0, cpu_seconds=8, memory_bytes=768 * 1024 * 1024, output_bytes=8 * 1024 * 1024)
LARGEST = 8_000_000  # octets
SIDE = 600  # pixels: 380 dots an inch on 40 mm
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def take_specimen(data: bytes) -> bytes:
    """A PNG or JPEG as a square PNG of at most `SIDE` pixels, cut to the mark, its white paper made transparent.

    The same picture gives the same bytes. Raises PdfError `seal_kind`, `seal_too_large`, `seal_broken`, `seal_size`,
    `seal_background`, `seal_empty`, `seal_shape`, or a ChildFailure (`child_…`).
    """
    if not data.startswith(_STARTS):
        raise PdfError("neither a PNG nor a JPEG", code="seal_kind")
    if len(data) > LARGEST:
        raise PdfError(f"{len(data)} bytes", code="seal_too_large", limit=LARGEST // 1_000_000)
    return OPENERS.run("pdf.inking:ink_of_picture", data, limits=LIMITS)
