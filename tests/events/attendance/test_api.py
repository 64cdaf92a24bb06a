"""Attendance as a program of whoever leads a conference reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts.rules import Role
from core import clock
from core.config import Settings
from events.attendance import as_json, certificates, service
from events.checkin.rules import Direction
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from tests.support import apps, conference, doors
from tests.support.databases import SQLITE, Databases
from tests.support.stages import TABLES

BEGINS = datetime(2026, 7, 1, 7, tzinfo=UTC)
AFTER = BEGINS + timedelta(days=1)


@dataclass
class World:
    """One was in the hall to the end; one left it after twenty minutes and looked on for two; one never came."""

    open: ConferenceView
    lead: FlaskClient
    whole: str
    both: str
    never: str

    def get(self, path: str = "") -> Any:
        answer = self.lead.get(f"/api/conferences/{self.open.id}/attendance{path}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    settings = Settings(data_dir=data_dir, database_url=url, base_url="http://localhost")
    with apps.running(settings) as app, clock.frozen(AFTER):
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        with app.app_context():
            opened, people = _played(lead.organisation_id)
        yield World(opened, apps.sign_in(app, lead), *people)
    databases.drop(url)


def _played(organisation_id: str) -> tuple[ConferenceView, list[str]]:
    with at(-60):
        made = conference.keep(organisation_id=organisation_id)
        publishing.publish(made.id, by=conference.ORGANISER)
        opened = conference.view(made.id)
        people = [doors.register(opened, name) for name in ("演示甲", "演示乙", "演示丙")]
    with at(0):
        phone = doors.phone(opened)
        for each in people[:2]:
            phone.scan(each)
    with at(20):
        phone.scan(people[1], Direction.OUT)
    # The last minute is of the talk, which is in the hall alone.
    for minute in (20, 29, 30):
        with at(minute):
            service.note_online(people[1], opened.venue("cloud").id)
    return opened, people


def at(minutes: int) -> Any:
    return clock.frozen(BEGINS + timedelta(minutes=minutes))


def test_a_persons_time_is_told_by_venue_and_by_item_of_that_venue(world: World) -> None:
    found = world.get(f"/people/{world.both}")
    assert (found["name"], found["venue"], found["standing"]) == ("演示乙", "chengdu", "partly")
    assert found["venues"] == [{"venue": "chengdu", "minutes": 20}, {"venue": "cloud", "minutes": 3}]
    assert found["items"] == [
        {"item": "opening", "venue": "chengdu", "minutes": 20},
        {"item": "opening", "venue": "cloud", "minutes": 2},
    ]
    assert found["stays"] == [
        {
            "venue": "chengdu",
            "door": "east",
            "begins_at": "2026-07-01T07:00:00.000Z",
            "ends_at": "2026-07-01T07:20:00.000Z",
            "ending": "scanned",
            "clock_off": False,
        }
    ]
    assert found["online"][0] == {
        "venue": "cloud",
        "begins_at": "2026-07-01T07:20:00.000Z",
        "ends_at": "2026-07-01T07:21:00.000Z",
    }
    assert (found["minutes"], found["of_minutes"], found["share"], found["inside"]) == (23, 90, 25, False)


def test_who_never_came_is_told_without_times(world: World) -> None:
    found = world.get(f"/people/{world.never}")
    assert (found["standing"], found["first_at"], found["stays"], found["venues"]) == ("absent", None, [], [])
    assert found["certificate"] is None


def test_the_figures_count_each_venue_and_each_item(world: World) -> None:
    found = world.get()
    [hall, *_] = found["venues"]
    assert hall == {
        "venue": "chengdu", "expected": 3, "came": 2, "present": 1, "partly": 1, "absent": 1, "inside": 0,
    }  # fmt: skip
    counted = {(each["item"], each["venue"]): (each["there"], each["mostly"]) for each in found["items"]}
    assert counted == {
        ("opening", "chengdu"): (2, 2),
        ("opening", "cloud"): (1, 0),
        ("opening", "london"): (0, 0),
        ("talk", "chengdu"): (1, 1),
        ("tea", "london"): (0, 0),
    }
    assert (found["threshold"], found["over"]) == (50, True)


def test_pages_have_everybody_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_json, "PAGE_SIZE", 1)
    seen, after = [], ""
    for _ in range(3):
        answer = world.get(f"/people?after={after}")
        seen += [each["registration"] for each in answer["people"]]
        after = answer["next"]
    assert (seen, after) == (sorted([world.whole, world.both, world.never]), None)


def test_a_list_is_narrowed_down_by_keys_as_the_page_is_by_choice(world: World) -> None:
    def names(query: str) -> list[str]:
        return [each["name"] for each in world.get(f"/people?{query}")["people"]]

    assert names("standing=present&venue=chengdu&audience=company") == ["演示甲"]
    assert names("venue=london") == []
    assert names("text=演示丙") == ["演示丙"]


def test_certificates_are_listed_with_what_the_paper_says_and_say_that_they_were_withdrawn(world: World) -> None:
    with world.lead.application.app_context():
        certificates.issue(world.whole, by=conference.ORGANISER)
    [listed] = world.get("/certificates")["certificates"]
    assert (listed["registration"], listed["name"], listed["minutes"]) == (world.whole, "演示甲", 90)
    assert world.lead.get(listed["address"].removeprefix("http://localhost")).status_code == 200
    assert world.get(f"/people/{world.whole}")["certificate"]["code"] == listed["code"]
    with world.lead.application.app_context():
        certificates.withdraw(world.whole, reason="开错了", by=conference.ORGANISER)
    found = world.get("/certificates")
    assert (found["certificates"][0]["withdrawn_reason"], found["next"]) == ("开错了", None)
    assert world.get()["certificates"] == {"issued": 1, "withdrawn": 1}
