"""Readers of a live channel that only read: `python -m bench.ink_readers PORT PATH COUNT`.

Says when all are greeted, and ends with stdin. In a process of its own, so that thousands of readers cost the one that
measures nothing.
"""

from __future__ import annotations

import selectors
import socket
import sys
from collections.abc import Sequence

AT_ONCE = 100


def connect(port: int, path: str, count: int) -> list[socket.socket]:
    """Open readers, each greeted before the next hundred come."""
    readers: list[socket.socket] = []
    while len(readers) < count:
        batch = [socket.create_connection(("127.0.0.1", port)) for _ in range(min(AT_ONCE, count - len(readers)))]
        for reader in batch:
            reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        for reader in batch:
            got = b""
            while b"event: hello" not in got or not got.endswith((b"\n\n", b"\n\n\r\n")):
                got += reader.recv(65536)
            reader.setblocking(False)
        readers += batch
    return readers


def watch(readers: Sequence[socket.socket]) -> selectors.BaseSelector:
    """A selector that wakes for what comes to any of them."""
    selector = selectors.EpollSelector()
    for reader in readers:
        selector.register(reader, selectors.EVENT_READ)
    return selector


def main(port: int, path: str, count: int) -> None:
    selector = watch(connect(port, path, count))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    selector.register(sys.stdin, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                return
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.recv(262144)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
