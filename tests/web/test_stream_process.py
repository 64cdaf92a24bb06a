"""Pages, streams and worker composed into one process (web.asgi), and what stands between clients and threads."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request

from core import claims, jobs, live
from core.claims import Claim
from core.config import Settings
from core.db import transaction
from tests.support.core_app import core_app, dispose, use_settings
from tests.support.streams import Running, running
from tests.support.waiting import wait_until
from web import asgi, gate
from web.asgi import build
from web.page_threads import REFUSAL

BIG = b"0123456789abcdef" * 524_288  # 8 MiB


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What is tested here does not touch the database."""
    return str(request.param)


@pytest.fixture
def product(database_url: str, data_dir: Path) -> Settings:
    return use_settings(database_url, data_dir, web_threads=1, max_upload_bytes=6_000_000)


@pytest.fixture
def pages(product: Settings) -> Iterator[Flask]:
    app = core_app(product, create=True)

    @app.before_request
    def refused() -> tuple[str, int] | None:
        refusal = request.environ.get(REFUSAL)
        return (f"a page of {refusal.code}", refusal.status) if refusal else None

    @app.post("/upload")
    def upload() -> dict[str, object]:
        body = request.get_data()
        return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}

    @app.get("/big")
    def big() -> Response:
        return Response((BIG[start : start + 8192] for start in range(0, len(BIG), 8192)), mimetype="text/plain")

    @app.get("/echo")
    def echo() -> dict[str, object]:
        return {"headers": dict(request.headers), "q": request.args.get("q")}

    yield app
    dispose(app)


@pytest.fixture
def server(pages: Flask, product: Settings) -> Iterator[Running]:
    with running(build(product, pages), product) as started:
        yield started


def raw(server: Running, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(sent)
    return connection


def answer(connection: socket.socket) -> tuple[int, bytes]:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


def test_pages_and_streams_share_one_process(pages: Flask, server: Running) -> None:
    reader = server.open("stage:1")
    assert reader.next().name == "hello"
    assert server.ask("GET", "/echo")[0] == 200
    with pages.app_context(), transaction():
        live.publish("stage:1", "k")
    assert reader.next().id == "1"


def test_the_worker_lives_as_long_as_the_process(
    pages: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def handle(claim: Claim, _payload: dict[str, object]) -> None:
        with transaction():
            claims.finish(claim)
        done.append(claim.id)

    monkeypatch.setitem(jobs._handlers, "test", handle)
    with running(build(product, pages), product):
        with pages.app_context(), transaction():
            jobs.add("test", "1")
        wait_until(lambda: done)
    with pages.app_context(), transaction():
        jobs.add("test", "2")
    assert len(done) == 1
    silent = build(product.model_copy(update={"run_jobs": False}), pages)
    assert silent.worker is None


@pytest.mark.parametrize("chunked", [False, True])
def test_an_upload_arrives_whole(server: Running, chunked: bool) -> None:
    body = BIG[:5_000_000]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("POST", "/upload", body=iter([body[:1_000_000], body[1_000_000:]]) if chunked else body)
    seen = json.loads(connection.getresponse().read())
    assert seen == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    connection.close()


def test_a_body_that_says_it_is_too_large_is_not_read(server: Running) -> None:
    connection = raw(server, b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 700000000\r\n\r\n")
    status, body = answer(connection)
    assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


def test_who_reads_pages_gets_a_page_for_a_body_that_is_too_large(server: Running) -> None:
    head = b"POST /upload HTTP/1.1\r\nHost: x\r\nAccept: text/html,*/*;q=0.8\r\nContent-Length: 700000000\r\n\r\n"
    assert answer(raw(server, head)) == (413, b"a page of too_large")


def test_a_body_that_grows_too_large_is_refused(server: Running) -> None:
    connection = raw(server, b"POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    try:
        for _ in range(8):
            connection.sendall(piece)
    except ConnectionError:
        pass  # the answer may come before we have said everything
    status, body = answer(connection)
    assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


def test_slow_uploads_do_not_hold_the_only_thread(server: Running) -> None:
    slow = [raw(server, b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc") for _ in range(5)]
    assert server.ask("GET", "/echo")[0] == 200
    slow[0].sendall(b"x" * 997)
    assert json.loads(answer(slow[0])[1])["bytes"] == 1000
    for connection in slow:
        connection.close()


def test_an_upload_that_stands_still_is_given_up(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "SILENCE_SECONDS", 0.2)
    connection = raw(server, b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
    status, body = answer(connection)
    assert (status, json.loads(body)["error"]["code"]) == (408, "too_slow")


def test_an_upload_that_trickles_is_given_up(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "FREE_SECONDS", 0.0)
    monkeypatch.setattr(gate, "SLOWEST", 10_000_000_000)
    connection = raw(server, b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
    assert answer(connection)[0] == 408


def test_slow_downloads_do_not_hold_the_only_thread(server: Running) -> None:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.settimeout(20)
    slow.connect(("127.0.0.1", server.port))
    slow.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
    assert slow.recv(1, socket.MSG_PEEK)
    assert server.ask("GET", "/echo")[0] == 200
    assert answer(slow) == (200, BIG)
    slow.close()


def test_a_long_answer_arrives_whole(server: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/big")
    assert connection.getresponse().read() == BIG
    connection.close()


def test_a_header_that_imitates_a_proxys_is_dropped(server: Running) -> None:
    _, _, seen = server.ask("GET", "/echo", X_Forwarded_For="6.6.6.6", X_Real="1")
    assert "6.6.6.6" not in str(seen)


@pytest.mark.parametrize("query", ["q=双流", "q=%ff%fe", "q=%00"])
def test_a_query_outside_ascii_breaks_nothing(server: Running, query: str) -> None:
    status, _ = answer(raw(server, f"GET /echo?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
    assert status in {200, 400}


def test_requests_that_are_sent_at_once_are_answered_in_order(server: Running) -> None:
    sent = "".join(f"GET /echo?q={number} HTTP/1.1\r\nHost: x\r\n\r\n" for number in range(4))
    connection = raw(server, sent.encode())
    with connection.makefile("rb") as stream:
        for number in range(4):
            assert stream.readline() == b"HTTP/1.1 200 OK\r\n"
            lengths = [line for line in iter(stream.readline, b"\r\n") if line.startswith(b"content-length")]
            assert json.loads(stream.read(int(lengths[0].split()[1])))["q"] == str(number)


def test_who_connects_and_says_nothing_is_shown_out(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "HEADER_SECONDS", 0.2)
    for said in (b"", b"GET / HTTP/1.1\r\nHost:"):
        assert is_shown_out(raw(server, said))


def is_shown_out(connection: socket.socket) -> bool:
    """Whether the server ends the connection without a word; TimeoutError where it does not."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_stream_outlives_the_limit_for_headers(
    pages: Flask,
    server: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi, "HEADER_SECONDS", 0.1)
    reader = server.open("stage:1")
    assert reader.next().name == "hello"
    assert is_shown_out(raw(server, b""))
    with pages.app_context(), transaction():
        live.publish("stage:1", "k")
    assert reader.next().id == "1"


def test_no_more_viewers_than_files(product: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(asgi.resource, "getrlimit", lambda _kind: (1024, 4096))
    monkeypatch.setattr(asgi.resource, "setrlimit", lambda _kind, value: limits.append(value))
    assert asgi._within_file_limit(product).max_viewers == 4096 - 2 * asgi.SPARE_FILES
    assert limits == [(4096, 4096)]
