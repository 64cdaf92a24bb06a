"""A line that is sent twice at the same moment is said once. And what goes wrong without the lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db, transaction
from signing.captions import queries, service
from signing.captions.models import CaptionDesk, CaptionLine, CaptionLink
from signing.captions.rules import Line, Spoken
from tests.support.ceremony import HOST
from tests.support.databases import POSTGRESQL
from tests.support.quick import Quick, QuickWorld
from tests.support.waiting import wait_until


@pytest.fixture
def on_postgresql(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", POSTGRESQL, data_dir) as world:
        yield world


def say_at_once(world: Quick, meet: Callable[[], object]) -> list[BaseException | None]:
    link = service.make_link(world.id, "en", by=HOST)
    spoken = Spoken("client-0001", "hello", clock.now())
    db.session.remove()

    def say(_: int) -> BaseException | None:
        with world.app.app_context():
            meet()
            try:
                service.say(link, spoken)
            except IntegrityError as wrong:
                db.session.rollback()
                return wrong
            finally:
                db.session.remove()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(say, range(2)))


def test_a_line_that_comes_twice_at_once_is_said_once(invited: Quick) -> None:
    start = threading.Barrier(2, timeout=60)
    assert say_at_once(invited, start.wait) == [None, None]
    assert db.session.query(CaptionLine).count() == 1
    assert [each.said for each in queries.list_links(invited.id)] == [1]


def test_without_the_desks_lock_one_of_them_meets_an_error(
    on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets one unit of work write at a time, whatever it takes: there the lock is never missed."""
    both_have_looked, find = threading.Barrier(2, timeout=60), queries.find_line

    def look_together(link_id: str, client_id: str) -> Line | None:
        found = find(link_id, client_id)
        both_have_looked.wait()
        return found

    monkeypatch.setattr(queries, "take_desk", lambda ceremony_id: db.session.get(CaptionDesk, ceremony_id))
    monkeypatch.setattr(queries, "take_link", lambda link_id, **_: db.session.get(CaptionLink, link_id))
    monkeypatch.setattr(queries, "find_line", look_together)
    told = say_at_once(on_postgresql, lambda: None)
    assert sorted(type(each).__name__ for each in told) == ["IntegrityError", "NoneType"]


def test_a_line_that_is_being_said_is_forgotten_with_the_others(
    on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who deletes personal values waits for whoever has the desk: no line comes to stay behind the deleting."""
    assert kept_after_forgetting(on_postgresql, monkeypatch) == 0


def test_without_the_desk_it_stays(on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    take, places = queries.take_desk, threading.local()

    def take_to_say(ceremony_id: str) -> CaptionDesk | None:
        return take(ceremony_id) if getattr(places, "says", False) else None

    monkeypatch.setattr(queries, "take_desk", take_to_say)
    assert kept_after_forgetting(on_postgresql, monkeypatch, places) == 1


def kept_after_forgetting(world: Quick, monkeypatch: pytest.MonkeyPatch, places: threading.local | None = None) -> int:
    """Lines that are kept after all were dropped while one was being said, and said only then."""
    link = service.make_link(world.id, "en", by=HOST)
    db.session.remove()
    has_desk, keep = threading.Event(), service._keep_the_newest

    def keep_late(link_id: str) -> None:
        keep(link_id)
        has_desk.set()
        wait_until(lambda: forgetting.done() or is_somebody_waiting(world))

    monkeypatch.setattr(service, "_keep_the_newest", keep_late)

    def say() -> None:
        if places is not None:
            places.says = True
        with world.app.app_context():
            service.say(link, Spoken("client-0001", "hello", clock.now()))
            db.session.remove()

    def forget() -> None:
        assert has_desk.wait(60)
        with world.app.app_context():
            with transaction():
                service.forget(world.id)
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        forgetting = pool.submit(forget)
        pool.submit(say).result(timeout=60)
        forgetting.result(timeout=60)
    return db.session.query(CaptionLine).count()


def is_somebody_waiting(world: Quick) -> bool:
    """Whether a transaction of this database waits for a lock that another one has."""
    with world.app.app_context(), db.engine.connect() as connection:
        mine = "SELECT oid FROM pg_database WHERE datname = current_database()"
        waiting = text(
            f"SELECT count(*) FROM pg_locks WHERE NOT granted AND (database IS NULL OR database IN ({mine}))"
        )
        return bool(connection.scalar(waiting))
