"""What comes from outside is rebuilt in a limited child, or refused with a code that says what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from time import monotonic, time

from pdf.child import Limits, run_limited
from pdf.errors import PdfError
from pdf.openers import OPENERS
from pdf.preview import PageImage, page_images, unpacked
from pdf.progress import Progress, Step
from pdf.second_reading import READING, find_reader, read_again

LIMITS = Limits(wall_seconds=15.0, cpu_seconds=12, memory_bytes=768 * 1024 * 1024, output_bytes=128 * 1024 * 1024)
LOOKING = Limits(wall_seconds=15.0, cpu_seconds=8, memory_bytes=1024 * 1024 * 1024, output_bytes=200 * 1024 * 1024)
# A child ends by itself, page by page, before its processor time does (pdf.page_pictures).
PICTURING = Limits(wall_seconds=15.0, cpu_seconds=15, memory_bytes=1024 * 1024 * 1024, output_bytes=128 * 1024 * 1024)
# A text of 70 pages takes LibreOffice 3 to 6 s, one of 290 up to 20 on a busy machine of two cores, both within 1 GiB
# of address space: what it maps is far more than what it holds.
PRINTING = Limits(
    wall_seconds=40.0,
    cpu_seconds=30,
    memory_bytes=3 * 1024**3 // 2,
    output_bytes=128 * 1024 * 1024,
    open_files=256,
    programs=True,
)
_FOLDERS = "yunqian-office-"
_LEFT_BEHIND = 3600.0  # seconds: no text is printed for so long
_OFFICE_DATA = ("/var/lib/libreoffice", "/var/spool/libreoffice")  # Debian keeps its extensions here
MOST_PAGES = 300
_SECONDS_A_PAGE = 0.4  # of processor time: twice what a dense page takes
_SECONDS_A_PICTURE = 0.8  # as 300 dpi and packing them take


class Kind(StrEnum):
    """What an upload is, told by how it begins; the value is what its file name ends in."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    PNG = "png"
    JPEG = "jpg"


class SecondReader(StrEnum):
    """Whether another program must show the same: where it is installed, in any case, or not at all."""

    AUTO = "auto"
    REQUIRED = "required"
    OFF = "off"


@dataclass(frozen=True)
class TakenIn:
    """A file from outside as everybody will read it: the PDF, its pages as drawn from it, and what it was.

    `silenced` are the pages (from 1) that lost words which nobody could see, as scanners lay them over pictures.
    """

    pdf: bytes
    pages: tuple[PageImage, ...]
    kind: Kind
    silenced: tuple[int, ...] = ()


@dataclass(frozen=True)
class Examined:
    """A file from outside, written anew and looked at. Pictures drawn from it are signed; itself only if it was one.

    `pages` have its texts; `kind` and `silenced` as in TakenIn; `began` is when its seconds did, by `monotonic`.
    """

    pdf: bytes
    pages: tuple[PageImage, ...]
    kind: Kind
    silenced: tuple[int, ...]
    began: float


def take_in(
    data: bytes,
    *,
    most_pages: int = MOST_PAGES,
    office: Path | None = None,
    second_reader: SecondReader = SecondReader.AUTO,
    progress: Progress | None = None,
) -> TakenIn:
    """A PDF, .docx, .odt, .png or .jpg, rebuilt, drawn, read by a second program, and made into pictures.

    The texts of its pages are those of the rebuilt file. `office` is LibreOffice's program, else it is looked for;
    `progress` hears of steps and pages. Raises what `examine` and `as_pictures` raise.
    """
    with nullcontext(progress) if progress else Progress() as heard:
        found = examine(data, most_pages=most_pages, office=office, second_reader=second_reader, progress=heard)
        return _pictured(found, heard)


