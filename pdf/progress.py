"""How far a file from outside has come: its children count pages in a small file that they share with their parent.

The parent writes into it too: that nobody waits for the answer any more. What a child says is only ever shown.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from pdf.errors import PdfError
from pdf.warm import FILE

_PAGE, _STOP = struct.Struct(">I"), struct.Struct(">B")
_STOP_AT = _PAGE.size
# Nothing else that a child is given can neither grow nor shrink: so it is known in there.
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class Step(StrEnum):
    """What is being done with a file, in this order; `opening` knows no pages yet."""

    OPENING = "opening"
    LOOKING = "looking"
    COMPARING = "comparing"
    PICTURING = "picturing"
    DRAWING = "drawing"


@dataclass(frozen=True)
class Reached:
    """The page (from 1; 0: none yet) that a step has come to, of `pages`; 0 pages where that is not known yet."""

    step: Step = Step.OPENING
    page: int = 0
    pages: int = 0


class Stopped(PdfError):
    """Nobody waits for the answer any more."""

    code = "child_stopped"


class Progress:
    """Told by the thread that takes a file in and by its children; asked, and stopped, by any other thread.

    `descriptor` is what a child of pdf.warm is given as its file. `patience`: how many times longer than for a request
    the clock may run, where nobody waits for an answer and a busy machine is no reason to refuse; processor time is
    the same.
    """

    def __init__(self, *, patience: float = 1.0) -> None:
        self.patience = patience
        self.descriptor = os.memfd_create("yunqian-progress", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.descriptor, _PAGE.size + _STOP.size)
        fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, _SEALS)
        self._at = Reached()
        self._stopped = threading.Event()  # a child could write to the file that it is to stop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self.descriptor)

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def begin(self, step: Step, pages: int = 0) -> None:
        """The next step, with the first of its pages to come. Raises Stopped."""
        if self.is_stopped:
            raise Stopped("nobody waits for it")
        self.come_to(0)
        self._at = Reached(step, 0, pages)

    def come_to(self, page: int) -> None:
        """The step has come to this page."""
        os.pwrite(self.descriptor, _PAGE.pack(page), 0)

    def reached(self) -> Reached:
        """Where it stands now; never beyond the last page, whatever a child says."""
        at = self._at
        (page,) = _PAGE.unpack(os.pread(self.descriptor, _PAGE.size, 0))
        return Reached(at.step, min(page, at.pages), at.pages)

    def stop(self) -> None:
        """Have children end at their next page, and the taking in at its next step."""
        self._stopped.set()
        os.pwrite(self.descriptor, _STOP.pack(1), _STOP_AT)


def tell(page: int) -> None:
    """In a child: this page's turn has come. Raises Stopped; nothing where nobody asked for progress."""
    with suppress(OSError):  # no such file, or not a counter
        if fcntl.fcntl(FILE, fcntl.F_GET_SEALS) & _SEALS != _SEALS:
            return
        os.pwrite(FILE, _PAGE.pack(page), 0)
        if os.pread(FILE, _STOP.size, _STOP_AT) != b"\0":
            raise Stopped("nobody waits for it")
