"""Whoever registers in public proves the mail address by one press; what nobody proves in time gives its place back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock, config, jobs
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import Conflict
from core.outbox import OutboxMessage
from events.conferences.queries import ConferenceView
from events.registration import jobs as work
from events.registration import mails, queries, rules, service
from events.registration.rules import RegistrationState
from events.registration.service import Changes, Door
from tests.events.registration.test_deciding import enter, state, work_off
from tests.events.registration.test_registering import GUEST, set_capacity
from tests.support.conference import ORGANISER, someone

HOURS = timedelta(hours=72)


def sweep(after: timedelta) -> None:
    """What the worker does every five minutes, so much later."""
    with clock.frozen(clock.now() + after):
        with transaction():
            jobs.add(work.SWEEP, clock.now().isoformat())
        work_off()


def deadline(registration_id: str) -> timedelta | None:
    found = queries.get_registration(registration_id)
    db.session.rollback()
    return found.prove_by - found.created_at if found.prove_by else None


def test_who_proves_nothing_gives_the_place_to_who_waits(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second = enter(conference, 1), enter(conference, 2)
    service.vouch(second, by=ORGANISER)
    sweep(HOURS - timedelta(minutes=1))
    assert state(first) is RegistrationState.CONFIRMED
    sweep(HOURS + timedelta(minutes=1))
    assert state(first) is RegistrationState.WITHDRAWN
    offered = queries.get_registration(second).offered_until
    assert offered is not None
    kinds = list(db.session.scalars(select(OutboxMessage.kind).filter_by(recipient="person1@example.com")))
    assert kinds == ["registration_confirmed", "registration_unproved"]
    text = mails.unproved({"registration": first}).text
    assert "没有按时确认邮箱" in text
    assert f"/c/{conference.code}/register" in text
    # The address is free again: the person may register anew.
    db.session.rollback()
    assert state(enter(conference, 1)) is RegistrationState.WAITLISTED


@pytest.mark.parametrize(("how", "noted"), [("prove", "proved"), ("vouch", "vouched")])
def test_who_proved_or_is_vouched_for_stays(conference: ConferenceView, how: str, noted: str) -> None:
    person = enter(conference, 1)
    for _ in range(2):
        getattr(service, how)(person, by=GUEST)
    sweep(HOURS * 2)
    assert state(person) is RegistrationState.CONFIRMED
    actions = list(db.session.scalars(select(AuditEntry.action).filter_by(subject_id=person)))
    assert actions[1:] == [f"registration.{noted}"], "twice is once"


def test_who_the_team_or_a_door_registers_need_not_prove(conference: ConferenceView) -> None:
    for number, named in enumerate(({"door": Door.TEAM}, {"door": Door.PHONE})):
        made = service.register(conference.id, someone(conference, number), by=ORGANISER, **named)
        assert deadline(made.id) is None
    decided = service.register(conference.id, someone(conference, 8, approved=True), by=ORGANISER)
    assert deadline(decided.id) is None
    given = deadline(enter(conference, 9))
    assert given
    assert HOURS - timedelta(minutes=1) < given <= HOURS


def test_nobody_has_to_where_the_setting_says_so(conference: ConferenceView) -> None:
    before = config.settings()
    config.use(before.model_copy(update={"prove_hours": 0}))
    try:
        assert deadline(enter(conference, 1)) is None
    finally:
        config.use(before)


def test_a_new_address_is_not_proved_and_costs_nobody_the_place(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    service.prove(person, by=GUEST)
    service.change(person, Changes(email="new@example.com"), by=GUEST)
    found = queries.get_registration(person)
    assert (found.proved_at, found.prove_by) == (None, None)


def test_who_left_cannot_prove_any_more(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    service.withdraw(person, by=GUEST)
    for act in (service.prove, service.vouch):
        with pytest.raises(Conflict) as refused:
            act(person, by=GUEST)
        assert refused.value.code == "registration_withdrawn"


def test_the_confirmation_asks_for_the_proof_until_it_is_there(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    asking = mails.confirmed({"registration": person}).text
    service.prove(person, by=GUEST)
    quiet = mails.confirmed({"registration": person}).text
    assert "否则报名会自动取消" in asking
    assert "否则报名会自动取消" not in quiet
    assert "确认邮箱" not in quiet


def test_the_time_to_prove_ends_in_the_middle_of_what_is_left_and_never_within_the_last_hour() -> None:
    now = clock.now()
    hour = timedelta(hours=1)
    assert rules.prove_by(now, None, HOURS) == now + HOURS
    assert rules.prove_by(now, now + 30 * 24 * hour, HOURS) == now + HOURS
    assert rules.prove_by(now, now + 10 * hour, HOURS) == now + 5 * hour
    assert rules.prove_by(now, now + hour, HOURS) == now + hour / 2
    assert rules.prove_by(now, now + hour / 2, HOURS) is None
    assert rules.prove_by(now, now - hour, HOURS) is None
    assert rules.prove_by(now, None, timedelta(0)) is None
