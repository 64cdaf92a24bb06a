"""Who watches which channel in this process, and how an update reaches all of them without waiting for any."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from core import clock

log = structlog.get_logger()

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

RECENT = 256  # updates of a channel kept in memory, so that a wave of reconnects does not reach the database
SLICE = 250  # viewers written to before other work of the loop gets its turn


@dataclass(frozen=True, slots=True)
class Update:
    """One numbered update, encoded once for everybody."""

    seq: int
    event: bytes


def encode(seq: int, at: datetime, kind: str, data: dict[str, Any]) -> Update:
    """The Server-Sent Event of an update."""
    text = json.dumps(
        {**data, "kind": kind, "seq": seq, "at": clock.iso(at)}, ensure_ascii=False, separators=(",", ":")
    )
    return Update(seq, f"id: {seq}\ndata: {text}\n\n".encode())


def named_event(name: str, **data: Any) -> bytes:
    """An event that is no numbered update: `hello` or `refetch`."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Piece:
    """Bytes for many viewers, framed once as a chunk of HTTP/1.1 (RFC 9112 §7.1)."""

    __slots__ = ("body", "frame")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.frame = b"%x\r\n%s\r\n" % (len(body), body)


HEARTBEAT = Piece(b": \n\n")
NOTHING = Piece(b"")


class StreamOver(Exception):  # no error: the reader is told to come back
    """The connection was ended from here; nothing more may be written to it."""


class Viewer:
    """One open stream. `seq` is the newest number that was written to it.

    Another channel may ride along on the same connection (`main` is whose it is): its events are called `with:` and its
    channel, its hello and refetch too, and it neither beats nor ends the connection.
    """

    __slots__ = ("_call", "_cycle", "_send", "_task", "dropped", "expires_at", "holder", "main", "riders", "seq")

    def __init__(
        self,
        send: Send,
        *,
        seq: int,
        expires_at: datetime,
        holder: str = "",
        main: Viewer | None = None,
        channel: str = "",
    ) -> None:
        self._send = send
        owner = getattr(send, "__self__", None)
        self._cycle = owner if isinstance(owner, RequestResponseCycle) else None
        self._task = asyncio.current_task()
        self._call = f"with:{channel}" if main else ""
        self.main = main
        self.riders: list[tuple[Channel, Viewer]] | tuple[()] = ()
        self.seq = seq
        self.expires_at = expires_at
        self.holder = holder
        self.dropped = False

    def events(self, updates: Sequence[Update]) -> bytes:
        """These updates as this reader is told them."""
        call = f"event: {self._call}\n".encode() if self._call else b""
        return b"".join(call + update.event for update in updates)

    def notice(self, name: str, **data: Any) -> bytes:
        """`hello`, `refetch` or `over`, as this reader is told it."""
        return named_event(self._call, kind=name, **data) if self._call else named_event(name, **data)

    async def write(self, chunk: bytes) -> None:
        """Write and wait until the reader has made room. Raises StreamOver."""
        if self.dropped:
            raise StreamOver
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    def step(self, piece: Piece, *, last: bool = False) -> bool:
        """Write without waiting. False where the reader has not made room: nothing was written then."""
        cycle = self._cycle
        if cycle is not None and cycle.chunked_encoding and not last:
            # What uvicorn's send() would do, without framing the same bytes anew for each viewer: a quarter less time.
            if cycle.flow.write_paused:
                return False
            cycle.transport.write(piece.frame)
            return True
        writing = self._send({"type": "http.response.body", "body": piece.body, "more_body": not last}).__await__()
        try:
            next(writing)
        except StopIteration:
            return True
        writing.close()
        return False

    def drop(self) -> None:
        """End the stream at once; who was dropped comes back with the number of the last update that arrived."""
        if self.dropped:
            return
        self.dropped = True
        if self.main is not None:
            self.main.drop()
            return
        # ASGI has no word for "abort". A plain end would keep the unread bytes until the reader takes them, so the
        # socket under uvicorn is cut where it can be reached.
        if self._cycle is not None:
            self._cycle.transport.abort()
        elif self._task is not None:
            self._task.cancel()


