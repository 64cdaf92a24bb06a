"""Who was there, from real scans and heartbeats, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core import clock
from core.errors import Conflict, NotFound
from events.attendance import queries, reckoning, service
from events.attendance.reckoning import Attended
from events.attendance.rules import Ending, Filter, Standing
from events.checkin import phones
from events.checkin.rules import Direction
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import privacy_service
from events.registration import service as registrations
from tests.support import conference, doors

BEGINS = datetime(2026, 7, 1, 7, tzinfo=UTC)  # three in the afternoon in Chengdu: half an hour, then an hour
ENDS = BEGINS + timedelta(minutes=90)


@pytest.fixture
def draft(app: Flask) -> ConferenceView:
    with app.app_context(), clock.frozen(BEGINS - timedelta(hours=1)):
        made = conference.keep()
        publishing.publish(made.id, by=conference.ORGANISER)
        return conference.view(made.id)


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def at(minute: int) -> AbstractContextManager[None]:
    """So many minutes after the beginning."""
    return clock.frozen(BEGINS + timedelta(minutes=minute))


def guest(draft: ConferenceView, *, venue: str = "chengdu") -> str:
    with at(-60):
        return doors.register(draft, venue=venue)


def found(draft: ConferenceView, registration_id: str, *, minute: int = 600) -> Attended:
    with at(minute):
        [one] = [each for each in reckoning.reckon(draft) if each.person.id == registration_id]
        assert one == reckoning.reckon_one(draft, registration_id)
        return one


def test_in_at_one_door_and_out_at_the_other(draft: ConferenceView) -> None:
    one = guest(draft)
    with at(0):
        east, west = doors.phone(draft, 0), doors.phone(draft, 1)
        east.scan(one)
    with at(45):
        west.scan(one, Direction.OUT)
    there = found(draft, one)
    assert (there.presence.minutes, there.presence.of_minutes, there.presence.share) == (45, 90, 50)
    assert there.presence.standing is Standing.PRESENT
    assert [each.ending for each in there.stays] == [Ending.SCANNED]


def test_hall_and_screen_at_once_are_counted_once_and_a_second_device_adds_nothing(draft: ConferenceView) -> None:
    one, room = guest(draft), draft.venue("cloud").id
    for minute in range(20):
        for _device in range(2):
            with at(minute):
                service.note_online(one, room)
    with at(10):
        doors.phone(draft).scan(one)
    with at(30):
        doors.phone(draft, 1).scan(one, Direction.OUT)
    there = found(draft, one)
    assert there.presence.minutes == 30
    assert there.online[0].ends - there.online[0].begins == timedelta(minutes=20)


def test_a_wrong_clock_is_put_right_and_marked(draft: ConferenceView) -> None:
    one = guest(draft)
    with at(0):
        doors.phone(draft, fast=timedelta(hours=3)).scan(one)
    there = found(draft, one, minute=30)
    assert there.is_doubtful
    assert there.is_in
    assert there.first_at == BEGINS


def test_all_doors_closed_ends_what_nobody_scanned_out_of(draft: ConferenceView) -> None:
    one = guest(draft)
    with at(0):
        east, west = doors.phone(draft, 0), doors.phone(draft, 1)
        for phone in (east, west):
            phone.send()
        east.scan(one)
    with at(20):
        phones.close_door(draft.id, east.id, by=conference.ORGANISER)
    assert found(draft, one).presence.minutes == 90, "the other door was still open"
    with at(60):
        phones.close_door(draft.id, west.id, by=conference.ORGANISER)
    assert found(draft, one).presence.minutes == 60


def test_who_has_no_place_is_not_noted_and_a_hall_is_no_room(draft: ConferenceView) -> None:
    one, room = guest(draft), draft.venue("cloud").id
    with pytest.raises(NotFound):
        service.note_online(one, draft.venue("chengdu").id)
    with pytest.raises(NotFound):
        service.note_online("reg_nobody", room)
    with at(-30):
        registrations.withdraw(one, by=conference.ORGANISER)
    with pytest.raises(Conflict, match="not_confirmed"):
        service.note_online(one, room)
    assert queries.list_online(draft.id) == {}


def test_what_the_organiser_asks_for_decides_and_only_a_change_is_an_entry(draft: ConferenceView) -> None:
    one = guest(draft)
    with at(0):
        doors.phone(draft).scan(one)
    assert found(draft, one).presence.standing is Standing.PRESENT
    service.set_threshold(draft.id, 80, by=conference.ORGANISER)
    service.set_threshold(draft.id, 80, by=conference.ORGANISER)
    assert queries.get_threshold(draft.id) == 80
    with at(60):
        doors.phone(draft).scan(one, Direction.OUT)
    assert found(draft, one).presence.standing is Standing.PARTLY


def test_who_never_came_is_counted_and_found_by_name(draft: ConferenceView) -> None:
    one, two = guest(draft), guest(draft, venue="london")
    with at(0):
        doors.phone(draft).scan(one)
    with at(600):
        people = reckoning.reckon(draft)
        here = reckoning.reckon(draft, venue_ids=frozenset({draft.venue("london").id}))
    assert [each.person.id for each in here] == [two]
    assert [each.person.id for each in reckoning.matching(people, Filter(standing="absent"))] == [two]
    assert [each.person.id for each in reckoning.matching(people, Filter(text=people[0].person.code))] == [
        people[0].person.id
    ]
    total = reckoning.count(people)
    assert (total.expected, total.came, total.present) == (2, 1, 1)
    assert reckoning.count(people, venue_id=draft.venue("london").id).came == 0


def test_a_person_who_is_forgotten_leaves_no_minutes(draft: ConferenceView) -> None:
    one = guest(draft)
    with at(0):
        service.note_online(one, draft.venue("cloud").id)
        privacy_service.erase(one, by=conference.ORGANISER)
    assert queries.list_online(draft.id) == {}
