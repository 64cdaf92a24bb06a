"""Stands between slow readers and writers and the few threads that make pages.

A page thread gets a request when all of it is there, and gives its answer away at once: neither a slow upload nor a
slow download holds a thread. Bodies beyond the limit are refused before they are read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import IO

from core.errors import Refusal
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
    """ASGI middleware around the pages."""

    def __init__(self, app: Asgi, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes + MULTIPART_ROOM

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                length = await self._fill(scope, body, receive)
            except ClientGone:
                return
            except Refusal as refusal:
                await refuse(scope, send, refusal)
                return
            outflow = Outflow(send)
            pumping = asyncio.create_task(outflow.pump())
            try:
                await self._app(_clean(scope, length), _replay(body, length), outflow.send)
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
                message = await asyncio.wait_for(receive(), SILENCE_SECONDS)
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


def _replay(body: IO[bytes], length: int) -> Receive:
    """A `receive` that gives the body from the file, and then never comes back."""
    done = False

    async def receive() -> Message:
        nonlocal done
        if done:
            await asyncio.Event().wait()
        chunk = body.read(CHUNK)
        done = body.tell() >= length
        return {"type": "http.request", "body": chunk, "more_body": not done}

    return receive


class Outflow:
    """Takes an answer at once and passes it on as fast as the reader reads; beyond IN_MEMORY it waits on disk."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._written = 0
        self._ended = False
        self._changed = asyncio.Event()

    async def send(self, message: Message) -> None:
        """The `send` that the pages see."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = message.get("body", b"")
        self._spool.seek(self._written)
        self._spool.write(body)
        self._written += len(body)
        self._ended = not message.get("more_body", False)
        self._changed.set()

    async def pump(self) -> None:
        """Pass everything on; ends with the answer."""
        await self._changed.wait()
        if self._start is not None:
            await self._send(self._start)
        sent = 0
        while True:
            self._changed.clear()
            while sent < self._written:
                self._spool.seek(sent)
                chunk = self._spool.read(min(CHUNK, self._written - sent))
                sent += len(chunk)
                last = self._ended and sent == self._written
                await self._send({"type": "http.response.body", "body": chunk, "more_body": not last})
                if last:
                    return
            if self._ended:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await self._changed.wait()

    def close(self) -> None:
        self._spool.close()
