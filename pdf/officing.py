"""The child's side of pdf.intake for text documents: looks into the ZIP, then lets LibreOffice print it.

LibreOffice runs under the limits of the child that starts it: no network, no files but its own folder's, no macros.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import zipfile
from functools import partial
from pathlib import Path

from pdf.child import die_with_parent
from pdf.errors import PdfError

_MOST_FILES, _MOST_BYTES = 5_000, 300_000_000
# What it answers when it has made its profile, as it does for a first start (desktop/source/app/app.cxx, EXITHELPER).
_START_AGAIN, _STARTS = 81, 3
_ODT = b"application/vnd.oasis.opendocument.text"
# ECMA-376 part 1, 17.13.5, and OpenDocument 1.3 part 3, 5.5: words put in or taken out for now.
_CHANGES = re.compile(rb"<\w+:(?:ins|del|moveFrom|moveTo)[\s/>]|<\w+:changed-region[\s/>]")
_WRITTEN = re.compile(r"word/[^/]+\.xml|content\.xml|styles\.xml")
_OPTIONS = json.dumps(
    {
        # A value in a form is text like any other; a mark for printers or readers is none.
        "ExportFormFields": {"type": "boolean", "value": "false"},
        "ExportBookmarks": {"type": "boolean", "value": "false"},
        "ExportNotes": {"type": "boolean", "value": "false"},
    }
)


def pdf_of_text(payload: bytes) -> bytes:
    """See pdf.intake: a line of JSON {program, folder}, then a .docx or .odt. Raises PdfError."""
    head, _, data = payload.partition(b"\n")
    asked = json.loads(head)
    folder = Path(asked["folder"])
    source = folder / f"text.{_kind(data)}"
    source.write_bytes(data)
    _run(asked["program"], folder, source)
    printed = source.with_suffix(".pdf")
    if not printed.exists():
        raise PdfError("nothing was printed", code="office_broken")
    return printed.read_bytes()


def _kind(data: bytes) -> str:
    """`docx` or `odt`.

    Raises PdfError `not_a_pdf` for any other ZIP and for one that is both, `office_broken` for a broken or bloated one,
    `text_changes`, `pdf_script`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
                raise PdfError("more inside than any text has", code="office_broken")
            names = {member.filename for member in members}
            if len(names) != len(members):
                raise PdfError("two members of one name", code="office_broken")
            kind = _kind_by_names(names, archive)
            _refuse_changes(archive)
            return kind
    except PdfError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, LookupError) as error:
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="office_broken") from error


def _kind_by_names(names: set[str], archive: zipfile.ZipFile) -> str:
    is_docx = "word/document.xml" in names
    if is_docx and any(name.endswith("vbaProject.bin") for name in names):
        raise PdfError("macros in it", code="pdf_script")
    is_odt = "mimetype" in names and "content.xml" in names and archive.open("mimetype").read(100).strip() == _ODT
    # A file that is both opens as one thing in one program and as the other in another.
    if is_docx == is_odt or (is_docx and {"mimetype", "content.xml"} & names):
        raise PdfError("a ZIP that is no text document, or two", code="not_a_pdf")
    return "docx" if is_docx else "odt"


def _refuse_changes(archive: zipfile.ZipFile) -> None:
    """Word shows a text as if all changes were accepted; what is printed has the words taken out as well."""
    for name in archive.namelist():
        if not _WRITTEN.fullmatch(name):
            continue
        written = archive.read(name)
        if written[:2] in (b"\xff\xfe", b"\xfe\xff"):
            written = written.decode("utf-16", "replace").encode()
        if _CHANGES.search(written):
            raise PdfError(f"changes in {name} that nobody accepted or rejected", code="text_changes")


def _run(program: str, folder: Path, source: Path) -> None:
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    profile = folder / "profile"
    for start in range(_STARTS):
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless", "--invisible", "--nologo", "--nodefault", "--norestore", "--nolockcheck",
            "--convert-to", f"pdf:writer_pdf_Export:{_OPTIONS}", "--outdir", str(folder), str(source),
        ]  # fmt: skip
        dying = partial(die_with_parent, os.getpid())
        ended = subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=False, preexec_fn=dying)
        if ended.returncode != _START_AGAIN:
            break
        # Its socket is named after its profile, and what lies in /tmp cannot be removed from here.
        profile = profile.rename(folder / f"profile-{start}")
    if ended.returncode:
        said = (ended.stderr or ended.stdout).decode("utf-8", "replace").strip()
        raise PdfError(f"LibreOffice ended with {ended.returncode}: {said}"[:300], code="office_broken")
