"""How each service wants a message: the address with its signature, the body, the headers. Nothing here is kept."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from events.robots.rules import RobotKind

# Bytes of a text message that the service takes.
_LONGEST: Mapping[RobotKind, int] = {RobotKind.WECOM: 2048, RobotKind.DINGTALK: 18_000, RobotKind.FEISHU: 18_000}


@dataclass(frozen=True)
class Message:
    """What is told: `lines` for people, `data` for programs; `id` is the same in every attempt."""

    id: str
    lines: Sequence[str]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Sending:
    """One attempt, ready to go; the address holds secrets and is printed nowhere."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def shown_address(url: str) -> str:
    """An address as people may see it: its host, and the end by which they know it again."""
    end = url.rstrip("/")[-4:]
    return f"{urlsplit(url).hostname or ''} … {end}"


def sign_dingtalk(secret: str, at_ms: int) -> str:
    """HMAC-SHA256 of "milliseconds, line feed, secret" under the secret, standard base64."""
    return _base64(hmac.digest(secret.encode(), f"{at_ms}\n{secret}".encode(), "sha256"))


def sign_feishu(secret: str, at_s: int) -> str:
    """HMAC-SHA256 of nothing under "seconds, line feed, secret", standard base64."""
    return _base64(hmac.digest(f"{at_s}\n{secret}".encode(), b"", "sha256"))


def sign_webhook(secret: str, at_s: int, body: bytes) -> str:
    """HMAC-SHA256 of "seconds . body" under the secret, hex."""
    return hmac.digest(secret.encode(), b"%d." % at_s + body, "sha256").hex()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def write(
    kind: RobotKind, url: str, secret: str, message: Message, *, robot_id: str, at_ms: int, more: str = "…"
) -> Sending:
    """The attempt at an instant (milliseconds since 1970): services let no signature be older than some minutes."""
    at_s = at_ms // 1000
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Yunqian"}
    if kind is RobotKind.WEBHOOK:
        body = _json({"id": message.id, **message.data})
        signed = {
            "X-Yunqian-Delivery": message.id,
            "X-Yunqian-Key": robot_id,
            "X-Yunqian-Timestamp": str(at_s),
            "X-Yunqian-Signature": f"v1={sign_webhook(secret, at_s, body)}",
        }
        return Sending(url, body, {**headers, **signed})
    text = cut(message.lines, _LONGEST[kind], more)
    if kind is RobotKind.FEISHU:
        signature = {"timestamp": str(at_s), "sign": sign_feishu(secret, at_s)} if secret else {}
        return Sending(url, _json({**signature, "msg_type": "text", "content": {"text": text}}), headers)
    if kind is RobotKind.DINGTALK and secret:
        # Encoded here once: + and / of base64 must not be read as they stand.
        url += f"{'&' if '?' in url else '?'}timestamp={at_ms}&sign={quote(sign_dingtalk(secret, at_ms), safe='')}"
    return Sending(url, _json({"msgtype": "text", "text": {"content": text}}), headers)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def cut(lines: Sequence[str], longest: int, more: str) -> str:
    """As many whole lines as fit into so many bytes; where some do not, `more` stands below."""
    whole = "\n".join(lines)
    if len(whole.encode()) <= longest:
        return whole
    left, kept = longest - len(more.encode()) - 1, []
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            break
        kept.append(line)
    if not kept:  # a first line that is too long by itself
        kept = [lines[0].encode()[: max(0, longest - len(more.encode()) - 1)].decode(errors="ignore")]
    return "\n".join([*kept, more])
