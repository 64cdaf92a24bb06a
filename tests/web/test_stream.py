from __future__ import annotations

import asyncio
import http.client
import math
import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from core import clock, live, tokens
from core.config import Settings
from core.db import db, transaction
from core.live import LiveChannel, LiveUpdate
from tests.support.core_app import core_app, dispose, environment, use_settings
from tests.support.forks import ForkedProcesses
from tests.support.streams import Running, Stream, running
from tests.support.waiting import wait_until
from web import stream, stream_feed, stream_hub
from web.asgi import build_stream


@pytest.fixture
def product(database_url: str, data_dir: Path) -> Settings:
    return use_settings(database_url, data_dir, secret_key="k" * 40, max_viewers=50)


@pytest.fixture
def app(product: Settings) -> Iterator[Flask]:
    made = core_app(product, create=True)
    yield made
    dispose(made)


@pytest.fixture
def server(app: Flask, product: Settings) -> Iterator[Running]:
    with running(build_stream(product), product) as started:
        yield started


def publish(app: Flask, channel: str = "stage:1", count: int = 1, **data: object) -> None:
    with app.app_context():
        for _ in range(count):
            with transaction():
                live.publish(channel, "stage.patch", **data)


def joined(server: Running, stream: Stream, channel: str = "stage:1", count: int = 1) -> int:
    """Wait for the hello and the joining; returns the number in the hello."""
    hello = stream.next()
    assert hello.name == "hello"
    wait_until(lambda: server.joined(channel) >= count)
    return int(hello.data["seq"])


def test_a_reader_is_greeted_with_the_newest_number_and_the_time(app: Flask, server: Running) -> None:
    publish(app, count=3)
    reader = server.open("stage:1")
    hello = reader.next()
    assert (hello.name, hello.data["seq"]) == ("hello", 3)
    assert abs(clock.parse_iso(hello.data["server_now"]) - clock.now()) < timedelta(minutes=1)
    assert reader.response.getheader("content-type") == "text/event-stream; charset=utf-8"
    assert reader.response.getheader("cache-control") == "no-store"
    assert reader.response.getheader("x-accel-buffering") == "no"


def test_an_update_reaches_its_readers_and_no_others(app: Flask, server: Running) -> None:
    here, there = server.open("stage:1"), server.open("stage:2")
    joined(server, here)
    joined(server, there, "stage:2")
    publish(app, "stage:1", text="签约 “一”\r\n\u2028 line")
    event = here.next()
    assert (event.id, event.data["kind"], event.data["seq"]) == ("1", "stage.patch", 1)
    assert event.data["text"] == "签约 “一”\r\n\u2028 line"
    publish(app, "stage:2")
    assert there.next().data["seq"] == 1


