"""A timestamp authority on loopback that speaks the real protocol, well or badly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Answer = Callable[["TsaHandler", bytes], None]


class TsaHandler(BaseHTTPRequestHandler):
    """Hands each request's body to the server's `answer`."""

    server: TsaServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.headers["Content-Type"], body))
        self.server.answer(self, body)

    def do_GET(self) -> None:
        self.server.fetched.append(self.path)
        found = self.server.lists.get(self.path)
        self.reply(found or b"", status=200 if found else 404)

    def reply(self, body: bytes, *, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what is asked."""


class TsaServer(ThreadingHTTPServer):
    """Listens on a free port while the `with` lasts; `released` is set at its end, for answers that wait."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), TsaHandler)
        self.answer = answer
        self.asked: list[tuple[str, bytes]] = []
        self.lists: dict[str, bytes] = {}  # path → revocation list that is given out
        self.fetched: list[str] = []
        self.released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/tsa"

    def __enter__(self) -> TsaServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
