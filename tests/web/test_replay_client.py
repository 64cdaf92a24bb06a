"""The replay's patience with a server that goes away, and its end when it cannot go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import steady_port
from web.replay import play
from web.replay.client import Browser, Refused, ReplayFailed
from web.replay.play import Outcome, Play

Answer = tuple[int, str, bytes]
FINE: Answer = (200, "application/json", b'{"fine": true}')
LOST: Answer = (0, "", b"")  # the connection ends without an answer, as under SIGKILL
HALF: Answer = (-1, "", b"")  # half an answer
ELSEWHERE: Answer = (303, "text/html", b"see /done")


class Flaky:
    """Answers from a list, the last entry again and again; `seen` counts the requests, `asked` lists them."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.seen = 0
        self.asked: list[str] = []
        flaky = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                flaky.seen += 1
                flaky.asked.append(f"{self.command} {self.path}")
                status, kind, body = flaky._answers.pop(0) if len(flaky._answers) > 1 else flaky._answers[0]
                self.close_connection = True
                if status == 0:
                    return
                if status == -1:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                    return
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 303:
                    self.send_header("Location", body.decode().split()[-1])
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def flaky(request: pytest.FixtureRequest) -> Iterator[Flaky]:
    made = Flaky(*request.param)
    yield made
    made.stop()


@pytest.mark.parametrize(
    "flaky",
    [[LOST, LOST, FINE], [HALF, FINE], [(502, "text/html", b"proxy"), (503, "text/html", b"proxy"), FINE]],
    indirect=True,
    ids=["lost", "half", "proxy"],
)
def test_a_lost_answer_is_asked_for_again(flaky: Flaky) -> None:
    assert Browser(flaky.url, patience=10).post("/api", {"idempotency_key": "k"}) == {"fine": True}
    assert flaky.seen > 1


@pytest.mark.parametrize("flaky", [[ELSEWHERE, LOST, (502, "text/html", b"proxy"), FINE]], indirect=True)
def test_a_form_that_was_answered_is_not_sent_again_where_the_page_behind_it_is_lost(flaky: Flaky) -> None:
    assert Browser(flaky.url, patience=10).post_form("/form") == '{"fine": true}'
    assert flaky.asked == ["POST /form", *["GET /done"] * 3]


@pytest.mark.parametrize(
    "flaky", [[(503, "application/json", b'{"error": {"code": "timestamp_unavailable"}}')]], indirect=True
)
def test_a_refusal_is_an_answer(flaky: Flaky) -> None:
    with pytest.raises(Refused) as seen:
        Browser(flaky.url, patience=10).post("/api")
    assert (seen.value.status, seen.value.code, flaky.seen) == (503, "timestamp_unavailable", 1)


@pytest.mark.parametrize("flaky", [[LOST]], indirect=True)
def test_patience_ends(flaky: Flaky) -> None:
    with pytest.raises(ReplayFailed, match=r"127\.0\.0\.1"):
        Browser(flaky.url, patience=0.2).post("/api")


def test_nobody_listens() -> None:
    with pytest.raises(ReplayFailed, match=r"127\.0\.0\.1"):
        Browser(f"http://127.0.0.1:{steady_port()}", patience=0.2).get("/api")


def test_one_signer_that_fails_ends_the_play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fake:
        def __init__(self, _browser: Browser, *, email: str, stopping: threading.Event, **_: Any) -> None:
            self._email, self._stopping = email, stopping

        def play(self) -> list[Any]:
            if self._email == "second":
                raise ReplayFailed("replay-no-seat")
            assert self._stopping.wait(30), "was left waiting for the one that failed"
            return []

    monkeypatch.setattr(play, "Signer", Fake)
    monkeypatch.setattr(play.Host, "personal_link", lambda _self, email: email)
    playing = Play("http://127.0.0.1:1", out=tmp_path, say=lambda _line: None, led=False)
    with pytest.raises(ReplayFailed):
        playing._sign_all({"parties": [{"seat": {"email": email}} for email in ("first", "second", "third")]})


def test_an_outcome_without_files_is_not_good() -> None:
    assert not Outcome("cer_1", (), (), 1.0).is_good
