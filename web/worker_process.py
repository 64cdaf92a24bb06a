"""The worker in a process of its own beside the pages, so that no mail and no seal takes their turn at the interpreter.

Three processes, forked from one that has loaded everything: the pages, a nursery, and the worker. The nursery has no
thread and does nothing but fork the worker, and fork it again when it died; the pages could not, for theirs hold locks.
Over a pair of sockets each side hears at once of what the other committed (core.wake).
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn, Protocol

import structlog

from core import wake
from web.ending import on_signal

log = structlog.get_logger()

NICE = 5  # while both want the processor, pages get three times as much of it
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0  # seconds before a worker that died is started again
STEADY_SECONDS = 60.0  # who lived so long is started again without a longer pause
ORPHAN_SECONDS = 10.0  # what the worker has in hand may take so long where the pages are gone
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Work(Protocol):
    """Background work that is begun and ended."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Wire:
    """One end of the pair of sockets: passes on what is committed here, and says here what is committed there."""

    def __init__(self, end: socket.socket, *, passes_on: Sequence[str]) -> None:
        self._end = end
        self._passes_on = passes_on
        self._deafen: list[Callable[[], None]] = []

    def start(self) -> None:
        self._deafen = [wake.listen(topic, lambda topic=topic: self._tell(topic)) for topic in self._passes_on]  # type: ignore[misc]

    def stop(self) -> None:
        for deafen in self._deafen:
            deafen()

    def _tell(self, topic: str) -> None:
        # Where there is no room, enough wakes wait there already; where nobody listens, nobody is to be woken.
        with suppress(OSError):
            self._end.send(topic.encode(), socket.MSG_DONTWAIT)

    def listen(self) -> None:
        """Say what the other side says, until it has ended."""
        while topic := self._end.recv(64):
            wake.tell([topic.decode()])


class WorkerProcess:
    """The worker's process as the pages see it; made before they have any thread."""

    def __init__(self, make: Callable[[], Work]) -> None:
        """`make` is called in the worker's process, and here, should nursery and worker ever be gone."""
        self._make = make
        self._in_place: Work | None = None
        self._stopping = False
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._end, self._wire = mine, Wire(mine, passes_on=[wake.WORK])
        gc.freeze()  # what a collector never touches stays shared between the processes
        parent = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            mine.close()
            _be_nursery(parent, make, theirs)
        theirs.close()
        self._thread = threading.Thread(target=self._listen, name="worker-wire", daemon=True)

    def start(self) -> None:
        self._wire.start()
        self._thread.start()

    def stop(self) -> None:
        """Wait for what the worker has in hand."""
        self._stopping = True
        self._wire.stop()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        self._thread.join()
        if self._in_place is not None:
            self._in_place.stop()

    def _listen(self) -> None:
        self._wire.listen()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self._end.close()
        if self._stopping:
            return
        log.error("worker.works_among_pages", why="its process and the one that restarts it are gone")
        self._wire.stop()
        self._in_place = self._make()
        self._in_place.start()


def _be_nursery(parent: int, make: Callable[[], Work], wire: socket.socket) -> NoReturn:
    code = 1
    try:
        # Ctrl-C is for the pages, which end us when they are done.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
        _end_after(parent)
        _keep_working(parent, make, wire)
        code = 0
    except BaseException as error:  # noqa: BLE001  nothing may go on in the name of the process that was forked
        log.error("worker.nursery_failed", error=type(error).__name__)
    finally:
        os._exit(code)


def _end_after(parent: int) -> None:
    """Have the kernel send SIGTERM when that process has ended, however it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGTERM)


def _keep_working(parent: int, make: Callable[[], Work], wire: socket.socket) -> None:
    """Have one worker at all times, until SIGTERM; returns when the last one has ended."""
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        worker = _fork(make, wire)
        code = _wait_for_end(worker, parent)
        if code is None:
            return
        log.error("worker.ended", code=code, again_in=pause)
        if signal.sigtimedwait([signal.SIGTERM], pause) is not None:
            return
        is_steady = time.monotonic() - began > STEADY_SECONDS
        pause = FIRST_PAUSE if is_steady else min(2 * pause, LONGEST_PAUSE)


def _wait_for_end(worker: int, parent: int) -> int | None:
    """The code with which it ended by itself; None after SIGTERM, which is passed on to it."""
    told_at = 0.0
    while True:
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            return None if told_at else os.waitstatus_to_exitcode(status)
        came = signal.sigtimedwait([signal.SIGTERM, signal.SIGCHLD], 1.0 if told_at else 3600.0)
        if came is not None and came.si_signo == signal.SIGTERM:
            told_at = told_at or time.monotonic()
            os.kill(worker, signal.SIGTERM)
        if told_at and os.getppid() != parent and time.monotonic() - told_at > ORPHAN_SECONDS:
            os.kill(worker, signal.SIGKILL)


def _fork(make: Callable[[], Work], wire: socket.socket) -> int:
    nursery = os.getpid()
    pid = os.fork()
    if not pid:
        _be_worker(nursery, make, wire)
    return pid


def _be_worker(nursery: int, make: Callable[[], Work], wire: socket.socket) -> NoReturn:
    code = 1
    try:
        wait_for_end = on_signal(signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
        _end_after(nursery)
        os.nice(NICE)
        gc.enable()
        ours = Wire(wire, passes_on=[wake.LIVE])
        ours.start()
        worker = make()
        worker.start()
        threading.Thread(target=ours.listen, name="worker-wire", daemon=True).start()
        wait_for_end()
        worker.stop()
        code = 0
    except Exception:
        log.exception("worker.failed")
    finally:
        sys.stderr.flush()
        os._exit(code)
