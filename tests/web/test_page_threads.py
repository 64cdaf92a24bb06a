"""Work that can wait stands back while somebody waits for a page."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.waiting import wait_until
from web import page_threads
from web.page_threads import Environ, Head, PageThreads

SCOPE = {"method": "GET", "path": "/", "query_string": b"", "http_version": "1.1", "headers": []}


class Taken:
    """An answer as it leaves a page's thread."""

    def begin(self, head: Head) -> None:
        self.status = head["status"]

    def put(self, part: bytes) -> None:
        self.body = part

    def end(self) -> None:
        self.is_whole = True


@contextmanager
def somebody_waits(taken: Taken) -> Iterator[tuple[PageThreads, threading.Event]]:
    """Pages that are asked for one, and the event that lets it be there."""
    asked, go_on = threading.Event(), threading.Event()

    def page(_environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        asked.set()
        assert go_on.wait(60)
        start("200 OK", [])
        return [b"here"]

    pages = PageThreads(page, threads=1)
    reader = threading.Thread(target=lambda: asyncio.run(pages.answer(SCOPE, io.BytesIO(), taken)))
    reader.start()
    assert asked.wait(60)
    try:
        yield pages, go_on
    finally:
        go_on.set()
        reader.join()


def test_mails_wait_until_the_page_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_threads, "PATIENCE_SECONDS", 60)
    taken = Taken()
    with somebody_waits(taken) as (pages, go_on):
        mail = threading.Thread(target=pages.stand_back)
        mail.start()
        mail.join(0.1)
        assert mail.is_alive()
        go_on.set()
        wait_until(lambda: not mail.is_alive())
    assert (taken.status, taken.body, taken.is_whole) == (200, b"here", True)


def test_mails_that_stood_back_in_vain_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_threads, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(page_threads, "TURN_SECONDS", 60)
    with somebody_waits(Taken()) as (pages, _go_on):
        pages.stand_back()
        monkeypatch.setattr(page_threads, "PATIENCE_SECONDS", 60)
        began = time.monotonic()
        pages.stand_back()
        assert time.monotonic() - began < 30
