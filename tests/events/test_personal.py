"""What somebody takes along is everything that the rooms of a conference keep of them, and all of it goes with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.audit import Actor
from core.config import Settings
from core.db import Base, db
from events.attendance import service as attendance
from events.badges import service as badges
from events.badges.rules import BadgeLayout
from events.registration import privacy_service
from tests.support import apps, conference, doors
from tests.support.databases import SQLITE, Databases
from tests.support.stages import TABLES

# Every table that points to a registration: the part of the export that tells of it.
PARTS = {
    "answer_file": "answers",
    "attendance_certificate": "certificates",
    "badge_print": "badges",
    "online_hour": "online",
    "presence": "scans",  # what the scans come to
    "reminder": "reminders",
    "scan": "scans",
    "survey_answer": "surveys",
    "survey_recipient": "surveys",
}


@pytest.fixture
def app(databases: Databases, data_dir: Path) -> Iterator[Flask]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as made:
        yield made
    databases.drop(url)


def guest(app: Flask) -> tuple[str, str]:
    """(conference, registration) of somebody who was scanned, printed twice and online."""
    from events.registration import service

    draft = conference.keep_open()
    by = Actor("guest", address="203.0.113.7")
    made = service.register(draft.id, conference.someone(draft, 1), by=by)
    badges.ask(draft.id, [made.id], layout=BadgeLayout.SHEET_90, by=conference.ORGANISER)
    badges.ask(draft.id, [made.id], layout=BadgeLayout.SHEET_90, by=conference.ORGANISER, reason="样例1 改了姓")
    doors.phone(draft).scan(made.id)
    attendance.note_online(made.id, draft.venue("cloud").id)
    return draft.id, made.id


def test_every_table_that_points_to_a_registration_is_told_of(app: Flask) -> None:
    pointing = {table.name for table in Base.metadata.tables.values() if "registration_id" in table.c}
    assert pointing == set(PARTS)
    with app.app_context():
        _, registration_id = guest(app)
        told = privacy_service.export(registration_id)
    assert set(PARTS.values()) <= set(told)


def test_the_export_has_scans_badges_and_time_online_and_who_of_the_team_acted_stays_out(app: Flask) -> None:
    with app.app_context():
        _, registration_id = guest(app)
        told = json.loads(json.dumps(privacy_service.export(registration_id)))
    assert [each["reason"] for each in told["badges"]] == ["", "样例1 改了姓"]
    assert [each["result"] for each in told["scans"]] == ["admitted"]
    assert len(told["online"][0]["minutes"]) == 1
    assert [each["kind"] for each in told["mails"]] == ["registration_confirmed"]
    registered = next(each for each in told["acts"] if each["action"] == "registration.registered")
    assert (registered["by"], registered["actor.address"], registered["data.email"]) == (
        "person", "203.0.113.7", "person1@example.com")  # fmt: skip
    assert conference.ORGANISER.id not in json.dumps(told)


def test_with_the_person_goes_why_a_badge_was_printed_again(app: Flask) -> None:
    with app.app_context():
        _, registration_id = guest(app)
        privacy_service.erase(registration_id, by=conference.ORGANISER)
        kept = privacy_service.export(registration_id)
        db.session.rollback()
    assert [each["reason"] for each in kept["badges"]] == ["", ""]
    assert "样例1" not in json.dumps(kept, ensure_ascii=False)
    assert kept["mails"] == kept["online"] == []
