"""The child's side of pdf.second_reading: lets poppler's pdftoppm draw pages.

The program runs under the limits of the child that starts it: no network, no file to write, none to read but the
system's and its fonts; it reads the PDF from its standard input and writes pictures to its standard output.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from functools import partial
from typing import IO, cast

from pdf.child import ChildFailure, die_with_parent
from pdf.errors import PdfError

_CHUNK = 1_048_576
_TIME = (-signal.SIGXCPU, -signal.SIGKILL)  # the kernel's limit on processor time: first, and a second later


def draw_pages(payload: bytes) -> bytes:
    """A line of JSON {program, first, last, dpi, most_bytes}, then a PDF; answers PGM pictures, one behind the other.

    Raises PdfError `pdf_read_differently` for a file that the program does not read, and ChildFailure.
    """
    head, _, pdf = payload.partition(b"\n")
    asked = json.loads(head)
    command = [
        asked["program"], "-q", "-gray", "-r", str(asked["dpi"]),
        "-f", str(asked["first"]), "-l", str(asked["last"]), "-",
    ]  # fmt: skip
    with open(os.memfd_create("yunqian-pages"), "w+b") as given:
        given.write(pdf)
        given.flush()
        given.seek(0)
        dying = partial(die_with_parent, os.getpid())
        process = subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8", "HOME": "/"}, cwd="/", preexec_fn=dying,
        )  # fmt: skip
        pictures = _read(cast("IO[bytes]", process.stdout), int(asked["most_bytes"]))
        process.wait()
    if process.returncode in _TIME:
        raise ChildFailure("processor time used up", code="child_time")
    if process.returncode < 0:
        raise ChildFailure(f"pdftoppm ended with {process.returncode}", code="child_crashed")
    if process.returncode or not pictures:
        first = int(asked["first"])
        raise PdfError(f"pdftoppm ended with {process.returncode}", code="pdf_read_differently", page=first)
    return pictures


def _read(stream: IO[bytes], most: int) -> bytes:
    """All that the program writes; raises ChildFailure `child_output` as soon as it is more than its pages take."""
    parts, length = [], 0
    while chunk := stream.read(_CHUNK):
        parts.append(chunk)
        length += len(chunk)
        if length > most:
            raise ChildFailure(f"more than {most} bytes of pictures", code="child_output")
    return b"".join(parts)
