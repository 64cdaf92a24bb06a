"""How soon 2,000 readers of one stream process have an update, against a bare asyncio loop; and what a reader costs."""

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
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench.common import Result, percentile

VIEWERS = 2_000
ROUNDS = 15
PATIENCE_SECONDS = 60.0
_STAMP = re.compile(rb'"at(?:_monotonic)?":([0-9.]+)')


@dataclass
class Rival:
    """A server in a process of its own, with its readers in this one."""

    server: subprocess.Popen[bytes]
    port: int
    path: str
    readers: list[socket.socket] = field(default_factory=list)
    selector: selectors.BaseSelector = field(default_factory=selectors.EpollSelector)

    def ask(self) -> None:
        assert self.server.stdin
        self.server.stdin.write(b"go\n")
        self.server.stdin.flush()

    def told(self) -> dict[str, Any]:
        assert self.server.stdout
        answer: dict[str, Any] = json.loads(self.server.stdout.readline())
        return answer

    def connect(self, count: int) -> None:
        """Open readers, each greeted before the next hundred come."""
        while len(self.readers) < count:
            batch = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(min(100, count))]
            for reader in batch:
                reader.sendall(f"GET {self.path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
            for reader in batch:
                got = b""
                while b"hello" not in got or not got.endswith((b"\n\n", b"\n\n\r\n")):
                    got += reader.recv(65536)
                reader.setblocking(False)
                self.selector.register(reader, selectors.EVENT_READ)
            self.readers += batch

    def round(self) -> list[float]:
        """Send one update; milliseconds from the stamp until each reader has it."""
        self.ask()
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
        self.told()
        return taken

    def close(self) -> None:
        for reader in self.readers:
            reader.close()
        self.selector.close()
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.close()
        self.server.wait(30)
        self.server.stdout.close()


def start(*arguments: str) -> Rival:
    """Start one of the two servers."""
    command = [sys.executable, "-m", "bench.stream_server", *arguments]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout
    told = json.loads(server.stdout.readline())
    return Rival(server, told["port"], told["path"])


def run() -> list[Result]:
    """Updates to both in turns, so that a busy moment of the machine meets both alike."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * VIEWERS
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        rivals = {"ours": start("ours", folder), "bare": start("bare")}
        for rival in rivals.values():
            stack.callback(rival.close)
        ours = rivals["ours"]
        ours.connect(100)
        ours.round()
        ours.ask()
        before = ours.told()["memory"]
        drain(ours)
        for rival in rivals.values():
            rival.connect(VIEWERS)
            rival.round()
        taken: dict[str, list[float]] = {name: [] for name in rivals}
        for _ in range(ROUNDS):
            for name, rival in rivals.items():
                taken[name].append(percentile(rival.round(), 0.99))
        ours.ask()
        after = ours.told()["memory"]
        drain(ours)
    mine, theirs = statistics.median(taken["ours"]), statistics.median(taken["bare"])
    return [
        Result(
            f"update to {VIEWERS} readers, p99",
            mine,
            "ms",
            ratio=mine / theirs,
            limit=2.0,
            note=f"commit and reading included; bare asyncio loop: {theirs:.0f} ms",
        ),
        Result("memory of one reader", (after - before) / (VIEWERS - 100), "kB", note="resident, in the server"),
    ]


def drain(rival: Rival) -> None:
    """Take what was sent by a round that nobody timed."""
    waiting = set(rival.readers)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while waiting and time.monotonic() < deadline:
        for key, _ in rival.selector.select(1):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.recv(65536)
            waiting.discard(key.fileobj)
