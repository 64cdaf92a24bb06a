"""The live stream: a native ASGI application for GET /live/<token>, Server-Sent Events with replay (live.md 1).

The token names one channel and its holder (core.tokens.hold): a link, or an account. One that was taken back opens no
stream, and ends those that it opened within seconds (web.stream_holders). Others may ride along on the same connection
(`with=<token>~<number>`): a browser holds six to a server, for all its windows together. A viewer that does not read is
dropped, never waited for. The application is composed with the pages into one process (web.asgi) or run on its own
behind a proxy.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import parse_qs

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core import clock, i18n, tokens
from core.config import Settings
from core.errors import NotFound, Refusal
from core.tokens import Link
from web.stream_feed import Feed
from web.stream_holders import Holders, StreamUnavailable
from web.stream_hub import NOTHING, Channel, Hub, Message, Send, StreamOver, Update, Viewer, named_event

log = structlog.get_logger()

Receive = Callable[[], Awaitable[Message]]

PATH = "/live/"
PURPOSE = "live"
HEARTBEAT_SECONDS = 15.0
RETRY_MS = 2000
CATCH_UP_SECONDS = 60  # for the whole replay: who reads more slowly than that does not watch
CATCH_UP_BYTES = 32_768  # below uvicorn's high-water mark, so that the next live update still finds room
MAX_RIDERS = 4  # other channels on one connection
MAX_REPLAY = 2_000  # updates; beyond that reading the whole state anew is less
_NUMBER_DIGITS = 15

_PLAIN = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_STREAM = [*_PLAIN, (b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


class MethodNotAllowed(Refusal):
    """The stream is only read."""

    code = "method_not_allowed"
    status = 405


class StreamFull(Refusal):
    """This process carries as many viewers as it may."""

    code = "stream_full"
    status = 503


class StreamApp:
    """ASGI 3 application; `start` and `stop` run on its event loop, `close` ends all streams before a shutdown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.hub = Hub(max_viewers=settings.max_viewers)
        self.feed: Feed | None = None
        self.holders = Holders(self.hub)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow the database."""
        self.feed = Feed(self.hub, self._settings)
        self.feed.start()
        self.holders.start(self.feed.ended)
        self._tasks = [
            asyncio.create_task(self._beat(), name="live-heartbeat"),
            asyncio.create_task(self.holders.watch(), name="live-holders"),
        ]

    def close(self) -> None:
        """End every stream now."""
        self.hub.close()

    async def stop(self) -> None:
        """End every stream and every thread."""
        self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.feed is not None:
            await self.feed.stop()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self.hub.heartbeat()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            link = self._admit(scope)
            await self._watch(link, scope, receive, send)
        except Refusal as refusal:
            await refuse(scope, send, refusal)

    def _admit(self, scope: Message) -> Link:
        if not scope["path"].startswith(PATH):
            raise NotFound
        if scope["method"] != "GET":
            raise MethodNotAllowed
        link = tokens.decode(scope["path"].removeprefix(PATH), PURPOSE)
        if self.hub.is_full or self.hub.closing:
            raise StreamFull
        return link

    async def _watch(self, link: Link, scope: Message, receive: Receive, send: Send) -> None:
        await self.holders.check(link.token_id)
        after = _asked_after(scope)
        channel = self.hub.enter(link.subject)
        viewer: Viewer | None = None
        try:
            head = await self._ready(channel, after)
            start = channel.cursor if after is None else after
            viewer = Viewer(send, seq=start, expires_at=link.expires_at, holder=link.token_id)
            await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
            await viewer.write(_hello(head, link))
            others = _asked_with(scope)
            _forget_request(scope)
            try:
                async with asyncio.timeout(CATCH_UP_SECONDS):
                    await self._catch_up(channel, viewer, head)
                    for number, other in enumerate(others):
                        await self._ride(number, other, send, viewer, known={channel.name})
            except StreamOver:
                log.debug("live.over_while_catching_up")
            except (TimeoutError, SQLAlchemyError):
                viewer.drop()
            if await _sent_a_body(receive):
                viewer.drop()
        except asyncio.CancelledError:
            if viewer is None or not viewer.dropped:
                raise
        finally:
            self.hub.leave(channel, viewer)

    async def _ride(self, number: int, other: tuple[str, int], send: Send, main: Viewer, *, known: set[str]) -> None:
        """Let another channel ride along; what can't is told `with`, and is asked for by itself."""
        token, after = other
        try:
            link = tokens.decode(token, PURPOSE)
            known |= {there.name for there, _ in main.riders}
            if link.subject in known or len(main.riders) >= MAX_RIDERS or self.hub.is_full:
                raise StreamFull
            await self.holders.check(link.token_id)
            channel = self.hub.enter(link.subject)
            rider = Viewer(
                send, seq=after, expires_at=link.expires_at, holder=link.token_id, main=main, channel=channel.name
            )
            main.riders = [*main.riders, (channel, rider)]
            head = await self._ready(channel, after)
        except Refusal:
            await main.write(named_event("with", n=number))
            return
        await rider.write(rider.notice("hello", n=number, seq=head, server_now=clock.iso(clock.now())))
        await self._catch_up(channel, rider, head)

    async def _ready(self, channel: Channel, after: int | None) -> int:
        """The head of the channel, read once for all who come at the same time; raises StreamUnavailable."""
        assert self.feed is not None, "the stream was not started"  # noqa: S101
        try:
            if channel.cursor < 0:
                if channel.loading is None or channel.loading.done():
                    channel.loading = asyncio.create_task(self._load(channel))
                await asyncio.shield(channel.loading)
            if after is not None and after > channel.cursor:
                # The page was made from a newer state than the feed has seen, or from a database that is no more.
                return max(channel.cursor, await self.feed.head(channel.name))
        except SQLAlchemyError as error:
            log.warning("live.load_failed", error=type(error).__name__)
            raise StreamUnavailable from None
        return channel.cursor

    async def _load(self, channel: Channel) -> None:
        assert self.feed is not None  # noqa: S101
        news = await self.feed.load(channel.name)
        channel.begin(news.head, news.updates)

    async def _catch_up(self, channel: Channel, viewer: Viewer, head: int) -> None:
        """Write what was missed, then join. Between the last look and the joining there is no await: no gap."""
        assert self.feed is not None  # noqa: S101
        if viewer.seq > head:
            await self._refetch(viewer, head)
        while (missed := channel.missed(viewer.seq)) != []:
            if missed is None and viewer.seq >= 0 and channel.cursor - viewer.seq <= MAX_REPLAY:
                missed = await self.feed.since(channel.name, viewer.seq)
            if not missed or missed[0].seq != viewer.seq + 1:
                await self._refetch(viewer, channel.cursor)
                continue
            for chunk in _chunks(viewer, missed):
                await viewer.write(chunk)
            viewer.seq = missed[-1].seq
        if viewer.dropped or (viewer.main is not None and viewer.main.dropped):
            raise StreamOver
        if not self.hub.closing:
            channel.viewers.add(viewer)
        elif viewer.main is None:
            viewer.step(NOTHING, last=True)
            viewer.dropped = True

    async def _refetch(self, viewer: Viewer, seq: int) -> None:
        await viewer.write(viewer.notice("refetch", seq=seq))
        viewer.seq = seq


