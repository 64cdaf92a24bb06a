"""The server: live streams natively, pages through WSGI threads, background work in a process beside them."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from flask import Flask
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from core import config
from core.config import APART, Settings
from core.errors import NotFound
from web import mail, migrate
from web.gate import Asgi, Gate
from web.jobs import Worker
from web.page_threads import PageThreads
from web.stream import PATH, Receive, StreamApp, refuse
from web.stream_hub import Message, Send
from web.worker_process import Work, WorkerProcess

HEADER_SECONDS = 10.0  # for a request's headers, from the opening of the connection
DEAD_PEER_MS = 60_000  # a phone that lost its network is noticed by then
SHUTDOWN_SECONDS = 10
SPARE_FILES = 512  # beside the viewers: page requests, database, files


class Application:
    """ASGI 3: /live/* to the stream, the rest to the pages (or to nobody), start and end of both and of the worker."""

    def __init__(self, stream: StreamApp, pages: Asgi | None, worker: Work | None) -> None:
        self.stream = stream
        self.worker = worker
        self._pages = pages

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].startswith(PATH):
            await self.stream(scope, receive, send)
        elif self._pages is not None:
            await self._pages(scope, receive, send)
        else:
            await refuse(scope, send, NotFound())

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.stream.start()
        if self.worker is not None:
            await asyncio.to_thread(self.worker.start)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self.worker is not None:
            await asyncio.to_thread(self.worker.stop)
        await self.stream.stop()
        await send({"type": "lifespan.shutdown.complete"})


def build(settings: Settings, pages: Flask, *, apart: bool = False) -> Application:
    """The whole product as one ASGI application; `apart`: its worker in a process of its own, which is forked now."""
    threads = PageThreads(pages.wsgi_app, threads=settings.web_threads)

    def make() -> Worker:
        return Worker(pages, stand_back=threads.stand_back)

    worker: Work | None = None
    if settings.run_jobs:
        worker = WorkerProcess(make) if apart else make()
    return Application(StreamApp(settings), Gate(threads, max_bytes=settings.max_upload_bytes), worker)


def build_stream(settings: Settings) -> Application:
    """Only the stream, for a large installation: behind the same proxy, in processes of its own."""
    return Application(StreamApp(settings), None, None)


class Pipeline(list[Any]):
    """Requests that wait for the one before; where there are none, a tenth of what a deque takes in each connection."""

    __slots__ = ()

    def appendleft(self, waiting: Any) -> None:
        self.insert(0, waiting)


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with an end to waiting for headers and to peers that are gone."""

    _waiting: asyncio.TimerHandle | None = None

    def __init__(self, *settings: Any, **named: Any) -> None:
        super().__init__(*settings, **named)
        self.pipeline = Pipeline()  # type: ignore[assignment]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        plain = transport.get_extra_info("socket")
        if plain is not None and plain.family in (socket.AF_INET, socket.AF_INET6):
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)
        self._wait_for_headers()

    def _wait_for_headers(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def on_message_begin(self) -> None:
        self._wait_for_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()
        self.url = b""  # it stands in the scope, and would stay as long as the connection

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)


class Server(uvicorn.Server):
    """uvicorn that says when it is ready, and ends the streams before it waits for open requests."""

    def __init__(self, options: uvicorn.Config, application: Application, announce: Callable[[str], None]) -> None:
        super().__init__(options)
        self._application = application
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._announce(f"ready on http://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._application.stream.close()
        await super().shutdown(sockets)


def serve(
    settings: Settings, host: str, port: int, *, announce: Callable[[str], None], stream_only: bool = False
) -> None:
    """Bring the database up to date, then answer requests until SIGTERM or SIGINT; `announce` gets the ready line."""
    config.use(settings)
    if not stream_only:
        migrate.upgrade(settings)
    settings = _within_file_limit(settings)
    application = build_stream(settings) if stream_only else _build_whole(settings)
    if not stream_only:
        mail.warn_unless_set_up()
    options: dict[str, Any] = {
        "http": ImpatientProtocol,
        "ws": "none",
        "lifespan": "on",
        "access_log": False,
        "log_config": None,
        "proxy_headers": False,  # ProxyFix does it, with a configured depth
        "server_header": False,
        "timeout_keep_alive": 5,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
        "limit_concurrency": settings.max_viewers + SPARE_FILES,
    }
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    Server(uvicorn.Config(application, host=host, port=port, **options), application, announce).run()


def _build_whole(settings: Settings) -> Application:
    from web.app import create_app  # the stream alone must not need what the pages need

    return build(settings, create_app(settings), apart=settings.run_jobs == APART)


def _within_file_limit(settings: Settings) -> Settings:
    """No more viewers than the operating system gives us sockets for, after asking for all it gives."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.max_viewers + 2 * SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    most = max(1, soft - 2 * SPARE_FILES)
    return settings if most >= settings.max_viewers else settings.model_copy(update={"max_viewers": most})
