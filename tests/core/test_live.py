from __future__ import annotations

import json
import threading
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, make_url, select
from sqlalchemy.exc import OperationalError

from core import audit, clock, live
from core.config import Settings
from core.db import HeadsOutOfOrder, WriteOutsideTransaction, db, transaction
from core.live import LiveChannel, LiveUpdate
from core.prepared import Prepared


def numbers(channel: str) -> list[int]:
    return list(db.session.scalars(select(LiveUpdate.seq).filter_by(channel=channel).order_by(LiveUpdate.seq)))


def publish_many(app: Flask, threads: int, each: int) -> list[BaseException]:
    start = threading.Barrier(threads)
    failures: list[BaseException] = []

    def publish() -> None:
        start.wait()
        try:
            for number in range(each):
                with app.app_context(), transaction():
                    live.publish("stage:1", "test", number=number)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    running = [threading.Thread(target=publish) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return failures


def test_updates_are_numbered_by_channel_without_a_gap(context: Flask) -> None:
    with transaction():
        given = [live.publish("stage:1", "a"), live.publish("stage:2", "a"), live.publish("stage:1", "b")]
    assert given == [1, 1, 2]
    assert live.find_seq("stage:1") == 2
    assert live.find_seq("stage:9") == 0


def test_a_rolled_back_update_leaves_no_gap(context: Flask) -> None:
    with transaction():
        live.publish("stage:1", "a")
    with pytest.raises(ZeroDivisionError), transaction():
        live.publish("stage:1", "lost")
        raise ZeroDivisionError
    with transaction():
        assert live.publish("stage:1", "b") == 2


def test_an_update_is_part_of_a_change(context: Flask) -> None:
    with pytest.raises(WriteOutsideTransaction):
        live.publish("stage:1", "a")


def test_many_publish_at_once_and_every_number_is_given_once(app: Flask) -> None:
    assert publish_many(app, threads=6, each=8) == []
    with app.app_context():
        assert numbers("stage:1") == list(range(1, 49))


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_without_the_row_lock_two_get_one_number(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context(), transaction():
        live.publish("stage:1", "first")
    meeting = threading.Barrier(2)
    now = clock.now

    def meet_and_look() -> object:
        meeting.wait(10)
        return now()

    looked_at = select(LiveChannel.seq + 1).where(LiveChannel.channel == bindparam("name"))
    monkeypatch.setitem(live._NUMBER, "postgresql", Prepared(looked_at))
    monkeypatch.setattr(live.clock, "now", meet_and_look)
    [failure] = publish_many(app, threads=2, each=1)
    assert "pk_live_update" in str(failure)


def test_a_head_read_before_is_not_believed(app: Flask) -> None:
    with app.app_context():
        with transaction():
            live.publish("stage:1", "a")
        with transaction():
            db.session.get(LiveChannel, "stage:1")
            if db.engine.dialect.name == "postgresql":
                assert publish_many(app, threads=1, each=1) == []
            live.publish("stage:1", "b")
        assert numbers("stage:1") == list(range(1, live.find_seq("stage:1") + 1))


def test_updates_older_than_a_day_are_forgotten_and_the_numbers_go_on(context: Flask) -> None:
    now = clock.now()
    with clock.frozen(now - timedelta(hours=25)), transaction():
        live.publish("stage:1", "old")
    with transaction():
        live.publish("stage:1", "new")
    with transaction():
        assert live.forget_old() == 1
    assert numbers("stage:1") == [2]
    with transaction():
        assert live.publish("stage:1", "next") == 3


def test_what_tells_of_no_state_is_forgotten_after_a_minute(context: Flask) -> None:
    now = clock.now()
    with clock.frozen(now - timedelta(minutes=2)), transaction():
        live.publish("ink:1", "old")
        live.publish("stage:1", "old")
    with transaction():
        live.publish("ink:1", "new")
    with transaction():
        assert live.forget_old() == 1
    assert (numbers("ink:1"), numbers("stage:1")) == ([2], [1])


def test_a_channel_that_tells_of_no_state_sweeps_itself_while_it_is_used(context: Flask) -> None:
    now = clock.now()
    with clock.frozen(now - timedelta(minutes=2)), transaction():
        live.publish("stage:1", "kept for a day")
        for _ in range(live._SWEEP_EVERY - 1):
            live.publish("ink:1", "old")
    with transaction():
        live.publish("ink:1", "new")
    assert numbers("ink:1") == [live._SWEEP_EVERY]
    assert numbers("stage:1") == [1]


def test_a_page_that_opens_now_asks_for_what_was_published_just_before(context: Flask) -> None:
    now = clock.now()
    assert live.find_seq_before("ink:1", within=timedelta(seconds=30)) == 0
    for ago in (40, 20, 10):
        with clock.frozen(now - timedelta(seconds=ago)), transaction():
            live.publish("ink:1", "a")
    with clock.frozen(now):
        assert live.find_seq_before("ink:1", within=timedelta(seconds=30)) == 1
        assert live.find_seq_before("ink:1", within=timedelta(seconds=5)) == 3


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_postgresql_tells_of_a_commit_and_not_of_a_rollback(context: Flask, settings: Settings) -> None:
    dsn = make_url(settings.sqlalchemy_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as listener:
        listener.execute(f"LISTEN {live.NOTIFY}".encode())
        with pytest.raises(ZeroDivisionError), transaction():
            live.publish("stage:1", "lost")
            raise ZeroDivisionError
        with transaction():
            live.publish("stage:1", "kept")
        heard = next(listener.notifies(timeout=10))
        assert json.loads(heard.payload) == ["stage:1", 1]


def note(chain: str) -> None:
    audit.record(chain, "test", actor=audit.SYSTEM, subject=audit.Subject("ceremony", chain))


def test_the_trail_is_written_before_the_browsers_are_told(context: Flask) -> None:
    with pytest.raises(HeadsOutOfOrder), transaction():
        live.publish("stage:1", "a")
        note("cer_1")
    assert live.find_seq("stage:1") == 0
    with transaction():
        note("cer_1")
        live.publish("stage:1", "a")
        note("cer_1")
    assert live.find_seq("stage:1") == 1


def opposed(app: Flask) -> list[type[BaseException]]:
    """Two units of work at once that take trail and channel in opposite order: what each of them ends with."""
    begun, ends = threading.Barrier(2, timeout=20), []

    def work(first: str) -> None:
        steps = [lambda: note("cer_1"), lambda: live.publish("stage:1", "a")]
        try:
            with app.app_context(), transaction():
                for number, step in enumerate(steps if first == "trail" else reversed(steps)):
                    step()
                    if number == 0:
                        begun.wait()
        except (HeadsOutOfOrder, OperationalError) as error:
            ends.append(type(error))

    running = [threading.Thread(target=work, args=[first]) for first in ("trail", "live")]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return ends


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_the_order_keeps_two_units_of_work_from_waiting_for_each_other(app: Flask) -> None:
    assert opposed(app) == [HeadsOutOfOrder]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_without_the_order_the_database_has_to_kill_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "take_trail_head", lambda _chain: None)
    assert opposed(app) == [OperationalError]
