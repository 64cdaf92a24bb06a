"""What comes from outside is rebuilt in a limited child, or refused with a code that says what to do about it."""

from __future__ import annotations

import json
from dataclasses import replace

from pdf.child import Limits, run_limited
from pdf.preview import PageImage, unpacked

LIMITS = Limits(wall_seconds=15.0, cpu_seconds=8, memory_bytes=768 * 1024 * 1024, output_bytes=128 * 1024 * 1024)
LOOKING = Limits(wall_seconds=15.0, cpu_seconds=8, memory_bytes=1024 * 1024 * 1024, output_bytes=200 * 1024 * 1024)
MOST_PAGES = 300
_SECONDS_A_PAGE = 0.4  # of processor time: twice what a dense page takes


def rebuild(pdf: bytes, *, most_pages: int = MOST_PAGES, limits: Limits = LIMITS) -> bytes:
    """The same pages in a file written anew: only what they show, form values and marks drawn in, damage repaired.

    Raises PdfError with a code: `not_a_pdf`, `pdf_encrypted`, `pdf_signed`, `pdf_script`, `pdf_xfa`,
    `pdf_attachment`, `pdf_layers`, `pdf_undrawn`, `pdf_no_page`, `pdf_too_complex`, `too_many_pages`,
    `page_too_large`, `page_broken`, or a ChildFailure (`child_…`). The same file gives the same bytes.
    """
    head = json.dumps({"most_pages": most_pages}).encode()
    return run_limited("pdf.rebuilding:rebuild_here", head + b"\n" + pdf, limits=limits)


def look(rebuilt: bytes, *, pages: int, limits: Limits = LOOKING) -> list[PageImage]:
    """The pictures and texts of a rebuilt file of `pages` pages, when nobody's eyes are deceived by it.

    Raises PdfError: `pdf_hidden` where a page carries what cannot be seen (params `page`, `text`), `page_broken`,
    `child_…`.
    """
    more = int(_SECONDS_A_PAGE * pages)
    longer = replace(limits, cpu_seconds=limits.cpu_seconds + more, wall_seconds=limits.wall_seconds + 2 * more)
    return unpacked(run_limited("pdf.unseen:draw_foreign", rebuilt, limits=longer))
