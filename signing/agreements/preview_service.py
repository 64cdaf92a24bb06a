"""A draft's paper as it will be printed, with its seals as drawn, marked as a draft; no table and no storage keeps it.

What was printed lately lies in nameless files of this process: they end with it, whatever ends it.
"""

from __future__ import annotations

import hashlib
import mmap
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from core import config
from core.db import db
from core.errors import Conflict, Invalid, NotFound, Problem, Refusal
from pdf import marking, preview, render
from pdf.errors import PdfError
from signing.agreements import page_marks as marks_of_pages
from signing.agreements import queries
from signing.agreements.paper import AgreementPaper, Attached
from signing.agreements.printing import pages_of, paper_html, print_with_seals
from signing.agreements.work import attached_of, paper_of
from signing.ceremonies import queries as ceremonies
from signing.seals import queries as seals
from signing.seals.queries import SealToFreeze

# A paper gets its number when it is final: who holds a preview must not be able to quote one.
NUMBER = "草稿 DRAFT"
UNNAMED = "（待定）"
# Printing takes a second or so. Who waits holds one of few threads of the pages.
_PATIENCE_SECONDS = 5.0
_MOST_KEPT_BYTES = 256_000_000  # on the disk of one process
# A reader turns to and fro between two papers, and each page of them is asked for on its own.
_LEAST_KEPT = 2
_LONGEST_KEPT_SECONDS = 3_600.0  # after that nobody is reading: each look counts anew


class PreviewBusy(Refusal):
    """Another paper is being printed for somebody."""

    code = "preview_busy"
    status = 503


def be_ready() -> None:
    """Have the printing process load while the host looks at the plan; returns at once, and leaves it to others where
    this process does no background work."""
    if config.settings().run_jobs:
        render.start()


@dataclass(frozen=True)
class Piece:
    """Octets in a nameless file, which is there for as long as one of its pieces."""

    file: mmap.mmap
    at: int
    length: int

    def read(self) -> bytes:
        """From the disk, or from what the system has of it in memory."""
        return self.file[self.at : self.at + self.length]


@dataclass(frozen=True)
class Page:
    """A page as people read it, with its text for screen readers; sizes in pixels. `is_picture` as in pdf.preview."""

    picture: Piece
    width: int
    height: int
    text: str
    is_picture: bool = False

    @property
    def png(self) -> bytes:
        """The picture, read."""
        return self.picture.read()


@dataclass(frozen=True)
class Preview:
    """A marked paper: the PDF, its pages, and a digest (SHA-256, hex) of what it was made from."""

    digest: str
    paper: Piece
    pages: tuple[Page, ...]

    @property
    def pdf(self) -> bytes:
        """The file, read."""
        return self.paper.read()

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self.paper.length + sum(page.picture.length for page in self.pages)

    def page(self, number: int) -> Page:
        """One page, counted from 1; raises NotFound."""
        if not 1 <= number <= len(self.pages):
            raise NotFound("page_not_found")
        return self.pages[number - 1]


def shelve(digest: str, pdf: bytes, images: Sequence[preview.PageImage]) -> Preview:
    """A printed paper in a nameless file of its own."""
    with tempfile.TemporaryFile(dir=config.settings().data_dir) as file:
        file.writelines([pdf, *(each.png for each in images)])
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    ends = list(accumulate((len(each.png) for each in images), initial=len(pdf)))
    pages = tuple(
        Page(Piece(mapped, at, len(each.png)), each.width, each.height, each.text, each.is_picture)
        for at, each in zip(ends, images, strict=False)
    )
    return Preview(digest, Piece(mapped, 0, len(pdf)), pages)


@dataclass(frozen=True)
class _Kept:
    """A preview, and until when (monotonic) it is kept."""

    made: Preview
    until: float


_printing = threading.Lock()
# By agreement, the one looked at last at the end.
_kept: OrderedDict[str, _Kept] = OrderedDict()
_keeping = threading.Lock()


def make_preview(agreement_id: str) -> Preview:
    """Print an agreement that is still a draft; what was printed from the same values lately is given again.

    Raises NotFound, Conflict `agreement_frozen`, Invalid `amount_missing`, PreviewBusy, Refusal `preview_failed`.
    """
    agreement = queries.get_agreement(agreement_id)
    if not agreement.is_draft:
        raise Conflict("agreement_frozen")
    if agreement.kind == "investment" and not agreement.amount:
        raise Invalid([Problem("$.amount", "amount_missing")])
    paper, attached = _as_draft(paper_of(agreement)), attached_of(agreement_id)
    marks = seals.list_to_freeze(agreement, ceremonies.get_ceremony(agreement.ceremony_id))
    digest = _digest(paper, attached, marks)
    db.session.rollback()  # no snapshot is held while the paper is printed
    kept = _find(agreement_id, digest)
    if kept is not None:
        return kept
    if not _printing.acquire(timeout=_PATIENCE_SECONDS):
        raise PreviewBusy
    try:
        # Whoever was in front may have printed the same.
        return _find(agreement_id, digest) or _keep(agreement_id, _print(digest, paper, attached, marks))
    except PdfError as error:
        raise Refusal("preview_failed", status=500) from error
    finally:
        _printing.release()


def _as_draft(paper: AgreementPaper) -> AgreementPaper:
    signers = tuple(replace(each, name=each.name or UNNAMED) for each in paper.signers)
    return replace(paper, number=NUMBER, signers=signers)


def _digest(paper: AgreementPaper, attached: Attached | None, marks: Sequence[SealToFreeze]) -> str:
    said = [repr(attached), *map(repr, marks), paper_html(paper, attached)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _print(digest: str, paper: AgreementPaper, attached: Attached | None, marks: Sequence[SealToFreeze]) -> Preview:
    marked = marking.mark_pages(print_with_seals(paper, attached, marks), marks_of_pages.draft())
    return shelve(digest, marked, pages_of(marked, attached))


def _find(agreement_id: str, digest: str) -> Preview | None:
    with _keeping:
        _drop_old()
        kept = _kept.get(agreement_id)
        if kept is None or kept.made.digest != digest:
            return None
        _put_last(agreement_id, kept.made)
        return kept.made


def _keep(agreement_id: str, made: Preview) -> Preview:
    """In place of what was printed of this agreement before; what nobody looked at for longest goes first."""
    with _keeping:
        _drop_old()
        _put_last(agreement_id, made)
        while len(_kept) > _LEAST_KEPT and sum(each.made.size for each in _kept.values()) > _MOST_KEPT_BYTES:
            _kept.popitem(last=False)
        return made


def _put_last(agreement_id: str, made: Preview) -> None:
    _kept[agreement_id] = _Kept(made, time.monotonic() + _LONGEST_KEPT_SECONDS)
    _kept.move_to_end(agreement_id)


def _drop_old() -> None:
    """Whoever is reading one of them goes on: its file is closed with its last piece."""
    now = time.monotonic()
    while _kept and next(iter(_kept.values())).until <= now:
        _kept.popitem(last=False)
