"""One mark laid over every page of a PDF; the file is opened in a limited child, for it may be a stranger's."""

from __future__ import annotations

import io

import pikepdf

from pdf.child import Limits
from pdf.openers import OPENERS

LIMITS = Limits(wall_seconds=30.0, cpu_seconds=20)
_LENGTH = 8


def mark_pages(pdf: bytes, mark: bytes) -> bytes:
    """`pdf` with the first page of `mark` over each of its pages, as large as fits. Raises PdfError `child_…`."""
    return OPENERS.run("pdf.marking:mark_here", len(mark).to_bytes(_LENGTH) + mark + pdf, limits=LIMITS)


def mark_here(payload: bytes) -> bytes:
    """The child's side: the length of the mark, the mark, the file."""
    end = _LENGTH + int.from_bytes(payload[:_LENGTH])
    with (
        pikepdf.open(io.BytesIO(payload[_LENGTH:end])) as mark,
        pikepdf.open(io.BytesIO(payload[end:])) as document,
    ):
        for page in document.pages:
            page.add_overlay(mark.pages[0], None)
        file = io.BytesIO()
        document.save(file, deterministic_id=True)
    return file.getvalue()
