"""A stream server in a thread, and readers of Server-Sent Events over real sockets."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import uvicorn

from core import tokens
from core.config import Settings
from tests.support.waiting import wait_until
from web.asgi import Application, ImpatientProtocol, Server


@dataclass(frozen=True)
class Event:
    """One event as a browser sees it."""

    name: str
    id: str
    data: dict[str, Any]


class Stream:
    """One open stream; `next()` waits for the next event."""

    def __init__(self, port: int, path: str, *, headers: dict[str, str] | None = None, timeout: float = 60) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._connection.request("GET", path, headers=headers or {})
        self.response = self._connection.getresponse()
        self.comments = 0

    def next(self) -> Event:
        """The next event; raises EOFError at the end, TimeoutError when none comes."""
        name, number, data = "message", "", ""
        while True:
            line = self.response.readline().decode()
            if not line:
                raise EOFError
            line = line.rstrip("\n")
            field, _, value = line.partition(": ")
            if not line and data:
                return Event(name, number, json.loads(data))
            if field == "event":
                name = value
            elif field == "id":
                number = value
            elif field == "data":
                data = value
            elif line.startswith(":"):
                self.comments += 1

    def again(self, path: str) -> Stream:
        """Another stream on the same connection, after the end of this one."""
        other = Stream.__new__(Stream)
        other._connection, other.comments = self._connection, 0
        other._connection.request("GET", path)
        other.response = other._connection.getresponse()
        return other

    def take(self, count: int) -> list[Event]:
        return [self.next() for _ in range(count)]

    def close(self) -> None:
        self.response.close()
        self._connection.close()


@dataclass(frozen=True)
class Running:
    """A server in a thread of this process."""

    port: int
    application: Application

    def open(self, channel: str, *, after: int | None = None, minutes: float = 5, **headers: str) -> Stream:
        """A stream with a token for the channel."""
        return Stream(self.port, self.path(channel, after=after, minutes=minutes), headers=headers)

    def path(self, channel: str, *, after: int | None = None, minutes: float = 5) -> str:
        token = tokens.issue_fleeting("live", channel, expires_in=timedelta(minutes=minutes))
        return f"/live/{token}" + ("" if after is None else f"?after={after}")

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and JSON body of a plain request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, json.loads(body) if body else {}

    def viewers(self) -> int:
        return self.application.stream.hub.count

    def joined(self, channel: str) -> int:
        found = self.application.stream.hub.channels.get(channel)
        return len(found.viewers) if found else 0


@contextmanager
def running(application: Application, settings: Settings) -> Iterator[Running]:
    """Serve an application on a free port until the block ends."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    options = uvicorn.Config(
        application,
        http=ImpatientProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    server = Server(options, application, lambda _line: None)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="test-server")
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive(), what="the start of the server")
        assert server.started
        yield Running(listener.getsockname()[1], application)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive(), "the server did not end"
