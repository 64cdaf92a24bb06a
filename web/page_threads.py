"""The pages (WSGI, PEP 3333) in a few threads beside an event loop (ASGI 3).

A request reaches its thread whole, and its answer leaves the thread without waiting: two changes of threads a request.
A bridge that asks the loop for each part, and waits, takes twelve, each of which may stand behind other threads.
"""

from __future__ import annotations

import asyncio
import contextvars
import mmap
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Protocol, TypedDict

from web.stream_hub import Message

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
REFUSAL = "yunqian.refusal"  # what the gate refused before it was read; the pages say so
LOOK_SECONDS = 0.005  # how often what stands back looks
QUIET_SECONDS = 0.02  # after the last answer: who reads a page asks for its parts by then
PATIENCE_SECONDS = 1.0  # so long what can wait stands back at the most
TURN_SECONDS = 0.25  # what stood back so long in vain then has its turn: a mail a second would be too few for a rush
_SAID = struct.Struct("=qd")  # how many wait; the moment (monotonic) from which it is quiet
_OWN_NAMES = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}


class Head(TypedDict):
    """How an answer begins, as ASGI has it."""

    status: int
    headers: list[tuple[bytes, bytes]]


class Sink(Protocol):
    """Who takes an answer, called from the page's thread."""

    def begin(self, head: Head) -> None:
        """Status and headers."""
        ...

    def put(self, part: bytes) -> None:
        """A part of the body."""
        ...

    def end(self) -> None:
        """There is no more."""
        ...


class Board:
    """Whether anybody waits for a page, in memory that is shared with the processes that are forked afterwards."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _SAID.size)
        self._lock = threading.Lock()
        self._open = 0
        self._turn_until = 0.0

    def enter(self) -> None:
        """Somebody waits for a page."""
        with self._lock:
            self._open += 1
            self._say()

    def leave(self) -> None:
        """The page is there."""
        with self._lock:
            self._open -= 1
            self._say()

    def _say(self) -> None:
        _SAID.pack_into(self._shared, 0, self._open, time.monotonic() + QUIET_SECONDS)

    def stand_back(self) -> None:
        """As PageThreads promises."""
        now = time.monotonic()
        until = now + PATIENCE_SECONDS
        if now < self._turn_until:
            return
        while now < until:
            waiting, quiet_at = _SAID.unpack_from(self._shared)
            if not waiting and now >= quiet_at:
                return
            time.sleep(LOOK_SECONDS)
            now = time.monotonic()
        self._turn_until = now + TURN_SECONDS


class PageThreads:
    """A WSGI application with the threads that call it."""

    def __init__(self, app: Wsgi, *, threads: int) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._board = Board()

    async def answer(self, scope: Message, body: IO[bytes], sink: Sink) -> None:
        """Call the pages with a request that is here as a whole; what they raise is raised here."""
        environ = _environ(scope, body)
        # A context of its own: what one request binds to its log lines must not stand in another's.
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        self._board.enter()
        try:
            await loop.run_in_executor(self._pool, context.run, self._call, environ, sink)
        finally:
            self._board.leave()

    def stand_back(self) -> None:
        """Return when nobody waits for a page, and PATIENCE_SECONDS later at the latest; then at once for TURN_SECONDS.

        For work that takes the processor and that nobody looks at, in other threads or in processes forked from this.
        """
        self._board.stand_back()

    def _call(self, environ: Environ, sink: Sink) -> None:
        def start_response(status: str, headers: Sequence[tuple[str, str]], error: Any = None) -> Callable[..., None]:
            if error is not None:
                raise error[1].with_traceback(error[2])
            sink.begin({"status": int(status[:3]), "headers": [_header(*each) for each in headers]})
            return sink.put

        parts = self._app(environ, start_response)
        try:
            for part in parts:
                sink.put(part)
        finally:
            if close := getattr(parts, "close", None):
                close()
        sink.end()


def _header(name: str, value: str) -> tuple[bytes, bytes]:
    return name.strip().lower().encode("latin-1"), value.strip().encode("latin-1")


def _environ(scope: Message, body: IO[bytes]) -> Environ:
    """The request as WSGI has it: texts are bytes read as Latin-1 (PEP 3333, "Unicode Issues")."""
    server, port = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if "refusal" in scope:
        environ[REFUSAL] = scope["refusal"]
    if scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = scope["client"][0], str(scope["client"][1])
    for raw, value in scope["headers"]:
        plain = raw.decode("latin-1")
        name = _OWN_NAMES.get(plain) or "HTTP_" + plain.upper().replace("-", "_")
        said = value.decode("latin-1")
        environ[name] = f"{environ[name]},{said}" if name in environ else said
    return environ
