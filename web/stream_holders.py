"""Whether those who opened streams may still have them: asked when a stream opens, and every other second for all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.errors import Refusal
from core.tokens import LinkRevoked
from web.stream_hub import Hub

log = structlog.get_logger()

CHECK_SECONDS = 2.0
Ask = Callable[[Collection[str]], Awaitable[set[str]]]


class StreamUnavailable(Refusal):
    """The channel, or who may read it, can't be read now."""

    code = "unavailable"
    status = 503


async def _ask_nobody(_: Collection[str]) -> set[str]:
    raise StreamUnavailable


class Holders:
    """Knows who holds no more; a wave of readers with one link is one question."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._ask: Ask = _ask_nobody
        self._asked: dict[str, tuple[float, asyncio.Task[set[str]]]] = {}

    def start(self, ask: Ask) -> None:
        """From now on `ask` says which of some holders hold no more; it may raise SQLAlchemyError."""
        self._ask = ask

    async def check(self, holder: str) -> None:
        """Raises LinkRevoked where this holder holds no more, StreamUnavailable. Empty: anybody may have the stream."""
        if not holder:
            return
        now = asyncio.get_running_loop().time()
        at, task = self._asked.get(holder, (0.0, None))
        if task is None or now - at > CHECK_SECONDS or (task.done() and task.exception() is not None):
            task = asyncio.ensure_future(self._ask({holder}))
            self._asked[holder] = (now, task)
        try:
            ended = await asyncio.shield(task)
        except SQLAlchemyError as error:
            log.warning("live.holder_unknown", error=type(error).__name__)
            raise StreamUnavailable from None
        if holder in ended:
            raise LinkRevoked

    async def watch(self) -> None:
        """End the streams of those who hold no more, for ever."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self._look()
            except SQLAlchemyError as error:
                log.warning("live.holders_unknown", error=type(error).__name__)

    async def _look(self) -> None:
        since = asyncio.get_running_loop().time() - CHECK_SECONDS
        self._asked = {holder: asked for holder, asked in self._asked.items() if asked[0] > since}
        holders = {viewer.holder for channel in self._hub.channels.values() for viewer in channel.viewers} - {""}
        ended = await self._ask(holders) if holders else set()
        if not ended:
            return
        for holder in ended:
            self._asked.pop(holder, None)  # who comes back at once is asked for anew
        now = clock.now()
        for channel in self._hub.channels.values():
            for viewer in channel.viewers:
                if viewer.holder in ended:
                    viewer.expires_at = now
        await self._hub.end_expired()
