from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, delete, event, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

import core.engine
from core import clock, jobs, live, wake
from core.db import (
    NestedTransaction,
    WriteOutsideTransaction,
    db,
    insert_missing,
    is_writing,
    read,
    require_transaction,
    transaction,
    written,
)
from core.jobs import Job
from core.live import LiveChannel
from core.tokens import LinkToken
from tests.support.meeting import Meeting


def make_link(number: int = 1, at: datetime | None = None) -> LinkToken:
    at = at or clock.now()
    return LinkToken(id=f"lnk_{number}", purpose="seat", subject="s", created_at=at, expires_at=at, revoked_at=None)


def count() -> int:
    return len(db.session.scalars(select(LinkToken)).all())


def test_a_transaction_keeps_everything(context: Flask) -> None:
    with transaction():
        db.session.add(make_link())
    db.session.remove()
    assert count() == 1


def test_a_refused_transaction_keeps_nothing(context: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        db.session.add(make_link())
        db.session.flush()
        raise ZeroDivisionError
    assert count() == 0


def test_a_transaction_in_a_transaction_is_refused_and_keeps_nothing(context: Flask) -> None:
    with pytest.raises(NestedTransaction), transaction():
        db.session.add(make_link())
        with transaction():
            pass
    assert count() == 0
    assert not is_writing()


def test_a_transaction_after_a_failed_one_works(context: Flask) -> None:
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text("INSERT INTO live_channel (channel, seq) VALUES ('a', NULL)"))
    with transaction():
        db.session.add(make_link())
    assert count() == 1


def test_an_object_written_outside_a_transaction_is_refused(context: Flask) -> None:
    db.session.add(make_link())
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()


def test_a_statement_that_writes_outside_a_transaction_is_refused(context: Flask) -> None:
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(update(LinkToken).values(subject="x"))
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(delete(LinkToken))
    with pytest.raises(WriteOutsideTransaction):
        insert_missing(LiveChannel, channel="a", seq=0)
    with pytest.raises(WriteOutsideTransaction):
        require_transaction()


def test_reads_before_a_transaction_do_not_reach_into_it(context: Flask) -> None:
    with transaction():
        db.session.add(make_link())
    seen = db.session.scalars(select(LinkToken)).one()
    other = threading.Thread(target=change_subject, args=(context, "changed meanwhile"))
    other.start()
    other.join()
    with transaction():
        assert seen.subject == "changed meanwhile"


def change_subject(app: Flask, subject: str) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(LinkToken).values(subject=subject))


def test_an_instant_comes_back_in_utc(context: Flask) -> None:
    local = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=8)))
    with transaction():
        db.session.add(make_link(at=local))
    db.session.remove()
    kept = db.session.scalars(select(LinkToken)).one().created_at
    assert kept == local
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(context: Flask) -> None:
    with pytest.raises(StatementError, match="without a zone"), transaction():
        db.session.add(make_link(at=datetime(2026, 7, 1)))  # noqa: DTZ001


def test_an_error_of_the_database_tells_no_parameter(context: Flask) -> None:
    with pytest.raises(IntegrityError) as caught, transaction():
        db.session.execute(text("INSERT INTO live_channel (channel, seq) VALUES (:c, NULL)"), {"c": "swordfish"})
    assert "swordfish" not in str(caught.value) or context.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    assert "[SQL parameters hidden" in str(caught.value)


