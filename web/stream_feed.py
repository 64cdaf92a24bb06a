"""What the stream reads from the database, off the event loop, and how it learns that there is something new."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine, create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from accounts.holding import list_ended
from core import wake
from core.config import Settings
from core.engine import engine_options
from core.live import NOTIFY, LiveChannel, LiveUpdate, is_fleeting
from web.stream_hub import RECENT, Channel, Hub, Update, encode

log = structlog.get_logger()

BATCH = 500
POLL_SECONDS = 0.02  # SQLite: how soon commits of other processes are seen
SAFETY_POLL_SECONDS = 5.0  # PostgreSQL: a notification lost with its connection is made up for within this time
RETRY_SECONDS = 0.5
REST_SECONDS = 0.04  # a fleeting channel is handed out 25 times a second at the most, as films are
REST_SHARE = 0.25  # of the time that handing it out to very many takes


@dataclass(frozen=True)
class News:
    """What is new on one channel after the number asked for."""

    head: int
    updates: Sequence[Update]


class Reader:
    """Reads of the update tables. Every method blocks: call it in a thread."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url, **engine_options(url))

    def head(self, channel: str) -> int:
        """The newest number of a channel; 0 where nothing was published."""
        with self.engine.connect() as connection:
            return connection.scalar(select(LiveChannel.seq).filter_by(channel=channel)) or 0

    def load(self, channel: str) -> News:
        """The head of a channel and the newest updates up to it."""
        with self.engine.connect() as connection:
            head = connection.scalar(select(LiveChannel.seq).filter_by(channel=channel)) or 0
        return News(head, [update for update in self.since(channel, head - RECENT, limit=RECENT) if update.seq <= head])

    def since(self, channel: str, seq: int, *, limit: int = BATCH) -> list[Update]:
        """Up to `limit` updates after `seq`, in order."""
        columns = LiveUpdate.__table__.c
        query = (
            select(columns.seq, columns.at, columns.kind, columns.data)
            .where(columns.channel == channel, columns.seq > seq)
            .order_by(columns.seq)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            return [encode(row.seq, row.at, row.kind, row.data) for row in connection.execute(query)]

    def news(self, cursors: Mapping[str, int]) -> dict[str, News]:
        """For each channel whose head is not where we are: its head and the next updates."""
        names, heads = sorted(cursors), {}
        for start in range(0, len(names), BATCH):
            query = select(LiveChannel.channel, LiveChannel.seq).where(
                LiveChannel.channel.in_(names[start : start + BATCH])
            )
            with self.engine.connect() as connection:
                heads.update({row.channel: row.seq for row in connection.execute(query)})
        return {
            name: News(head, self.since(name, cursors[name]) if head > cursors[name] else ())
            for name, head in heads.items()
            if head != cursors[name]
        }

    def ended(self, holders: Collection[str]) -> set[str]:
        """Those of these holders of streams that hold no more."""
        with self.engine.connect() as connection:
            return list_ended(connection, holders)

    def close(self) -> None:
        self.engine.dispose()


class Feed:
    """Follows the channels of a hub: woken by whoever knows of something new, one pass at a time."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self.hub = hub
        self.reader = Reader(settings.sqlalchemy_url)
        self._settings = settings
        self._news = asyncio.Event()
        self._touched: set[str] | None = set()  # None: look at every channel
        # Two pools: a wave of readers that come back must not hold up those that are there.
        self._feeding = ThreadPoolExecutor(1, thread_name_prefix="live-feed")
        self._loading = ThreadPoolExecutor(2, thread_name_prefix="live-load")
        self._tasks: list[asyncio.Task[None]] = []
        self._handing: set[asyncio.Task[None]] = set()
        self._watch: SqliteWatch | None = None

    def start(self) -> None:
        """Begin to follow, on the running event loop."""
        self._tasks = [asyncio.create_task(self._follow(), name="live-follow")]
        if self._settings.is_sqlite:
            self._watch = SqliteWatch(self)
            self._watch.start()
        else:
            watches = (listen(self, self._settings.sqlalchemy_url), self._look_now_and_then())
            self._tasks += [asyncio.create_task(watch, name="live-watch") for watch in watches]

    async def stop(self) -> None:
        """End following and give the connections back."""
        if self._watch is not None:
            await asyncio.to_thread(self._watch.stop)
        ending = [*self._tasks, *self._handing]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        for pool in (self._feeding, self._loading):
            await asyncio.to_thread(pool.shutdown)
        await asyncio.to_thread(self.reader.close)

    def look(self, channel: str | None = None) -> None:
        """There may be something new on this channel, or on any. Call it on the event loop."""
        if channel is None:
            self._touched = None
        elif self._touched is not None:
            self._touched.add(channel)
        self._news.set()

    async def load(self, channel: str) -> News:
        return await asyncio.get_running_loop().run_in_executor(self._loading, self.reader.load, channel)

    async def head(self, channel: str) -> int:
        return await asyncio.get_running_loop().run_in_executor(self._loading, self.reader.head, channel)

    async def ended(self, holders: Collection[str]) -> set[str]:
        return await asyncio.get_running_loop().run_in_executor(self._loading, self.reader.ended, holders)

    async def since(self, channel: str, seq: int) -> list[Update]:
        return await asyncio.get_running_loop().run_in_executor(self._loading, self.reader.since, channel, seq)

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            touched, self._touched = self._touched, set()
            try:
                await self._pass(touched)
            except SQLAlchemyError as error:
                log.warning("live.read_failed", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                self.look()

    async def _pass(self, touched: set[str] | None) -> None:
        names = self.hub.channels if touched is None else touched & self.hub.channels.keys()
        loop = asyncio.get_running_loop()
        found = [self.hub.channels[name] for name in names]
        cursors = {each.name: each.cursor for each in found if each.cursor >= 0 and each.rests_until <= loop.time()}
        if not cursors:
            return
        for name, news in (await loop.run_in_executor(self._feeding, self.reader.news, cursors)).items():
            channel = self.hub.channels.get(name)
            if channel is None or channel.cursor < 0:
                continue
            if news.head < channel.cursor and news.head < cursors[name]:
                self.hub.restart(channel, news.head)
            elif news.head > channel.cursor and (not news.updates or news.updates[0].seq > channel.cursor + 1):
                self.hub.restart(channel, news.updates[-1].seq if news.updates else news.head)
            elif is_fleeting(channel.name) and news.updates:
                # By itself: what thousands are shown of a stroke must not keep the stage's truth waiting.
                channel.rests_until = math.inf
                task = asyncio.create_task(self._hand_out(channel, news.updates), name="live-hand-out")
                self._handing.add(task)
                task.add_done_callback(self._handing.discard)
            else:
                await self.hub.broadcast(channel, news.updates)
            if news.updates and news.updates[-1].seq < news.head:
                self.look(name)

    async def _hand_out(self, channel: Channel, updates: Sequence[Update]) -> None:
        """Broadcast on a fleeting channel, which rests afterwards: what comes meanwhile goes out in one piece.

        While it goes out, everybody else has a turn after each slice of viewers; the rest is no longer than that needs.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await self.hub.broadcast(channel, updates)
        finally:
            rest = max(REST_SECONDS, (loop.time() - began) * REST_SHARE)
            channel.rests_until = loop.time() + rest
            loop.call_at(channel.rests_until + 0.001, self.look, channel.name)

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SAFETY_POLL_SECONDS)
            self.look()


