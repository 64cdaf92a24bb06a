"""Reminder rules: when they fire, whom they are for, and what may stand in their words; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.errors import Problem
from core.values import Texts

MOST_RULES = 40  # of one conference
LONGEST_SUBJECT = 120
LONGEST_WORDS = 2000
MOST_DAYS = 60  # before the beginning


class Anchor(StrEnum):
    """What the moment of a rule is counted from."""

    VENUE = "venue"  # the first item of the venue
    CONFERENCE = "conference"  # the first item anywhere
    FIXED = "fixed"  # a day and a time on the clocks of each venue


class Scope(StrEnum):
    """In which venues people are reminded."""

    ALL = "all"
    HALLS = "halls"
    ONLINE = "online"
    CHOSEN = "chosen"


class Group(StrEnum):
    """What people are, to a rule."""

    CONFIRMED = "confirmed"
    OFFERED = "offered"  # on the waiting list, with a place held for them
    WAITLISTED = "waitlisted"


class Unit(StrEnum):
    """In what a time before the beginning is said."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


MINUTES: Mapping[Unit, int] = {Unit.DAYS: 1440, Unit.HOURS: 60, Unit.MINUTES: 1}


@dataclass(frozen=True)
class Timing:
    """`minutes` before the beginning, or a day and a time of the venue's clocks."""

    anchor: Anchor
    minutes: int = 0
    fixed_on: date | None = None
    fixed_time: time | None = None


@dataclass(frozen=True)
class Rule:
    """What an organiser decides. No audiences stand for all of them; `venues` (ids) count where they are chosen; no
    words stand for ours."""

    timing: Timing
    scope: Scope
    venues: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    groups: tuple[Group, ...] = (Group.CONFIRMED,)
    subject: Texts = field(default_factory=dict)
    words: Texts = field(default_factory=dict)

    def covers(self, venue_id: str, *, is_online: bool) -> bool:
        """Whether people of this venue are reminded."""
        if self.scope is Scope.CHOSEN:
            return venue_id in self.venues
        return self.scope is Scope.ALL or is_online is (self.scope is Scope.ONLINE)


class Phase(StrEnum):
    """Where a rule stands for one venue."""

    OFF = "off"  # the conference is not published, or called off
    UNTIMED = "untimed"  # nothing is planned there yet
    PAUSED = "paused"
    PLANNED = "planned"
    DUE = "due"
    DONE = "done"
    PASSED = "passed"  # its moment was over before it was set up, or while it was paused
    MISSED = "missed"  # nobody was there to send it before it began
    NEVER = "never"  # a fixed moment that lies behind the beginning


def moment(
    timing: Timing, *, begins_at: datetime | None, first_at: datetime | None, fixed_at: datetime | None
) -> datetime | None:
    """When a rule fires for a venue that begins at `begins_at`, in a conference that begins at `first_at`."""
    if timing.anchor is Anchor.FIXED:
        return fixed_at
    start = begins_at if timing.anchor is Anchor.VENUE else first_at
    return None if start is None else start - timedelta(minutes=timing.minutes)


@dataclass(frozen=True)
class Moment:
    """When a rule fires for one venue, which begins at `begins_at`; `is_done`: everybody was sent it then."""

    at: datetime | None
    begins_at: datetime | None
    is_done: bool = False


def phase(found: Moment, *, now: datetime, timed_at: datetime, is_on: bool, is_paused: bool) -> Phase:
    """`timed_at`: since when the rule fires at this moment. What came before that surprises nobody by firing at once;
    what was passed over afterwards, because nothing ran, is made up for until the venue begins."""
    if found.is_done:
        return Phase.DONE
    if not is_on:
        return Phase.OFF
    if found.at is None or found.begins_at is None:
        return Phase.UNTIMED
    if found.at >= found.begins_at:
        return Phase.NEVER
    if found.at > now:
        return Phase.PAUSED if is_paused else Phase.PLANNED
    if is_paused or timed_at > found.at:
        return Phase.PASSED
    return Phase.DUE if now < found.begins_at else Phase.MISSED


