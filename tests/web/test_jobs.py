from __future__ import annotations

import errno
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from structlog.testing import capture_logs

from core import audit, claims, clock, jobs, live, outbox
from core.audit import AuditEntry
from core.claims import Claim
from core.config import Settings
from core.db import db, transaction
from core.errors import Refusal
from core.jobs import Hopeless, Job
from core.live import LiveUpdate
from core.outbox import OutboxMessage
from pdf.errors import PdfError
from tests.support.core_app import core_app, dispose, environment, use_settings
from tests.support.forks import ForkedProcesses
from tests.support.processes import Running
from tests.support.waiting import wait_until
from web.jobs import Worker
from web.lanes import reason_of

LEASE = 2.0  # short, so that a take-over is soon; long enough for a busy machine


@pytest.fixture
def product(database_url: str, data_dir: Path) -> Settings:
    return use_settings(database_url, data_dir)


@pytest.fixture
def app(product: Settings, core_alone: None) -> Iterator[Flask]:
    made = core_app(product, create=True)
    yield made
    dispose(made)


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    """A worker that looks by itself only once an hour: what happens sooner was told to it."""
    made = Worker(app, tick_seconds=3600)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Claim, dict[str, Any]], None]], None]:
    """Registers a handler for jobs of the kind `test`, for one test."""
    return lambda handler: monkeypatch.setitem(jobs._handlers, "test", handler)


@pytest.fixture
def handle_slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Claim, dict[str, Any]], None]], None]:
    """Registers a handler for slow jobs of the kind `slow`, for one test."""
    monkeypatch.setattr(jobs, "_slow", {"slow"})
    return lambda handler: monkeypatch.setitem(jobs._handlers, "slow", handler)


def ask(app: Flask, kind: str = "test", count: int = 1, **payload: Any) -> None:
    with app.app_context(), transaction():
        for number in range(count):
            jobs.add(kind, str(number), **payload)


def look(app: Flask, kind: str = "test") -> Job:
    with app.app_context():
        return db.session.scalars(select(Job).filter_by(kind=kind)).one()


def attempts(app: Flask, kind: str) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(Job.attempts).filter_by(kind=kind).order_by(Job.attempts.desc())))


def done_by(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.actor_id).filter_by(action="test.done")))


def freeze_between_transactions(process: Running, url: str) -> None:
    """Freeze it while it holds no lock: with one in its hands it stops everybody, which is not what leases are for."""
    impatient = {"sqlite": "PRAGMA busy_timeout = 0", "postgresql": "SET lock_timeout = '50ms'"}

    def is_frozen_without_a_lock() -> bool:
        process.freeze()
        with create_engine(url, poolclass=NullPool).connect() as connection:
            connection.exec_driver_sql(impatient[connection.dialect.name])
            try:
                connection.exec_driver_sql("UPDATE job SET attempts = attempts")
            except OperationalError:
                process.thaw()
                return False
            connection.rollback()
        return True

    wait_until(is_frozen_without_a_lock)


def finish(claim: Claim, _payload: dict[str, Any]) -> None:
    with transaction():
        claims.finish(claim)


Handle = Callable[[Callable[[Claim, dict[str, Any]], None]], None]


def test_what_this_process_commits_is_done_at_once(app: Flask, worker: Worker, handle: Handle) -> None:
    seen: list[dict[str, Any]] = []

    def note(claim: Claim, payload: dict[str, Any]) -> None:
        seen.append(payload)
        finish(claim, payload)

    handle(note)
    ask(app, agreement="agr_1")
    wait_until(lambda: look(app).done_at)
    assert seen == [{"agreement": "agr_1"}]


def test_nothing_is_done_before_the_commit(app: Flask, worker: Worker, handle: Handle) -> None:
    handle(finish)
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        jobs.add("test", "1")
        raise ZeroDivisionError
    ask(app, "quick-unknown")
    wait_until(lambda: look(app, "quick-unknown").last_error)
    with app.app_context():
        own = Job.kind.in_(["test", "quick-unknown"])  # others come round by the clock
        assert [row.kind for row in db.session.scalars(select(Job).where(own))] == ["quick-unknown"]


