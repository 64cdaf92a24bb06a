"""What comes from outside is rebuilt in a limited child, or refused with a code that says what to do about it."""

from __future__ import annotations

from pdf.child import Limits, run_limited

LIMITS = Limits(wall_seconds=20.0, cpu_seconds=10, memory_bytes=768 * 1024 * 1024, output_bytes=128 * 1024 * 1024)


def rebuild(pdf: bytes, *, limits: Limits = LIMITS) -> bytes:
    """The same pages in a file written anew: only objects in use, form values flattened, damage repaired.

    Raises PdfError with a code: `not_a_pdf`, `pdf_encrypted`, `pdf_signed`, `pdf_script`, `pdf_xfa`,
    `pdf_attachment`, `pdf_no_page`, `too_many_pages`, `page_too_large`, or a ChildFailure (`child_…`).
    The same file gives the same bytes.
    """
    return run_limited("pdf.rebuilding:rebuild_here", pdf, limits=limits)
