"""The child's side of pdf.intake for text documents: looks into the ZIP, then lets LibreOffice print it.

LibreOffice runs under the limits of the child that starts it: no network, no files but its own folder's, no macros.
"""

from __future__ import annotations

import io
import json
import os
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
    """`docx` or `odt`; raises PdfError `not_a_pdf` for any other ZIP, `office_broken` for a broken or bloated one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
                raise PdfError("more inside than any text has", code="office_broken")
            names = {member.filename for member in members}
            if "word/document.xml" in names:
                if any(name.endswith("vbaProject.bin") for name in names):
                    raise PdfError("macros in it", code="pdf_script")
                return "docx"
            if "mimetype" in names and "content.xml" in names and archive.open("mimetype").read(100).strip() == _ODT:
                return "odt"
    except PdfError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, LookupError) as error:
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="office_broken") from error
    raise PdfError("a ZIP that is no text document", code="not_a_pdf")


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
