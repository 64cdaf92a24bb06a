"""Zoom: meetings through a server-to-server OAuth app (https://developers.zoom.us/docs/api/)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC
from math import ceil
from urllib.parse import quote, urlencode

from signing.meetings import calling
from signing.meetings.calling import Heard, as_json, call
from signing.meetings.keys import ZoomKeys
from signing.meetings.rules import Made, NotMade, Way, Why, Wish

_LONGEST_TITLE = 200
_SCHEDULED = 2
_NO_SCOPE = frozenset({"4711", "4700", "200"})


def make(keys: ZoomKeys, wish: Wish) -> Made:
    """A scheduled meeting without a waiting room: the ceremony has its own. Raises NotMade."""
    body = {
        "topic": wish.title[:_LONGEST_TITLE],
        "type": _SCHEDULED,
        "start_time": f"{wish.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "duration": ceil(wish.length.total_seconds() / 60),
        "timezone": wish.timezone,
        "settings": {"waiting_room": False, "join_before_host": True},
    }
    heard = _ask(keys, "POST", f"/v2/users/{quote(keys.user, safe='@')}/meetings", as_json(body))
    if not heard.text("id"):
        raise NotMade(Why.UNSURE, "no id")
    # start_url opens the meeting as its host: it is never kept.
    return Made(heard.text("id"), Way(heard.text("join_url"), heard.text("id"), heard.text("password")))


def cancel(keys: ZoomKeys, remote_id: str) -> None:
    """Delete it. Raises NotMade."""
    _ask(keys, "DELETE", f"/v2/meetings/{quote(remote_id, safe='')}", None)


def basic(keys: ZoomKeys) -> str:
    """The value of Authorization with which a token is asked for."""
    told = f"{keys.client_id}:{keys.client_secret.get_secret_value()}".encode()
    return f"Basic {base64.b64encode(told).decode()}"


def _ask(keys: ZoomKeys, method: str, path: str, body: bytes | None) -> Heard:
    def ask(token: str) -> Heard:
        return call(keys.url, path, method=method, body=body, headers={"Authorization": f"Bearer {token}"})

    whose = ("zoom", keys.url, keys.account_id, keys.client_id)
    heard = calling.with_token(whose, _fetch(keys), ask, lambda each: each.status == 401)
    _check(heard, may_be_empty=method == "DELETE")
    return heard


def _fetch(keys: ZoomKeys) -> Callable[[], tuple[str, int]]:
    def fetch() -> tuple[str, int]:
        query = urlencode({"grant_type": "account_credentials", "account_id": keys.account_id})
        headers = {"Authorization": basic(keys), "Content-Type": "application/x-www-form-urlencoded"}
        heard = call(keys.token_url, f"/oauth/token?{query}", body=b"", headers=headers)
        if heard.status in {400, 401, 403}:
            raise NotMade(Why.KEYS, heard.text("error"))
        calling.answered(heard)
        return heard.text("access_token"), calling.seconds(heard.part("expires_in"))

    return fetch


def _check(heard: Heard, *, may_be_empty: bool) -> None:
    code = heard.text("code")
    if not heard.is_good and code in _NO_SCOPE:
        raise NotMade(Why.RIGHTS, code)
    if not heard.is_good and code and heard.status not in {403, 429} and heard.status < 500:
        raise NotMade(Why.REFUSED, code)
    calling.answered(heard)
    if heard.said is None and not may_be_empty:
        raise NotMade(Why.UNSURE, "no result")
