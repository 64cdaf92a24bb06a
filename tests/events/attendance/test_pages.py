"""What the team sees of attendance, and what it may set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.etree import _Element as Element

from accounts.rules import Role
from core.config import Settings
from core.db import transaction
from events.attendance import queries
from events.conferences import team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from events.registration import service as registration
from tests.events.registration.test_deciding import work_off
from tests.support import apps, conference, doors
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
        return f"/conferences/{self.open.id}/attendance"


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    """One who came to Chengdu, one who did not, one for London; an organiser of Chengdu alone."""
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        venue = apps.add_account(app, Role.ORGANISER, email="venue@example.test", organisation_id=lead.organisation_id)
        with app.app_context():
            opened = conference.keep_open(organisation_id=lead.organisation_id)
            with transaction():
                team.add_row(opened.id, venue.id, Duty.VENUE, venue_id=opened.venue("chengdu").id)
            wanted = [
                conference.someone(opened, 1),
                conference.someone(opened, 2),
                conference.someone(opened, 3, venue="london"),
            ]
            people = [registration.register(opened.id, each, by=conference.ORGANISER).id for each in wanted]
            doors.phone(opened).scan(people[0])
        yield World(app, opened, apps.sign_in(app, lead), apps.sign_in(app, venue), people)
    databases.drop(url)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def rows(page: Element) -> list[str]:
    return [str(each) for each in page.xpath("//table[contains(@class,'table-cards')]//tbody//th/a/text()")]


def test_the_list_shows_everybody_and_a_filter_some(world: World) -> None:
    assert rows(get_page(world.lead, world.path)) == ["样例1", "样例2", "样例3"]
    assert rows(get_page(world.lead, f"{world.path}?standing=absent")) == ["样例2", "样例3"]
    assert rows(get_page(world.lead, f"{world.path}?text=样例1")) == ["样例1"]
    assert "没有符合条件的人" in words(get_page(world.lead, f"{world.path}?text=nobody"))


def test_who_organises_one_venue_sees_its_people_alone_and_sets_nothing(world: World) -> None:
    page = get_page(world.venue, world.path)
    assert rows(page) == ["样例1", "样例2"]
    assert not page.xpath("//input[@name='threshold']")
    assert "伦敦" not in " ".join(page.xpath("//h2/text()"))


def test_the_page_of_a_person_tells_what_was_seen_in_order(world: World) -> None:
    page = get_page(world.lead, f"{world.path}/people/{world.people[0]}")
    assert "东门" in words(page)
    assert len(page.xpath("//ol[@class='timeline']/li")) == 1
    assert "没有到会记录" in words(get_page(world.lead, f"{world.path}/people/{world.people[1]}"))


def test_a_threshold_is_kept_and_a_wrong_one_stands_beside_its_field(world: World) -> None:
    assert post(world.lead, f"{world.path}/threshold", {"threshold": "75"}).status_code == 303
    answer = post(world.lead, f"{world.path}/threshold", {"threshold": "0"})
    page = check_page(answer)
    assert answer.status_code == 422
    assert page.xpath("//input[@name='threshold']/@aria-invalid") == ["true"]
    with world.app.app_context():
        assert queries.get_threshold(world.open.id) == 75


def test_a_conference_without_places_says_what_comes(world: World) -> None:
    with world.app.app_context():
        for each in world.people[1:]:
            registration.withdraw(each, by=conference.ORGANISER)
    assert rows(get_page(world.lead, world.path)) == ["样例1"]


def test_a_workbook_is_asked_for_waited_for_and_fetched(world: World) -> None:
    path = f"/conferences/{world.open.id}/export"
    refused = post(world.lead, path, {})
    assert (refused.status_code, "没有选择" in words(check_page(refused))) == (409, True)
    assert post(world.lead, path, {"part": ["attendance", "reminders"], "key": "k"}).status_code == 303
    page = get_page(world.lead, path)
    assert "正在读取数据" in words(page)
    assert page.xpath("//body/@data-live-url")
    with world.app.app_context():
        work_off()
    [address] = get_page(world.lead, path).xpath("//div[@id='files']//a/@href")
    answer = world.lead.get(address)
    assert (answer.data[:2], answer.headers["Cache-Control"]) == (b"PK", "private, no-store")
    assert world.venue.get(address).status_code == 403
