"""How soon 2,000 readers of one stream process, and 10,000 of two, have an update, against bare asyncio loops; and how
much memory a reader takes."""

from __future__ import annotations

import json
import re
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench.common import Result, percentile

VIEWERS, ROUNDS = 2_000, 15  # of one process
MANY, MANY_ROUNDS, PROCESSES = 10_000, 6, 2
MOST_TIMES, MOST_TIMES_MANY = 2.0, 1.4
MOST_KILOBYTES = 12.0
PATIENCE_SECONDS = 60.0
_STAMP = re.compile(rb'"at(?:_monotonic)?":([0-9.]+)')


@dataclass
class Part:
    """A server in a process of its own."""

    server: subprocess.Popen[bytes]
    port: int
    path: str

    def ask(self, word: str) -> None:
        assert self.server.stdin
        self.server.stdin.write(f"{word}\n".encode())
        self.server.stdin.flush()

    def told(self) -> dict[str, Any]:
        assert self.server.stdout
        answer: dict[str, Any] = json.loads(self.server.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.close()
        self.server.wait(30)
        self.server.stdout.close()


@dataclass
class Rival:
    """Servers that one update reaches, with their readers in this process; `sends`: those that are asked to send it."""

    parts: Sequence[Part]
    sends: Sequence[Part]
    readers: list[socket.socket] = field(default_factory=list)
    selector: selectors.BaseSelector = field(default_factory=selectors.EpollSelector)

    def memory(self) -> int:
        """Resident kB of all its servers."""
        for part in self.parts:
            part.ask("say")
        return sum(int(part.told()["memory"]) for part in self.parts)

    def connect(self, count: int) -> None:
        """Open readers, each greeted before the next hundred come."""
        while len(self.readers) < count:
            part = self.parts[len(self.readers) // 100 % len(self.parts)]
            batch = [socket.create_connection(("127.0.0.1", part.port)) for _ in range(min(100, count))]
            for reader in batch:
                reader.sendall(f"GET {part.path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
            for reader in batch:
                got = b""
                while b"hello" not in got or not got.endswith((b"\n\n", b"\n\n\r\n")):
                    got += reader.recv(65536)
                reader.setblocking(False)
                self.selector.register(reader, selectors.EVENT_READ)
            self.readers += batch

    def round(self) -> list[float]:
        """Send one update; milliseconds from the stamp until each reader has it."""
        for part in self.sends:
            part.ask("go")
        taken: list[float] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(taken) < len(self.readers):
            for key, _ in self.selector.select(1):
                reader = key.fileobj
                assert isinstance(reader, socket.socket)
                got = reader.recv(65536)
                now = time.monotonic()
                stamp = _STAMP.search(got)
                if stamp:
                    taken.append((now - float(stamp.group(1))) * 1000)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(taken)} of {len(self.readers)} readers got the update")
        for part in self.sends:
            part.told()
        return taken

    def disconnect(self) -> None:
        """Close every reader."""
        for reader in self.readers:
            self.selector.unregister(reader)
            reader.close()
        self.readers.clear()

    def close(self) -> None:
        self.disconnect()
        self.selector.close()
        for part in self.parts:
            part.close()


def start(*arguments: str) -> Part:
    """Start one server."""
    command = [sys.executable, "-m", "bench.stream_server", *arguments]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout
    told = json.loads(server.stdout.readline())
    return Part(server, told["port"], told["path"])


def run() -> list[Result]:
    """One process with some readers, then two with many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY + 1_000
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return [*_one_process(), _several_processes()]


def _one_process() -> list[Result]:
    """Updates to both in turns, so that a busy moment of the machine meets both alike."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        parts = {"ours": [start("ours", folder)], "bare": [start("bare")]}
        rivals = {name: Rival(made, made) for name, made in parts.items()}
        for rival in rivals.values():
            stack.callback(rival.close)
        ours = rivals["ours"]
        ours.connect(100)
        ours.round()
        before = ours.memory()
        for rival in rivals.values():
            rival.connect(VIEWERS)
            rival.round()
        taken: dict[str, list[float]] = {name: [] for name in rivals}
        for _ in range(ROUNDS):
            for name, rival in rivals.items():
                taken[name].append(percentile(rival.round(), 0.99))
        after = ours.memory()
    a_reader = (after - before) / (VIEWERS - 100)
    return [
        _result(f"update to {VIEWERS} readers, p99", taken, MOST_TIMES),
        Result("memory of one reader", a_reader, "kB", limit=MOST_KILOBYTES, note="resident, in the server"),
    ]


def _several_processes() -> Result:
    """Processes on one database, one of which commits; blocks in turns, for both at once have too many files open."""
    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ours = [start("ours", folder) for _ in range(PROCESSES)]
        bare = [start("bare") for _ in range(PROCESSES)]
        rivals = {"ours": Rival(ours, ours[:1]), "bare": Rival(bare, bare)}
        for rival in rivals.values():
            stack.callback(rival.close)
        for _ in range(2):
            for name, rival in rivals.items():
                rival.connect(MANY)
                rival.round()
                taken[name] += [percentile(rival.round(), 0.99) for _ in range(MANY_ROUNDS)]
                rival.disconnect()
    return _result(f"update to {MANY} readers of {PROCESSES} processes, p99", taken, MOST_TIMES_MANY)


def _result(name: str, taken: Mapping[str, Sequence[float]], limit: float) -> Result:
    mine, theirs = statistics.median(taken["ours"]), statistics.median(taken["bare"])
    note = f"commit and reading included; bare asyncio loop: {theirs:.0f} ms"
    return Result(name, mine, "ms", ratio=mine / theirs, limit=limit, note=note)