def examine(
    data: bytes,
    *,
    most_pages: int = MOST_PAGES,
    office: Path | None = None,
    second_reader: SecondReader = SecondReader.AUTO,
    progress: Progress,
) -> Examined:
    """All of `take_in` but the pictures. It is not for signing: a forger's shows other words elsewhere (decision 0024).

    Raises what `rebuild`, `look` and `read_again` raise, PdfError `office_missing`, `office_broken`, `text_changes`,
    `picture_broken`, `picture_size`, `picture_unclear`, `second_reader_missing`, and Stopped.
    """
    progress.begin(Step.OPENING)
    kind = kind_of(data)
    reader = _reader(second_reader)
    began = monotonic()
    if kind in (Kind.PNG, Kind.JPEG):
        data = OPENERS.run("pdf.picturing:page_of_picture", data, limits=_patient(LIMITS, progress))
    elif kind in (Kind.DOCX, Kind.ODT):
        data = _printed_text(data, office or find_office(), _patient(PRINTING, progress))
        began = monotonic()
    rebuilt, pages, silenced = _rebuilt(data, most_pages, _patient(LIMITS, progress))
    # All that follows shares its seconds: a bomb that gets through one thing does not get them again for the next.
    progress.begin(Step.LOOKING, pages)
    drawn = tuple(look(rebuilt, pages=pages, limits=_left(LOOKING, began, progress), progress=progress))
    if reader:
        progress.begin(Step.COMPARING, pages)
        read_again(rebuilt, drawn, reader=reader, limits=_left(READING, began, progress), progress=progress)
    return Examined(rebuilt, drawn, kind, silenced, began)


def _pictured(found: Examined, progress: Progress) -> TakenIn:
    if found.kind in (Kind.PNG, Kind.JPEG):  # pdf.picturing put one plain picture on the page, at all its fineness
        shown = tuple(replace(page, is_picture=True) for page in found.pages)
        return TakenIn(found.pdf, shown, found.kind, found.silenced)
    pages = len(found.pages)
    progress.begin(Step.PICTURING, pages)
    limits = _left(PICTURING, found.began, progress)
    pictured = as_pictures(found.pdf, pages=pages, limits=limits, progress=progress)
    progress.begin(Step.DRAWING, pages)
    limits = _with_pages(_left(LOOKING, found.began, progress), pages, progress)
    seen = page_images(pictured, limits=limits, progress=progress)
    shown = tuple(replace(page, text=read.text, is_picture=True) for page, read in zip(seen, found.pages, strict=True))
    return TakenIn(pictured, shown, found.kind, found.silenced)


def _left(limits: Limits, began: float, progress: Progress) -> Limits:
    """With the seconds that are left since `began`; at least one, for what is over in a moment is no bomb."""
    patient = _patient(limits, progress)
    return replace(patient, wall_seconds=max(1.0, patient.wall_seconds - (monotonic() - began)))


def _patient(limits: Limits, progress: Progress | None) -> Limits:
    """With as much more on the clock as whoever waits has patience; the processor time stays."""
    return replace(limits, wall_seconds=limits.wall_seconds * (progress.patience if progress else 1.0))


def _reader(wanted: SecondReader) -> Path | None:
    if wanted is SecondReader.OFF:
        return None
    found = find_reader()
    if found is None and wanted is SecondReader.REQUIRED:
        raise PdfError("pdftoppm is not installed", code="second_reader_missing")
    return found


def kind_of(data: bytes) -> Kind:
    """By the first bytes; raises PdfError `not_a_pdf` for what is none of these.

    A picture or an archive that has a PDF's head further on is what its first bytes say, as it is to other programs.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"PK\x03\x04"):
        # OpenDocument 1.3 part 2, 3.3: the first member is called mimetype. What it really is the child finds out.
        return Kind.ODT if data[30:38] == b"mimetype" else Kind.DOCX
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    raise PdfError("neither a PDF nor a text nor a picture", code="not_a_pdf")


def find_office() -> Path | None:
    """LibreOffice's program on this machine, if there is one."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    script = Path(found).resolve()
    # The script beside it starts a splash screen and other programs; the child starts the one that works.
    binary = script.with_name("soffice.bin")
    return binary if binary.exists() else script


def _printed_text(data: bytes, office: Path | None, limits: Limits) -> bytes:
    if office is None:
        raise PdfError("LibreOffice is not installed", code="office_missing")
    _sweep_folders()
    with tempfile.TemporaryDirectory(prefix=_FOLDERS) as folder:
        head = json.dumps({"program": str(office), "folder": folder}).encode()
        began = Path(folder).stat().st_mtime
        limits = replace(limits, writable=folder, readable=(str(office.parent.parent), *_OFFICE_DATA))
        try:
            return run_limited("pdf.officing:pdf_of_text", head + b"\n" + data, limits=limits)
        finally:
            _sweep(since=began)


