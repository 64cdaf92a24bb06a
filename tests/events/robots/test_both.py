"""What robots are told is told once on both databases: after an outage, and by two workers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import claims, clock, outbox
from core.db import db
from core.outbox import OutboxMessage
from events.conferences.queries import ConferenceView
from events.robots import queries, sending, service
from tests.events.registration.test_deciding import enter
from tests.events.robots.test_sending import add, deliver, dingtalk, outcomes, sweep, waiting
from tests.support.conference import ORGANISER
from tests.support.robots import RobotService

__all__ = ["dingtalk"]


def test_after_an_outage_one_message_comes_and_then_one_with_all_the_rest(
    conference: ConferenceView, dingtalk: RobotService
) -> None:
    robot_id = add(conference, dingtalk)
    enter(conference, 1)
    sweep()
    dingtalk.next.append(lambda handler: handler.stop_half())
    assert deliver() == ["robot_away"]
    for number in (2, 3, 4):
        enter(conference, number)
        sweep()
    later = clock.now() + timedelta(minutes=5)
    with clock.frozen(later):
        assert deliver() == []
        sweep()
        deliver()
    assert ["1 人" in dingtalk.texts[0], "3 人" in dingtalk.texts[1], len(dingtalk.texts)] == [True, True, 2]
    assert outcomes(robot_id) == [["robot_taken"], ["robot_away", "robot_taken"]]


def test_a_message_that_a_second_worker_brings_too_is_done_once_in_the_books(
    conference: ConferenceView, dingtalk: RobotService
) -> None:
    robot_id = add(conference, dingtalk)
    service.send_test(robot_id, conference_id=conference.id, by=ORGANISER)
    [slow] = waiting()
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        assert deliver() == []
        with pytest.raises(claims.ClaimLost):
            sending.carry(slow, {"message": queries.list_messages(robot_id)[0].id})
    assert outcomes(robot_id) == [["robot_taken"]]
    ids = {row.id for row in db.session.scalars(select(OutboxMessage).filter_by(kind=sending.KIND))}
    assert [each.is_sent for each in outbox.list_ends(ids).values()] == [True]
