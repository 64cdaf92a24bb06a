"""HTML to PDF in one warm child process: this process never loads the printing library, nor grows with a document.

What comes out is PDF/A-3a and PDF/UA-1 as far as the HTML allows: language and title are named, tables have headings,
pictures have words. The same HTML and files give the same bytes, provided that the HTML carries
`<meta name="dcterms.created">` and `dcterms.modified`.
Documents may use `data:` addresses only; the fonts are those of pdf.fonts.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from pdf import fonts
from pdf.errors import PdfError

_ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from pdf import printing; printing.serve(int(sys.argv[2]))"
_PASSED_ON = ("HOME", "XDG_CACHE_HOME")  # where fontconfig keeps its cache
_LENGTH = 8


class RenderFailed(PdfError):
    """No PDF came out: `render_time`, `render_crashed`, `render_foreign_address`, or `render_failed`."""

    code = "render_failed"


@dataclass(frozen=True)
class Anchor:
    """Where an element with an HTML id stands: page from 0, box (x1, y1, x2, y2) in points from the bottom left."""

    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Enclosed:
    """A file to lie inside the PDF as its data (AFRelationship); the kind is told by the ending of `name` (ASCII)."""

    name: str
    content: bytes
    description: str
    made_at: datetime


@dataclass(frozen=True)
class Paragraph:
    """Lines that were measured, and where they stand: points from the top left corner of the page.

    `baseline` is the first line's, `leading` the distance to the next one's; of what a line leaves free of `width`,
    `free_before` (0 left, 0.5 centred, 1 right) stands before it. `is_shaped`: with kerning and ligatures, else each
    glyph has its own width; which the letters of some scripts cannot do without. `colour`: #rrggbb.
    """

    lines: tuple[str, ...]
    left: float
    width: float
    baseline: float
    leading: float
    size: float
    families: tuple[str, ...]
    colour: str
    is_bold: bool = False
    free_before: float = 0.0
    is_shaped: bool = False
    is_rtl: bool = False


Words = Sequence[Sequence[Sequence[Paragraph]]]  # by page and section


@dataclass(frozen=True)
class Rendered:
    """A printed document; `warnings` are what the printing library said about the HTML."""

    pdf: bytes
    anchors: dict[str, Anchor]
    page_count: int
    warnings: tuple[str, ...] = ()


class RenderWorker:
    """Prints one document after another in a child that starts at first use; safe to call from any thread.

    The child is started again when it died, after `documents_per_child` documents, and when a document took longer
    than `seconds`; it ends after `idle_seconds` without work, and with this process, however that ends.
    """

    def __init__(self, *, seconds: float = 60.0, idle_seconds: float = 900.0, documents_per_child: int = 300) -> None:
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._documents_per_child = documents_per_child
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[bytes | None, Future[Rendered]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._child: _Child | None = None
        # A forked process has neither the thread nor a child of its own; it starts afresh.
        os.register_at_fork(after_in_child=self._forget)

    def render(
        self, html: str, *, enclosed: Sequence[Enclosed] = (), under: Sequence[str] = (), words: Words = ()
    ) -> Rendered:
        """Print `html`; waits for its turn. Raises RenderFailed, FontsMissing.

        `under`: what is drawn below the text of each page, in order: operators of a content stream, in points from the
        bottom left, of no font and no picture. It is decoration to whoever hears the paper read.
        `words`: paragraphs set above all else of each page, in order, a section of the tree of tags for each group.
        """
        said = {
            "enclosed": [_written(each) for each in enclosed],
            "under": list(under),
            "words": [[[vars(each) for each in section] for section in page] for page in words],
        }
        return self._ask(json.dumps(said).encode() + b"\n" + html.encode()).result()

    def start(self) -> None:
        """Have the child load its libraries while nobody waits; returns at once. What hinders it, `render` raises."""
        self._ask(None)

    def _ask(self, request: bytes | None) -> Future[Rendered]:
        answer: Future[Rendered] = Future()
        with self._lock:
            self._jobs.put((request, answer))
            if self._thread is None:
                # One thread owns the child for as long as that lives: the kernel ties a child's end to the end of
                # the very thread that started it (prctl(2), PR_SET_PDEATHSIG).
                self._thread = threading.Thread(target=self._work, name="render-worker", daemon=True)
                self._thread.start()
        return answer

    @property
    def child_pid(self) -> int | None:
        """The process that prints, while there is one."""
        child = self._child
        return child.process.pid if child else None

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._jobs = queue.SimpleQueue()
        self._thread = self._child = None

    def _work(self) -> None:
        while True:
            try:
                request, answer = self._jobs.get(timeout=self._idle_seconds)
            except queue.Empty:
                with self._lock:
                    if not self._jobs.empty():
                        continue
                    self._stop()
                    self._thread = None
                    return
            try:
                if request is None:
                    self._ready()
                else:
                    answer.set_result(self._print(request))
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the caller who waits
                answer.set_exception(error)

    def _print(self, request: bytes) -> Rendered:
        """One document; a second try where the child died under the first, for nothing is lost by it."""
        try:
            return _read(self._ready().ask(request, self._seconds))
        except _ChildDied:
            self._stop()
        except RenderFailed as failed:
            if failed.code != "render_foreign_address":  # that one was refused in good order
                self._stop()
            raise
        try:
            return _read(self._ready().ask(request, self._seconds))
        except _ChildDied as death:
            self._stop()
            raise RenderFailed(str(death), code="render_crashed") from death

    def _ready(self) -> _Child:
        child = self._child
        if child and (child.process.poll() is not None or child.printed >= self._documents_per_child):
            self._stop()
            child = None
        self._child = child or _Child()
        return self._child

    def _stop(self) -> None:
        if self._child:
            self._child.end()
            self._child = None


class _ChildDied(Exception):
    pass


class _Child:
    """One running child: framed requests in, framed answers out."""

    def __init__(self) -> None:
        self.printed = 0
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-X", "utf8", "-c", _START, str(_ROOT), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**passed_on, "FONTCONFIG_FILE": str(fonts.configuration()), "PYTHONHASHSEED": "0"},
            start_new_session=True,
            cwd="/",
        )

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The answer to one document. Raises _ChildDied, and RenderFailed (`render_time`)."""
        deadline = time.monotonic() + seconds
        try:
            stdin = cast("IO[bytes]", self.process.stdin)
            stdin.write(len(request).to_bytes(_LENGTH) + request)
            stdin.flush()
        except BrokenPipeError as error:
            raise _ChildDied("the printing process is gone") from error
        length = int.from_bytes(self._take(_LENGTH, deadline))
        answer = self._take(length, deadline)
        self.printed += 1
        return answer

    def _take(self, length: int, deadline: float) -> bytes:
        stream, taken = cast("IO[bytes]", self.process.stdout).fileno(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while len(taken) < length:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise RenderFailed("the document took too long to print", code="render_time")
                chunk = os.read(stream, min(length - len(taken), 1_048_576))
                if not chunk:
                    raise _ChildDied("the printing process ended while it printed")
                taken += chunk
        return bytes(taken)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


def _written(file: Enclosed) -> dict[str, str]:
    return {
        "name": file.name,
        "content": base64.b64encode(file.content).decode(),
        "description": file.description,
        "made_at": file.made_at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _read(answer: bytes) -> Rendered:
    """An answer is one line of JSON, then the PDF."""
    head, _, pdf = answer.partition(b"\n")
    said = json.loads(head)
    if "code" in said:
        raise RenderFailed(said["message"], code=said["code"])
    anchors = {name: Anchor(page, (x1, y1, x2, y2)) for name, (page, x1, y1, x2, y2) in said["anchors"].items()}
    return Rendered(pdf, anchors, said["page_count"], tuple(said["warnings"]))


_shared = RenderWorker()


def render(html: str, *, enclosed: Sequence[Enclosed] = (), under: Sequence[str] = (), words: Words = ()) -> Rendered:
    """Print `html` in this process's one worker. Raises RenderFailed, FontsMissing."""
    return _shared.render(html, enclosed=enclosed, under=under, words=words)


def start() -> None:
    """Have this process's one worker load its libraries while nobody waits; returns at once."""
    _shared.start()