def test_a_failure_is_kept_and_tried_again(app: Flask, worker: Worker, handle: Handle) -> None:
    tries: list[int] = []

    def fail_once(claim: Claim, payload: dict[str, Any]) -> None:
        tries.append(claim.attempts)
        if len(tries) == 1:
            raise OSError("the disk is full")
        finish(claim, payload)

    handle(fail_once)
    ask(app)
    wait_until(lambda: look(app).last_error)
    assert look(app).last_error == "OSError: the disk is full"
    with clock.frozen(look(app).due_at + timedelta(seconds=1)):
        worker.look()
        wait_until(lambda: look(app).done_at)
    assert tries == [1, 2]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Refusal("agreement_closed"), "agreement_closed"),
        (Hopeless("no such mailbox", reason="address_unknown"), "address_unknown"),
    ],
)
def test_what_is_refused_is_not_tried_again(
    app: Flask, worker: Worker, handle: Handle, error: Exception, reason: str
) -> None:
    def refuse(_claim: Claim, _payload: dict[str, Any]) -> None:
        raise error

    handle(refuse)
    ask(app)
    wait_until(lambda: look(app).dead_at)
    assert str(error) in (look(app).last_error or "")
    assert (look(app).attempts, look(app).reason) == (1, reason)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PdfError(code="timestamp_unavailable"), "timestamp_unavailable"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.EIO, "Input/output error"), ""),
        (ZeroDivisionError(), ""),
    ],
)
def test_a_failure_has_the_name_that_people_can_be_told(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_what_was_given_up_is_done_when_somebody_asks_anew(app: Flask, worker: Worker, handle: Handle) -> None:
    mended: list[bool] = []

    def work(claim: Claim, payload: dict[str, Any]) -> None:
        if not mended:
            raise Hopeless("broken")
        finish(claim, payload)

    handle(work)
    ask(app)
    wait_until(lambda: look(app).dead_at)
    mended.append(True)
    with app.app_context(), transaction():
        [given_up] = jobs.list_given_up()
        assert claims.revive(Job, given_up.id)
    wait_until(lambda: look(app).done_at)


def test_a_handler_that_forgets_to_finish_has_failed(app: Flask, worker: Worker, handle: Handle) -> None:
    handle(lambda _claim, _payload: None)
    ask(app)
    wait_until(lambda: look(app).last_error)
    assert "without claims.finish" in (look(app).last_error or "")
    assert look(app).done_at is None


def test_a_row_whose_workers_all_died_is_given_up(app: Flask, worker: Worker, handle: Handle) -> None:
    handle(finish)
    with app.app_context(), transaction():
        jobs.add("test", "1")
        db.session.execute(text("UPDATE job SET attempts = :n"), {"n": claims.MAX_SILENT_ATTEMPTS})
    wait_until(lambda: look(app).dead_at)
    assert look(app).done_at is None


def test_a_row_that_failed_for_hours_is_still_done_when_its_cause_is_gone(
    app: Flask, worker: Worker, handle: Handle
) -> None:
    handle(finish)
    with app.app_context(), transaction():
        jobs.add("test", "1")
        tried = {"n": claims.MAX_SILENT_ATTEMPTS * 2}
        db.session.execute(text("UPDATE job SET attempts = :n, last_error = 'no timestamp authority answers'"), tried)
    wait_until(lambda: look(app).done_at)


def test_a_row_that_failed_for_a_day_is_given_up(app: Flask, worker: Worker, handle: Handle) -> None:
    handle(finish)
    with app.app_context(), transaction():
        jobs.add("test", "1")
        tried = {"n": claims.MAX_ATTEMPTS}
        db.session.execute(text("UPDATE job SET attempts = :n, last_error = 'no timestamp authority answers'"), tried)
    wait_until(lambda: look(app).dead_at)
    assert look(app).done_at is None


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])  # whose claim is renewed is the worker's matter
def test_slow_work_keeps_its_claim(app: Flask, handle: Handle) -> None:
    """Three leases long: nobody else gets it meanwhile."""
    worker = Worker(app, lease=timedelta(seconds=LEASE), tick_seconds=3600)
    worker.start()
    go, begun = threading.Event(), threading.Event()

    def slow(claim: Claim, payload: dict[str, Any]) -> None:
        begun.set()
        assert go.wait(30)
        finish(claim, payload)

    handle(slow)
    ask(app)
    assert begun.wait(10)
    first = look(app).lease_until
    assert first is not None
    wait_until(lambda: clock.now() > first + timedelta(seconds=2 * LEASE), 20)
    with app.app_context():
        taken = claims.take(Job, worker="other", limit=10)
        assert "test" not in {db.session.get_one(Job, claim.id).kind for claim in taken}  # others come by the clock
    go.set()
    wait_until(lambda: look(app).done_at)
    worker.stop()
    assert look(app).attempts == 1


