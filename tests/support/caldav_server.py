"""A real CalDAV server, Radicale, on loopback: what it keeps is what calendar programs would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from radicale import config
from radicale.app import Application


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Tests say what they saw themselves."""


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """The address of a server that keeps its calendars below this folder."""
    settings = config.load()
    settings.update(
        {
            "auth": {"type": "none"},
            "rights": {"type": "authenticated"},
            "storage": {"filesystem_folder": str(folder)},
            "logging": {"level": "error"},
        },
        "test",
        privileged=True,
    )
    server = make_server("127.0.0.1", 0, Application(settings), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
