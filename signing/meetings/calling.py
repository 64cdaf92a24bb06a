"""One question to a meeting tool's API: to its own host, in limited time, with an answer that is looked at closely.

No address, token, signature or word of an answer is logged or kept; of a refusal the tool's code is.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from core import clock
from pdf.pki.reaching import Answer, Reach, Unasked, Unreached, exchange
from signing.meetings.rules import NotMade, Tool, Why, recognise

TIMEOUT_SECONDS = 8.0
_LONGEST_ANSWER = 262_144
_EARLIER = timedelta(minutes=2)  # a token is not used to its last second
_LONGEST_LIFE = 86_400


@dataclass(frozen=True)
class Heard:
    """An answer: its status, and its JSON object (None: it held none)."""

    status: int
    said: dict[str, Any] | None = field(repr=False)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    def part(self, *names: str) -> Any:
        """What stands at the end of these names; None where one is missing."""
        found: Any = self.said
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def text(self, *names: str) -> str:
        """The same as a text, numbers written out; empty where there is none."""
        found = self.part(*names)
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def call(
    base: str, path: str, *, method: str = "POST", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Heard:
    """Ask `path` at the API's address. Raises NotMade `away` (nothing was asked), `unsure` (perhaps it was heard)."""
    # Who runs the installation may name a host of their own, wherever it is; the tools' own are at public addresses.
    parts = urlsplit(base)
    own = recognise(parts.hostname or "") is Tool.OTHER
    told = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Yunqian", **(headers or {})}
    until = time.monotonic() + TIMEOUT_SECONDS
    try:
        answer = exchange(
            base.rstrip("/") + path,
            body,
            told,
            longest=_LONGEST_ANSWER,
            until=until,
            reach=Reach(frozenset({parts.netloc}) if own else frozenset(), others=True),
            method=method,
        )
    except Unasked:
        raise NotMade(Why.AWAY) from None
    except Unreached:
        raise NotMade(Why.UNSURE) from None
    if 300 <= answer.status < 400:
        raise NotMade(Why.REFUSED, str(answer.status))
    return Heard(answer.status, _object(answer))


def _object(answer: Answer) -> dict[str, Any] | None:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def as_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answered(heard: Heard) -> None:
    """For errors that a tool's own table does not name. Raises NotMade by the HTTP status."""
    if heard.status == 429 or heard.status == 503:
        raise NotMade(Why.BUSY, str(heard.status))
    if heard.status == 401:
        raise NotMade(Why.KEYS, str(heard.status))
    if heard.status == 403:
        raise NotMade(Why.RIGHTS, str(heard.status))
    if heard.status >= 500:
        raise NotMade(Why.UNSURE, str(heard.status))  # a gateway's error says nothing about what stands behind it
    if not heard.is_good:
        raise NotMade(Why.REFUSED, str(heard.status))


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    until: datetime


_tokens: dict[tuple[str, ...], _Token] = {}
_lock = threading.Lock()


def token(whose: tuple[str, ...], fetch: Callable[[], tuple[str, int]]) -> str:
    """The access token of these keys: the one that this process holds while it lasts, else a new one.

    `fetch` gives (token, seconds of life); it raises NotMade, whose `unsure` means `away` here: nothing was made.
    """
    with _lock:
        held = _tokens.get(whose)
    if held is not None and held.until > clock.now():
        return held.text
    try:
        text, seconds = fetch()
    except NotMade as failed:
        raise NotMade(Why.AWAY if failed.why is Why.UNSURE else failed.why, failed.code) from None
    if not text or not text.isascii() or not text.isprintable():
        raise NotMade(Why.AWAY, "no token")
    until = clock.now() + timedelta(seconds=min(max(seconds, 0), _LONGEST_LIFE)) - _EARLIER
    with _lock:
        _tokens[whose] = _Token(text, until)
    return text


def forget(whose: tuple[str, ...]) -> None:
    """The tool no longer takes this token."""
    with _lock:
        _tokens.pop(whose, None)


def forget_all() -> None:
    """For tests, whose tools forget too."""
    with _lock:
        _tokens.clear()


def seconds(value: object) -> int:
    """A token's life as the tool states it; nonsense is no time at all."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def with_token(
    whose: tuple[str, ...],
    fetch: Callable[[], tuple[str, int]],
    ask: Callable[[str], Heard],
    is_stale: Callable[[Heard], bool],
) -> Heard:
    """Ask with a token, once more with a new one where the tool says that it does not know it: then it did nothing."""
    heard = ask(token(whose, fetch))
    if is_stale(heard):
        forget(whose)
        heard = ask(token(whose, fetch))
        if is_stale(heard):
            forget(whose)
            raise NotMade(Why.KEYS)
    return heard
