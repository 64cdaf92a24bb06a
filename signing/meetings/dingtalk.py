"""DingTalk: scheduled conferences (https://open.dingtalk.com/document/development/create-appointment-meeting)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from signing.meetings import calling
from signing.meetings.calling import Heard, as_json, call
from signing.meetings.keys import DingTalkKeys
from signing.meetings.rules import Made, NotMade, Way, Why, Wish

_PATH = "/v1.0/conference/scheduleConferences"
_LONGEST_TITLE = 50  # more is cut by DingTalk


def make(keys: DingTalkKeys, wish: Wish) -> Made:
    """A conference that guests may join without an account. Raises NotMade."""
    body = {
        "creatorUnionId": keys.union_id,
        "title": wish.title[:_LONGEST_TITLE],
        "startTime": _ms(wish.starts_at),
        "endTime": _ms(wish.ends_at),
        "scheduleConfSettingModel": {"moziConfVirtualExtraSetting": {"enableWebAnonymousJoin": True, "waitingRoom": 0}},
    }
    heard = _ask(keys, _PATH, body, {"x-client-token": wish.id})
    remote_id = heard.text("scheduleConferenceId")
    if not remote_id:
        raise NotMade(Why.UNSURE, "no id")
    phones = heard.part("phones")
    told = tuple(str(each) for each in phones) if isinstance(phones, list) else ()
    return Made(remote_id, Way(heard.text("url"), heard.text("roomCode"), phones=told))


def cancel(keys: DingTalkKeys, remote_id: str) -> None:
    """Call it off. Raises NotMade."""
    heard = _ask(keys, f"{_PATH}/cancel", {"creatorUnionId": keys.union_id, "scheduleConferenceId": remote_id}, {})
    if heard.part("success") is False:
        raise NotMade(Why.REFUSED)


def _ask(keys: DingTalkKeys, path: str, body: dict[str, object], headers: dict[str, str]) -> Heard:
    def ask(token: str) -> Heard:
        return call(keys.url, path, body=as_json(body), headers={"x-acs-dingtalk-access-token": token, **headers})

    heard = calling.with_token(("dingtalk", keys.url, keys.app_key), _fetch(keys), ask, _is_stale)
    _check(heard)
    return heard


def _fetch(keys: DingTalkKeys) -> Callable[[], tuple[str, int]]:
    def fetch() -> tuple[str, int]:
        body = as_json({"appKey": keys.app_key, "appSecret": keys.app_secret.get_secret_value()})
        heard = call(keys.url, "/v1.0/oauth2/accessToken", body=body)
        if heard.status in {400, 401, 403, 404} and heard.text("code"):
            raise NotMade(Why.KEYS, heard.text("code"))
        _check(heard)
        return heard.text("accessToken"), calling.seconds(heard.part("expireIn"))

    return fetch


def _is_stale(heard: Heard) -> bool:
    return heard.status in {400, 401} and heard.text("code") in {"InvalidAuthentication", "invalidAccessToken", "40014"}


def _check(heard: Heard) -> None:
    code = heard.text("code")
    if heard.is_good and heard.said is not None and not code:
        return
    if "Qps" in code or "Throttl" in code or "TooFast" in code or code == "ServiceUnavailable":
        raise NotMade(Why.BUSY, code)
    # 403 names the scopes that are missing; the administrator reads them in DingTalk's own console.
    if heard.status == 403:
        raise NotMade(Why.RIGHTS, code)
    if code and heard.status < 500:
        raise NotMade(Why.REFUSED, code)
    calling.answered(heard)
    raise NotMade(Why.UNSURE, "no result")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
