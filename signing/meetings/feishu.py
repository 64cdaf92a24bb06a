"""Feishu: video conferences that are reserved (https://open.feishu.cn/document/server-docs/vc-v1/reserve/apply)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

from core import clock
from signing.meetings import calling
from signing.meetings.calling import Heard, as_json, call
from signing.meetings.keys import FeishuKeys
from signing.meetings.rules import Made, NotMade, Way, Why, Wish

_PATH = "/open-apis/vc/v1/reserves"
_FARTHEST = timedelta(days=30)  # a reservation ends within these, or it is refused
_SPARE = timedelta(hours=2)  # a number is given back when the reservation ends, and ceremonies last longer than planned
_STALE = frozenset({"99991661", "99991663", "99991664", "99991668"})
_RIGHTS = frozenset({"99991672", "121004", "121005"})
_BUSY = frozenset({"99991400", "11232"})


def make(keys: FeishuKeys, wish: Wish) -> Made:
    """A conference whose number holds until after the ceremony. Raises NotMade."""
    farthest = clock.now() + _FARTHEST
    if wish.ends_at >= farthest:
        raise NotMade(Why.TOO_EARLY)
    body = {
        "end_time": str(int(min(max(wish.ends_at, clock.now()) + _SPARE, farthest).timestamp())),
        "owner_id": keys.owner_id,
        "meeting_settings": {"topic": wish.title},
    }
    heard = _ask(keys, "POST", f"{_PATH}/apply?user_id_type=open_id", as_json(body))
    if not heard.text("data", "reserve", "id"):
        raise NotMade(Why.UNSURE, "no id")
    way = Way(heard.text("data", "reserve", "url"), heard.text("data", "reserve", "meeting_no"))
    return Made(heard.text("data", "reserve", "id"), way)


def cancel(keys: FeishuKeys, remote_id: str) -> None:
    """Give the reservation back. Raises NotMade."""
    _ask(keys, "DELETE", f"{_PATH}/{quote(remote_id, safe='')}", None)


def _ask(keys: FeishuKeys, method: str, path: str, body: bytes | None) -> Heard:
    def ask(token: str) -> Heard:
        return call(keys.url, path, method=method, body=body, headers={"Authorization": f"Bearer {token}"})

    whose = ("feishu", keys.url, keys.app_id)
    heard = calling.with_token(whose, _fetch(keys), ask, lambda each: each.text("code") in _STALE)
    _check(heard)
    return heard


def _fetch(keys: FeishuKeys) -> Callable[[], tuple[str, int]]:
    def fetch() -> tuple[str, int]:
        body = as_json({"app_id": keys.app_id, "app_secret": keys.app_secret.get_secret_value()})
        heard = call(keys.url, "/open-apis/auth/v3/tenant_access_token/internal", body=body)
        code = heard.text("code")
        if code and code != "0" and code not in _BUSY:
            raise NotMade(Why.KEYS, code)
        _check(heard)
        return heard.text("tenant_access_token"), calling.seconds(heard.part("expire"))

    return fetch


def _check(heard: Heard) -> None:
    code = heard.text("code")
    if code == "0" and heard.is_good:
        return
    if code in _RIGHTS:
        raise NotMade(Why.RIGHTS, code)
    if code in _BUSY:
        raise NotMade(Why.BUSY, code)
    if code and code != "0":  # errors come with HTTP 200 too
        raise NotMade(Why.REFUSED, code)
    calling.answered(heard)
    raise NotMade(Why.UNSURE, "no result")
