"""The team's page of check-in: who sees what, doors' links, and what needs an eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Account, Role
from core import audit, clock
from core.audit import Actor
from core.db import db, transaction
from events.checkin import phones, queries
from events.checkin.rules import Decision
from events.conferences import publishing, team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from tests.events.checkin.conftest import NINE
from tests.support import apps, conference, doors
from tests.support.doors import by_name
from tests.support.pages import csrf_token, parse

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the statements are tried in test_service.py


@dataclass
class Team:
    """A conference of an organisation with people who lead it and stand at its first door."""

    app: Flask
    draft: ConferenceView
    lead: Account
    clerk: Account

    @property
    def path(self) -> str:
        return f"/conferences/{self.draft.id}/check-in"

    def page(self, account: Account) -> str:
        answer = self.browser(account).get(self.path)
        assert answer.status_code == 200
        return str(answer.text)

    def browser(self, account: Account) -> FlaskClient:
        return apps.sign_in(self.app, account)

    def post(self, account: Account, path: str, **form: str) -> int:
        client = self.browser(account)
        form["csrf_token"] = csrf_token(client)
        return int(client.post(f"{self.path}/{path}", data=form).status_code)


@pytest.fixture
def world(app: Flask) -> Iterator[Team]:
    lead = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
    clerk = apps.add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=lead.organisation_id)
    by = Actor("account", lead.id)
    with clock.frozen(NINE):
        with app.app_context():
            made = conference.keep(organisation_id=lead.organisation_id, by=by)
            with transaction():
                team.add_row(made.id, clerk.id, Duty.CLERK, door_id=made.venue("chengdu").doors[0].id)
            publishing.publish(made.id, by=by)
            made = conference.view(made.id)
        yield Team(app, made, lead, clerk)


def test_the_page_counts_names_who_is_inside_and_shows_what_needs_an_eye(world: Team) -> None:
    with world.app.app_context():
        east = doors.phone(world.draft, 0, fast=timedelta(hours=3))
        west = doors.phone(world.draft, 1)
        guest = doors.register(world.draft, "演示来宾")
        east.scan(guest, at=clock.now() + timedelta(hours=2, minutes=40), shown=Decision.ADMITTED)
        west.send(by_name(guest, at=clock.now() - timedelta(minutes=5), shown=Decision.ADMITTED))
        west.badge("https://elsewhere.example")
        db.session.remove()
    page = world.page(world.lead)
    assert '<span class="door-figure num">1</span>' in page
    assert "演示来宾：08:40（东门）和 08:55（西门）" in page
    assert "09:00 西门：无法识别" in page
    assert "Phone 0：偏差 180 分钟" in page


def test_a_clerk_sees_their_own_door_and_nothing_of_people(world: Team) -> None:
    with world.app.app_context():
        phone = doors.phone(world.draft, 1)
        phone.scan(doors.register(world.draft, "演示来宾"))
        other = phones.open_door(
            world.draft.id, world.draft.venue("chengdu").doors[1].id, label="West", by=Actor("account", world.lead.id)
        )
        db.session.remove()
    page = world.page(world.clerk)
    assert "东门" in page
    assert "西门" not in page
    assert "演示来宾" not in page
    west = world.draft.venue("chengdu").doors[1].id
    assert world.post(world.clerk, f"doors/{west}/phones", label="Mine") == 403
    assert world.browser(world.clerk).get(f"{world.path}/phones/{other}").status_code == 403
    assert world.post(world.clerk, f"phones/{other}/close") == 403


def test_a_link_is_shown_until_a_phone_has_it_and_can_be_taken_back(world: Team) -> None:
    door_id = world.draft.venue("chengdu").doors[0].id
    assert world.post(world.clerk, f"doors/{door_id}/phones", label="Li's phone", kiosk="yes") == 303
    with world.app.app_context():
        [phone] = queries.list_phones(world.draft.id)
        db.session.remove()
    path = f"{world.path}/phones/{phone.id}"
    assert "/door/#" in world.browser(world.clerk).get(path).text
    with world.app.app_context():
        phones.pair(phone.id, "secret-of-the-phone-that-has-the-link")
        db.session.remove()
    assert "/door/#" not in world.browser(world.clerk).get(path).text
    assert world.post(world.clerk, f"phones/{phone.id}/close") == 303
    with world.app.app_context():
        assert queries.list_phones(world.draft.id) == []
        lines = list(audit.list_lines(world.draft.id))
    assert ['"door.opened"' in lines[-2], '"door.closed"' in lines[-1]] == [True, True]


def test_the_page_asks_before_the_scans_are_sealed(world: Team) -> None:
    [question] = parse(world.page(world.lead)).xpath("//details[.//form[contains(@action, '/check-in/close')]]")
    assert question.get("open") is None
    assert "现在封存 0 条签到吗？" in "".join(question.itertext())


def test_who_leads_seals_the_scans(world: Team) -> None:
    with world.app.app_context():
        doors.phone(world.draft).scan(doors.register(world.draft))
        db.session.remove()
    assert world.post(world.clerk, "close") == 403
    assert world.post(world.lead, "close") == 303
    with world.app.app_context():
        assert '"checkin.closed"' in list(audit.list_lines(world.draft.id))[-1]
