"""Prepared statements: the same rows and the same refusals as by SQLAlchemy, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import turns
from core.db import NestedTransaction, WriteOutsideTransaction, db, table_of, transaction
from core.limits import AttemptLimit
from core.live import LiveUpdate
from core.prepared import Prepared

_UPDATES, _LIMITS = table_of(LiveUpdate), table_of(AttemptLimit)
ADD = Prepared(insert(_UPDATES))
READ = Prepared(select(LiveUpdate).where(LiveUpdate.channel == bindparam("named")).order_by(LiveUpdate.seq))
RENAME = Prepared(update(_UPDATES).where(_UPDATES.c.seq == bindparam("number")).values(kind=bindparam("other")))
COUNT = Prepared(insert(_LIMITS).returning(_LIMITS.c.tries))
AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def update_row(seq: int, **other: object) -> dict[str, object]:
    return {"channel": "room", "seq": seq, "at": AT, "kind": "said", "data": {"词": "好"}, **other}


def try_row(key: str) -> dict[str, object]:
    return {"name": "test", "key_digest": key, "window_ends_at": AT, "tries": 1}


def test_a_row_has_what_was_written_with_its_types(app: Flask) -> None:
    with app.app_context():
        with transaction():
            ADD.run(update_row(1))
            ADD.run_each([update_row(2, data={}), update_row(3, kind="seen")])
        first, second, third = READ.read({"named": "room"})
    assert (first.at, first.data, second.data, third.kind) == (AT, {"词": "好"}, {}, "seen")


def test_what_the_session_holds_is_written_before(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.add(LiveUpdate(**update_row(1)))
        assert RENAME.run({"number": 1, "other": "heard"}) == []
        assert [row.kind for row in READ.read({"named": "room"})] == ["heard"]


def test_what_a_unit_of_work_takes_back_is_not_there(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            ADD.run(update_row(1))
            raise ZeroDivisionError
        assert READ.read({"named": "room"}).one_or_none() is None


def test_a_number_that_is_there_is_refused_without_its_values_in_the_words(app: Flask) -> None:
    with app.app_context():
        with transaction():
            ADD.run(update_row(1, kind="a-secret"))
        with pytest.raises(IntegrityError) as refused, transaction():
            ADD.run(update_row(1, kind="a-secret"))
    assert "a-secret" not in str(refused.value)


def test_no_change_stands_outside_a_unit_of_work(app: Flask) -> None:
    with app.app_context(), pytest.raises(WriteOutsideTransaction):
        ADD.run(update_row(1))


def test_a_statement_alone_is_kept_whatever_comes_after_it(app: Flask) -> None:
    with app.app_context():
        assert COUNT.run_alone(try_row("k")).scalar() == 1
        db.session.rollback()
        with pytest.raises(IntegrityError):
            COUNT.run_alone(try_row("k"))
        assert db.session.scalar(select(AttemptLimit.tries).filter_by(name="test")) == 1


def test_a_statement_alone_is_no_part_of_another_unit_of_work(app: Flask) -> None:
    with app.app_context(), transaction(), pytest.raises(NestedTransaction):
        COUNT.run_alone(try_row("k"))


def test_who_gets_no_connection_keeps_no_other_from_the_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a process has no file handle left: it must be able to write once it has one again."""

    def none_left() -> object:
        raise OSError(24, "too many open files")

    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("no turns there")
        with monkeypatch.context() as short:
            short.setattr(db.engine, "raw_connection", none_left)
            with pytest.raises(OSError, match="too many"):
                COUNT.run_alone(try_row("k"))
        turn = turns.of(db.engine.url.database)
        is_free = turn.take(0)
        turn.give_back()
        assert is_free


def test_a_value_that_a_model_would_fill_in_is_asked_for(app: Flask) -> None:
    from core.outbox import OutboxMessage

    with app.app_context(), transaction():
        if db.session.connection().dialect.name == "sqlite":
            with pytest.raises(TypeError, match="attempts"):
                Prepared(insert(table_of(OutboxMessage))).run({"id": "msg_1"})
