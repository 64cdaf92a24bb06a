"""Surveys: where one stands, whom it is for, and which groups are too small to be shown; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict
from core.values import Texts

MOST_SURVEYS = 20  # of one conference
LONGEST_TITLE = 120  # characters, here and below
LONGEST_INTRO = 1000
MOST_DELAY_DAYS = 30
MOST_DAYS_OPEN = 60
SMALLEST_GROUP = 5  # answers: below that, in an anonymous survey, somebody could be recognised
MINUTES: Mapping[str, int] = {"days": 1440, "hours": 60, "minutes": 1}


class Reach(StrEnum):
    """Who is asked."""

    CAME = "came"  # whom a door or an online room saw
    CONFIRMED = "confirmed"  # everybody who had a place


class Phase(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # started; its moment has not come
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Facts:
    """What an organiser decides of a survey besides its questions. No venues (ids) and no audiences (ids) stand for all
    of them; `delay` in minutes after the last item of all venues; `days_open` from then on."""

    title: Texts
    intro: Texts
    anonymous: bool
    reach: Reach = Reach.CAME
    venues: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    delay: int = 120
    days_open: int = 14

    def is_for(self, venue_id: str, audience_id: str) -> bool:
        """Whether people of this venue and audience are asked."""
        return (not self.venues or venue_id in self.venues) and (not self.audiences or audience_id in self.audiences)


@dataclass(frozen=True)
class Times:
    """What happened to a survey; `closes_at` is known from the moment in which it was opened."""

    started_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None

    def phase(self, now: datetime) -> Phase:
        """Where it stands."""
        if self.closes_at is not None and now >= self.closes_at:
            return Phase.CLOSED
        if self.opened_at is not None:
            return Phase.OPEN
        return Phase.DRAFT if self.started_at is None else Phase.WAITING


def moment(facts: Facts, ends_at: datetime | None) -> datetime | None:
    """When it is sent, in a conference whose last item ends then."""
    return None if ends_at is None else ends_at + timedelta(minutes=facts.delay)


def round_of(opened_at: datetime, now: datetime) -> int:
    """Which look for people who are known to have come only now (a door was offline): after 1, 2, 4, 8 … hours."""
    return int((now - opened_at) / timedelta(hours=1)).bit_length()


def check_draft(phase: Phase) -> None:
    """Raises Conflict `survey_started`: who was asked something else would be given other words."""
    if phase is not Phase.DRAFT:
        raise Conflict("survey_started")


def check_open(phase: Phase) -> None:
    """Raises Conflict `survey_closed`, `survey_not_open`."""
    if phase is Phase.CLOSED:
        raise Conflict("survey_closed")
    if phase is not Phase.OPEN:
        raise Conflict("survey_not_open")


def hidden_groups(answers: Mapping[str, int], *, anonymous: bool) -> frozenset[str]:
    """The groups that are not shown on their own, from the number of answers of each: those with fewer than
    SMALLEST_GROUP, and as many more, the smallest first, as it takes that nobody finds them by subtracting."""
    if not anonymous:
        return frozenset()
    hidden = {key for key, count in answers.items() if count < SMALLEST_GROUP}
    left = sorted((count, key) for key, count in answers.items() if key not in hidden)
    # A group of none gives nobody away.
    while any(answers[key] for key in hidden) and sum(answers[key] for key in hidden) < SMALLEST_GROUP and left:
        hidden.add(left.pop(0)[1])
    return frozenset(hidden)
