"""The APIs of four meeting tools on loopback, as strict as the real ones: signatures, clocks, tokens, rates, error
tables; and they can be slow, busy, cut short or silent about the result."""

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
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEYS = {
    "dingtalk": {"app_key": "ding-app", "app_secret": "ding-secret", "union_id": "union-1"},
    "tencent": {"app_id": "1009", "secret_id": "AKID", "secret_key": "secretkey", "user_id": "host-1"},
    "zoom": {"account_id": "acc-1", "client_id": "zoom-id", "client_secret": "zoom-secret"},
    "feishu": {"app_id": "cli-1", "app_secret": "feishu-secret", "owner_id": "ou-1"},
}
_SKEW_SECONDS = 300
_FEISHU_FARTHEST = 30 * 86_400


class MeetingService(ThreadingHTTPServer):
    """`with MeetingService("zoom") as there`; `made` holds the meetings that stand, by id."""

    daemon_threads = True

    def __init__(self, tool: str, *, most: int = 1000) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tool, self.most = tool, most
        self.made: dict[str, dict[str, Any]] = {}
        self.cancelled: list[str] = []
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.tokens_given = 0
        self.nonces: set[str] = set()
        self.by_client_token: dict[str, str] = {}
        # What the next questions about meetings (not tokens) are answered; told whether the meeting is made first.
        self.next: deque[Callable[[_Handler], None]] = deque()
        self.makes_before_it_fails = False
        self.refuses_keys = False
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def write_keys(self, folder: Path, **other: str) -> Path:
        """A file of keys that leads here."""
        values = {**KEYS[self.tool], "url": self.url, **other}
        if self.tool == "zoom":
            values["token_url"] = self.url
        path = folder / "meeting_keys.toml"
        path.write_text("\n".join([f"[{self.tool}]", *(f'{name} = "{value}"' for name, value in values.items())]))
        path.chmod(0o600)
        return path

    def __enter__(self) -> MeetingService:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: MeetingService
    body: bytes

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.server.asked.append(f"{self.command} {parts.path}")
        getattr(self, f"_as_{self.server.tool}")(parts.path)

    def say(self, said: object, status: int = 200) -> None:
        content = json.dumps(said).encode() if said is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def stop_half(self) -> None:
        """Headers that promise more than comes."""
        self.send_response(200)
        self.send_header("Content-Length", "400")
        self.end_headers()
        self.wfile.write(b'{"code":0,')

    def say_nothing(self) -> None:
        """HTTP 200 with a body that holds no result."""
        self.say({"message": "ok"})

    def stay_silent(self) -> None:
        """No word until the test is over."""
        self.server.ended.wait(30)

    def _json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body or b"{}")
        return found

    def _is_disturbed(self, make: Callable[[], object]) -> bool:
        """Do what the test wants instead of answering."""
        if not self.server.next:
            return False
        if self.server.makes_before_it_fails:
            make()
        self.server.next.popleft()(self)
        return True

    def _token(self) -> str:
        self.server.tokens_given += 1
        token = f"token-{self.server.tokens_given}"
        self.server.tokens.add(token)
        return token

    def _keep(self, meeting: dict[str, Any]) -> str:
        number = f"90000{len(self.server.made) + len(self.server.cancelled) + 1:04d}"
        self.server.made[number] = meeting
        return number

    def _drop(self, number: str) -> bool:
        if self.server.made.pop(number, None) is None:
            return False
        self.server.cancelled.append(number)
        return True

    # DingTalk: a token in a header of its own; one client token makes one meeting.

    def _as_dingtalk(self, path: str) -> None:
        said = self._json()
        if path == "/v1.0/oauth2/accessToken":
            keys = KEYS["dingtalk"]
            if self.server.refuses_keys or (said["appKey"], said["appSecret"]) != (keys["app_key"], keys["app_secret"]):
                self.say({"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"}, 400)
            else:
                self.say({"accessToken": self._token(), "expireIn": 7200})
        elif self.headers["x-acs-dingtalk-access-token"] not in self.server.tokens:
            self.say({"code": "InvalidAuthentication", "message": "不合法的access_token"}, 400)
        elif path == "/v1.0/conference/scheduleConferences":
            token = self.headers["x-client-token"]

            def make() -> str:
                if token not in self.server.by_client_token:
                    self.server.by_client_token[token] = self._keep(said)
                return self.server.by_client_token[token]

            if self._is_disturbed(make):
                return
            if said["creatorUnionId"] != "union-1" or not said["startTime"] < said["endTime"] or not token:
                self.say({"code": "invalidParameter", "message": "参数错误"}, 400)
            elif len(self.server.made) >= self.server.most:
                self.say({"code": "Forbidden.AccessDenied.QpsLimitForApi", "message": "流控"}, 403)
            else:
                number = make()
                self.say(
                    {
                        "scheduleConferenceId": number,
                        "roomCode": "12345678",
                        "url": f"https://meeting.dingtalk.com/j/{number}",
                        "phones": ["057128095818"],
                    }
                )
        elif path == "/v1.0/conference/scheduleConferences/cancel":
            if not self._is_disturbed(lambda: self._drop(said["scheduleConferenceId"])):
                self.say({"success": self._drop(said["scheduleConferenceId"])})
        else:
            self.say({"code": "NotFound"}, 404)

    # Tencent Meeting: every question signed, not older than five minutes, each nonce once.

    def _as_tencent(self, path: str) -> None:
        told, keys = self.headers, KEYS["tencent"]
        stamp, nonce = told["X-TC-Timestamp"], told["X-TC-Nonce"]
        lines = f"{self.command}\nX-TC-Key={told['X-TC-Key']}&X-TC-Nonce={nonce}&X-TC-Timestamp={stamp}\n{self.path}\n"
        wanted = hmac.new(keys["secret_key"].encode(), lines.encode() + self.body, hashlib.sha256).hexdigest()
        if self.server.refuses_keys or told["X-TC-Key"] != keys["secret_id"] or told["AppId"] != keys["app_id"]:
            self._tencent_error(200001, "secret id")
        elif abs(time.time() - int(stamp)) > _SKEW_SECONDS:
            self._tencent_error(200002, "timestamp")
        elif nonce in self.server.nonces:
            self._tencent_error(200004, "nonce")
        elif told["X-TC-Signature"] != base64.b64encode(wanted.encode()).decode() or told["X-TC-Registered"] != "1":
            self._tencent_error(200003, "Signature failed")
        else:
            self.server.nonces.add(nonce)
            self._tencent_meeting(path, self._json())

    def _tencent_meeting(self, path: str, said: dict[str, Any]) -> None:
        if self._is_disturbed(lambda: self._keep(said)):
            return
        if said["userid"] != "host-1" or said["instanceid"] != 1:
            self._tencent_error(9042, "no right")
        elif path.endswith("/cancel"):
            if said["reason_code"] and self._drop(path.split("/")[3]):
                self.say({})
            else:
                self._tencent_error(9003, "MEETING NOT EXIST")
        elif not int(said["start_time"]) < int(said["end_time"]) or said["type"] != 0:
            self._tencent_error(190004, "parameters", 400)
        elif len(self.server.made) >= self.server.most:
            self._tencent_error(9008, "too many")
        else:
            number = self._keep(said)
            meeting = {
                "meeting_id": number,
                "meeting_code": "123456789",
                "password": "2580",
                "join_url": f"https://meeting.tencent.com/dm/{number}",
            }
            self.say({"meeting_number": 1, "meeting_info_list": [meeting]})

    def _tencent_error(self, code: int, message: str, status: int = 500) -> None:
        self.say({"error_info": {"error_code": code, "message": message}}, status)

    # Zoom: Basic for the token, Bearer for the rest.

    def _as_zoom(self, path: str) -> None:
        keys = KEYS["zoom"]
        if path == "/oauth/token":
            query = parse_qs(urlsplit(self.path).query)
            basic = base64.b64encode(f"{keys['client_id']}:{keys['client_secret']}".encode()).decode()
            is_right = self.headers["Authorization"] == f"Basic {basic}" and query["account_id"] == [keys["account_id"]]
            if self.server.refuses_keys or not is_right or query["grant_type"] != ["account_credentials"]:
                self.say({"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, 400)
            else:
                self.say({"access_token": self._token(), "token_type": "bearer", "expires_in": 3599})
        elif self.headers["Authorization"].removeprefix("Bearer ") not in self.server.tokens:
            self.say({"code": 124, "message": "Invalid access token."}, 401)
        elif self.command == "POST" and path == "/v2/users/me/meetings":
            said = self._json()
            if self._is_disturbed(lambda: self._keep(said)):
                return
            if said["type"] != 2 or not said["start_time"].endswith("Z") or not said["duration"]:
                self.say({"code": 300, "message": "Validation Failed."}, 400)
            elif len(self.server.made) >= self.server.most:
                self.say({"code": 429, "message": "You have reached the maximum per-second rate limit."}, 429)
            else:
                number = self._keep(said)
                urls = {
                    "join_url": f"https://zoom.us/j/{number}?pwd=x",
                    "start_url": f"https://zoom.us/s/{number}?zak=z",
                }
                self.say({"id": int(number), "password": "Ab1", **urls}, 201)
        elif self.command == "DELETE":
            number = path.rpartition("/")[2]
            if self._is_disturbed(lambda: self._drop(number)):
                return
            if self._drop(number):
                self.say(None, 204)
            else:
                self.say({"code": 3001, "message": "Meeting does not exist."}, 404)
        else:
            self.say({"code": 404}, 404)

    # Feishu: errors come with HTTP 200 or 400; nothing farther than thirty days.

    def _as_feishu(self, path: str) -> None:
        keys = KEYS["feishu"]
        if path == "/open-apis/auth/v3/tenant_access_token/internal":
            said = self._json()
            if self.server.refuses_keys or (said["app_id"], said["app_secret"]) != (keys["app_id"], keys["app_secret"]):
                self.say({"code": 10014, "msg": "app secret invalid"})
            else:
                self.say({"code": 0, "msg": "ok", "tenant_access_token": self._token(), "expire": 7200})
        elif self.headers["Authorization"].removeprefix("Bearer ") not in self.server.tokens:
            self.say({"code": 99991663, "msg": "token invalid"}, 400)
        elif path == "/open-apis/vc/v1/reserves/apply":
            said = self._json()
            if self._is_disturbed(lambda: self._keep(said)):
                return
            if said["owner_id"] != "ou-1" or not 0 < int(said["end_time"]) - time.time() <= _FEISHU_FARTHEST:
                self.say({"code": 121003, "msg": "param error"}, 400)
            elif len(self.server.made) >= self.server.most:
                self.say({"code": 99991400, "msg": "request trigger frequency limit"}, 400)
            else:
                number = self._keep(said)
                reserve = {"id": number, "meeting_no": "112000358", "url": f"https://vc.feishu.cn/j/{number}"}
                self.say({"code": 0, "msg": "success", "data": {"reserve": reserve}})
        elif self.command == "DELETE":
            number = path.rpartition("/")[2]
            if not self._is_disturbed(lambda: self._drop(number)):
                self.say({"code": 0 if self._drop(number) else 121001, "msg": ""})
        else:
            self.say({"code": 404}, 404)
