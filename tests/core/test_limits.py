from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from core import clock, limits
from core.db import db, transaction
from core.errors import TooMany
from core.limits import AttemptLimit
from tests.support.meeting import Meeting

MINUTE = timedelta(minutes=1)


def hit(key: str = "192.0.2.1", limit: int = 3) -> None:
    limits.hit("code", key, limit=limit, per=MINUTE)


def test_so_many_tries_and_no_more(context: Flask) -> None:
    with clock.frozen(clock.now()):
        for _ in range(3):
            hit()
        with pytest.raises(TooMany) as caught:
            hit()
    assert caught.value.retry_after == 60
    assert caught.value.status == 429


def test_who_waits_may_try_again(context: Flask) -> None:
    now = clock.now()
    with clock.frozen(now):
        for _ in range(3):
            hit()
    with clock.frozen(now + MINUTE):
        hit()


def test_trying_on_does_not_make_the_wait_longer(context: Flask) -> None:
    now = clock.now()
    for second in range(0, 60, 10):
        with clock.frozen(now + timedelta(seconds=second)):
            if second < 30:
                hit()
                continue
            with pytest.raises(TooMany) as caught:
                hit()
            assert caught.value.retry_after == 60 - second
    with clock.frozen(now + MINUTE):
        hit()


def test_a_flood_of_refused_tries_writes_nothing(context: Flask) -> None:
    for number in range(10):
        if number < 3:
            hit()
            continue
        with pytest.raises(TooMany):
            hit()
    assert db.session.scalars(select(AttemptLimit.tries)).one() == 3


def test_one_does_not_use_up_the_tries_of_another(context: Flask) -> None:
    for _ in range(3):
        hit("192.0.2.1")
    hit("192.0.2.2")
    limits.hit("sign-in", "192.0.2.1", limit=1, per=MINUTE)


def test_a_refused_act_has_counted_all_the_same(context: Flask) -> None:
    hit(limit=1)
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    with pytest.raises(TooMany):
        hit(limit=1)


def test_the_address_is_not_kept(context: Flask) -> None:
    hit("jane@example.com")
    row = db.session.scalars(select(AttemptLimit)).one()
    assert "jane" not in f"{row.name}{row.key_digest}"


def try_together(app: Flask) -> int:
    """Sixteen threads with a limit of five; returns how many came through."""
    start = threading.Barrier(16)
    passed: list[int] = []

    def attempt() -> None:
        start.wait()
        try:
            with app.app_context():
                hit(limit=5)
            passed.append(1)
        except TooMany:
            return

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(passed)


def test_of_many_at_once_no_more_than_the_limit_come_through(app: Flask) -> None:
    assert try_together(app) == 5


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_counted_by_reading_first_more_come_through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        hit(limit=1)
        with transaction():
            db.session.execute(update(AttemptLimit).values(tries=0))
    meeting = Meeting(locked=False, people=8)  # twice: a pool has connections for fifteen

    def count_apart(named: Mapping[str, str], *, most: int, **_: object) -> bool:
        with transaction():
            row = db.session.scalars(select(AttemptLimit).filter_by(**named)).one()
            is_left = row.tries < most
            meeting.wait()
            row.tries += 1
        return is_left

    monkeypatch.setattr(limits, "_count", count_apart)
    assert try_together(app) > 5


def test_old_windows_are_forgotten(context: Flask) -> None:
    now = clock.now()
    hit()
    with clock.frozen(now + timedelta(hours=1)):
        with transaction():
            limits.forget_old()
        assert db.session.scalars(select(AttemptLimit)).all() == []
