"""An application behind a small HTTP server of this process, for pages in a real browser that need no stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask
from playwright.sync_api import Page

from tests.support import apps


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """The application has a log of its own."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the application, on a free port, inside the block."""
    server = make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in_page(page: Page, url: str, email: str) -> None:
    """Sign in by the form, with the password that test accounts have."""
    page.goto(f"{url}/login")
    page.fill("#email", email)
    page.fill("#password", apps.PASSWORD)
    page.click("main form [type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)
