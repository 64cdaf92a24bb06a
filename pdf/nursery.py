"""The other side of pdf.warm: a process that loads modules once and forks a limited child for every question.

It reads no payload and no answer itself: it passes on descriptors, keeps the wall clock, and says how a child ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import time
import traceback
from dataclasses import asdict, dataclass
from typing import NoReturn

from pdf import child

_QUESTION = 65_536
_MOST_DESCRIPTORS = 5
_ABOVE = 64  # where received descriptors are parked, out of the way of 0 to 3


@dataclass
class _Running:
    """A forked child that has not been reaped: until then its pid is nobody else's."""

    pid: int
    ended: int
    deadline: float
    reply: socket.socket
    in_time: bool = True


def serve(descriptor: str, modules: str, idle_seconds: str) -> None:
    """The nursery's whole life. Called by pdf.warm's own command line only."""
    for module in modules.split(","):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # pages that no collection writes to stay shared with the children
    Nursery(socket.socket(fileno=int(descriptor)), float(idle_seconds)).run()


class Nursery:
    """Forks on demand until the other end of `control` is closed, or nothing was asked for `idle_seconds`."""

    def __init__(self, control: socket.socket, idle_seconds: float) -> None:
        self._control = control
        self._idle_seconds = idle_seconds
        self._running: dict[int, _Running] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)

    def run(self) -> None:
        """Returns when there is nobody left to work for; the kernel then kills what still runs (die_with_parent)."""
        while True:
            ready = self._selector.select(self._patience())
            if not ready and not self._running:
                return
            for key, _ in ready:
                if key.fileobj is self._control:
                    if not self._accept():
                        return
                else:
                    self._reap(self._running.pop(key.fd))
            self._stop_late_ones()

    def _patience(self) -> float:
        waiting = [each.deadline for each in self._running.values() if each.in_time]
        if waiting:
            return max(0.0, min(waiting) - time.monotonic())
        return self._idle_seconds

    def _accept(self) -> bool:
        """Take one question and fork for it; False when the asking process is gone."""
        question, descriptors, _, _ = socket.recv_fds(self._control, _QUESTION, _MOST_DESCRIPTORS)
        if not question:
            return False
        reply, *opened = descriptors
        function, given = json.loads(question)
        limits = child.Limits(**given)
        pid = os.fork()
        if pid == 0:
            _become(function, limits, opened)
        for each in opened:
            os.close(each)
        running = _Running(pid, os.pidfd_open(pid), time.monotonic() + limits.wall_seconds, socket.socket(fileno=reply))
        self._running[running.ended] = running
        self._selector.register(running.ended, selectors.EVENT_READ)
        return True

    def _reap(self, running: _Running) -> None:
        self._selector.unregister(running.ended)
        _kill_all_of(running.pid)  # whatever it started and left behind
        _, status = os.waitpid(running.pid, 0)
        os.close(running.ended)
        told = {"code": os.waitstatus_to_exitcode(status), "in_time": int(running.in_time)}
        with running.reply, contextlib.suppress(OSError):  # who asked may be gone
            running.reply.send(json.dumps(told).encode())

    def _stop_late_ones(self) -> None:
        now = time.monotonic()
        for each in self._running.values():
            if each.in_time and each.deadline <= now:
                each.in_time = False
                _kill_all_of(each.pid)


def _kill_all_of(pid: int) -> None:
    """Kill a child that was not reaped yet with its whole session; a child just forked may have no session so far."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _become(function: str, limits: child.Limits, opened: list[int]) -> NoReturn:
    """The forked child: payload on 0, answer on 1, words on 2, the file (if any) on 3, and no other descriptor."""
    try:
        parent = os.getppid()
        os.setsid()
        parked = [fcntl.fcntl(each, fcntl.F_DUPFD, _ABOVE) for each in opened]
        for target, source in enumerate(parked):
            os.dup2(source, target)
        os.closerange(len(parked), os.sysconf("SC_OPEN_MAX"))
        child.serve_once(function, json.dumps(asdict(limits)), str(parent))
    except BaseException:  # noqa: BLE001 - the outer edge: a fork must never run on as a second nursery
        traceback.print_exc()
    finally:
        os._exit(1)
