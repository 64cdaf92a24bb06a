from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core import claims, clock, jobs, outbox
from core.claims import LEASE, MAX_ATTEMPTS, Claim, ClaimLost
from core.config import Settings
from core.db import WriteOutsideTransaction, db, transaction
from core.jobs import Job
from core.outbox import Mail, OutboxMessage
from tests.support.core_app import environment
from tests.support.forks import ForkedProcesses
from tests.support.waiting import wait_until


def add(count: int = 1, **later: int) -> None:
    with transaction():
        for number in range(count):
            jobs.add("test", str(number), due_at=clock.now() + timedelta(**later) if later else None)


def take(limit: int = 1) -> list[Claim]:
    return claims.take(Job, worker="w", limit=limit)


def finish(claim: Claim) -> None:
    with transaction():
        claims.finish(claim)


def row() -> Job:
    return db.session.scalars(select(Job).execution_options(populate_existing=True)).one()


def test_a_row_is_given_to_one(context: Flask) -> None:
    add()
    [claim] = take()
    assert take() == []
    finish(claim)
    assert row().done_at is not None
    assert take() == []


def test_no_more_are_given_than_asked_for_and_the_oldest_first(context: Flask) -> None:
    now = clock.now()
    for age in (1, 3, 2):
        with clock.frozen(now - timedelta(hours=age)), transaction():
            jobs.add("test", str(age))
    first = take(limit=2)
    keys = [db.session.get_one(Job, claim.id).key for claim in first]
    assert sorted(keys) == ["2", "3"]
    assert len(take(limit=5)) == 1


def test_what_is_not_due_waits(context: Flask) -> None:
    add(hours=1)
    assert take() == []
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert len(take()) == 1


def test_a_claim_that_ran_out_is_taken_over_and_the_late_finish_refused(context: Flask) -> None:
    add()
    [late] = take()
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        [second] = take()
        for act in (lambda: finish(late), lambda: claims.renew(late), lambda: claims.give_back(late, error="x")):
            with pytest.raises(ClaimLost):
                act()
        assert row().done_at is None
        finish(second)
    assert row().attempts == 2


def test_a_late_worker_keeps_nothing_of_what_it_wrote(context: Flask) -> None:
    add()
    [late] = take()
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        take()
        with pytest.raises(ClaimLost), transaction():
            jobs.add("follow-up", "1")
            claims.finish(late)
    assert [job.kind for job in db.session.scalars(select(Job))] == ["test"]


def test_a_renewed_claim_is_not_taken_over(context: Flask) -> None:
    add()
    [claim] = take()
    with clock.frozen(clock.now() + LEASE / 2):
        claims.renew(claim)
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        assert take() == []


def test_a_claim_held_in_a_transaction_is_ours_until_the_commit(context: Flask) -> None:
    add()
    [claim] = take()
    with pytest.raises(WriteOutsideTransaction):
        claims.hold(claim)
    with clock.frozen(clock.now() + LEASE - timedelta(seconds=1)), transaction():
        claims.hold(claim)
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        assert take() == []


def test_a_failure_is_tried_again_later_and_later(context: Flask) -> None:
    add()
    now, waits = clock.now(), []
    for _ in range(4):
        with clock.frozen(now):
            [claim] = take()
            claims.give_back(claim, error="the mail server hung up")
            waits.append((row().due_at - now).total_seconds())
            assert take() == []
        now = row().due_at
    assert waits == [2, 4, 8, 16]
    assert row().last_error == "the mail server hung up"


def test_after_many_failures_it_is_given_up_for_good(context: Flask) -> None:
    add()
    now = clock.now()
    for _ in range(MAX_ATTEMPTS):
        with clock.frozen(now):
            [claim] = take()
            claims.give_back(claim, error="no")
        now = row().due_at
    with clock.frozen(now + timedelta(days=9)):
        assert take() == []
    assert row().dead_at is not None


def test_what_can_never_work_is_not_tried_again(context: Flask) -> None:
    add()
    [claim] = take()
    claims.give_back(claim, error="no such mailbox", retry=False)
    with clock.frozen(clock.now() + timedelta(days=9)):
        assert take() == []


def test_a_done_row_can_not_be_done_again(context: Flask) -> None:
    add()
    [claim] = take()
    finish(claim)
    with pytest.raises(ClaimLost):
        finish(claim)


def test_a_message_is_kept_with_its_change_or_not_at_all(context: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        outbox.add("code", to="jane@example.com", locale="en", chain="cer_1", code="123456")
        raise ZeroDivisionError
    with transaction():
        message_id = outbox.add("code", to="jane@example.com", locale="en", chain="cer_1", code="123456")
    [message] = db.session.scalars(select(OutboxMessage))
    assert (message.id, message.recipient, message.payload) == (message_id, "jane@example.com", {"code": "123456"})


def test_a_message_is_rendered_by_who_registered_its_kind() -> None:
    @outbox.renders("test-kind")
    def render(payload: dict[str, object]) -> Mail:
        return Mail(subject=f"code {payload['code']}", text="t", html="h")

    assert outbox.render("test-kind", {"code": 7}).subject == "code 7"
    with pytest.raises(KeyError):
        outbox.render("nobody-registered-this", {})


def test_periodic_work_is_asked_for_once_in_each_slot(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_periods", {"hourly": timedelta(hours=1)})
    now = clock.parse_iso("2026-07-01T02:10:00.000Z")
    for minutes in (0, 10, 49, 51, 70):
        with clock.frozen(now + timedelta(minutes=minutes)):
            jobs.ask_periodic()
    assert len(db.session.scalars(select(Job)).all()) == 2
    with clock.frozen(now):
        for claim in take(limit=9):
            finish(claim)
    with transaction():
        jobs.forget_periodic(before=now + timedelta(minutes=1))
    assert len(db.session.scalars(select(Job)).all()) == 1


def worked_off(mode: str, app: Flask, settings: Settings, processes: ForkedProcesses, folder: Path) -> Counter[str]:
    """How often each of 500 rows was given to one of four processes."""
    with app.app_context():
        add(500)
    logs = [folder / f"done-{number}" for number in range(4)]
    begin = folder / "begin"
    started = [processes.fork("tests.core.claim_worker", mode, log, begin, env=environment(settings)) for log in logs]
    wait_until(lambda: all(log.exists() for log in logs), 60, what="all four being ready")
    begin.touch()
    for process in started:
        assert process.wait() == 0, process.output()
    return Counter(line for log in logs for line in log.read_text().split())


@pytest.mark.slow
def test_four_processes_do_no_row_twice(
    app: Flask, settings: Settings, processes: ForkedProcesses, tmp_path: Path
) -> None:
    given = worked_off("claims", app, settings, processes, tmp_path)
    assert len(given) == 500
    assert set(given.values()) == {1}


@pytest.mark.slow
def test_four_processes_without_claims_do_rows_twice(
    app: Flask, settings: Settings, processes: ForkedProcesses, tmp_path: Path
) -> None:
    given = worked_off("naive", app, settings, processes, tmp_path)
    assert len(given) == 500
    assert max(given.values()) > 1
