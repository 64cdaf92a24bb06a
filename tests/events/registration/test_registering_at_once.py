"""Four hundred register at once for fifty places: fifty have one. And what happens where the count is not locked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from core.db import db, transaction
from core.errors import Conflict
from events.conferences.queries import ConferenceView
from events.registration import admission, offers, queries, registering, service
from events.registration.admission import Held, Taken
from events.registration.models import Quota, Registration
from events.registration.rules import RegistrationState
from tests.events.registration.test_registering import GUEST, places, set_capacity
from tests.support.conference import someone

CROWD, THREADS = 400, 8


def register_all(app: Flask, conference: ConferenceView, numbers: range) -> list[RegistrationState]:
    """As what each of these people is registered, several threads at a time."""

    def one(number: int) -> RegistrationState:
        with app.app_context():
            while True:
                try:
                    new = someone(conference, number)
                    return service.register(conference.id, new, by=GUEST, request_key=str(number)).state
                except OperationalError:
                    continue  # SQLite serves who waits in no order: on a busy machine somebody sends the form again
                finally:
                    db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, numbers))


def test_four_hundred_who_register_at_once_for_fifty_places(app: Flask, conference: ConferenceView) -> None:
    states = register_all(app, conference, range(CROWD))
    assert (states.count(RegistrationState.CONFIRMED), states.count(RegistrationState.WAITLISTED)) == (50, 350)
    found = places(conference)
    assert (found.count.taken, found.waiting) == (50, 350)
    assert queries.count_by_state(conference.id)[RegistrationState.CONFIRMED] == 50


def test_without_the_lock_eight_are_confirmed_for_one_place(
    app: Flask, conference: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_capacity(conference, 1)
    db.session.remove()
    barrier, locked = threading.Barrier(THREADS, timeout=60), admission.hold
    seen = threading.local()

    def unlocked(conference_id: str, venue_id: str, audience_id: str, *, company_id: str | None = None) -> Taken[Held]:
        taken = locked(conference_id, venue_id, audience_id, company_id=company_id)
        return replace(taken, quota=replace(taken.quota, taken=seen.taken))

    def look_first(conference_id: str, new: service.Registering, **named: object) -> service.Registered:
        seen.taken = db.session.get_one(Quota, (new.venue_id, new.audience_id)).taken
        db.session.remove()
        barrier.wait()
        return registering.register(conference_id, new, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(admission, "hold", unlocked)
    monkeypatch.setattr(service, "register", look_first)
    states = register_all(app, conference, range(THREADS))
    assert states == [RegistrationState.CONFIRMED] * THREADS
    assert (places(conference).count.capacity, places(conference).count.taken) == (1, THREADS)


def test_one_person_eight_times_at_once_is_one_registration(app: Flask, conference: ConferenceView) -> None:
    def one(_: int) -> str:
        with app.app_context():
            try:
                return service.register(conference.id, someone(conference), by=GUEST, request_key="form").id
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(one, range(THREADS)))) == 1
    assert places(conference).count.taken == 1


def settle_at_once(app: Flask, conference: ConferenceView, times: int) -> None:
    """Everybody offers the free places of the hall at the same moment."""
    hall, company = conference.venue("chengdu").id, conference.audience("company").id
    barrier = threading.Barrier(times, timeout=60)

    def one(_: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    offers.settle(conference.id, hall, company)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(one, range(times)))


def test_places_offered_by_several_at_once_are_each_offered_once(app: Flask, conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    for number in range(12):
        service.register(conference.id, someone(conference, number), by=GUEST)
    set_capacity(conference, 6)
    db.session.remove()
    settle_at_once(app, conference, 4)
    found = places(conference)
    offered = db.session.scalar(select(func.count()).where(Registration.offered_until.is_not(None)))
    assert (found.count.taken, found.waiting, offered) == (6, 6, 5)


def test_moving_registering_and_withdrawing_at_once_loses_no_place(app: Flask, conference: ConferenceView) -> None:
    set_capacity(conference, 20)
    made = [service.register(conference.id, someone(conference, n), by=GUEST).id for n in range(10)]
    online = [
        service.register(conference.id, someone(conference, n, venue="cloud"), by=GUEST).id for n in range(30, 40)
    ]
    cloud, hall = conference.venue("cloud").id, conference.venue("chengdu").id
    db.session.remove()

    def act(number: int) -> None:
        with app.app_context():
            try:
                if number < 5:
                    service.move(made[number], venue_id=cloud, by=GUEST)
                elif number < 10:
                    service.withdraw(made[number], by=GUEST)
                elif number < 15:
                    with suppress(Conflict):  # full, or somebody waits there
                        service.move(online[number - 10], venue_id=hall, by=GUEST)
                else:
                    service.register(conference.id, someone(conference, number), by=GUEST)
            finally:
                db.session.remove()

    mixed = [start + step for step in range(5) for start in (0, 5, 10, 15)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(act, mixed))
    held = {
        venue: db.session.scalar(
            select(func.count()).where(
                Registration.venue_id == conference.venue(venue).id, Registration.state == RegistrationState.CONFIRMED
            )
        )
        for venue in ("chengdu", "cloud")
    }
    waiting = db.session.scalar(select(func.count()).where(Registration.state == RegistrationState.WAITLISTED))
    assert held["cloud"] == places(conference, "cloud").count.taken
    assert held["chengdu"] + held["cloud"] + waiting == 20  # ten and ten, five withdrawn, five new
    assert (places(conference).count.taken, places(conference).waiting) == (held["chengdu"], waiting)
