"""Work on bytes that nobody vouches for, where the child must not spend its first second on imports.

    verifiers = Warm("pdf.verify.entrance")
    answer = verifiers.run("pdf.verify.entrance:verify_here", question, file=descriptor, limits=Limits())

A **nursery** is one process that has loaded the modules and has touched no stranger's byte. For each call it forks a
child that lives and dies as `run_limited`'s does (pdf.child): its own session, empty environment, limits, confinement,
one function, one answer. So a child that died or used too much is replaced by the next fork, a fork costs milliseconds,
and nothing is left over from one file to the next. The nursery ends when this process does, however that ends; a
forked process starts one of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO

from pdf.child import ChildFailure, Limits, read_answer

_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from pdf import nursery; nursery.serve(*sys.argv[2:])"
_PYTHON = (sys.executable, "-I", "-X", "utf8", "-c")
_PACKET = 4_096
FILE = 3
_SAID_AT_MOST = 16_384
_GRACE_SECONDS = 10.0


class Warm:
    """Children of one nursery that has loaded `modules`; safe to call from any thread.

    The nursery starts at first use or with `start`, again when it is gone, and ends after `idle_seconds` without work.
    """

    def __init__(self, *modules: str, idle_seconds: float = 900.0) -> None:
        self._modules = modules
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._nursery: _Nursery | None = None
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    def start(self) -> None:
        """Have the nursery load its modules while nobody waits; returns at once."""
        self._ready()

    def run(self, function: str, payload: bytes, *, file: int | None = None, limits: Limits | None = None) -> bytes:
        """What `function` ("package.module:name", bytes → bytes) answers to `payload`. Raises PdfError, ChildFailure.

        The child finds the open file `file` as descriptor FILE. Blocks the calling thread.
        """
        try:
            return self._ask(function, payload, file, limits or Limits())
        except _NurseryGone:
            # It ended idle, or was killed with whatever it had running: nothing is lost by asking another one.
            pass
        try:
            return self._ask(function, payload, file, limits or Limits())
        except _NurseryGone as death:
            raise ChildFailure("the nursery ended twice", code="child_crashed") from death

    @property
    def nursery_pid(self) -> int | None:
        """The process that forks, while there is one."""
        nursery = self._nursery
        return nursery.process.pid if nursery else None

    def close(self) -> None:
        """End the nursery and what it runs; the next call starts another."""
        with self._lock:
            nursery, self._nursery = self._nursery, None
        if nursery:
            nursery.end()

    def _forget(self) -> None:
        # A forked process must hold no end of its parent's socket: the nursery lives for as long as one is open.
        self._lock = threading.Lock()
        inherited, self._nursery = self._nursery, None
        if inherited:
            inherited.control.close()
            inherited.process.returncode = 0  # another process's child: nothing to reap here

    def _ready(self) -> _Nursery:
        with self._lock:
            if self._nursery is None:
                self._nursery = _Nursery(self._modules, self._idle_seconds)
            return self._nursery

    def _drop(self, nursery: _Nursery) -> None:
        with self._lock:
            if self._nursery is nursery:
                self._nursery = None
        nursery.end()

    def _ask(self, function: str, payload: bytes, file: int | None, limits: Limits) -> bytes:
        nursery = self._ready()
        with _memory_file() as given, _memory_file() as answered, _memory_file() as said:
            given.write(payload)
            given.flush()
            given.seek(0)
            opened = [each.fileno() for each in (given, answered, said)] + ([] if file is None else [file])
            try:
                ended = nursery.ask(json.dumps([function, asdict(limits)]).encode(), opened, limits.wall_seconds)
            except _NurseryGone:
                self._drop(nursery)
                raise
            if not ended["in_time"]:
                raise ChildFailure(f"no answer within {limits.wall_seconds:g} s", code="child_time")
            answered.seek(0)
            return read_answer(answered.read(), ended["code"], _ends_of(said))


class _NurseryGone(Exception):
    pass


class _Nursery:
    """The running process, and our end of the socket over which it is asked."""

    def __init__(self, modules: tuple[str, ...], idle_seconds: float) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Not tied to the starting thread's life (PR_SET_PDEATHSIG would be): it ends when its socket has no other end.
        with theirs:
            self.process = subprocess.Popen(
                [*_PYTHON, _START, str(_ROOT), str(theirs.fileno()), ",".join(modules), str(idle_seconds)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={},
                start_new_session=True,
                cwd="/",
            )

    def ask(self, question: bytes, opened: list[int], seconds: float) -> dict[str, int]:
        """How the child ended: `{"code", "in_time"}`. Raises _NurseryGone."""
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with mine:
            with theirs:
                try:
                    socket.send_fds(self.control, [question], [theirs.fileno(), *opened])
                except OSError as error:
                    raise _NurseryGone from error
            mine.settimeout(seconds + _GRACE_SECONDS)
            try:
                told = mine.recv(_PACKET)
            except OSError as error:  # a time-out too: the nursery itself has stopped
                raise _NurseryGone from error
        if not told:
            raise _NurseryGone
        ended: dict[str, int] = json.loads(told)
        return ended

    def end(self) -> None:
        self.control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def as_descriptor(source: Path | bytes | IO[bytes]) -> Iterator[int]:
    """A descriptor of a file that a child can be given. Raises OSError for a path that cannot be read."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file.fileno()
        return
    if not isinstance(source, bytes):
        try:
            source.flush()
            descriptor = source.fileno()
        except io.UnsupportedOperation:
            source.seek(0)
            source = source.read()
        else:
            yield descriptor
            return
    with _memory_file() as file:
        file.write(source)
        file.flush()
        yield file.fileno()


def _memory_file() -> IO[bytes]:
    return open(os.memfd_create("yunqian-warm"), "w+b")


def _ends_of(said: IO[bytes]) -> bytes:
    """The first of its words, where confinement is told, and the last, where an exception would be."""
    said.seek(0)
    first = said.read(_SAID_AT_MOST)
    size = said.seek(0, os.SEEK_END)
    said.seek(max(len(first), size - _SAID_AT_MOST))
    return first + said.read()