def test_a_fleeting_channel_gathers_what_comes_while_it_rests_and_holds_up_no_other(
    app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    ink, stage = server.open("ink:1"), server.open("stage:1")
    joined(server, ink, "ink:1")
    joined(server, stage)
    hub = server.application.stream.hub
    pieces: list[int] = []
    broadcast = hub.broadcast

    async def counted(channel: stream_hub.Channel, updates: Sequence[stream_hub.Update]) -> None:
        if channel.name == "ink:1" and updates:
            pieces.append(len(updates))
        await broadcast(channel, updates)

    monkeypatch.setattr(hub, "broadcast", counted)
    publish(app, "ink:1")
    ink.next()
    wait_until(lambda: 0 < hub.channels["ink:1"].rests_until < math.inf)
    hub.channels["ink:1"].rests_until = math.inf
    publish(app, "ink:1", count=3)
    publish(app, "stage:1")
    stage.next()
    assert hub.channels["stage:1"].rests_until == 0
    assert pieces == [1]
    hub.channels["ink:1"].rests_until = 0.0
    publish(app, "ink:1")  # PostgreSQL tells of the channel that was published on
    assert [event.data["seq"] for event in ink.take(4)] == [2, 3, 4, 5]
    assert pieces[1] >= 3


def test_what_is_told_on_the_stage_does_not_wait_until_all_have_a_stroke(
    app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    ink, stage = server.open("ink:1"), server.open("stage:1")
    joined(server, ink, "ink:1")
    joined(server, stage)
    hub = server.application.stream.hub
    under_way, may_end = threading.Event(), threading.Event()
    broadcast = hub.broadcast

    async def slow(channel: stream_hub.Channel, updates: Sequence[stream_hub.Update]) -> None:
        if channel.name == "ink:1":
            under_way.set()
            await asyncio.to_thread(may_end.wait)
        await broadcast(channel, updates)

    monkeypatch.setattr(hub, "broadcast", slow)
    publish(app, "ink:1")
    wait_until(under_way.is_set)
    publish(app, "stage:1")
    publish(app, "ink:1")  # comes with the next one, and not between
    try:
        assert stage.next().data["seq"] == 1
    finally:
        may_end.set()
    assert [event.data["seq"] for event in ink.take(2)] == [1, 2]


def test_what_was_missed_is_replayed_by_number(app: Flask, server: Running) -> None:
    publish(app, count=5)
    by_query = server.open("stage:1", after=2)
    assert [event.id for event in by_query.take(4)] == ["", "3", "4", "5"]
    by_header = server.open("stage:1", after=1, **{"Last-Event-ID": "4"})
    assert [event.id for event in by_header.take(2)] == ["", "5"]


def test_a_replay_longer_than_memory_comes_from_the_database(
    app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_feed, "RECENT", 4)
    publish(app, count=12)
    reader = server.open("stage:1", after=2)
    assert [event.id for event in reader.take(11)] == ["", *map(str, range(3, 13))]
    publish(app)
    assert reader.next().id == "13"


@pytest.mark.parametrize("after", ["99", "-1", "x", "9" * 40])
def test_a_number_that_is_not_ours_means_refetch(app: Flask, server: Running, after: str) -> None:
    publish(app, count=2)
    reader = Stream(server.port, server.path("stage:1") + f"?after={after}")
    assert [event.name for event in reader.take(2)] == ["hello", "refetch"]
    publish(app)
    event = reader.next()
    assert (event.name, event.id) == ("message", "3")


def test_updates_that_were_forgotten_mean_refetch(app: Flask, server: Running) -> None:
    publish(app, count=5)
    with app.app_context(), transaction():
        db.session.execute(delete(LiveUpdate).where(LiveUpdate.seq <= 3))
    reader = server.open("stage:1", after=1)
    assert [event.name for event in reader.take(2)] == ["hello", "refetch"]
    assert [event.id for event in server.open("stage:1", after=3).take(3)] == ["", "4", "5"]


def test_a_replay_without_end_means_refetch(app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_feed, "RECENT", 2)
    monkeypatch.setattr(stream, "MAX_REPLAY", 4)
    publish(app, count=12)
    reader = server.open("stage:1", after=0)
    assert [event.name for event in reader.take(2)] == ["hello", "refetch"]
    publish(app)
    assert reader.next().id == "13"


def test_numbers_that_go_back_mean_refetch(app: Flask, server: Running) -> None:
    publish(app, count=5)
    reader = server.open("stage:1")
    joined(server, reader)
    with app.app_context(), transaction():
        db.session.execute(delete(LiveUpdate))
        db.session.get_one(LiveChannel, "stage:1").seq = 1
        db.session.add(LiveUpdate(channel="stage:1", seq=1, at=clock.now(), kind="k", data={}))
    if not server.application.stream._settings.is_sqlite:
        publish(app, "stage:other")
        server.application.stream.feed.reader.head("stage:1")  # type: ignore[union-attr]
    event = reader.next()
    assert (event.name, event.data["seq"]) == ("refetch", 1)


def refused(server: Running, method: str, path: str, status: int, code: str, **headers: str) -> dict[str, str]:
    got, seen, body = server.ask(method, path, **headers)
    assert got == status
    if method != "HEAD":
        assert body["error"]["code"] == code
        assert body["error"]["message"]
        assert body["error"]["next"]
    return seen


def test_each_refusal_has_its_status_and_its_code(app: Flask, server: Running) -> None:
    over = tokens.issue_fleeting("live", "stage:1", expires_in=timedelta(seconds=-1))
    other = tokens.issue_fleeting("seat", "stage:1", expires_in=timedelta(hours=1))
    refused(server, "GET", "/live/nonsense", 404, "link_invalid")
    refused(server, "GET", "/live/", 404, "link_invalid")
    refused(server, "GET", f"/live/{other}", 404, "link_invalid")
    refused(server, "GET", f"/live/{over}", 410, "link_expired")
    refused(server, "GET", "/elsewhere", 404, "not_found")
    for method in ("POST", "HEAD", "PUT", "DELETE"):
        assert refused(server, method, server.path("stage:1"), 405, "method_not_allowed")["allow"] == "GET"


def test_a_refusal_speaks_the_language_of_the_browser(app: Flask, server: Running) -> None:
    _, _, english = server.ask("GET", "/live/x", **{"Accept-Language": "en-US,en;q=0.9"})
    _, _, chinese = server.ask("GET", "/live/x", **{"Accept-Language": "zh-CN,zh;q=0.9"})
    assert english["error"]["message"].isascii()
    assert not chinese["error"]["message"].isascii()


def test_a_full_process_says_when_to_come_back(app: Flask, server: Running) -> None:
    server.application.stream.hub.max_viewers = 2
    readers = [server.open("stage:1") for _ in range(2)]
    assert refused(server, "GET", server.path("stage:1"), 503, "stream_full")["retry-after"].isdigit()
    readers[0].close()
    wait_until(lambda: server.viewers() == 1)
    assert server.open("stage:1").next().name == "hello"


def test_who_leaves_is_forgotten(app: Flask, server: Running) -> None:
    readers = [server.open(f"stage:{number}") for number in range(5)]
    wait_until(lambda: server.viewers() == 5)
    for reader in readers:
        reader.close()
    wait_until(lambda: server.viewers() == 0)
    assert server.application.stream.hub.channels == {}


def stubborn(server: Running, channel: str = "stage:1") -> socket.socket:
    """A reader with a small window that asks and never reads."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(f"GET {server.path(channel)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def test_a_reader_that_does_not_read_is_dropped_and_holds_up_nobody(app: Flask, server: Running) -> None:
    lazy, reader = stubborn(server), server.open("stage:1")
    joined(server, reader, count=2)
    sent = 0
    while server.joined("stage:1") == 2:
        publish(app, text="x" * 60_000)
        sent += 1
        assert reader.next().id == str(sent)
        assert sent < 200
    publish(app)
    assert reader.next().id == str(sent + 1)
    wait_until(lambda: server.viewers() == 1)
    lazy.close()


def test_another_asgi_server_carries_streams_too(app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of uvicorn's own is known: send() is stepped by hand, and who does not read is cancelled."""
    monkeypatch.setattr(stream_hub, "RequestResponseCycle", type(None))
    test_a_reader_that_does_not_read_is_dropped_and_holds_up_nobody(app, server)


def test_who_was_dropped_comes_back_without_a_gap(app: Flask, server: Running) -> None:
    reader = server.open("stage:1")
    joined(server, reader)
    publish(app, count=2)
    last = reader.take(2)[-1].id
    [viewer] = server.application.stream.hub.channels["stage:1"].viewers
    viewer.drop()
    with pytest.raises((EOFError, http.client.IncompleteRead, ConnectionError)):
        reader.next()
    publish(app, count=2)
    again = server.open("stage:1", **{"Last-Event-ID": last})
    assert [event.id for event in again.take(3)] == ["", "3", "4"]


def test_a_body_on_a_stream_ends_it(app: Flask, server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = f"GET {server.path('stage:1')} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 100)
        while connection.recv(65536):
            pass
    wait_until(lambda: server.viewers() == 0)


def test_heartbeats_pass_and_a_token_that_is_over_ends_the_stream(
    app: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    with running(build_stream(product), product) as server:
        reader = server.open("stage:1", minutes=1)
        short = server.open("stage:1", minutes=1 / 60)
        assert [event.name for event in short.take(2)] == ["hello", "refetch"]
        with pytest.raises(EOFError):
            short.next()
        joined(server, reader)
        publish(app)
        assert reader.next().id == "1"
        assert reader.comments > 0


def test_a_shutdown_ends_streams_in_order(app: Flask, product: Settings) -> None:
    with running(build_stream(product), product) as server:
        reader = server.open("stage:1")
        joined(server, reader)
    with pytest.raises(EOFError):
        reader.next()  # the last chunk, and not a torn connection
    names = {thread.name for thread in threading.enumerate()}
    assert not [name for name in names if name.startswith("live-")]


def test_two_processes_see_each_others_updates(app: Flask, product: Settings, processes: ForkedProcesses) -> None:
    """The publisher is another process: no nudge inside ours."""
    with running(build_stream(product), product) as server:
        reader = server.open("stage:1")
        joined(server, reader)
        other = processes.fork("tests.web.publisher", "stage:1", 20, env=environment(product))
        assert [event.id for event in reader.take(20)] == [str(number) for number in range(1, 21)]
        assert other.wait() == 0, other.output()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_lost_listener_is_made_up_for(app: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_feed, "SAFETY_POLL_SECONDS", 3600.0)
    with running(build_stream(product), product) as server:
        reader = server.open("stage:1")
        joined(server, reader)
        publish(app)
        assert reader.next().id == "1"
        with app.app_context():
            cut = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
                "AND datname = current_database()"
            )
            assert len(db.session.execute(cut).all()) == 1
            db.session.rollback()
        publish(app, count=3)
        assert [event.id for event in reader.take(3)] == ["2", "3", "4"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_notification_that_never_came_is_made_up_for(
    app: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_feed, "SAFETY_POLL_SECONDS", 0.1)
    monkeypatch.setattr(stream_feed, "NOTIFY", "nobody_says_this")
    with running(build_stream(product), product) as server:
        reader = server.open("stage:1")
        joined(server, reader)
        publish(app)
        assert reader.next().id == "1"


def test_a_database_that_is_away_is_a_503_and_comes_back(app: Flask, product: Settings, server: Running) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE live_channel RENAME TO away"))
    refused(server, "GET", server.path("stage:1"), 503, "unavailable")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO live_channel"))
    again = server.open("stage:1")
    assert again.next().name == "hello"
    assert server.viewers() == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    afters=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    recent=st.sampled_from([2, 5, stream_hub.RECENT]),
    number=st.uuids(),
)
def test_every_reader_gets_every_number_once_and_in_order(
    app: Flask, server: Running, plan: list[int], afters: list[int], recent: int, number: object
) -> None:
    """Replay and live hand over while several publish: whoever joins when, no gap and no double."""
    channel = f"stage:{number}"
    publish(app, channel, count=10)
    total = 10 + sum(plan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream_feed, "RECENT", recent)
        publishers = [threading.Thread(target=publish, args=(app, channel, count)) for count in plan]
        for publisher in publishers:
            publisher.start()
        readers = [(server.open(channel, after=min(after, 10)), min(after, 10)) for after in afters]
        for publisher in publishers:
            publisher.join()
        for reader, after in readers:
            assert reader.next().name == "hello"
            got = [reader.next() for _ in range(total - after)]
            assert [int(event.id) for event in got] == list(range(after + 1, total + 1))
            reader.close()