def test_more_work_than_threads_is_all_done(app: Flask, worker: Worker, handle: Handle) -> None:
    handle(finish)
    ask(app, count=30)

    def left() -> int:
        with app.app_context():
            return len(db.session.scalars(select(Job).where(Job.kind == "test", Job.done_at.is_(None))).all())

    wait_until(lambda: left() == 0, 30)


def test_the_house_is_kept(app: Flask) -> None:
    with app.app_context():
        with clock.frozen(clock.now() - timedelta(days=2)), transaction():
            live.publish("stage:1", "old")
        with transaction():
            live.publish("stage:1", "new")
    worker = Worker(app, tick_seconds=3600)
    worker.start()
    wait_until(lambda: look(app, "housekeeping").done_at)
    worker.stop()
    with app.app_context():
        assert [update.kind for update in db.session.scalars(select(LiveUpdate))] == ["new"]


def test_stopping_waits_for_what_was_begun(app: Flask, handle: Handle) -> None:
    begun = threading.Event()

    def slow(claim: Claim, payload: dict[str, Any]) -> None:
        begun.set()
        stopping.wait(10)
        finish(claim, payload)

    stopping = threading.Event()
    handle(slow)
    worker = Worker(app, tick_seconds=3600)
    worker.start()
    ask(app)
    assert begun.wait(10)
    ending = threading.Thread(target=worker.stop)
    ending.start()
    stopping.set()
    ending.join(10)
    assert look(app).done_at is not None


def test_slow_work_holds_up_no_other(app: Flask, worker: Worker, handle_slow: Handle, handle: Handle) -> None:
    over = threading.Event()

    def lasting(claim: Claim, payload: dict[str, Any]) -> None:
        assert over.wait(30)
        finish(claim, payload)

    handle_slow(lasting)
    handle(finish)
    ask(app, "slow", count=3)
    ask(app)
    try:
        wait_until(lambda: look(app).done_at)
        assert attempts(app, "slow") == [1, 1, 0]
    finally:
        over.set()
    wait_until(lambda: attempts(app, "slow") == [1, 1, 1])


