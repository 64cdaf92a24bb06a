"""Eight doors at once on five hundred people: everyone comes in once. And what goes wrong where nobody queues."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from core import clock, ids
from core.db import db, transaction
from events.checkin import presences
from events.checkin.models import PresenceRow, Scan
from events.checkin.phones import Here
from events.checkin.rules import NEVER_SEEN, Decision, Presence
from events.conferences.queries import ConferenceView
from events.registration.models import Registration
from events.registration.rules import RegistrationState
from tests.support import doors
from tests.support.doors import Phone, by_name

CROWD, DOORS, BATCH = 500, 8, 100


def guests(draft: ConferenceView, number: int) -> list[str]:
    """Confirmed registrations, put there without their mails."""
    made = [ids.new("reg") for _ in range(number)]
    same = {
        "conference_id": draft.id,
        "audience_id": draft.audience("company").id,
        "venue_id": draft.venue("chengdu").id,
        "state": RegistrationState.CONFIRMED,
        "locale": "zh-CN",
        "timezone": "Asia/Shanghai",
        "answers": {},
        "email": "",
        "is_demo": False,
        "created_at": clock.now(),
        "changed_at": clock.now(),
    }
    with transaction():
        rows = [{"id": each, "code": each[-8:], "name": each, "pinyin": each, **same} for each in made]
        db.session.execute(insert(Registration), rows)
    db.session.remove()
    return made


def at_once(app: Flask, phones: list[Phone], people: list[str]) -> Counter[Decision]:
    """Every phone sends everybody, in the same order, in a thread of its own."""
    begin = threading.Barrier(len(phones), timeout=60)

    def send(phone: Phone) -> Counter[Decision]:
        found: Counter[Decision] = Counter()
        begin.wait()
        for at in range(0, len(people), BATCH):
            with app.app_context():
                answers = phone.send(*(by_name(each) for each in people[at : at + BATCH]))
                db.session.remove()
            found.update(each.decision for each in answers)
        return found

    with ThreadPoolExecutor(len(phones)) as pool:
        return sum(pool.map(send, phones), Counter())


def test_eight_doors_let_five_hundred_people_in_once(app: Flask, draft: ConferenceView) -> None:
    people = guests(draft, CROWD)
    phones = [doors.phone(draft, number % 2) for number in range(DOORS)]
    db.session.remove()
    found = at_once(app, phones, people)
    assert found == {Decision.ADMITTED: CROWD, Decision.ALREADY_IN: CROWD * (DOORS - 1)}
    inside = select(func.count()).select_from(PresenceRow).filter_by(conference_id=draft.id, is_in=True)
    assert db.session.scalar(inside) == CROWD
    assert db.session.scalar(select(func.count()).select_from(Scan).filter_by(conference_id=draft.id)) == CROWD * DOORS


def test_without_the_queue_eight_doors_let_one_person_in_eight_times(
    app: Flask, draft: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    [guest] = guests(draft, 1)
    phones = [doors.phone(draft, number % 2) for number in range(DOORS)]
    db.session.remove()
    looked = threading.Barrier(DOORS, timeout=60)
    seen = threading.local()

    def unlocked(_here: Here, registration_ids: set[str], _at: object) -> dict[str, Presence]:
        return dict.fromkeys(registration_ids, seen.presence)

    def rush(phone: Phone) -> Decision:
        with app.app_context():
            row = db.session.get(PresenceRow, guest)
            seen.presence = NEVER_SEEN if row is None else Presence(is_in=row.is_in, since=row.since)
            db.session.remove()
            looked.wait()
            decision = phone.scan(guest)
            db.session.remove()
            return decision

    monkeypatch.setattr(presences, "_take", unlocked)
    with ThreadPoolExecutor(DOORS) as pool:
        found = list(pool.map(rush, phones))
    assert found == [Decision.ADMITTED] * DOORS
