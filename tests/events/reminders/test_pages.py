"""The team's pages of reminders: from the offered rules to the log, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from sqlalchemy import select

from accounts.rules import Role
from core import clock
from core.config import Settings
from core.db import db, transaction
from core.outbox import OutboxMessage
from events.conferences import team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from events.registration import service as registration
from events.reminders import queries, service
from events.reminders.rules import Scope
from tests.events.registration.test_deciding import work_off
from tests.events.reminders.conftest import begins, rule, tick
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, get_page, post
from tests.support.stages import TABLES


@dataclass
class World:
    app: Flask
    open: ConferenceView
    lead: FlaskClient
    venue: FlaskClient
    people: list[str]

    @property
    def path(self) -> str:
        return f"/conferences/{self.open.id}/reminders"

    def add(self, **named: object) -> str:
        with self.app.app_context():
            return service.add(self.open.id, rule(**named), key=str(named), by=conference.ORGANISER)  # type: ignore[arg-type]


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    """Two people in Chengdu, one online; who leads, and who plans Chengdu alone."""
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        own = {"organisation_id": lead.organisation_id}
        venue = apps.add_account(app, Role.ORGANISER, email="venue@example.test", **own)
        with app.app_context():
            opened = conference.keep_open(organisation_id=lead.organisation_id)
            with transaction():
                team.add_row(opened.id, venue.id, Duty.VENUE, venue_id=opened.venue("chengdu").id)
            wanted = [conference.someone(opened, n) for n in (1, 2)] + [conference.someone(opened, 3, venue="cloud")]
            people = [registration.register(opened.id, each, by=conference.ORGANISER).id for each in wanted]
        yield World(app, opened, apps.sign_in(app, lead), apps.sign_in(app, venue), people)
    databases.drop(url)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def form(world: World, **changed: object) -> dict[str, object]:
    typed = {"anchor": "venue", "amount": "1", "unit": "days", "scope": "all", "groups": ["confirmed"], "key": "form"}
    return {**typed, **changed}


def rules_of(world: World) -> list[queries.RuleView]:
    with world.app.app_context():
        return queries.list_rules(world.open.id)


def test_offered_rules_are_set_up_at_once_and_shown_with_their_times(world: World) -> None:
    page = get_page(world.lead, world.path)
    offered = page.xpath("//input[@name='suggestion'][@checked]/@value")
    assert offered == ["hall-week", "hall-day", "online-day", "hall-hour", "online-hour"]
    chosen = {"suggestion": ["hall-day", "online-hour"], "key": page.xpath("//input[@name='key']/@value")[0]}
    assert post(world.lead, f"{world.path}/suggested", chosen).status_code == 303
    assert post(world.lead, f"{world.path}/suggested", chosen).status_code == 303  # sent twice
    shown = words(get_page(world.lead, world.path))
    assert len(rules_of(world)) == 2
    assert all(
        each in shown for each in ("会场开始前 1 天", "会场开始前 1 小时", "将发给 2 人", "已发 0 人 · 待发 2 人")
    )


def test_a_rule_is_written_previewed_and_tested(world: World) -> None:
    get_page(world.lead, f"{world.path}/new")
    own = {"subject": "{venue}见", "subject_en": "See you at {venue}", "scope": "halls"}
    answer = post(world.lead, f"{world.path}/rules", form(world, **own))
    assert answer.status_code == 303
    page = get_page(world.lead, answer.location)
    assert page.xpath("//section/h2/text()") == ["成都会场见", "See you at Chengdu hall"]
    london = world.open.venue("london").id
    assert "London hall" in words(get_page(world.lead, f"{answer.location}?venue={london}"))
    tested = post(world.lead, answer.location.replace("/preview", "/test"), {"venue": london})
    assert "lead@example.test" in words(get_page(world.lead, tested.location))
    with world.app.app_context():
        rows = db.session.scalars(select(OutboxMessage).filter_by(kind="reminder_test")).all()
        assert [row.recipient for row in rows] == ["lead@example.test"] * 2
    elsewhere = post(world.lead, answer.location.replace("/preview", "/test"), {"venue": world.open.venue("cloud").id})
    assert elsewhere.status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "0"}, "最多 60 天"),
        ({"amount": "1e3"}, "最多 60 天"),
        ({"anchor": "fixed", "fixed": ""}, "请"),
        ({"anchor": "fixed", "fixed": "2020-01-01T09:00"}, "这个时间已经过去"),
        ({"scope": "chosen"}, "请至少选择一个会场"),
        ({"groups": []}, "请选择提醒对象"),
        ({"words": "{nmae}", "words_en": "x"}, "{nmae} 无法填写"),
        ({"words": "{door}", "words_en": "{door}"}, "对线上参会者没有意义"),
        ({"words": "{name", "words_en": "x"}, "花括号只能成对"),
        ({"subject": "明天"}, "英文"),
        ({"audiences": ["aud_other"]}, "aud_other"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, changed: dict[str, object], said: str
) -> None:
    answer = post(world.lead, f"{world.path}/rules", {**form(world), "words": "您好", "words_en": "Hello", **changed})
    assert answer.status_code == 422
    page = check_page(answer)
    assert said in " ".join(" ".join(page.xpath("//*[contains(@class, 'error')]//text()")).split())
    assert rules_of(world) == []


def test_a_rule_is_changed_paused_and_deleted(world: World) -> None:
    path = f"{world.path}/rules/{world.add()}"
    page = get_page(world.lead, path)
    [seen] = page.xpath("//input[@name='seen']/@value")
    assert post(world.lead, path, form(world, amount="2", unit="hours", seen=seen)).status_code == 303
    stale = post(world.lead, path, form(world, amount="3", seen=seen))
    assert stale.status_code == 409
    check_page(stale)
    assert [each.rule.timing.minutes for each in rules_of(world)] == [120]
    assert post(world.lead, f"{path}/pause").status_code == 303
    assert "已暂停" in words(get_page(world.lead, world.path))
    assert post(world.lead, f"{path}/resume").status_code == 303
    get_page(world.lead, f"{path}/remove")
    assert post(world.lead, f"{path}/remove").status_code == 303
    assert rules_of(world) == []


def test_sending_now_names_how_many_and_the_log_says_who_has_it_and_why_not(world: World) -> None:
    path = f"{world.path}/rules/{world.add(scope=Scope.HALLS)}"
    with world.app.app_context():
        registration.withdraw(world.people[1], by=conference.ORGANISER)
    page = get_page(world.lead, f"{path}/now")
    assert "现在发给 1 人？" in words(page)
    changed = post(world.lead, f"{path}/now", {"people": "5"})
    assert changed.status_code == 409
    assert "人数有变化" in words(check_page(changed))
    assert post(world.lead, f"{path}/now", {"people": "1"}).status_code == 303
    with world.app.app_context():
        work_off()
    log = words(get_page(world.lead, f"{path}/log"))
    assert "已手动发送" in log
    assert "未发送：已撤回报名" in log
    assert "样例3" not in log  # who is online is none of this rule's
    assert "样例1" not in words(get_page(world.lead, f"{path}/log?shown=unsent"))
    assert "没有还需要发送的人" in words(get_page(world.lead, f"{path}/now"))


def test_a_log_tells_what_was_withdrawn_in_the_last_moment(world: World) -> None:
    path = f"{world.path}/rules/{world.add(scope=Scope.HALLS)}"
    with world.app.app_context():
        tick(begins(world.open) - timedelta(days=1))
        with transaction():
            message = db.session.scalars(select(OutboxMessage).filter_by(kind="reminder").limit(1)).one()
            message.dead_at, message.reason = clock.now(), "too_late"
    log = words(get_page(world.lead, f"{path}/log?shown=sent"))
    assert "未发送：发送前报名或提醒有变化" in log
    assert "已发送" in log
    assert "已发给 2 人" in words(get_page(world.lead, world.path))


def test_who_plans_a_venue_has_rules_for_that_venue_alone(world: World) -> None:
    hall = world.open.venue("chengdu").id
    everywhere = world.add()
    page = get_page(world.venue, f"{world.path}/new")
    assert page.xpath("//input[@name='scope']/@value") == ["chosen"]
    assert page.xpath("//input[@name='venues']/@value") == [hall]
    headers = {"Accept": "application/json"}

    def tries(path: str, **typed: object) -> int:
        return post(world.venue, f"{world.path}/{path}", form(world, **typed), headers=headers).status_code

    cloud = world.open.venue("cloud").id
    assert tries("rules", scope="halls") == 403
    assert tries("rules", scope="chosen", venues=[hall, cloud]) == 403
    assert tries("suggested", suggestion=["hall-day"]) == 403
    assert tries(f"rules/{everywhere}/pause") == 403
    assert tries(f"rules/{everywhere}/now", people="3") == 403
    assert tries("rules", scope="chosen", venues=[hall]) == 303
    log = words(get_page(world.venue, f"{world.path}/rules/{everywhere}/log"))
    assert "样例1" in log
    assert "样例3" not in log


def test_before_it_is_published_and_when_it_is_called_off_the_page_says_that_nothing_is_sent(world: World) -> None:
    with world.app.app_context():
        organisation = world.open.organisation_id
        draft = conference.keep(organisation_id=organisation)
    shown = words(get_page(world.lead, f"/conferences/{draft.id}/reminders"))
    assert "大会发布之前不发送任何提醒" in shown


def test_a_rule_of_another_conference_is_not_there(world: World) -> None:
    rule_id = world.add()
    with world.app.app_context():
        other = conference.keep(organisation_id=world.open.organisation_id)
    path = f"/conferences/{other.id}/reminders/rules/{rule_id}"
    answer = world.lead.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "reminder_not_found")
    for act in ("pause", "resume", "remove", "now", "test"):
        assert post(world.lead, f"{path}/{act}", {"people": "3"}).status_code == 404
    assert len(rules_of(world)) == 1
