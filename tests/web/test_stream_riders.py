"""Several channels on one connection: each as if it had one of its own, and all ended together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from core import clock, live, tokens
from core.config import Settings
from core.db import transaction
from tests.support.core_app import core_app, dispose, use_settings
from tests.support.streams import Event, Running, Stream, running
from tests.support.waiting import wait_until
from web import stream, stream_hub
from web.asgi import build_stream
from web.stream_hub import Hub, Message, StreamOver, Viewer


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


def publish(app: Flask, channel: str, count: int = 1, **data: object) -> None:
    with app.app_context():
        for _ in range(count):
            with transaction():
                live.publish(channel, "stage.patch", **data)


def token(channel: str, minutes: float = 5) -> str:
    return tokens.issue_fleeting("live", channel, expires_in=timedelta(minutes=minutes))


def ride(server: Running, *others: str, after: int = 0, minutes: float = 5) -> Stream:
    """The stage's stream, with others: `token~number`."""
    along = "".join(f"&with={each}" for each in others)
    return Stream(server.port, server.path("stage:1", after=after, minutes=minutes) + along)


def told(event: Event) -> tuple[str, str, int | None]:
    return event.name, str(event.data.get("kind", "")), event.data.get("seq")


def all_joined(server: Running, *channels: str) -> None:
    for channel in channels:
        wait_until(lambda channel=channel: server.joined(channel) == 1)


def test_each_channel_is_heard_as_if_it_were_alone(app: Flask, server: Running) -> None:
    publish(app, "ink:1", 3)
    reader = ride(server, f"{token('ink:1')}~1", f"{token('captions:1')}~0")
    assert [told(each) for each in reader.take(5)] == [
        ("hello", "", 0),
        ("with:ink:1", "hello", 3),
        ("with:ink:1", "stage.patch", 2),
        ("with:ink:1", "stage.patch", 3),
        ("with:captions:1", "hello", 0),
    ]
    all_joined(server, "stage:1", "ink:1", "captions:1")
    publish(app, "captions:1", text="一")
    assert told(line := reader.next()) == ("with:captions:1", "stage.patch", 1)
    assert line.data["text"] == "一"
    publish(app, "stage:1")
    assert told(reader.next()) == ("message", "stage.patch", 1)
    alone = server.open("ink:1")
    assert alone.next().name == "hello"
    wait_until(lambda: server.joined("ink:1") == 2)
    publish(app, "ink:1")
    assert told(reader.next()) == ("with:ink:1", "stage.patch", 4)
    assert told(alone.next()) == ("message", "stage.patch", 4)


def test_a_rider_that_cannot_be_replayed_is_told_to_read_anew_and_nobody_else(app: Flask, server: Running) -> None:
    publish(app, "ink:1", 2)
    reader = ride(server, f"{token('ink:1')}~99", f"{token('captions:1')}~nonsense")
    assert [told(each) for each in reader.take(5)] == [
        ("hello", "", 0),
        ("with:ink:1", "hello", 2),
        ("with:ink:1", "refetch", 2),
        ("with:captions:1", "hello", 0),
        ("with:captions:1", "refetch", 0),
    ]


def test_what_may_not_ride_along_is_told_by_its_place(app: Flask, server: Running) -> None:
    asked = (
        "forged~0",
        f"{token('stage:1')}~0",
        f"{token('ink:1')}~0",
        "~",
        *(f"{token(f'x:{n}')}~0" for n in range(5)),
    )
    reader = ride(server, *asked)
    heard = reader.take(10)
    assert [event.data["n"] for event in heard if event.name == "with"] == [0, 1, 3, 7, 8]
    assert [event.data["n"] for event in heard if event.name.startswith("with:")] == [2, 4, 5, 6]
    assert server.viewers() == 1 + stream.MAX_RIDERS
    reader.close()
    wait_until(lambda: server.viewers() == 0)
    assert server.application.stream.hub.channels == {}


def test_a_rider_whose_token_is_over_leaves_and_the_others_go_on(
    app: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    with running(build_stream(product), product) as server:
        reader = ride(server, f"{token('ink:1', minutes=1 / 60)}~0")
        assert [told(each) for each in reader.take(3)] == [
            ("hello", "", 0),
            ("with:ink:1", "hello", 0),
            ("with:ink:1", "over", None),
        ]
        publish(app, "stage:1")
        assert told(reader.next()) == ("message", "stage.patch", 1)


@pytest.mark.parametrize("own", [True, False], ids=["uvicorn", "any server"])
def test_who_does_not_read_a_rider_loses_the_connection(
    app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    if not own:
        monkeypatch.setattr(stream_hub, "RequestResponseCycle", type(None))
    reader = ride(server, f"{token('ink:1')}~0")
    all_joined(server, "stage:1", "ink:1")
    sent = 0
    while server.joined("ink:1"):
        publish(app, "ink:1", text="x" * 200_000)
        sent += 1
        assert sent < 200
    wait_until(lambda: server.viewers() == 0)
    reader.close()


def test_an_ended_connection_carries_nothing_of_its_riders_into_the_next_answer(
    app: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    with running(build_stream(product), product) as server:
        reader = ride(server, f"{token('ink:1')}~0", minutes=1 / 60)
        assert [each.name for each in reader.take(3)] == ["hello", "with:ink:1", "refetch"]
        with pytest.raises(EOFError):
            reader.next()
        publish(app, "ink:1", 3)
        wait_until(lambda: server.viewers() == 0)
        reader.response.read()
        again = reader.again(server.path("stage:1"))
        assert told(again.next()) == ("hello", "", 0)
        wait_until(lambda: server.joined("stage:1") == 1)
        publish(app, "stage:1")
        assert told(again.next()) == ("message", "stage.patch", 1)


def test_a_shutdown_ends_all_of_a_connection_in_order(app: Flask, product: Settings) -> None:
    with running(build_stream(product), product) as server:
        reader = ride(server, f"{token('ink:1')}~0")
        all_joined(server, "stage:1", "ink:1")
    assert [each.name for each in reader.take(2)] == ["hello", "with:ink:1"]
    with pytest.raises(EOFError):
        reader.next()  # the last chunk, and not a torn connection


def test_nothing_is_written_for_a_rider_once_its_connection_was_ended() -> None:
    written: list[bool] = []

    async def send(message: Message) -> None:
        written.append(bool(message["more_body"]))

    async def play() -> None:
        hub, until = Hub(max_viewers=5), clock.now() + timedelta(minutes=1)
        stage, ink = hub.enter("stage:1"), hub.enter("ink:1")
        main = Viewer(send, seq=0, expires_at=until)
        rider = Viewer(send, seq=0, expires_at=until, main=main, channel="ink:1")
        main.riders = [(ink, rider)]
        for channel, viewer in ((stage, main), (ink, rider)):
            channel.begin(0, ())
            channel.viewers.add(viewer)
        await hub.broadcast(ink, [stream_hub.encode(1, clock.now(), "ink.drawn", {})])
        hub.close()
        await hub.broadcast(ink, [stream_hub.encode(2, clock.now(), "ink.drawn", {})])
        with pytest.raises(StreamOver):
            await rider.write(b"x")

    asyncio.run(play())
    assert written == [True, False]
