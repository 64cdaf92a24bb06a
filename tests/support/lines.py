"""A line to a server that can be cut: TCP on loopback, carried on to another port while it holds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65_536


class Line:
    """Listens on a port of its own (`port`). While it is cut, what was open is closed and what comes is turned away."""

    def __init__(self, to_port: int) -> None:
        self._to = to_port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, name="line", daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            self._drop_all()

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _drop_all(self) -> None:
        for each in self._open:
            with suppress(OSError):  # it may be gone already
                each.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:  # closed
                return
            far = self._far()
            with self._lock:
                if far is None or self._is_cut:
                    for each in (near, far):
                        if each is not None:
                            each.close()
                    continue
                self._open |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _far(self) -> socket.socket | None:
        try:
            return socket.create_connection(("127.0.0.1", self._to))
        except OSError:  # the server is not there
            return None

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # either end was closed
            while part := source.recv(_CHUNK):
                target.sendall(part)
        with self._lock:
            self._open -= {source, target}
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def line(to_port: int) -> Iterator[Line]:
    """A line that is closed at the end."""
    made = Line(to_port)
    try:
        yield made
    finally:
        made.close()