def group(state: str, offered_until: datetime | None, now: datetime) -> Group | None:
    """What somebody is whose registration is in this state; None for who is not reminded at all."""
    if state == "confirmed":
        return Group.CONFIRMED
    if state != "waitlisted":
        return None
    return Group.OFFERED if offered_until is not None and offered_until > now else Group.WAITLISTED


class Standing(StrEnum):
    """What one person has of one rule."""

    SENT = "sent"
    BY_HAND = "by-hand"
    UNDELIVERED = "undelivered"  # given up by the mail server
    CHANGED = "changed"  # not sent after all: the person withdrew, or moved away, in the last moment
    PLANNED = "planned"
    SENDING = "sending"
    PAUSED = "paused"
    OFF = "off"
    NO_ADDRESS = "no-address"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    PENDING = "pending"
    OTHER_STATE = "other-state"
    LATER = "later"  # came after its moment: the confirmation said it all
    MISSED = "missed"
    PASSED = "passed"
    UNTIMED = "untimed"
    NEVER = "never"


WILL_GET = frozenset({Standing.PLANNED, Standing.SENDING})
HAVE_GOT = frozenset({Standing.SENT, Standing.BY_HAND})


@dataclass(frozen=True)
class Person:
    """What of somebody decides whether a rule reaches them."""

    state: str
    offered_until: datetime | None
    has_address: bool
    created_at: datetime


_ENDED = {
    "withdrawn": Standing.WITHDRAWN,
    "rejected": Standing.REJECTED,
    "pending": Standing.PENDING,
}
_BY_PHASE = {
    Phase.OFF: Standing.OFF,
    Phase.UNTIMED: Standing.UNTIMED,
    Phase.PAUSED: Standing.PAUSED,
    Phase.PLANNED: Standing.PLANNED,
    Phase.DUE: Standing.SENDING,
    Phase.DONE: Standing.LATER,
    Phase.PASSED: Standing.PASSED,
    Phase.MISSED: Standing.MISSED,
    Phase.NEVER: Standing.NEVER,
}


def standing(
    person: Person, groups: Collection[Group], at: datetime | None, phase: Phase, *, now: datetime
) -> Standing:
    """What somebody who was not sent it has to expect."""
    if ended := _ENDED.get(person.state):
        return ended
    if group(person.state, person.offered_until, now) not in groups:
        return Standing.OTHER_STATE
    if not person.has_address:
        return Standing.NO_ADDRESS
    if phase is Phase.DUE and at is not None and person.created_at > at:
        return Standing.LATER
    return _BY_PHASE[phase]


PLACEHOLDERS = ("name", "conference", "venue", "city", "address", "door", "starts", "link", "code")
_OF_HALLS = frozenset({"address", "door"})
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


def find_faults(text: str, path: str, *, has_online: bool) -> Iterator[Problem]:
    """What cannot stand in the words of a rule. With `has_online` it reaches people who go nowhere."""
    for name in dict.fromkeys(_IN_BRACES.findall(text)):
        known = ", ".join("{" + each + "}" for each in PLACEHOLDERS)
        if name not in PLACEHOLDERS:
            yield Problem(path, "unknown_placeholder", {"name": "{" + name[:40] + "}", "known": known})
        elif name in _OF_HALLS and has_online:
            yield Problem(path, "placeholder_of_halls", {"name": "{" + name + "}"})
    if {"{", "}"} & set(_IN_BRACES.sub("", text)):
        yield Problem(path, "lone_brace")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value in its place; values are not looked through again. Raises KeyError."""
    return _IN_BRACES.sub(lambda found: values[found[1]], text)


def find_problems(rule: Rule, *, has_online: bool) -> Iterator[Problem]:
    """What is wrong with a rule, besides what its form could tell."""
    if rule.scope is Scope.CHOSEN and not rule.venues:
        yield Problem("$.venues", "reminder_no_venue")
    if not rule.groups:
        yield Problem("$.groups", "reminder_no_group")
    for name, texts in (("subject", rule.subject), ("words", rule.words)):
        if len(texts) == 1:
            lacking = "en" if "zh-CN" in texts else "zh-CN"
            yield Problem(f"$.{name}{'_en' if lacking == 'en' else ''}", "label_missing", {"language": lacking})
        for language, text in texts.items():
            yield from find_faults(text, f"$.{name}{'_en' if language == 'en' else ''}", has_online=has_online)