def _sweep_folders() -> None:
    """Remove what texts were printed in by processes that were killed meanwhile: it holds what somebody uploaded."""
    for path in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*"):
        with suppress(FileNotFoundError):  # of two that print at once, the other may sweep first
            found = path.lstat()
            if found.st_uid == os.getuid() and found.st_mtime < time() - _LEFT_BEHIND:
                shutil.rmtree(path, ignore_errors=True)


def _sweep(*, since: float) -> None:
    """Remove the sockets that LibreOffice made in /tmp and may not remove by itself; nobody speaks to them."""
    for path in Path("/tmp").glob(f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_*"):  # noqa: S108 - fixed in LibreOffice
        with suppress(FileNotFoundError):  # of two that print at once, the other may sweep first
            if path.stat().st_mtime >= since:
                path.unlink()


def rebuild(pdf: bytes, *, most_pages: int = MOST_PAGES, limits: Limits = LIMITS) -> bytes:
    """The same pages in a file written anew: only what they show, form values and marks drawn in, damage repaired.

    Words in a rendering mode that shows nothing are taken out.

    Raises PdfError with a code: `not_a_pdf`, `pdf_encrypted`, `pdf_signed`, `pdf_script`, `pdf_xfa`,
    `pdf_attachment`, `pdf_layers`, `pdf_undrawn`, `pdf_no_page`, `pdf_too_complex`, `too_many_pages`,
    `page_too_large`, `page_broken`, `pdf_font_missing` (params `page` and `fonts`, their names), `pdf_unclear` (`page`,
    `reason`) for what readers show differently, or a ChildFailure (`child_…`). The same file gives the same bytes.
    """
    return _rebuilt(pdf, most_pages, limits)[0]


def _rebuilt(pdf: bytes, most_pages: int, limits: Limits) -> tuple[bytes, int, tuple[int, ...]]:
    """The file written anew, how many pages it has, and which lost invisible words."""
    head = json.dumps({"most_pages": most_pages}).encode()
    said, _, rebuilt = OPENERS.run("pdf.rebuilding:rebuild_here", head + b"\n" + pdf, limits=limits).partition(b"\n")
    told = json.loads(said)
    if values := told["values"]:
        asked = json.dumps({"values": values}).encode()
        OPENERS.run("pdf.filled:check_values", asked + b"\n" + rebuilt, limits=limits)
    return rebuilt, int(told["pages"]), tuple(told["silenced"])


def look(rebuilt: bytes, *, pages: int, limits: Limits = LOOKING, progress: Progress | None = None) -> list[PageImage]:
    """The pictures and texts of a rebuilt file of `pages` pages, when nobody's eyes are deceived by it.

    Raises PdfError: `pdf_hidden` for text that cannot be seen (params `page`, `text`), `pdf_covered` for drawings,
    `page_broken`, `child_…`.
    """
    counter = progress.descriptor if progress else None
    longer = _with_pages(limits, pages, progress)
    return unpacked(OPENERS.run("pdf.unseen:draw_foreign", rebuilt, file=counter, limits=longer))


def as_pictures(rebuilt: bytes, *, pages: int, limits: Limits = PICTURING, progress: Progress | None = None) -> bytes:
    """A rebuilt file of `pages` pages with one picture of each at 300 dpi, coarser where a page is larger than A3.

    Raises PdfError `page_broken`, `child_…`. The same file gives the same bytes.
    """
    head = json.dumps({"pages": pages}).encode()
    longer = _with_pages(limits, pages, progress, seconds=_SECONDS_A_PICTURE)
    counter = progress.descriptor if progress else None
    return OPENERS.run("pdf.page_pictures:pictures_here", head + b"\n" + rebuilt, file=counter, limits=longer)


def _with_pages(limits: Limits, pages: int, progress: Progress | None, *, seconds: float = _SECONDS_A_PAGE) -> Limits:
    """With `seconds` of processor time more for each page, and twice that on a patient clock."""
    more = int(seconds * pages)
    clock = 2 * more * (progress.patience if progress else 1.0)
    return replace(limits, cpu_seconds=limits.cpu_seconds + more, wall_seconds=limits.wall_seconds + clock)


def append(rebuilt: bytes, ours: bytes, *, title: str) -> bytes:
    """The pages of a rebuilt file with those of a paper of ours behind them; the same bytes for the same input."""
    head = json.dumps({"first": len(rebuilt), "title": title}).encode()
    return OPENERS.run("pdf.appending:append_here", head + b"\n" + rebuilt + ours, limits=LIMITS)
