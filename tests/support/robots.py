"""A chat service on loopback that takes messages as the real ones do: signature, clock, error codes, keyword, rate;
and can be slow, busy, cut short or silent about the result."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_TOKEN = "T0KEN"
_SKEW_SECONDS = 3600


class RobotService(ThreadingHTTPServer):
    """`with RobotService("dingtalk", secret="SEC…") as service`; `url` is what an organiser would paste."""

    daemon_threads = True

    def __init__(self, kind: str, *, secret: str = "", keyword: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kind, self.secret, self.keyword = kind, secret, keyword
        self.heard: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.asked = 0
        # What the next questions are answered instead of being looked at.
        self.next: deque[Callable[[_Handler], None]] = deque()
        self.ended = threading.Event()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        path = {
            "wecom": f"/cgi-bin/webhook/send?key={_TOKEN}",
            "dingtalk": f"/robot/send?access_token={_TOKEN}",
            "feishu": f"/open-apis/bot/v2/hook/{_TOKEN}",
            "webhook": f"/hooks/{_TOKEN}",
        }[self.kind]
        return f"http://{self.place}{path}"

    def __enter__(self) -> RobotService:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: RobotService

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        if self.server.next:
            self.server.next.popleft()(self)
            return
        getattr(self, f"_as_{self.server.kind}")(body)

    def say(self, said: object, status: int = 200) -> None:
        content = json.dumps(said).encode() if said is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def stop_half(self) -> None:
        """Headers that promise more than comes."""
        self.send_response(200)
        self.send_header("Content-Length", "40")
        self.end_headers()
        self.wfile.write(b'{"errcode":0,')

    def _keep(self, message: dict[str, Any], text: str) -> None:
        self.server.heard.append(message)
        self.server.texts.append(text)
        self.server.headers.append(dict(self.headers))

    def _argument(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def _as_dingtalk(self, body: bytes) -> None:
        secret, stamp = self.server.secret, self._argument("timestamp")
        if self._argument("access_token") != _TOKEN:
            self.say({"errcode": 300005, "errmsg": "token is not exist"})
            return
        if secret:
            digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
            is_late = not stamp or abs(time.time() - int(stamp) / 1000) > _SKEW_SECONDS
            if is_late or self._argument("sign") != base64.b64encode(digest).decode():
                self.say({"errcode": 310000, "errmsg": "sign not match"})
                return
        message = json.loads(body)
        if message["msgtype"] != "text":
            self.say({"errcode": 40035, "errmsg": "msgtype"})
        elif self.server.keyword not in message["text"]["content"]:
            self.say({"errcode": 310000, "errmsg": "keywords not in content"})
        else:
            self._keep(message, message["text"]["content"])
            self.say({"errcode": 0, "errmsg": "ok"})

    def _as_feishu(self, body: bytes) -> None:
        message, secret = json.loads(body), self.server.secret
        if urlsplit(self.path).path != f"/open-apis/bot/v2/hook/{_TOKEN}":
            self.say({"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
            return
        if secret:
            stamp = message.get("timestamp", "0")
            digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
            if (
                abs(time.time() - int(stamp)) > _SKEW_SECONDS
                or message.get("sign") != base64.b64encode(digest).decode()
            ):
                self.say({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
                return
        if message["msg_type"] != "text":
            self.say({"code": 9499, "msg": "Bad Request"})
            return
        self._keep(message, message["content"]["text"])
        self.say({"code": 0, "msg": "success", "data": {}})

    def _as_wecom(self, body: bytes) -> None:
        message = json.loads(body)
        if self._argument("key") != _TOKEN:
            self.say({"errcode": 93000, "errmsg": "invalid webhook url"})
        elif len(message["text"]["content"].encode()) > 2048:
            self.say({"errcode": 40058, "errmsg": "content exceed max length"})
        else:
            self._keep(message, message["text"]["content"])
            self.say({"errcode": 0, "errmsg": "ok"})

    def _as_webhook(self, body: bytes) -> None:
        stamp = self.headers["X-Yunqian-Timestamp"]
        wanted = hmac.new(self.server.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        is_late = abs(time.time() - int(stamp)) > 300
        if is_late or not hmac.compare_digest(self.headers["X-Yunqian-Signature"], f"v1={wanted}"):
            self.say({"error": "signature"}, 401)
            return
        self._keep(json.loads(body), body.decode())
        self.say(None, 204)