def _chunks(viewer: Viewer, updates: Sequence[Update]) -> Iterator[bytes]:
    """The events joined to pieces of CATCH_UP_BYTES at the most, or of one event."""
    piece = bytearray()
    for event in (viewer.events([update]) for update in updates):
        if piece and len(piece) + len(event) > CATCH_UP_BYTES:
            yield bytes(piece)
            piece.clear()
        piece += event
    yield bytes(piece)


def _hello(head: int, link: Link) -> bytes:
    hello = named_event("hello", seq=head, server_now=clock.iso(clock.now()), until=clock.iso(link.expires_at))
    return f"retry: {RETRY_MS}\n".encode() + hello


def _forget_request(scope: Message) -> None:
    """What a browser sent would stay in memory as long as its stream: a kilobyte or more that nobody needs."""
    scope["headers"].clear()
    scope.update(path=PATH, raw_path=b"", query_string=b"")


def _asked_after(scope: Message) -> int | None:
    """The number after which to replay, from the header of a browser that comes back or the query; -1: unreadable."""
    headers = dict(scope["headers"])
    asked = headers.get(b"last-event-id", b"").decode("latin1")
    if not asked:
        asked = parse_qs(scope["query_string"].decode("latin1")).get("after", [""])[0]
    return _number(asked) if asked else None


def _asked_with(scope: Message) -> list[tuple[str, int]]:
    """The tokens of what is to ride along, each with the number after which to replay: `with=<token>~<number>`."""
    asked = parse_qs(scope["query_string"].decode("latin1")).get("with", [])
    return [(token, _number(after)) for token, _, after in (each.partition("~") for each in asked)]


def _number(text: str) -> int:
    """-1: unreadable."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS else -1


async def _sent_a_body(receive: Receive) -> bool:
    """Wait for the end of the connection: False. True at once for a body, which would else be read for ever."""
    while (message := await receive())["type"] == "http.request":
        if message.get("body"):
            return True
    return False


async def refuse(scope: Message, send: Send, refusal: Refusal) -> None:
    """Answer with the JSON body of a refusal."""
    headers = dict(scope["headers"])
    accepted = headers.get(b"accept-language", b"").decode("latin1")
    with i18n.use_locale(i18n.best_locale(part.split(";")[0].strip() for part in accepted.split(","))):
        error = {
            "code": refusal.code,
            "message": i18n.t(refusal.message_id, **refusal.params),
            "next": i18n.t(refusal.next_id, **refusal.params),
            "problems": [],
        }
    body = json.dumps({"error": error}, ensure_ascii=False).encode()
    answer = [*_PLAIN, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.append((b"allow", b"GET"))
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        # Spread, so that those who were turned away do not come back together.
        answer.append((b"retry-after", str(random.randint(2, 10)).encode()))  # noqa: S311
    with suppress(OSError):  # the reader may be gone
        await send({"type": "http.response.start", "status": refusal.status, "headers": answer})
        await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})
