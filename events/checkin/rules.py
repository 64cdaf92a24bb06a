"""Doors: what a scan decides, and what a person's scans say of them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from core.errors import Refusal

CLOCK_TOLERANCE = timedelta(minutes=2)
# A gala that ends after midnight belongs to the evening before.
DAY_BEGINS = time(4)
MOST_SCANS = 200  # in one request
LONGEST_CODE = 300  # characters of what was scanned


class Direction(StrEnum):
    """Which way somebody goes."""

    IN = "in"
    OUT = "out"


class ScanKind(StrEnum):
    """How somebody was found; `undo` takes back an earlier scan."""

    BADGE = "badge"
    CODE = "code"
    NAME = "name"
    WALK_IN = "walk-in"
    UNDO = "undo"


class Decision(StrEnum):
    """What a door answers."""

    ADMITTED = "admitted"
    LEFT = "left"
    ALREADY_IN = "already_in"
    NOT_IN = "not_in"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"  # or rejected
    WAITING = "waiting"  # for a place or for approval
    OTHER_VENUE = "other_venue"
    OTHER_CONFERENCE = "other_conference"
    OLDER_PRINT = "older_print"
    FORGED = "forged"
    UNKNOWN = "unknown"


PASSED = frozenset({Decision.ADMITTED, Decision.LEFT})
SUSPECT = frozenset({Decision.FORGED, Decision.UNKNOWN, Decision.OTHER_CONFERENCE, Decision.OLDER_PRINT})
TURNED_AWAY = frozenset(Decision) - PASSED - {Decision.ALREADY_IN, Decision.NOT_IN, Decision.UNDONE}
_STANDING: Mapping[str, Decision | None] = {
    "confirmed": None,
    "pending": Decision.WAITING,
    "waitlisted": Decision.WAITING,
    "withdrawn": Decision.WITHDRAWN,
    "rejected": Decision.WITHDRAWN,
}


class CodeState(StrEnum):
    """What a door can say of a code before it knows the person."""

    GOOD = "good"  # signed by us for this conference, or typed or chosen at the door
    FORGED = "forged"
    OTHER_CONFERENCE = "other_conference"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Person:
    """A registration as doors know it; `newest_print`: 0 where no badge was printed."""

    id: str
    venue_id: str
    state: str
    newest_print: int = 0


@dataclass(frozen=True)
class Presence:
    """What a person's scans come to: in or out since when and by which door, and where they came in first."""

    is_in: bool = False
    since: datetime | None = None
    door_id: str = ""
    first_at: datetime | None = None
    first_door_id: str = ""

    def is_in_on(self, day_began: datetime) -> bool:
        """Whether they are in today: who did not scan out yesterday has gone home all the same."""
        return self.is_in and self.since is not None and self.since >= day_began


NEVER_SEEN = Presence()


@dataclass(frozen=True)
class Passage:
    """One scan of a person, as their history has it. `passed`: they really went through, whatever was said later."""

    nonce: str
    door_id: str
    direction: Direction
    happened_at: datetime
    passed: bool
    undoes: str = ""  # the nonce of the scan that this takes back


def day_began(now: datetime, zone: tzinfo) -> datetime:
    """When the running day of a door began in its zone, at four in the morning."""
    local = now.astimezone(zone)
    day = local.date() if local.time() >= DAY_BEGINS else local.date() - timedelta(days=1)
    return datetime.combine(day, DAY_BEGINS, tzinfo=zone).astimezone(now.tzinfo)


def decide(
    code: CodeState,
    person: Person | None,
    presence: Presence,
    *,
    venue_id: str,
    direction: Direction,
    began: datetime,
    print_number: int | None = None,
) -> Decision:
    """What the door of this venue answers; `began`: of its day; `print_number`: of the badge that was scanned."""
    if code is not CodeState.GOOD:
        return Decision(code.value)
    if person is None:
        return Decision.UNKNOWN
    if print_number is not None and print_number < person.newest_print:
        return Decision.OLDER_PRINT
    is_in = presence.is_in_on(began)
    if direction is Direction.OUT:
        return Decision.LEFT if is_in else Decision.NOT_IN
    if refused := _STANDING.get(person.state, Decision.UNKNOWN):
        return refused
    if person.venue_id != venue_id:
        return Decision.OTHER_VENUE
    return Decision.ALREADY_IN if is_in else Decision.ADMITTED


def after(presence: Presence, passage: Passage) -> Presence:
    """What a person's state is after one more passage; one that arrives late does not turn back what came later."""
    if not passage.passed:
        return presence
    found = presence
    if passage.direction is Direction.IN and presence.first_at is None:
        found = replace(found, first_at=passage.happened_at, first_door_id=passage.door_id)
    if presence.since is None or passage.happened_at >= presence.since:
        is_in = passage.direction is Direction.IN
        found = replace(found, is_in=is_in, since=passage.happened_at, door_id=passage.door_id)
    return found


def presence_of(passages: Iterable[Passage]) -> Presence:
    """What all scans of one person come to, in the order in which they arrived; what was taken back does not count."""
    all_of_them = list(passages)
    undone = {each.undoes for each in all_of_them if each.undoes}
    found = NEVER_SEEN
    for each in all_of_them:
        if each.nonce not in undone and not each.undoes:
            found = after(found, each)
    return found


@dataclass(frozen=True)
class DoubleEntry:
    """Somebody who came in a second time without having gone out: both scans, the earlier first."""

    first: Passage
    second: Passage


def double_entries(passages: Sequence[Passage], zone: tzinfo) -> list[DoubleEntry]:
    """What two doors let in twice, from one person's scans in any order."""
    undone = {each.undoes for each in passages if each.undoes}
    real = [each for each in passages if each.passed and not each.undoes and each.nonce not in undone]
    found: list[DoubleEntry] = []
    inside: Passage | None = None
    for each in sorted(real, key=lambda one: (one.happened_at, one.nonce)):
        if inside is not None and inside.happened_at < day_began(each.happened_at, zone):
            inside = None
        if each.direction is Direction.OUT:
            inside = None
        elif inside is not None:
            found.append(DoubleEntry(inside, each))
        else:
            inside = each
    return found


def clock_off(sent_at: datetime, received_at: datetime) -> timedelta:
    """By how much a phone's clock is fast; negative where it is slow."""
    return sent_at - received_at


def is_off(off: timedelta) -> bool:
    """Whether a clock is so far off that its times are marked."""
    return abs(off) > CLOCK_TOLERANCE


def happened_at(phone_at: datetime, off: timedelta, received_at: datetime) -> datetime:
    """When a scan really was: the phone's time put right, and never later than its arrival."""
    return min(phone_at - off, received_at)


class PhoneRevoked(Refusal):
    """This phone may no longer check in: its link was taken back, or is used by another phone."""

    code = "door_link_revoked"
    status = 410