@dataclass(eq=False)
class Channel:
    """What this process knows of one channel that somebody watches. Changed on the event loop only."""

    name: str
    cursor: int = -1  # the newest number handed out here; -1 until the channel was read once
    recent: deque[Update] = field(default_factory=lambda: deque(maxlen=RECENT))
    viewers: set[Viewer] = field(default_factory=set)
    users: int = 0  # viewers, and those that are still catching up
    loading: asyncio.Task[None] | None = None
    rests_until: float = 0.0  # of the loop's clock: a fleeting channel gathers until then

    def begin(self, head: int, updates: Sequence[Update]) -> None:
        """Start (again) at `head`, with the newest updates up to it."""
        self.recent.clear()
        for update in updates:
            self._keep(update)
        self.cursor = head
        if self.recent and self.recent[-1].seq != head:
            self.recent.clear()

    def _keep(self, update: Update) -> None:
        if self.recent and update.seq != self.recent[-1].seq + 1:
            self.recent.clear()
        self.recent.append(update)

    def take(self, updates: Sequence[Update]) -> list[Update]:
        """Keep what is new here and return it; the cursor moves to the last one."""
        new = [update for update in updates if update.seq > self.cursor]
        for update in new:
            self._keep(update)
            self.cursor = update.seq
        return new

    def missed(self, seq: int) -> list[Update] | None:
        """The updates after `seq`, in order; None where they are no longer in memory."""
        if seq >= self.cursor:
            return []
        if not self.recent or seq < self.recent[0].seq - 1:
            return None
        return [update for update in self.recent if update.seq > seq]


class Hub:
    """All channels that are watched through this process."""

    def __init__(self, *, max_viewers: int) -> None:
        self.max_viewers = max_viewers
        self.channels: dict[str, Channel] = {}
        self.count = 0
        self.closing = False

    @property
    def is_full(self) -> bool:
        return self.count >= self.max_viewers

    def enter(self, name: str) -> Channel:
        """The channel, counted as used until `leave`."""
        channel = self.channels.get(name)
        if channel is None:
            channel = self.channels[name] = Channel(name)
        channel.users += 1
        self.count += 1
        return channel

    def leave(self, channel: Channel, viewer: Viewer | None) -> None:
        if viewer is not None:
            channel.viewers.discard(viewer)
            for there, rider in viewer.riders:
                self.leave(there, rider)
        channel.users -= 1
        self.count -= 1
        if channel.users == 0 and self.channels.get(channel.name) is channel:
            del self.channels[channel.name]

    async def broadcast(self, channel: Channel, updates: Sequence[Update]) -> None:
        """Write new updates to every viewer of the channel; drop who does not read."""
        new = channel.take(updates)
        if not new:
            return
        wholes: dict[bool, Piece] = {}  # by whether it rides along: framed once for all who are told it alike
        for number, viewer in enumerate(list(channel.viewers)):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            if viewer.dropped or viewer.seq >= channel.cursor:
                continue
            if viewer.seq == new[0].seq - 1:
                rides = viewer.main is not None
                piece = wholes[rides] if rides in wholes else wholes.setdefault(rides, Piece(viewer.events(new)))
            elif viewer.seq < new[0].seq - 1:
                piece = Piece(viewer.notice("refetch", seq=channel.cursor))
            else:
                piece = Piece(viewer.events([update for update in new if update.seq > viewer.seq]))
            self._step(channel, viewer, piece)
            viewer.seq = channel.cursor

    def restart(self, channel: Channel, head: int) -> None:
        """The numbers are not what they were (a restored database, updates already forgotten): all read anew."""
        channel.begin(head, ())
        for viewer in list(channel.viewers):
            self._step(channel, viewer, Piece(viewer.notice("refetch", seq=head)))
            viewer.seq = head

    async def heartbeat(self) -> None:
        """Let every reader know that the link lives, and end the streams whose token is over."""
        await self._look_at_all(beat=True)

    async def end_expired(self) -> None:
        """End the streams whose token is over."""
        await self._look_at_all(beat=False)

    async def _look_at_all(self, *, beat: bool) -> None:
        now = clock.now()
        everybody = [(channel, viewer) for channel in self.channels.values() for viewer in channel.viewers]
        for number, (channel, viewer) in enumerate(everybody):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            if viewer.dropped:
                continue
            if viewer.expires_at <= now and viewer.main is not None:
                channel.viewers.discard(viewer)
                self._step(channel, viewer, Piece(viewer.notice("over")))
            elif viewer.expires_at <= now:
                self._end(channel, viewer, Piece(named_event("refetch", seq=viewer.seq)))
            elif beat and viewer.main is None:
                self._step(channel, viewer, HEARTBEAT)

    def close(self) -> None:
        """End every stream; readers come back to whoever answers next."""
        self.closing = True
        for channel in list(self.channels.values()):
            for viewer in list(channel.viewers):
                self._end(channel, viewer, NOTHING)

    def _step(self, channel: Channel, viewer: Viewer, piece: Piece) -> None:
        if viewer.step(piece):
            return
        channel.viewers.discard(viewer)
        viewer.drop()
        log.info("live.viewer_dropped", channel=channel.name)

    def _end(self, channel: Channel, viewer: Viewer, piece: Piece) -> None:
        channel.viewers.discard(viewer)
        if viewer.main is not None:
            return  # ends with the connection that it rides on
        for there, rider in viewer.riders:
            # At once: the connection may carry another answer before its request has ended here.
            there.viewers.discard(rider)
            rider.dropped = True
        if viewer.step(piece, last=True):
            viewer.dropped = True
        else:
            viewer.drop()