class SqliteWatch:
    """A thread that sees commits of this process at once and those of others within POLL_SECONDS."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._loop = asyncio.get_running_loop()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-watch", daemon=True)
        self._deafen: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._deafen = wake.listen(wake.LIVE, self._tell)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._deafen()
        self._thread.join()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop was closed between our last look and now
            self._loop.call_soon_threadsafe(self._feed.look)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._poll()
            except (SQLAlchemyError, sqlite3.Error) as error:
                log.warning("live.poll_failed", error=type(error).__name__)
                self._stopping.wait(RETRY_SECONDS)

    def _poll(self) -> None:
        # The bare driver connection: inside a transaction the number would stand still.
        with closing(self._feed.reader.engine.raw_connection()) as connection:
            cursor, seen = connection.cursor(), None
            while not self._stopping.wait(POLL_SECONDS):
                # Changes with every commit of another connection (sqlite.org/pragma.html#pragma_data_version).
                version = cursor.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    self._tell()


async def listen(feed: Feed, url: str) -> None:
    """Look at each channel that PostgreSQL notifies of; connect again for ever where the connection is lost."""
    import psycopg  # here, since an embedded installation starts a twentieth sooner without its driver

    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                dsn, autocommit=True, keepalives_idle=10, keepalives_interval=5, keepalives_count=3
            ) as connection:
                await connection.execute(f"LISTEN {NOTIFY}")
                feed.look()  # for what was told while nobody listened
                async for notice in connection.notifies():
                    feed.look(json.loads(notice.payload)[0])
        except psycopg.Error as error:
            log.warning("live.listen_lost", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)
