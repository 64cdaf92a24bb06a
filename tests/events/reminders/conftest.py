"""A rule to remind people of the conference, and the work that it asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest

from core import clock, jobs
from core.db import db, transaction
from events.conferences.queries import ConferenceView
from events.reminders import moments, service, work
from events.reminders.rules import Anchor, Group, Rule, Scope, Timing
from tests.events.registration.test_deciding import work_off
from tests.support.conference import ORGANISER

DAY = 1440
_numbers = count(1)


def rule(minutes: int = DAY, scope: Scope = Scope.ALL, **named: object) -> Rule:
    """So long before each venue's beginning."""
    return Rule(Timing(Anchor.VENUE, minutes), scope, **named)  # type: ignore[arg-type]


def add(conference: ConferenceView, wanted: Rule | None = None, *groups: Group) -> str:
    """A rule of the conference."""
    made = wanted or rule(groups=groups or (Group.CONFIRMED,))
    return service.add(conference.id, made, key=f"rule{next(_numbers)}", by=ORGANISER)


def begins(conference: ConferenceView, venue: str = "chengdu") -> datetime:
    """When the first item of a venue begins."""
    times = moments.read(conference.id)
    db.session.rollback()
    return times.begins[conference.venue(venue).id]


def tick(at: datetime) -> None:
    """What a minute of a worker does at that instant."""
    with clock.frozen(at):
        with transaction():
            jobs.add(work.SWEEP, f"{at.isoformat()}:{next(_numbers)}")
        work_off()


@pytest.fixture
def day_before(conference: ConferenceView) -> Callable[..., datetime]:
    """`day_before(minutes=0)`: so many minutes after the moment of a rule of one day, in Chengdu."""
    return lambda minutes=0: begins(conference) - timedelta(days=1) + timedelta(minutes=minutes)
