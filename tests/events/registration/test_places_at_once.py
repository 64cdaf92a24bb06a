"""Places taken and moved at once; and what goes wrong where the count is read without a lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy.orm.attributes import set_committed_value

from core.db import db, transaction
from core.errors import Conflict
from events.conferences.queries import ConferenceView
from events.registration import places_service, queries
from events.registration.models import Quota
from events.registration.rules import Count

THREADS = 8


def counts(draft: ConferenceView) -> dict[str, Count]:
    """Of companies, by the key of the venue."""
    db.session.remove()
    keys = {venue.id: venue.key for venue in draft.venues}
    company = draft.audience("company").id
    return {keys[each.venue_id]: each.count for each in queries.list_places(draft.id) if each.audience_id == company}


def tries(app: Flask, act: Callable[[], None]) -> bool:
    """Whether one try, a transaction of its own, came through."""
    with app.app_context():
        try:
            with transaction():
                act()
        except Conflict as refusal:
            if refusal.code == "venue_full":
                return False
            raise
        finally:
            db.session.remove()
        return True


def at_once(app: Flask, acts: list[Callable[[], None]]) -> int:
    """How many of these come through, from several threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda act: tries(app, act), acts))


@contextmanager
def read_beforehand(app: Flask, monkeypatch: pytest.MonkeyPatch, crowd: int) -> Iterator[None]:
    """Inside, everybody looks at the count before their transaction, all at the same moment, and takes no lock."""
    barrier = threading.Barrier(crowd, timeout=60)
    seen = threading.local()

    def look(venue_id: str, audience_id: str) -> None:
        row = db.session.get_one(Quota, (venue_id, audience_id))
        seen.taken = row.taken
        db.session.remove()
        barrier.wait()

    def unlocked(venue_id: str, audience_id: str) -> Quota:
        row = db.session.get_one(Quota, (venue_id, audience_id))
        set_committed_value(row, "taken", seen.taken)
        return row

    monkeypatch.setattr(places_service, "take_quota", unlocked)
    monkeypatch.setattr(places_service, "look", look, raising=False)
    yield
    monkeypatch.undo()


def test_without_the_lock_eight_get_the_last_place(
    app: Flask, draft: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, company = draft.venue("chengdu").id, draft.audience("company").id
    with transaction():
        places_service.take_place(hall, company, places=49)
    db.session.remove()

    def rush() -> bool:
        with app.app_context():
            places_service.look(hall, company)  # type: ignore[attr-defined]  # put there by read_beforehand
        return tries(app, lambda: places_service.take_place(hall, company))

    with read_beforehand(app, monkeypatch, THREADS), ThreadPoolExecutor(THREADS) as pool:
        got = sum(pool.map(lambda _: rush(), range(THREADS)))
    assert got == THREADS  # eight people hold what the database calls one place
    assert counts(draft)["chengdu"] == Count(capacity=50, taken=50)


def test_moving_both_ways_at_once_loses_no_place_and_waits_for_nobody_for_ever(
    app: Flask, draft: ConferenceView
) -> None:
    hall, cloud, company = draft.venue("chengdu").id, draft.venue("cloud").id, draft.audience("company").id
    with transaction():
        places_service.take_place(hall, company, places=30)
        places_service.take_place(cloud, company, places=30)
    db.session.remove()
    there = [lambda: places_service.move_place(company, from_venue=hall, to_venue=cloud)] * 20
    back = [lambda: places_service.move_place(company, from_venue=cloud, to_venue=hall)] * 20
    mixed = [act for pair in zip(there, back, strict=True) for act in pair]
    assert at_once(app, mixed) == 40
    found = counts(draft)
    assert (found["chengdu"].taken, found["cloud"].taken) == (30, 30)


def test_a_full_hall_takes_nobody_from_online_and_nothing_changes(app: Flask, draft: ConferenceView) -> None:
    hall, cloud, company = draft.venue("london").id, draft.venue("cloud").id, draft.audience("company").id
    with transaction():
        places_service.take_place(hall, company, places=20)
        places_service.take_place(cloud, company)
    db.session.remove()
    assert not tries(app, lambda: places_service.move_place(company, from_venue=cloud, to_venue=hall))
    assert not tries(app, lambda: places_service.take_place(hall, company))
    found = counts(draft)
    assert (found["london"].taken, found["cloud"].taken) == (20, 1)
    assert tries(app, lambda: places_service.give_back_place(hall, company))
    assert tries(app, lambda: places_service.move_place(company, from_venue=cloud, to_venue=hall))
    found = counts(draft)
    assert (found["london"].taken, found["cloud"].taken) == (20, 0)