def test_of_two_that_insert_at_once_both_go_on(app: Flask) -> None:
    started = threading.Barrier(2)
    failures: list[BaseException] = []

    def insert() -> None:
        try:
            with app.app_context():
                started.wait()
                with transaction():
                    insert_missing(LiveChannel, channel="a", seq=0)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=insert) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context():
        assert len(db.session.scalars(select(LiveChannel)).all()) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_units_of_work_that_write_take_the_write_lock(context: Flask) -> None:
    """Seen on the wire: what SQLite is told, statement by statement."""
    wire: list[str] = []

    def trace(connection: Any, _record: object) -> None:
        connection.set_trace_callback(wire.append)

    db.engine.dispose()
    event.listen(db.engine, "connect", trace)
    db.session.execute(select(LinkToken))
    db.session.rollback()
    with transaction():
        db.session.add(make_link())
    assert [line for line in wire if line.startswith(("BEGIN", "COMMIT", "ROLLBACK"))] == [
        "BEGIN",
        "ROLLBACK",
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_embedded_database_is_durable_and_checks_references(context: Flask) -> None:
    answers = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar()
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert answers == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_what_is_fleeting_is_not_waited_for_on_the_disk(context: Flask) -> None:
    def waits() -> int:
        return int(db.session.execute(text("PRAGMA synchronous")).scalar_one())

    with transaction(fleeting=True):
        assert waits() == 1  # NORMAL: at checkpoints alone
    with transaction():
        assert waits() == 2  # FULL: at each commit
    with transaction(fleeting=True):
        assert waits() == 1
    db.session.remove()
    with transaction():
        assert waits() == 2


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_only_what_is_fleeting_is_committed_before_it_is_on_the_disk(context: Flask) -> None:
    def waits() -> str:
        return str(db.session.execute(text("SHOW synchronous_commit")).scalar_one())

    with transaction():
        db.session.execute(text("SET synchronous_commit = on"))  # whatever the server of the tests does
    with transaction(fleeting=True):
        assert waits() == "off"
    with transaction():
        assert waits() == "on"


def test_rows_read_inside_a_transaction_know_what_the_session_changed(context: Flask) -> None:
    kept = select(LiveChannel.seq).where(LiveChannel.channel == "a")
    with transaction():
        db.session.add(LiveChannel(channel="a", seq=1))
        assert read(kept).scalar_one() == 1
        db.session.get_one(LiveChannel, "a").seq = 2
        assert written().execute(kept).scalar_one() == 2
    assert read(kept).scalar_one() == 2
    with pytest.raises(WriteOutsideTransaction):
        written()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_readers_who_write_collide_without_the_write_lock_and_not_with_it(
    app: Flask,
) -> None:
    with app.app_context(), transaction():
        db.session.add(LiveChannel(channel="a", seq=0))
    assert count_up_together(app) == []

    with write_lock_off():
        failures = count_up_together(app, locked=False)
    assert len(failures) == 1
    assert "database is locked" in str(failures[0])


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_threads_of_one_process_wait_for_each_other_and_not_in_sqlite(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.add(LiveChannel(channel="a", seq=0))
        event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0"))
        engine = db.engine
    engine.dispose()
    assert count_up_together(app) == []


@contextmanager
def write_lock_off() -> Iterator[None]:
    """Every unit of work begins as a reader does."""
    begin: Callable[[Connection], None] = core.engine._begin_sqlite

    def begin_deferred(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    event.remove(Engine, "begin", begin)
    event.listen(Engine, "begin", begin_deferred)
    try:
        yield
    finally:
        event.remove(Engine, "begin", begin_deferred)
        event.listen(Engine, "begin", begin)


def count_up_together(app: Flask, *, locked: bool = True) -> list[BaseException]:
    """Two threads read a number, meet if they can, and write it back one higher."""
    meeting = Meeting(locked=locked)
    failures: list[BaseException] = []

    def count_up() -> None:
        try:
            with app.app_context(), transaction():
                row = db.session.scalars(select(LiveChannel)).one()
                meeting.wait()
                row.seq += 1
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_who_waits_is_woken_after_the_commit_and_not_after_a_rollback(context: Flask) -> None:
    heard: list[str] = []
    stops = [wake.listen(wake.WORK, lambda: heard.append("work")), wake.listen(wake.LIVE, lambda: heard.append("live"))]
    try:
        with pytest.raises(ZeroDivisionError), transaction():
            jobs.add("test", "1")
            raise ZeroDivisionError
        assert heard == []
        with transaction():
            jobs.add("test", "1")
            jobs.add("test", "2")
            assert heard == []
        assert heard == ["work"]
        with transaction():
            live.publish("stage:x", "k")
        assert heard == ["work", "live"]
    finally:
        for stop in stops:
            stop()
    with transaction():
        jobs.add("test", "3")
    assert heard == ["work", "live"]


def test_asking_twice_for_a_job_is_harmless(context: Flask) -> None:
    for number in (1, 2):
        with transaction():
            jobs.add("seal", "agr_1", number=number)
    rows = db.session.scalars(select(Job)).all()
    assert [row.payload for row in rows] == [{"number": 1}]
