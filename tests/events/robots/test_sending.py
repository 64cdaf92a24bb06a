"""What happens to registrations reaches robots: once, in one message, after outages too; and no secret is kept open."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select, text

from core import audit, claims, clock, config, jobs, sealed
from core.claims import Claim
from core.config import Settings
from core.db import db, transaction
from core.jobs import Hopeless
from core.outbox import OutboxMessage
from events.conferences.queries import ConferenceView
from events.registration import service as registrations
from events.robots import queries, sending, service, work
from events.robots.rules import RobotKind, Topic, Wanted
from tests.events.registration.test_deciding import enter, work_off
from tests.support.conference import ORGANISER
from tests.support.databases import SQLITE
from tests.support.robots import RobotService, _Handler
from web import mail

SECRET = "SEC0123456789abcdef"


@pytest.fixture
def database_kind() -> str:
    """What differs between databases is in test_both.py."""
    return SQLITE


@pytest.fixture
def dingtalk(conference: ConferenceView) -> Iterator[RobotService]:
    with RobotService("dingtalk", secret=SECRET) as service, reaching(service):
        yield service


@contextmanager
def reaching(service: RobotService) -> Iterator[None]:
    before = config.settings()
    config.use(before.model_copy(update={"robot_hosts": (service.place,)}))
    yield
    config.use(before)


def add(
    conference: ConferenceView,
    there: RobotService,
    *,
    topics: tuple[Topic, ...] = tuple(Topic),
    has_names: bool = False,
    locale: str = "zh-CN",
) -> str:
    wanted = Wanted("会务组", locale, topics, has_names, there.url, there.secret)
    return service.add(conference.id, RobotKind(there.kind), wanted, key=f"key{there.server_port}", by=ORGANISER)


def sweep() -> None:
    """What a minute of a worker does, without the sending."""
    with transaction():
        jobs.add(work.SWEEP, clock.now().isoformat())
    work_off(work.SWEEP)


def waiting() -> list[Claim]:
    """The messages to robots that are due, claimed; mails stay."""
    taken = claims.take(OutboxMessage, worker="test", limit=100)
    kinds = {row.id: row.kind for row in db.session.scalars(select(OutboxMessage))}
    db.session.rollback()
    return [each for each in taken if kinds[each.id] == sending.KIND]


def deliver() -> list[str]:
    """Bring what is due as a worker would; the reasons of what failed."""
    reasons = []
    for claim in waiting():
        try:
            mail.deliver(claim)
        except claims.Failure as failure:
            claims.give_back(claim, error=str(failure), reason=failure.reason, retry=not isinstance(failure, Hopeless))
            reasons.append(failure.reason)
    db.session.rollback()
    return reasons


def outcomes(robot_id: str) -> list[list[str]]:
    """Of each message, the newest first, what its attempts came to."""
    return [[each.outcome for each in found.attempts] for found in queries.list_messages(robot_id)]


def test_what_happened_in_a_minute_is_one_message(conference: ConferenceView, dingtalk: RobotService) -> None:
    robot_id = add(conference, dingtalk)
    first = enter(conference, 1)
    enter(conference, 2)
    enter(conference, 3, audience="guest")
    registrations.withdraw(first, by=ORGANISER)
    sweep()
    assert deliver() == []
    [heard] = dingtalk.texts
    lines = heard.splitlines()
    assert lines[0] == "【样例双城大会】报名动态"
    assert "报名成功：2 人 · 成都会场 · 企业" in lines
    assert "等待审批：1 人 · 成都会场 · 嘉宾" in lines
    assert "退出：1 人 · 成都会场 · 企业" in lines
    assert "成都会场 · 企业：1 / 50" in lines
    assert lines[-1].endswith(f"/conferences/{conference.id}/registrations")
    assert "样例1" not in heard, "nobody allowed names"
    assert outcomes(robot_id) == [["robot_taken"]]
    sweep()
    deliver()
    assert len(dingtalk.texts) == 1, "nothing new, no message"


def test_what_was_there_before_the_robot_is_not_told(conference: ConferenceView, dingtalk: RobotService) -> None:
    enter(conference, 1)
    add(conference, dingtalk)
    sweep()
    assert waiting() == []


def test_names_are_told_where_the_lead_said_so_and_only_what_was_chosen(
    conference: ConferenceView, dingtalk: RobotService
) -> None:
    add(conference, dingtalk, has_names=True, topics=(Topic.MOVED,), locale="en")
    someone = enter(conference, 1, company_name="演示云帆")
    registrations.move(someone, venue_id=conference.venue("cloud").id, by=ORGANISER)
    sweep()
    deliver()
    [heard] = dingtalk.texts
    assert "Moved to Cloud room · Companies: 样例1 (演示云帆)" in heard
    assert "Registered:" not in heard


@pytest.mark.parametrize(
    ("answer", "reason", "is_tried_again"),
    [
        (lambda handler: handler.say({"status": 1111, "wait": 5}), "robot_busy", True),
        (lambda handler: handler.say({"errcode": 130101}), "robot_busy", True),
        (lambda handler: handler.say({}, 503), "robot_busy", True),
        (lambda handler: handler.say({"errmsg": "ok"}), "robot_unclear", True),
        (lambda handler: handler.wfile.write(b"x" * 100), "robot_away", True),
        (lambda handler: handler.say({"errcode": 300005}), "robot_settings", False),
        (lambda handler: handler.say({}, 404), "robot_refused", False),
        (lambda handler: handler.say({}, 302), "robot_refused", False),
    ],
)
def test_a_failure_is_written_down_and_tried_again_where_that_can_help(
    conference: ConferenceView,
    dingtalk: RobotService,
    answer: Callable[[_Handler], None],
    reason: str,
    is_tried_again: bool,
) -> None:
    robot_id = add(conference, dingtalk)
    service.send_test(robot_id, conference_id=conference.id, by=ORGANISER)
    dingtalk.next.append(answer)
    assert deliver() == [reason]
    [found] = queries.list_messages(robot_id)
    assert found.end is not None
    assert (found.end.is_dead, [each.outcome for each in found.attempts]) == (not is_tried_again, [reason])


def test_a_wrong_secret_is_refused_by_the_service_and_can_be_put_right(
    conference: ConferenceView, dingtalk: RobotService
) -> None:
    robot_id = add(conference, dingtalk)
    dingtalk.secret = "SECanother"
    enter(conference, 1)
    sweep()
    assert deliver() == ["robot_settings"]
    kept = Wanted("会务组", "zh-CN", tuple(Topic), False, "", "SECanother")
    service.change(robot_id, kept, conference_id=conference.id, by=ORGANISER)
    [found] = queries.list_messages(robot_id)
    service.send_again(robot_id, found.id, conference_id=conference.id, by=ORGANISER)
    assert deliver() == []
    assert "报名成功：1 人" in dingtalk.texts[0]


@pytest.mark.parametrize("kind", ["wecom", "feishu", "webhook"])
def test_the_other_services_take_a_test(conference: ConferenceView, kind: str) -> None:
    secret = "" if kind == "wecom" else SECRET
    with RobotService(kind, secret=secret) as there, reaching(there):
        robot_id = add(conference, there)
        service.send_test(robot_id, conference_id=conference.id, by=ORGANISER)
        assert deliver() == []
        if kind == "webhook":
            assert there.heard[0]["test"] is True
        else:
            assert "测试消息" in there.texts[0]


def test_a_webhook_hears_events_by_numbers_that_stay_the_same_when_sent_again(conference: ConferenceView) -> None:
    with RobotService("webhook", secret=SECRET) as there, reaching(there):
        robot_id = add(conference, there, has_names=True)
        someone = enter(conference, 1)
        sweep()
        deliver()
        service.send_again(robot_id, there.heard[0]["id"], conference_id=conference.id, by=ORGANISER)
        deliver()
    first, second = there.heard
    [event] = first["events"]
    assert (event["registration"], event["topic"], event["venue"], event["name"]) == (
        someone, "confirmed", "chengdu", "样例1")  # fmt: skip
    assert first["id"] != second["id"]
    assert second["events"] == first["events"]
    assert {"venue": "chengdu", "audience": "company", "capacity": 50, "taken": 1, "waiting": 0} in first["places"]
    assert there.headers[0]["X-Yunqian-Delivery"] == first["id"]


def test_neither_address_nor_secret_stands_in_the_database_the_trail_or_a_log(
    app: Flask, conference: ConferenceView, dingtalk: RobotService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    robot_id = add(conference, dingtalk)
    service.send_test(robot_id, conference_id=conference.id, by=ORGANISER)
    dingtalk.next.append(lambda handler: handler.say({"errcode": -1}))
    deliver()
    kept = ""
    for table in ("robot", "robot_message", "robot_attempt", "outbox_message"):
        kept += str(db.session.execute(text(f"SELECT * FROM {table}")).all())
    db.session.rollback()
    kept += "".join(audit.list_lines(conference.id)) + caplog.text
    assert "T0KEN" not in kept.replace("… 0KEN", "")
    assert SECRET not in kept
    view = queries.get_robot(robot_id, conference_id=conference.id)
    assert SECRET not in json.dumps(vars(view), default=str)


def test_a_secret_is_read_for_its_own_record_and_under_the_same_main_secret_alone(settings: Settings) -> None:
    config.use(settings)
    kept = sealed.seal("geheim", purpose="robot-secret", record_id="rob_1")
    assert sealed.unseal(kept, purpose="robot-secret", record_id="rob_1") == "geheim"
    assert sealed.seal("", purpose="robot-secret", record_id="rob_1") == ""
    for purpose, record, text_ in (
        ("robot-address", "rob_1", kept), ("robot-secret", "rob_2", kept), ("robot-secret", "rob_1", kept[:-8]),
        ("robot-secret", "rob_1", "not base64!"),
    ):  # fmt: skip
        with pytest.raises(sealed.SealBroken):
            sealed.unseal(text_, purpose=purpose, record_id=record)


def test_an_address_that_leads_inside_is_not_asked_even_if_it_was_saved(
    conference: ConferenceView, dingtalk: RobotService
) -> None:
    robot_id = add(conference, dingtalk)
    config.use(config.settings().model_copy(update={"robot_hosts": ()}))
    service.send_test(robot_id, conference_id=conference.id, by=ORGANISER)
    assert deliver() == ["robot_away"]
    assert dingtalk.asked == 0


def test_no_robot_is_asked_more_often_in_a_minute_than_its_service_takes(
    conference: ConferenceView, dingtalk: RobotService
) -> None:
    robot_id = add(conference, dingtalk)
    with clock.frozen(clock.now()):
        for _ in range(sending._MOST_A_MINUTE + 2):
            service.send_test(robot_id, conference_id=conference.id, by=ORGANISER)
        assert deliver() == ["robot_busy"] * 2
    assert dingtalk.asked == sending._MOST_A_MINUTE


def test_what_is_paused_or_removed_hears_nothing(conference: ConferenceView, dingtalk: RobotService) -> None:
    robot_id = add(conference, dingtalk)
    service.pause(robot_id, conference_id=conference.id, by=ORGANISER)
    enter(conference, 1)
    sweep()
    assert waiting() == []
    service.resume(robot_id, conference_id=conference.id, by=ORGANISER)
    enter(conference, 2)
    sweep()
    service.remove(robot_id, conference_id=conference.id, by=ORGANISER)
    assert deliver() == []
    assert dingtalk.asked == 0
    row = db.session.execute(text("SELECT address, secret FROM robot")).one()
    assert tuple(row) == ("", "")
