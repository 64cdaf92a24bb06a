"""An organiser's emblem for the screens of a ceremony: drawn anew by a limited child, never passed on."""

from __future__ import annotations

from pdf.child import Limits
from pdf.errors import PdfError
from pdf.openers import OPENERS

LIMITS = Limits(wall_seconds=15.0, cpu_seconds=8, memory_bytes=768 * 1024 * 1024, output_bytes=8 * 1024 * 1024)
LARGEST = 4_000_000  # octets
SIDE = 800  # pixels
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def take_emblem(data: bytes) -> bytes:
    """A PNG or JPEG as a new PNG of at most `SIDE` pixels a side, without metadata; SVG can hold programs: refused.

    Raises PdfError `emblem_kind`, `emblem_too_large`, `emblem_broken`, `emblem_size`, or a ChildFailure (`child_…`).
    """
    if not data.startswith(_STARTS):
        raise PdfError("neither a PNG nor a JPEG", code="emblem_kind")
    if len(data) > LARGEST:
        raise PdfError(f"{len(data)} bytes", code="emblem_too_large", limit=LARGEST // 1_000_000)
    return OPENERS.run("pdf.emblems:draw_anew", data, limits=LIMITS)
