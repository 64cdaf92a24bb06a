"""Ink for observers: never sooner than their delay, in order, and forgotten afterwards; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db, transaction
from signing.ceremonies import ink_service, observing
from signing.ceremonies.models import StageMoment
from signing.ink import delay_service
from signing.ink.models import InkMoment
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.signing.ink.test_drawing import Hand
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld

HALF_MINUTE = 30


def look() -> None:
    """What a working process does once a second."""
    observing.keep_moments()
    observing.forget_moments()
    observing.forget_ink()


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("entered", database_kind, data_dir, inside=False) as made:
        with made.app.app_context():
            link_service.make_link(made.id, Screen.OBSERVE_HALF_MINUTE, by=HOST)
            db.session.remove()
        yield made


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


def keep(world: Quick) -> None:
    with world.app.app_context():
        look()
        db.session.remove()


def seen(world: Quick, *, after: int | None = None) -> list[int]:
    """The numbers of the updates that an observer with half a minute of delay is told."""
    with world.app.app_context():
        found = observing.list_ink(world.id, HALF_MINUTE, after=after)
        db.session.remove()
    return [each["seq"] for each in found]


def moments(world: Quick) -> int:
    with world.app.app_context():
        count = db.session.scalar(select(func.count()).select_from(InkMoment)) or 0
        db.session.remove()
    return count


def test_ink_is_told_when_the_delay_is_over_and_not_a_moment_before(world: Quick) -> None:
    hand, began = Hand(world), clock.now()
    hand.draw(1)
    hand.draw(2)
    # The worker looks two seconds later: what it keeps is as old as its look.
    with clock.frozen(began + timedelta(seconds=2)):
        keep(world)
    for seconds in (0, 2, 30, 31.9):
        with clock.frozen(began + timedelta(seconds=seconds)):
            assert seen(world) == []
    with clock.frozen(began + timedelta(seconds=32)):
        assert seen(world) == [1, 2]
        assert seen(world, after=1) == [2]
        assert seen(world, after=2) == []


def test_what_was_drawn_later_comes_later_and_what_is_old_is_not_told_to_who_comes_new(world: Quick) -> None:
    hand, began = Hand(world), clock.now()
    hand.draw(1)
    keep(world)
    keep(world)  # nothing is new: nothing is written
    assert moments(world) == 1
    with clock.frozen(began + timedelta(seconds=20)):
        hand.draw(2, drawing=hand.batch()["drawing"])
        keep(world)
    with clock.frozen(began + timedelta(seconds=45)):
        assert seen(world) == [1]
    with clock.frozen(began + timedelta(seconds=55)):
        assert seen(world, after=1) == [2]
    with clock.frozen(began + timedelta(seconds=85)):
        assert seen(world) == [2]


def test_strokes_are_forgotten_when_nobody_can_be_shown_them_any_more(world: Quick) -> None:
    hand, began = Hand(world), clock.now()
    hand.draw(1)
    keep(world)
    with clock.frozen(began + timedelta(minutes=10)):
        keep(world)
        assert moments(world) == 1
    with clock.frozen(began + timedelta(minutes=12)):
        keep(world)
        assert moments(world) == 0


def test_nothing_is_kept_where_nobody_watches_with_a_delay(world: Quick) -> None:
    with world.app.app_context():
        link_service.take_back(world.id, Screen.OBSERVE_HALF_MINUTE, by=HOST)
        db.session.remove()
    Hand(world).draw(1)
    keep(world)
    assert moments(world) == 0


def test_two_workers_that_look_at_the_same_time_tell_each_update_once(world: Quick) -> None:
    hand, began = Hand(world), clock.now()
    for seq in (1, 2, 3):
        hand.draw(seq)
    with world.app.app_context():
        delay_service.keep_moment(world.id)
        kept = db.session.scalars(select(InkMoment)).one().updates
        db.session.remove()
        with transaction():
            # The other one had read before the third was there.
            db.session.add(InkMoment(ceremony_id=world.id, seq=2, at=began, updates=kept[:2]))
        db.session.remove()
    with clock.frozen(began + timedelta(seconds=HALF_MINUTE)):
        assert seen(world) == [1, 2, 3]


def test_switched_off_an_observer_is_told_no_more_of_what_was_drawn_before(world: Quick) -> None:
    hand, began = Hand(world), clock.now()
    hand.draw(1)
    keep(world)
    with world.app.app_context():
        ink_service.show_ink(world.id, shown=False, by=HOST)
        db.session.remove()
    with clock.frozen(began + timedelta(minutes=1)):
        assert seen(world) == []


def test_names_stand_beside_the_ink_and_never_in_a_moment_that_is_kept(world: Quick) -> None:
    name = "样例甲"
    keep(world)
    with world.app.app_context():
        kept = db.session.scalars(select(StageMoment)).one()
        assert kept.state["pens"] == {}
        db.session.remove()
    with clock.frozen(clock.now() + timedelta(minutes=1)), world.app.app_context():
        state = observing.find_state(world.id, HALF_MINUTE)
        assert state is not None
        assert state["pens"][world.people["party_a"].seat_id] == name


def test_whatever_number_is_named_no_more_is_told_than_of_the_last_moments(
    world: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand, began = Hand(world), clock.now()
    hand.draw(1)
    keep(world)
    drawing = hand.batch()["drawing"]
    for seconds, stroke in ((60, 2), (62, 3)):
        with clock.frozen(began + timedelta(seconds=seconds)):
            hand.draw(stroke, drawing=drawing)
            keep(world)
    with clock.frozen(began + timedelta(seconds=100)):
        assert seen(world, after=0) == [2, 3]
        monkeypatch.setattr(delay_service, "_MOST_TOLD", 1)
        assert seen(world, after=0) == [2]
        assert seen(world, after=2) == [3]  # the rest follows
