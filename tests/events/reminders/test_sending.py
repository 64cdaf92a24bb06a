"""Who is sent a reminder, and who is not: each person once by each rule, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, select

from core import audit, clock, jobs
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound
from core.jobs import Job
from core.outbox import OutboxMessage
from core.seen import PlanChanged
from events.conferences import publishing
from events.conferences.models import AgendaItem
from events.conferences.queries import ConferenceView
from events.registration import service as registrations
from events.registration.models import Registration
from events.reminders import mails as _mails  # noqa: F401
from events.reminders import queries, service, work
from events.reminders.models import Reminder, ReminderRun
from events.reminders.rules import Anchor, Rule, Scope, Timing
from tests.events.registration.test_deciding import enter, work_off
from tests.events.registration.test_registering import GUEST
from tests.events.reminders.conftest import DAY, add, begins, rule, tick
from tests.support.conference import ORGANISER
from tests.support.databases import SQLITE

Moment = Callable[..., datetime]


@pytest.fixture
def database_kind() -> str:
    """What both databases do alike is looked at on one (test_both.py has the rest)."""
    return SQLITE


def sent(conference: ConferenceView) -> list[str]:
    """To whom mails of rules were written, once for each mail."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).filter_by(chain=conference.id, kind="reminder"))
    return sorted(row.recipient.removesuffix("@example.com") for row in rows)


def acts(conference: ConferenceView) -> list[str]:
    rows = select(audit.AuditEntry.action).filter_by(chain=conference.id).order_by(audit.AuditEntry.seq)
    return [each for each in db.session.scalars(rows) if each.startswith("reminder.")]


def send_now(conference: ConferenceView, rule_id: str, people: int) -> None:
    service.send_now(rule_id, conference_id=conference.id, people=people, by=ORGANISER)


def test_each_venue_has_its_own_moment(conference: ConferenceView, day_before: Moment) -> None:
    """Tea in London is at 08:30 there, half an hour after the opening at 15:00 in Chengdu in summer."""
    enter(conference, 1)
    enter(conference, 2, venue="london")
    add(conference)
    first, second = sorted((begins(conference), begins(conference, "london")))
    tick(min(first, second) - timedelta(days=1))
    tick(max(first, second) - timedelta(days=1))
    assert sent(conference) == ["person1", "person2"]


def test_who_withdrew_or_gave_no_address_is_sent_nothing(conference: ConferenceView, day_before: Moment) -> None:
    gone, silent = enter(conference, 1), enter(conference, 2)
    registrations.withdraw(gone, by=GUEST)
    with transaction():
        db.session.get_one(Registration, silent).email = ""
    add(conference)
    tick(day_before())
    assert sent(conference) == []


