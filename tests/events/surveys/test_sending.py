"""A survey is sent once to each who came, whoever tries, and not before its moment; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import audit, clock, jobs, outbox
from core.db import db, transaction
from core.errors import Conflict
from core.outbox import OutboxMessage
from events.registration import privacy_service
from events.registration import service as registrations
from events.surveys import queries, sending, service
from events.surveys.rules import Phase, Reach
from tests.events.registration.test_deciding import work_off
from tests.events.surveys.conftest import AFTER, World, tick
from tests.support import conference, doors


def mails() -> list[OutboxMessage]:
    db.session.remove()
    return list(db.session.scalars(select(OutboxMessage).filter_by(kind=sending.MAIL)))


def phase(survey_id: str) -> Phase:
    with clock.frozen(AFTER):
        found = queries.find_survey(survey_id)
    db.session.rollback()
    assert found is not None
    return found.phase


def test_only_who_came_is_asked_once_and_not_before_the_moment(world: World) -> None:
    survey_id = world.survey()
    tick(AFTER - timedelta(hours=10))
    assert (len(mails()), phase(survey_id)) == (0, Phase.WAITING)
    tick()
    tick(AFTER + timedelta(minutes=1))
    assert sorted(each.payload["registration"] for each in mails()) == sorted(world.came)
    assert phase(survey_id) is Phase.OPEN
    with transaction():  # whatever asks for it again
        jobs.add(sending.SEND, "once more", chain=world.open.id, survey=survey_id)
    with clock.frozen(AFTER + timedelta(minutes=2)):
        work_off()
    assert len(mails()) == 2


def test_who_is_known_to_have_come_only_later_is_asked_too(world: World) -> None:
    world.sent()
    with clock.frozen(AFTER + timedelta(minutes=5)):
        doors.phone(world.open).scan(world.absent)
    tick(AFTER + timedelta(minutes=6))
    assert len(mails()) == 2
    tick(AFTER + timedelta(minutes=61))
    assert len(mails()) == 3


def test_everybody_with_a_place_is_asked_where_that_is_wanted_and_of_chosen_venues_alone(world: World) -> None:
    with clock.frozen(AFTER - timedelta(hours=13)):
        doors.register(world.open, venue="london")
    world.sent(reach=Reach.CONFIRMED, venues=(world.open.venue("chengdu").id,))
    assert {each.payload["registration"] for each in mails()} == {*world.came, world.absent}


def test_a_survey_whose_start_was_taken_back_is_not_sent(world: World) -> None:
    survey_id = world.survey()
    service.stop(survey_id, conference_id=world.open.id, by=conference.ORGANISER)
    tick()
    assert (len(mails()), phase(survey_id)) == (0, Phase.DRAFT)


def test_the_mail_has_the_link_of_one_person_and_says_whether_it_is_anonymous(world: World) -> None:
    world.sent(anonymous=True)
    with clock.frozen(AFTER):
        [first, other] = [outbox.render(each.kind, each.payload) for each in mails()]
    assert "匿名" in first.text
    links = {word for mail in (first, other) for word in mail.text.split() if "/survey/" in word}
    assert len(links) == 2


def test_who_deleted_their_data_meanwhile_is_not_written_to(world: World) -> None:
    world.sent()
    with clock.frozen(AFTER):
        privacy_service.erase(world.came[0], by=conference.ORGANISER)
        [left] = [each for each in mails() if each.done_at is None]
    assert left.payload["registration"] == world.came[1]


def test_it_closes_by_itself_and_the_trail_says_how_many_answered(world: World) -> None:
    survey_id = world.sent(days_open=1)
    tick(AFTER + timedelta(days=1, minutes=1))
    lines = [each for each in audit.list_lines(world.open.id) if '"survey.closed"' in each]
    assert len(lines) == 1
    assert '"answered":0,"asked":2' in lines[0]
    tick(AFTER + timedelta(days=1, minutes=2))
    assert len([each for each in audit.list_lines(world.open.id) if '"survey.closed"' in each]) == 1
    with pytest.raises(Conflict, match="survey_started"):
        service.remove(survey_id, conference_id=world.open.id, by=conference.ORGANISER)


def test_who_withdrew_and_never_came_is_not_asked(world: World) -> None:
    with clock.frozen(AFTER - timedelta(hours=13)):
        registrations.withdraw(world.absent, by=conference.ORGANISER)
    world.sent(reach=Reach.CONFIRMED)
    assert {each.payload["registration"] for each in mails()} == set(world.came)