def test_mails_to_many_hold_up_no_other(app: Flask, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def lasting(claim: Claim, payload: Mapping[str, Any]) -> None:
        assert over.wait(30)
        done(claim, payload)

    def done(claim: Claim, payload: Mapping[str, Any]) -> None:
        with transaction():
            claims.finish(claim, payload={})

    monkeypatch.setattr(outbox, "_many", {"many"})
    monkeypatch.setattr(outbox, "_carriers", {"many": lasting, "one": done})
    with app.app_context(), transaction():
        for kind in (*["many"] * 5, "one"):
            outbox.add(kind, to="a@example.test", locale="en", chain="cer_1")

    def are_done(kind: str) -> list[bool]:
        with app.app_context():
            asked = select(OutboxMessage.done_at).filter_by(kind=kind)
            return [at is not None for at in db.session.scalars(asked)]

    try:
        wait_until(lambda: are_done("one") == [True])
        assert are_done("many") == [False] * 5
    finally:
        over.set()
    wait_until(lambda: are_done("many") == [True] * 5)


def test_a_worker_that_stops_hands_slow_work_over_and_that_is_no_failure(app: Flask, handle_slow: Handle) -> None:
    begun, seen = threading.Event(), []

    def lasting(claim: Claim, _payload: dict[str, Any]) -> None:
        begun.set()
        while True:
            stopping.wait(0.01)
            with transaction():
                claims.hold(claim)

    def short(claim: Claim, payload: dict[str, Any]) -> None:
        seen.append(claim.tries)
        finish(claim, payload)

    stopping = threading.Event()
    handle_slow(lasting)
    first = Worker(app, tick_seconds=3600)
    first.start()
    ask(app, "slow")
    assert begun.wait(10)
    first.stop()
    handle_slow(short)
    second = Worker(app, tick_seconds=3600)
    second.start()
    wait_until(lambda: look(app, "slow").done_at)
    second.stop()
    assert seen == [1]


@pytest.mark.slow
class TestProcesses:
    """Real processes, which are killed and frozen."""

    @pytest.fixture
    def start(
        self, app: Flask, product: Settings, processes: ForkedProcesses, tmp_path: Path
    ) -> Callable[..., Running]:
        def start_one(*, wait: bool = True, lease: float = LEASE) -> Running:
            started = processes.fork("tests.web.job_worker", tmp_path, lease, env=environment(product))
            if wait:
                started.wait_for_output("working", 60)
            return started

        return start_one

    def test_a_killed_workers_job_is_taken_over(
        self, app: Flask, start: Callable[..., Running], tmp_path: Path
    ) -> None:
        first = start()
        ask(app, "paced")
        wait_until(lambda: (tmp_path / f"begun-{first.pid}").exists(), 30)
        second = start()
        (tmp_path / f"go-{second.pid}").touch()
        first.kill()
        wait_until(lambda: look(app, "paced").done_at, 30)
        assert done_by(app) == [str(second.pid)]
        assert look(app, "paced").attempts >= 2

    def test_a_worker_that_starts_does_not_wait_for_the_lease_of_a_dead_one(
        self, app: Flask, start: Callable[..., Running], tmp_path: Path
    ) -> None:
        first = start(lease=3600)
        ask(app, "paced")
        wait_until(lambda: (tmp_path / f"begun-{first.pid}").exists(), 30)
        first.kill()
        second = start(lease=3600)
        (tmp_path / f"go-{second.pid}").touch()
        wait_until(lambda: look(app, "paced").done_at, 30)
        assert done_by(app) == [str(second.pid)]
        assert "took_over" in second.output()

    def test_a_worker_that_starts_leaves_a_living_one_its_job(
        self, app: Flask, start: Callable[..., Running], tmp_path: Path
    ) -> None:
        first = start(lease=3600)
        ask(app, "paced")
        wait_until(lambda: (tmp_path / f"begun-{first.pid}").exists(), 30)
        second = start(lease=3600)
        ask(app, "quick")
        wait_until(lambda: look(app, "quick").done_at, 30)
        assert (look(app, "paced").attempts, look(app, "paced").done_at) == (1, None)
        (tmp_path / f"go-{first.pid}").touch()
        wait_until(lambda: look(app, "paced").done_at, 30)
        assert str(first.pid) in done_by(app)
        assert second.stop() == 0

    def test_a_frozen_workers_job_is_taken_over_and_its_late_finish_refused(
        self, app: Flask, product: Settings, start: Callable[..., Running], tmp_path: Path
    ) -> None:
        first = start()
        ask(app, "paced")
        wait_until(lambda: (tmp_path / f"begun-{first.pid}").exists(), 30)
        freeze_between_transactions(first, product.sqlalchemy_url)
        second = start()
        (tmp_path / f"go-{second.pid}").touch()
        wait_until(lambda: look(app, "paced").done_at, 30)
        (tmp_path / f"go-{first.pid}").touch()
        first.thaw()
        first.wait_for_output("claim_lost")
        assert done_by(app) == [str(second.pid)]
        with app.app_context():
            assert audit.find_head("cer_1")[0] == 1
        assert first.stop() == 0

    def test_four_processes_do_each_job_once(self, app: Flask, start: Callable[..., Running]) -> None:
        started = [start(wait=False) for _ in range(4)]
        for process in started:
            process.wait_for_output("working", 60)
        ask(app, "quick", count=120)
        wait_until(lambda: len(done_by(app)) >= 120, 60)
        for process in started:
            assert process.stop() == 0, process.output()
        with app.app_context():
            subjects = Counter(db.session.scalars(select(AuditEntry.subject_id).filter_by(action="test.done")))
        assert len(subjects) == 120
        assert set(subjects.values()) == {1}


def test_a_teller_that_fails_keeps_none_behind_it_from_telling_and_is_logged(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    broken = [True]

    def fails() -> None:
        with transaction():
            live.publish("stage:1", "half")
            if broken[0]:
                raise RuntimeError("a private word")

    def behind() -> None:
        with transaction():
            told.append(str(live.publish("stage:2", "test")))

    monkeypatch.setattr(live, "_tellers", [fails, behind])
    made = Worker(app)
    with capture_logs() as logs:
        for _ in range(3):
            made.tell()
    assert told == ["1", "2", "3"]
    with app.app_context():
        assert live.find_seq("stage:1") == 0
    # Said once while it lasts, and without what the error says.
    [line] = [each for each in logs if each["event"] == "work.not_told"]
    assert line["teller"].endswith("fails")
    assert line["error"] == "RuntimeError"
    assert "private" not in str(line)
    broken[0] = False
    with capture_logs() as logs:
        made.tell()
    assert [each["event"] for each in logs] == ["work.told_again"]
