"""Tencent Meeting: REST API with signed requests (https://cloud.tencent.com/document/product/1095/42413)."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from core import clock
from signing.meetings import calling
from signing.meetings.calling import Heard, as_json, call
from signing.meetings.keys import TencentKeys
from signing.meetings.rules import Made, NotMade, Way, Why, Wish

_PATH = "/v1/meetings"
_DEVICE = 1  # `instanceid`: a computer
_LONGEST_TITLE = 60
_KEYS = frozenset({"200001", "200002", "200003", "200004", "50000", "50001", "20001", "190001"})
_RIGHTS = frozenset({"9042", "9099", "9100", "9101", "9102"})
_BUSY = frozenset({"9008", "9061", "9098"})


def sign(secret: str, *, method: str, key: str, nonce: str, at_s: str, path: str, body: bytes) -> str:
    """Base64 of the hex HMAC-SHA256 of method, headers, path and body, a line each."""
    told = f"{method}\nX-TC-Key={key}&X-TC-Nonce={nonce}&X-TC-Timestamp={at_s}\n{path}\n".encode() + body
    return base64.b64encode(hmac.digest(secret.encode(), told, "sha256").hex().encode()).decode()


def make(keys: TencentKeys, wish: Wish) -> Made:
    """A meeting that is booked, which who is there first may begin. Raises NotMade."""
    body = {
        "userid": keys.user_id,
        "instanceid": _DEVICE,
        "subject": wish.title[:_LONGEST_TITLE],
        "type": 0,
        "start_time": str(int(wish.starts_at.timestamp())),
        "end_time": str(int(wish.ends_at.timestamp())),
        "settings": {"allow_in_before_host": True, "auto_in_waiting_room": False},
    }
    heard = _ask(keys, _PATH, body)
    found = heard.part("meeting_info_list")
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    meeting = Heard(heard.status, first)
    if not meeting.text("meeting_id"):
        raise NotMade(Why.UNSURE, "no id")
    way = Way(meeting.text("join_url"), meeting.text("meeting_code"), meeting.text("password"))
    return Made(meeting.text("meeting_id"), way)


def cancel(keys: TencentKeys, remote_id: str) -> None:
    """Call it off. Raises NotMade."""
    body = {"userid": keys.user_id, "instanceid": _DEVICE, "reason_code": 1}
    _ask(keys, f"{_PATH}/{quote(remote_id, safe='')}/cancel", body, may_be_empty=True)


def _ask(keys: TencentKeys, path: str, body: Mapping[str, Any], *, may_be_empty: bool = False) -> Heard:
    content, nonce, at_s = as_json(body), str(secrets.randbelow(2**31)), str(int(clock.now().timestamp()))
    signature = sign(
        keys.secret_key.get_secret_value(),
        method="POST",
        key=keys.secret_id,
        nonce=nonce,
        at_s=at_s,
        path=path,
        body=content,
    )
    headers = {
        "X-TC-Key": keys.secret_id,
        "X-TC-Timestamp": at_s,
        "X-TC-Nonce": nonce,
        "X-TC-Signature": signature,
        "X-TC-Registered": "1",
        "AppId": keys.app_id,
        **({"SdkId": keys.sdk_id} if keys.sdk_id else {}),
    }
    heard = call(keys.url, path, body=content, headers=headers)
    _check(heard, may_be_empty=may_be_empty)
    return heard


def _check(heard: Heard, *, may_be_empty: bool) -> None:
    code = heard.text("error_info", "error_code")
    if code in _KEYS:
        raise NotMade(Why.KEYS, code)
    if code in _RIGHTS:
        raise NotMade(Why.RIGHTS, code)
    if code in _BUSY:
        raise NotMade(Why.BUSY, code)
    if code:  # errors of the service come with HTTP 500 too
        raise NotMade(Why.REFUSED, code)
    calling.answered(heard)
    if heard.said is None and not may_be_empty:
        raise NotMade(Why.UNSURE, "no result")
