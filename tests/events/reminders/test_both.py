"""What of sending the databases do each in their way: on both of them, and by several workers at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, ids, jobs
from core.claims import Claim, take
from core.db import db, transaction
from core.jobs import Job
from events.conferences.queries import ConferenceView
from events.reminders import queries, sending, work
from events.reminders.models import Reminder
from events.reminders.queries import Recipient
from events.reminders.rules import Group, Scope
from tests.events.registration.test_deciding import enter, work_off
from tests.events.registration.test_registering import set_capacity
from tests.events.reminders.conftest import add, rule, tick
from tests.events.reminders.test_sending import Moment, acts, send_now, sent

WORKERS = 4


def test_at_its_moment_everybody_of_the_venue_is_sent_it_once(conference: ConferenceView, day_before: Moment) -> None:
    for number in (1, 2):
        enter(conference, number)
    enter(conference, 3, venue="cloud")
    rule_id = add(conference, rule(scope=Scope.HALLS))
    tick(day_before(-1))
    assert sent(conference) == []
    tick(day_before())
    tick(day_before(1))
    tick(day_before(600))
    assert sent(conference) == ["person1", "person2"]
    assert acts(conference) == ["reminder.added", "reminder.sent"]
    [run] = queries.list_runs([rule_id])[rule_id, conference.venue("chengdu").id]
    assert (run.sent, run.missed) == (2, False)


def test_only_chosen_groups_and_audiences_are_reminded(conference: ConferenceView, day_before: Moment) -> None:
    set_capacity(conference, 1)
    enter(conference, 1)
    enter(conference, 2)  # waits
    enter(conference, 3, audience="guest")  # somebody decides
    add(conference, rule(groups=(Group.WAITLISTED,)))
    add(conference, rule(audiences=(conference.audience("guest").id,)))
    tick(day_before())
    assert sent(conference) == ["person2"]


def test_sent_by_hand_is_not_sent_again_at_its_moment(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    rule_id = add(conference)
    send_now(conference, rule_id, 1)
    work_off()
    enter(conference, 2)
    tick(day_before())
    assert sent(conference) == ["person1", "person2"]
    db.session.rollback()
    assert sorted(db.session.scalars(select(Reminder.by_hand))) == [False, True]
    assert acts(conference) == ["reminder.added", "reminder.asked", "reminder.sent", "reminder.sent"]


def test_many_are_sent_in_batches_and_a_worker_that_died_between_them_is_followed_by_another(
    conference: ConferenceView, day_before: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 3)
    for number in range(8):
        enter(conference, number)
    rule_id, hall = add(conference, rule(scope=Scope.HALLS)), conference.venue("chengdu").id
    with clock.frozen(day_before()):
        with transaction():
            jobs.add(work.RUN, "one", chain=conference.id, rule=rule_id, venue=hall)
        [claim] = take(Job, worker="first", limit=1, lease=timedelta(seconds=1))
        while _kind(claim) != work.RUN:
            [claim] = take(Job, worker="first", limit=1, lease=timedelta(seconds=1))
        assert sending.send_by_moment(claim, rule_id, hall) is not None
    assert len(sent(conference)) == 3  # and here the first one dies
    tick(day_before(5))
    tick(day_before(6))
    assert sent(conference) == sorted(f"person{number}" for number in range(8))


def test_a_mail_and_its_row_are_written_together_or_not_at_all(
    conference: ConferenceView, day_before: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(conference, 1)
    add(conference)
    with monkeypatch.context() as broken:
        broken.setattr(sending, "_record", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tick(day_before())
    db.session.rollback()
    assert sent(conference) == []
    assert db.session.scalars(select(Reminder)).all() == []
    tick(day_before(10))
    assert sent(conference) == ["person1"]


def test_counts_say_how_many_will_get_it_and_have_it(conference: ConferenceView, day_before: Moment) -> None:
    hall = conference.venue("chengdu").id
    enter(conference, 1)
    enter(conference, 2)
    enter(conference, 3, venue="cloud")
    add(conference, rule(scope=Scope.HALLS))
    [found] = queries.list_rules(conference.id)

    def counted() -> tuple[int, int]:
        db.session.rollback()
        counts = queries.count(conference.id, [found], now=clock.now())
        return counts.left(found.id, [hall]), counts.sent.get(found.id, 0)

    assert counted() == (2, 0)
    tick(day_before())
    assert counted() == (0, 2)


def send_at_once(app: Flask, conference: ConferenceView, rule_id: str, at: datetime) -> None:
    """Several workers who all looked who is left before any of them wrote: leases that ran out, clocks that differ."""
    hall = conference.venue("chengdu").id
    barrier, seen, look = threading.Barrier(WORKERS, timeout=60), threading.local(), queries.list_people

    def look_first(*_: object, **__: object) -> Sequence[Recipient]:
        return seen.people

    def one(claim: Claim) -> None:
        with app.app_context():
            [found] = queries.list_rules(conference.id)
            seen.people = look(found, hall, now=at, here_since=None, after="", limit=100)
            db.session.remove()
            barrier.wait()
            sending.send_by_hand(claim, rule_id, hall)
            db.session.remove()

    with transaction():
        for number in range(WORKERS):
            jobs.add(work.NOW, str(number), chain=conference.id, rule=rule_id, venue=hall)
    claims = [each for each in take(Job, worker="test", limit=100) if _kind(each) == work.NOW]
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(WORKERS) as pool:
        patched.setattr(queries, "list_people", look_first)
        list(pool.map(one, claims))


def _kind(claim: Claim) -> str:
    kind = db.session.get_one(Job, claim.id).kind
    db.session.rollback()
    return kind


PEOPLE = [f"person{number}" for number in range(6)]


def crowd(conference: ConferenceView) -> str:
    for number in range(len(PEOPLE)):
        enter(conference, number)
    return add(conference)


def test_several_workers_at_once_send_each_person_one_mail(app: Flask, conference: ConferenceView) -> None:
    rule_id = crowd(conference)
    send_at_once(app, conference, rule_id, clock.now())
    assert sent(conference) == PEOPLE


def test_without_the_key_of_rule_and_registration_everybody_is_sent_several(
    app: Flask, conference: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_id, reserve = crowd(conference), sending._reserve

    def heedless(
        rule_id: str, venue_id: str, people: Sequence[Recipient], **named: object
    ) -> list[tuple[Recipient, str]]:
        reserve(rule_id, venue_id, people, **named)  # type: ignore[arg-type]
        return [(each, ids.new("msg")) for each in people]

    monkeypatch.setattr(sending, "_reserve", heedless)
    send_at_once(app, conference, rule_id, clock.now())
    assert sent(conference) == sorted(PEOPLE * WORKERS)
