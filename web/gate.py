"""Stands between slow readers and writers and the few threads that make pages.

A page thread gets a request when all of it is there, and gives its answer away at once: neither a slow upload nor a
slow download holds a thread. Bodies beyond the limit are refused before they are read.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import IO

from core.errors import Refusal
from web.page_threads import Head, PageThreads
from web.stream import Receive, refuse
from web.stream_hub import Message, Send

Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

IN_MEMORY = 262_144
CHUNK = 65_536
SILENCE_SECONDS = 20.0  # between two parts of a body
FREE_SECONDS = 60.0  # after that a body must have come at SLOWEST on average
SLOWEST = 4_096  # bytes a second
MULTIPART_ROOM = 65_536  # field names and boundaries around an upload of the largest size


class BodyTooLarge(Refusal):
    """More bytes than this installation takes in one request."""

    code = "too_large"
    status = 413


class BodyTooSlow(Refusal):
    """The request did not arrive in time."""

    code = "too_slow"
    status = 408


class ClientGone(Exception):
    """The connection ended before the request did."""


class Gate:
    """ASGI around the pages: what stands between the event loop and their threads."""

    def __init__(self, pages: PageThreads, *, max_bytes: int) -> None:
        self._pages = pages
        self._max_bytes = max_bytes + MULTIPART_ROOM

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                length = await self._fill(scope, body, receive)
            except ClientGone:
                return
            except Refusal as refusal:
                if not _reads_pages(scope):
                    await refuse(scope, send, refusal)
                    return
                body.seek(0)
                body.truncate()
                scope, length = {**scope, "refusal": refusal}, 0
            outflow = Outflow(send)
            pumping = asyncio.create_task(outflow.pump())
            try:
                await self._pages.answer(_clean(scope, length), body, outflow)
                await pumping
            finally:
                pumping.cancel()
                outflow.close()

    async def _fill(self, scope: Message, body: IO[bytes], receive: Receive) -> int:
        """Read the whole body; raises BodyTooLarge, BodyTooSlow, ClientGone."""
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._max_bytes:
            raise BodyTooLarge
        began, length, more = time.monotonic(), 0, True
        while more:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow from None
            if message["type"] != "http.request":
                raise ClientGone
            length += len(message.get("body", b""))
            if length > self._max_bytes:
                raise BodyTooLarge
            elapsed = time.monotonic() - began
            if elapsed > FREE_SECONDS and length < elapsed * SLOWEST:
                raise BodyTooSlow
            body.write(message.get("body", b""))
            more = message.get("more_body", False)
        body.seek(0)
        return length


def _reads_pages(scope: Message) -> bool:
    """Whether a browser asks, for somebody who should read a page and not the answer for programs."""
    return not scope["path"].startswith("/api/") and b"text/html" in dict(scope["headers"]).get(b"accept", b"")


def _clean(scope: Message, length: int) -> Message:
    """The scope with what WSGI would misread taken out."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        # x_forwarded_for and x-forwarded-for are one name in WSGI: the one with _ goes around the proxy's own.
        if b"_" not in name and name not in {b"content-length", b"transfer-encoding"}
    ]
    if length:
        headers.append((b"content-length", str(length).encode()))
    return {**scope, "headers": headers}


class Outflow:
    """Takes an answer from a page's thread at once and passes it on as fast as the reader reads; beyond IN_MEMORY it
    waits on disk. What a page says in small parts goes out in parts of CHUNK."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._head: Head | None = None
        self._spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._lock = threading.Lock()  # of the spool: one thread writes it, the loop reads it
        self._written = self._told = 0
        self._ended = False
        self._changed = asyncio.Event()

    def begin(self, head: Head) -> None:
        """Status and headers; from a page's thread, as everything up to `end`."""
        self._head = head

    def put(self, part: bytes) -> None:
        """A part of the body."""
        with self._lock:
            self._spool.seek(self._written)
            self._spool.write(part)
            self._written += len(part)
        if self._written - self._told >= CHUNK:
            self._told = self._written
            self._loop.call_soon_threadsafe(self._changed.set)

    def end(self) -> None:
        """There is no more."""
        self._ended = True
        self._loop.call_soon_threadsafe(self._changed.set)

    async def pump(self) -> None:
        """Pass everything on; ends with the answer."""
        await self._changed.wait()
        if self._head is not None:
            await self._send({"type": "http.response.start", **self._head})
        sent = 0
        while True:
            self._changed.clear()
            # Before the length is read: what is written after `end` was seen would be lost.
            ended = self._ended
            while sent < self._written:
                part = self._read(sent)
                sent += len(part)
                last = ended and sent == self._written
                await self._send({"type": "http.response.body", "body": part, "more_body": not last})
                if last:
                    return
            if ended:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await self._changed.wait()

    def _read(self, start: int) -> bytes:
        with self._lock:
            self._spool.seek(start)
            return self._spool.read(min(CHUNK, self._written - start))

    def close(self) -> None:
        with self._lock:
            self._spool.close()
