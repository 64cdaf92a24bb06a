"""A second drawing program must agree with what signers see: poppler's pdftoppm draws a rebuilt file too.

Started as LibreOffice is, never linked; decision 0023.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from pdf.child import ChildFailure, Limits, run_limited
from pdf.openers import OPENERS
from pdf.preview import PageImage
from pdf.progress import Progress

READING = Limits(
    wall_seconds=15.0,
    cpu_seconds=8,
    memory_bytes=1024 * 1024 * 1024,
    output_bytes=200 * 1024 * 1024,
    # Without its cache fontconfig reads every font of the machine each time.
    readable=("/var/cache/fontconfig",),
    programs=True,
)
_DPI = 144  # what signers see is drawn at: pdf.drawing.SCALE
_MOST_PIXELS = 64_000_000  # at once: 32 pages of A4, or one of A0
_SPARE = 3  # pixels a side: programs round up or down
_TABLES = Path("/usr/share/poppler/cMap")
_SECONDS_A_PAGE = 0.4  # of processor time, as for pdf.intake.look


def find_reader() -> Path | None:
    """poppler's drawing program on this machine, if there is one."""
    found = shutil.which("pdftoppm")
    return Path(found) if found else None


def has_tables() -> bool:
    """Whether poppler has its tables of Chinese, Japanese and Korean letters (Debian: poppler-data)."""
    return _TABLES.is_dir()


def read_again(
    rebuilt: bytes,
    pages: Sequence[PageImage],
    *,
    reader: Path,
    limits: Limits = READING,
    progress: Progress | None = None,
) -> None:
    """Raises PdfError `pdf_read_differently` (param `page`, from 1) where two programs show different things.

    `pages` are the pictures that signers see, all of them; or a ChildFailure, as for any foreign file.
    """
    deadline = monotonic() + limits.wall_seconds
    for first, last in _runs(pages):
        if progress:
            progress.come_to(first)
        more = int(_SECONDS_A_PAGE * (last - first))
        deadline += 2 * more * (progress.patience if progress else 1.0)
        given = replace(limits, cpu_seconds=limits.cpu_seconds + more)
        most = sum(_bytes(page) for page in pages[first - 1 : last])
        head = {"program": str(reader), "first": first, "last": last, "dpi": _DPI, "most_bytes": most}
        told = json.dumps(head).encode() + b"\n"
        pictures = run_limited("pdf.second_drawing:draw_pages", told + rebuilt, limits=_until(deadline, given))
        told = json.dumps({"first": first, "length": len(rebuilt)}).encode() + b"\n"
        alone = replace(_until(deadline, given), programs=False)
        OPENERS.run("pdf.rereading:compare_pages", told + rebuilt + pictures, limits=alone)


def _runs(pages: Sequence[PageImage]) -> Iterator[tuple[int, int]]:
    """First and last page, from 1, of runs that fit into memory."""
    first, pixels = 1, 0
    for number, page in enumerate(pages, start=1):
        size = page.width * page.height
        if pixels and pixels + size > _MOST_PIXELS:
            yield first, number - 1
            first, pixels = number, 0
        pixels += size
    if pages:
        yield first, len(pages)


def _bytes(page: PageImage) -> int:
    return (page.width + _SPARE) * (page.height + _SPARE) + 64


def _until(deadline: float, limits: Limits) -> Limits:
    left = deadline - monotonic()
    if left <= 0:
        raise ChildFailure("no time left for a second reading", code="child_time")
    return replace(limits, wall_seconds=left)
