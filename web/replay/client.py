"""An HTTP client that bears a server which is killed and started again: it asks once more until the answer comes."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urljoin

import requests

from core.i18n import t

_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
_AGAIN = {502, 503, 504}


class ReplayFailed(Exception):
    """The replay cannot go on; `str()` is the sentence with this message id, in the terminal's language."""

    def __init__(self, message_id: str, **params: str) -> None:
        self.message_id = message_id
        super().__init__(t(message_id, **params))


class Refused(Exception):
    """The server said no: status and code of the refusal."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        self.status = status
        self.code = str(error.get("code", ""))
        self.error = error
        super().__init__(f"{status} {self.code}: {error.get('message', '')}")

    def lines(self) -> list[str]:
        """What the server said, for a terminal: the refusal, each problem with its JSON path, what to do next."""
        problems = [f"  {each['path']}: {each['message']}" for each in self.error.get("problems") or ()]
        return [str(self), *problems, *([self.error["next"]] if self.error.get("next") else [])]


class Browser:
    """One browser session: cookies, CSRF token, patience.

    `patience` is how many seconds an unreachable server is waited for, at each request.
    """

    def __init__(self, server: str, *, patience: float, locale: str = "zh-CN") -> None:
        self.server = server.rstrip("/")
        self._patience = patience
        self._session = requests.Session()
        self._session.headers.update({"Accept-Language": locale, "User-Agent": "yunqian-replay"})
        self._csrf = ""

    def open(self, path: str) -> str:
        """A page, redirects followed; remembers its CSRF token."""
        text = self._send("GET", path, headers={"Accept": "text/html"}).text
        found = _CSRF.search(text)
        if found:
            self._csrf = found.group(1)
        return text

    def post_form(self, path: str, **fields: str) -> str:
        """Send a form, redirects followed."""
        return self._send("POST", path, data={**fields, "csrf_token": self._csrf}, headers={"Accept": "text/html"}).text

    def get(self, path: str) -> Any:
        """JSON; raises Refused."""
        return self._send("GET", path, headers={"Accept": "application/json"}).json()

    def download(self, path: str) -> bytes:
        """A file; raises Refused."""
        return self._send("GET", path, headers={"Accept": "application/json"}).content

    def post(self, path: str, body: object | None = None, **headers: str) -> Any:
        """JSON in, JSON out; raises Refused. Sent again when no answer came, so it must bear that."""
        return self._send("POST", path, json=body or {}, headers=self._json_headers(headers)).json()

    def post_bytes(self, path: str, content: bytes, **headers: str) -> Any:
        """A file's content in, JSON out; raises Refused."""
        return self._send("POST", path, data=content, headers=self._json_headers(headers)).json()

    def _json_headers(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Accept": "application/json", "X-CSRFToken": self._csrf, **named}

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer at the end of all redirects. What was answered by one is not sent again where the next fails."""
        response = self._ask(method, path, **options)
        while response.is_redirect:
            url = urljoin(response.url, response.headers["Location"])
            response = self._ask("GET", url, headers=options.get("headers"))
        return _checked(response)

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.server + path
        until = time.monotonic() + self._patience
        pause = 0.05
        while True:
            try:
                response = self._session.request(method, url, timeout=60, allow_redirects=False, **options)
                if response.status_code not in _AGAIN or _is_refusal(response):
                    return response
                fault = f"status {response.status_code}"
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                fault = type(error).__name__
            if time.monotonic() > until:
                raise ReplayFailed("replay-no-answer", server=self.server, why=fault, seconds=f"{self._patience:.0f}")
            time.sleep(pause)
            pause = min(pause * 1.6, 1.0)


def _is_refusal(response: requests.Response) -> bool:
    return "application/json" in response.headers.get("Content-Type", "")


def _checked(response: requests.Response) -> requests.Response:
    if response.status_code < 400:
        return response
    error = response.json().get("error", {}) if _is_refusal(response) else {"message": response.text[:200]}
    raise Refused(response.status_code, error)
