"""How much stands along the right edge of each page: pdfium looks in a limited child, never in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace

import pikepdf

from pdf.child import Limits
from pdf.openers import OPENERS
from pdf.sign import seams
from pdf.sign.sheets import read_sheet

LIMITS = Limits(wall_seconds=15.0, cpu_seconds=8, memory_bytes=768 * 1024 * 1024, output_bytes=16 * 1024 * 1024)
_SECONDS_A_PAGE = 0.4  # of processor time, as where papers are taken in


def read_ink(pdf: bytes) -> list[list[int]]:
    """For each page the ink under which a seal's slice could come to lie, millimetre by millimetre from the foot up.

    In hundredths of a square millimetre, as wide as `seams.strips` says; empty for a page without a slice. The same
    file gives the same numbers. Raises PdfError `page_broken`, `child_…`.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        strips = seams.strips([read_sheet(page) for page in document.pages])
    more = int(_SECONDS_A_PAGE * len(strips))
    limits = replace(LIMITS, cpu_seconds=LIMITS.cpu_seconds + more, wall_seconds=LIMITS.wall_seconds + 2 * more)
    found: list[list[int]] = json.loads(OPENERS.run("pdf.edging:ink_of_edges", question(strips, pdf), limits=limits))
    return found


def question(strips: Sequence[tuple[float, float] | None], pdf: bytes) -> bytes:
    """What the child is asked: where slices would come to lie, as JSON on a line, and the file."""
    return json.dumps(strips).encode() + b"\n" + pdf
