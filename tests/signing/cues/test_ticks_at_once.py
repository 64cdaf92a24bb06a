"""Two hosts tick one party at the same moment: one tick, one entry. And what goes wrong without the sheet's lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db
from signing.cues import queries, service, tick_queries, tick_service
from signing.cues.rules import CueKind
from signing.cues.tick_rules import HOST as BY_HOST
from signing.cues.tick_rules import TickAct
from tests.signing.cues.test_leading import actions, go_to
from tests.signing.cues.test_ticks import ticked
from tests.support.ceremony import HOST
from tests.support.databases import POSTGRESQL
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def calling(entered: Quick) -> Quick:
    """The roll call is live."""
    service.make_sheet(entered.id, by=HOST)
    go_to(entered, CueKind.ROLL_CALL)
    return entered


@pytest.fixture
def calling_on_postgresql(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", POSTGRESQL, data_dir) as world:
        service.make_sheet(world.id, by=HOST)
        go_to(world, CueKind.ROLL_CALL)
        yield world


def tick_at_once(world: Quick, meet: Callable[[], object]) -> list[BaseException | None]:
    """Two hosts tick the same party, each in a thread; what each was told."""
    found = ticked(world)
    act = TickAct(found.cue_id, clock.iso(found.run_at), "party_a", True)
    db.session.remove()

    def tick(_: int) -> BaseException | None:
        with world.app.app_context():
            meet()
            try:
                tick_service.tick(world.id, act, ticker=BY_HOST, by=HOST)
            except IntegrityError as wrong:
                db.session.rollback()
                return wrong
            finally:
                db.session.remove()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(tick, range(2)))


def test_two_hosts_at_once_make_one_tick(calling: Quick) -> None:
    start = threading.Barrier(2, timeout=60)
    assert tick_at_once(calling, start.wait) == [None, None]
    assert ticked(calling).keys([BY_HOST]) == ["party_a"]
    assert actions(calling).count("cue.ticked") == 1


def test_without_the_sheets_lock_one_of_them_meets_an_error(
    calling_on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets one unit of work write at a time, whatever it takes: there the lock is never missed."""
    both_have_read, read = threading.Barrier(2, timeout=60), tick_queries.find_ticked

    def read_together(*args: Any) -> tick_queries.Ticked | None:
        found = read(*args)
        if threading.current_thread() is not threading.main_thread():
            both_have_read.wait()
        return found

    monkeypatch.setattr(queries, "take_sheet", lambda _: None)
    monkeypatch.setattr(tick_queries, "find_ticked", once_a_thread(read_together, read))
    told = tick_at_once(calling_on_postgresql, lambda: None)
    assert sorted(type(each).__name__ for each in told) == ["IntegrityError", "NoneType"]


def once_a_thread(first: Callable[..., Any], then: Callable[..., Any]) -> Callable[..., Any]:
    """`first` for each thread's first call, `then` for the others: the stage's picture is read once more behind it."""
    seen = threading.local()

    def choose(*args: Any) -> Any:
        if getattr(seen, "was", False):
            return then(*args)
        seen.was = True
        return first(*args)

    return choose