def test_who_registers_after_the_moment_is_sent_nothing_late(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    add(conference)
    tick(day_before())
    with clock.frozen(day_before(30)):
        enter(conference, 2)
    tick(day_before(31))
    tick(day_before(1200))
    assert sent(conference) == ["person1"]


def test_who_registers_between_a_moment_and_a_late_run_is_sent_nothing(
    conference: ConferenceView, day_before: Moment
) -> None:
    enter(conference, 1)
    add(conference)
    with clock.frozen(day_before(30)):
        enter(conference, 2)
    tick(day_before(60))
    assert sent(conference) == ["person1"]


def test_a_moment_that_was_slept_through_is_made_up_for_before_the_beginning(conference: ConferenceView) -> None:
    enter(conference, 1)
    add(conference)
    tick(begins(conference) - timedelta(minutes=1))
    assert sent(conference) == ["person1"]
    [message] = db.session.scalars(select(OutboxMessage).filter_by(kind="reminder"))
    assert message.good_until == begins(conference)


def test_after_the_beginning_nothing_is_sent_and_that_is_said(conference: ConferenceView) -> None:
    enter(conference, 1)
    rule_id = add(conference, rule(scope=Scope.HALLS))
    late = max(begins(conference), begins(conference, "london"))
    tick(late)
    tick(late + timedelta(minutes=1))
    assert sent(conference) == []
    assert acts(conference) == ["reminder.added", "reminder.missed", "reminder.missed"]
    assert all(run.missed for found in queries.list_runs([rule_id]).values() for run in found)


def test_a_rule_that_comes_too_late_does_not_fire_at_once(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    with clock.frozen(day_before(5)):
        add(conference)
    tick(day_before(6))
    assert sent(conference) == []


def test_a_rule_moved_to_later_is_not_sent_twice(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    rule_id = add(conference)
    tick(day_before())
    with clock.frozen(day_before(10)):
        enter(conference, 2)
        service.change(rule_id, rule(60), conference_id=conference.id, by=ORGANISER)
    tick(day_before(11))
    assert sent(conference) == ["person1"]
    tick(begins(conference) - timedelta(hours=1))
    assert sent(conference) == ["person1", "person2"]


def test_a_rule_moved_to_before_now_does_not_fire_at_once(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    rule_id = add(conference, rule(60))
    with clock.frozen(day_before(10)):
        service.change(rule_id, rule(DAY), conference_id=conference.id, by=ORGANISER)
    tick(day_before(11))
    assert sent(conference) == []


def test_other_words_do_not_send_it_again(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    rule_id = add(conference)
    tick(day_before())
    words = {"zh-CN": "明天见", "en": "Until tomorrow"}
    with clock.frozen(day_before(1)):
        service.change(rule_id, rule(words=words), conference_id=conference.id, by=ORGANISER)
    tick(day_before(2))
    assert sent(conference) == ["person1"]


def test_who_moved_online_gets_the_other_reminder(conference: ConferenceView, day_before: Moment) -> None:
    mover = enter(conference, 1)
    hall, room = add(conference, rule(scope=Scope.HALLS)), add(conference, rule(scope=Scope.ONLINE))
    registrations.move(mover, venue_id=conference.venue("cloud").id, by=GUEST)
    tick(day_before())
    assert sent(conference) == ["person1"]
    db.session.rollback()
    assert db.session.scalars(select(Reminder.rule_id)).all() == [room]
    assert hall != room


def test_paused_it_is_not_sent_and_what_passed_meanwhile_is_not_made_up_for(
    conference: ConferenceView, day_before: Moment
) -> None:
    enter(conference, 1)
    rule_id = add(conference)
    named = {"conference_id": conference.id, "by": ORGANISER}
    service.pause(rule_id, **named)  # type: ignore[arg-type]
    service.pause(rule_id, **named)  # type: ignore[arg-type]
    tick(day_before())
    with clock.frozen(day_before(5)):
        service.resume(rule_id, **named)  # type: ignore[arg-type]
    tick(day_before(6))
    assert sent(conference) == []
    assert acts(conference) == ["reminder.added", "reminder.paused", "reminder.resumed"]


def test_deleted_it_is_not_sent_and_what_waits_is_taken_back(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    rule_id = add(conference)
    tick(day_before())
    service.remove(rule_id, conference_id=conference.id, by=ORGANISER)
    [message] = db.session.scalars(select(OutboxMessage).filter_by(kind="reminder"))
    assert message.reason == "withdrawn"
    assert queries.list_rules(conference.id) == []
    with pytest.raises(NotFound):
        service.pause(rule_id, conference_id=conference.id, by=ORGANISER)


def test_nothing_is_sent_for_a_draft_or_for_what_is_called_off(conference: ConferenceView, day_before: Moment) -> None:
    enter(conference, 1)
    add(conference)
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    tick(day_before())
    assert sent(conference) == []


def test_sending_by_hand_is_held_to_the_number_that_was_shown(conference: ConferenceView) -> None:
    rule_id = add(conference)
    with pytest.raises(Conflict, match="reminder_nobody"):
        send_now(conference, rule_id, 0)
    enter(conference, 1)
    enter(conference, 2)
    with pytest.raises(Conflict, match="reminder_count_changed"):
        send_now(conference, rule_id, 1)
    send_now(conference, rule_id, 2)
    send_now(conference, rule_id, 2)  # pressed twice before a worker came
    work_off()
    assert sent(conference) == ["person1", "person2"]
    with clock.frozen(begins(conference) + timedelta(hours=3)), pytest.raises(Conflict, match="reminder_begun"):
        send_now(conference, rule_id, 0)


def test_a_published_move_of_the_day_moves_the_moment(conference: ConferenceView, day_before: Moment) -> None:
    """What stands in the draft alone moves nothing."""
    enter(conference, 1)
    add(conference)
    before = day_before()
    with transaction():
        for item in db.session.scalars(select(AgendaItem).filter_by(conference_id=conference.id)):
            item.starts_at += timedelta(hours=2)
            item.ends_at += timedelta(hours=2)
    assert begins(conference) - timedelta(days=1) == before
    publishing.publish(conference.id, by=ORGANISER)
    assert begins(conference) - timedelta(days=1) == before + timedelta(hours=2)
    tick(before)
    assert sent(conference) == []
    tick(before + timedelta(hours=2))
    assert sent(conference) == ["person1"]


def fixed(day: str, at: str, scope: Scope = Scope.ALL, **named: object) -> Rule:
    timing = Timing(Anchor.FIXED, 0, date.fromisoformat(day), time.fromisoformat(at))
    return Rule(timing, scope, **named)  # type: ignore[arg-type]


def test_a_fixed_moment_is_by_each_venues_clocks(conference: ConferenceView) -> None:
    enter(conference, 1)
    enter(conference, 2, venue="london")
    day = (begins(conference) - timedelta(days=2)).date()
    add(conference, fixed(day.isoformat(), "09:00", Scope.HALLS))
    in_chengdu = datetime.fromisoformat(f"{day}T01:00:00+00:00")
    tick(in_chengdu)
    assert sent(conference) == ["person1"]
    tick(in_chengdu + timedelta(hours=9))
    assert sent(conference) == ["person1", "person2"]


@pytest.mark.parametrize(
    ("day", "at", "code"), [("2027-03-28", "01:30", "no_such_time"), ("2027-10-31", "01:30", "time_twice")]
)
def test_times_that_london_does_not_have_once_are_refused(
    conference: ConferenceView, day: str, at: str, code: str
) -> None:
    london = conference.venue("london").id
    with pytest.raises(Invalid) as refused:
        add(conference, fixed(day, at, Scope.CHOSEN, venues=(london,)))
    assert [each.code for each in refused.value.problems] == [code]


def test_fixed_moments_in_the_past_or_behind_the_beginning_are_refused(conference: ConferenceView) -> None:
    for day, code in (("2020-01-01", "reminder_in_past"), ("2040-01-01", "reminder_after_beginning")):
        with pytest.raises(Invalid) as refused:
            add(conference, fixed(day, "09:00"))
        assert [each.code for each in refused.value.problems] == [code]


def test_a_rule_sent_twice_is_one_and_a_change_is_held_to_what_was_looked_at(conference: ConferenceView) -> None:
    first = service.add(conference.id, rule(), key="form", by=ORGANISER)
    assert service.add(conference.id, rule(), key="form", by=ORGANISER) == first
    seen = service.digest(rule())
    named = {"conference_id": conference.id, "by": ORGANISER, "looked_at": seen}
    service.change(first, rule(60), **named)  # type: ignore[arg-type]
    with pytest.raises(PlanChanged):
        service.change(first, rule(90), **named)  # type: ignore[arg-type]
    assert [each.rule.timing.minutes for each in queries.list_rules(conference.id)] == [60]


def test_the_same_moment_asked_for_twice_is_one_job(conference: ConferenceView, day_before: Moment) -> None:
    add(conference, replace(rule(), scope=Scope.ONLINE))
    with clock.frozen(day_before()):
        assert len(work.list_due()) == 1
        with transaction():
            db.session.execute(delete(ReminderRun))
        for number in (1, 2):
            with transaction():
                jobs.add(work.SWEEP, f"sweep{number}")
            work_off()
        assert work.list_due() == []
    db.session.rollback()
    assert len(db.session.scalars(select(Job).filter_by(kind=work.RUN)).all()) == 1
