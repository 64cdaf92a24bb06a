"""Registrations, places and waiting: the states, and what they allow; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.errors import Conflict

OFFER_LIFE = timedelta(hours=24)


LEAST_TO_PROVE = timedelta(minutes=30)


class RegistrationState(StrEnum):
    """Where a person's registration stands."""

    PENDING = "pending"  # somebody decides on it; holds no place
    CONFIRMED = "confirmed"  # holds a place
    WAITLISTED = "waitlisted"  # waits; holds a place only while one is offered
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class RegistrationAction(StrEnum):
    """What changes a registration."""

    APPROVE = "approve"
    WAIT = "wait"
    OFFER = "offer"
    ACCEPT = "accept"
    LAPSE = "lapse"
    MOVE = "move"
    WITHDRAW = "withdraw"
    REJECT = "reject"


LIVE = frozenset({RegistrationState.PENDING, RegistrationState.CONFIRMED, RegistrationState.WAITLISTED})

_PENDING, _CONFIRMED, _WAITLISTED = (
    RegistrationState.PENDING,
    RegistrationState.CONFIRMED,
    RegistrationState.WAITLISTED,
)
_NEXT: Mapping[tuple[RegistrationState, RegistrationAction], RegistrationState] = {
    (_PENDING, RegistrationAction.APPROVE): _CONFIRMED,
    (_PENDING, RegistrationAction.WAIT): _WAITLISTED,
    (_PENDING, RegistrationAction.MOVE): _PENDING,
    (_PENDING, RegistrationAction.REJECT): RegistrationState.REJECTED,
    (_PENDING, RegistrationAction.WITHDRAW): RegistrationState.WITHDRAWN,
    (_CONFIRMED, RegistrationAction.MOVE): _CONFIRMED,
    (_CONFIRMED, RegistrationAction.REJECT): RegistrationState.REJECTED,
    (_CONFIRMED, RegistrationAction.WITHDRAW): RegistrationState.WITHDRAWN,
    (_WAITLISTED, RegistrationAction.OFFER): _WAITLISTED,
    (_WAITLISTED, RegistrationAction.LAPSE): _WAITLISTED,
    (_WAITLISTED, RegistrationAction.ACCEPT): _CONFIRMED,
    (_WAITLISTED, RegistrationAction.MOVE): _CONFIRMED,
    (_WAITLISTED, RegistrationAction.REJECT): RegistrationState.REJECTED,
    (_WAITLISTED, RegistrationAction.WITHDRAW): RegistrationState.WITHDRAWN,
}


def change(state: RegistrationState, action: RegistrationAction) -> RegistrationState:
    """The state after an action; raises Conflict `registration_<state>`."""
    after = _NEXT.get((state, action))
    if after is None:
        raise Conflict(f"registration_{state}")
    return after


def may(state: RegistrationState, action: RegistrationAction) -> bool:
    """Whether the state allows an action."""
    return (state, action) in _NEXT


@dataclass(frozen=True)
class Count:
    """The places of one audience in one venue: `taken` of `capacity`, by people, offers and groups together."""

    capacity: int
    taken: int

    @property
    def free(self) -> int:
        """Never below 0, though a capacity may be lowered under what is taken."""
        return max(0, self.capacity - self.taken)


def take(count: Count, places: int = 1) -> int:
    """What is taken afterwards; raises Conflict `venue_full`."""
    if count.free < places:
        raise Conflict("venue_full")
    return count.taken + places


def give_back(count: Count, places: int = 1) -> int:
    """What is taken afterwards; raises ValueError where more is given back than was taken."""
    if places > count.taken:
        raise ValueError(f"{places} places given back of {count.taken}")
    return count.taken - places


def move(count: Count, waiting: int, *, has_begun: bool) -> int:
    """What is taken in the other venue afterwards; raises Conflict `venue_full`, also where people wait there."""
    if waiting and not has_begun:
        raise Conflict("venue_full")
    return take(count)


def accept(state: RegistrationState, offered_until: datetime | None, now: datetime) -> RegistrationState:
    """The state after an offered place is accepted; raises Conflict `registration_<state>`, `no_offer`,
    `offer_over`."""
    after = change(state, RegistrationAction.ACCEPT)
    if offered_until is None:
        raise Conflict("no_offer")
    if offered_until <= now:
        raise Conflict("offer_over")
    return after


def check_live(state: RegistrationState) -> None:
    """Raises Conflict `registration_<state>` for what was withdrawn or rejected."""
    if state not in LIVE:
        raise Conflict(f"registration_{state}")


def offers_due(count: Count, waiting: int) -> int:
    """To how many of those who wait a place can be offered now."""
    return min(count.free, waiting)


def offer_ends(now: datetime, starts_at: datetime) -> datetime:
    """Until when an offer holds its place: a day, and never past the beginning."""
    return min(now + OFFER_LIFE, max(now, starts_at))


def prove_by(now: datetime, starts_at: datetime | None, life: timedelta) -> datetime | None:
    """Until when somebody who registers now has to prove the mail address: at the latest in the middle of the time that
    is left, so that the place can still go to another. None where too little is left for that, or nobody has to."""
    if not life:
        return None
    given = life if starts_at is None else min(life, (starts_at - now) / 2)
    return now + given if given >= LEAST_TO_PROVE else None


@dataclass(frozen=True)
class Admission:
    """What a conference says of registering for one audience; `state` is the conference's, `starts_at` the beginning
    of its first item."""

    state: str
    needs_approval: bool
    timezone: str
    ends_on: date
    starts_at: datetime | None

    def has_begun(self, now: datetime) -> bool:
        """Whether the first item has begun: from then on nothing is offered, and free places go to who comes."""
        return self.starts_at is not None and now >= self.starts_at

    def is_over(self, now: datetime) -> bool:
        """Whether its last day has passed where it is held."""
        return now.astimezone(ZoneInfo(self.timezone)).date() > self.ends_on


def check_open(admission: Admission, *, is_open: bool, now: datetime) -> None:
    """Raises Conflict `registration_closed` before a conference is published, once it is called off or over."""
    if admission.state != "published" or not is_open or admission.is_over(now):
        raise Conflict("registration_closed")


def admit(
    admission: Admission,
    count: Count,
    waiting: int,
    *,
    has_held_place: bool,
    is_decided: bool,
    may_wait: bool,
    now: datetime,
) -> RegistrationState:
    """As what somebody is registered: nobody passes those who wait, until it begins.

    Raises Conflict `venue_full_no_waiting`, also where the audience has no places in this venue at all.
    """
    if has_held_place:
        return RegistrationState.CONFIRMED
    if count.capacity == 0:
        raise Conflict("venue_full_no_waiting")
    if admission.needs_approval and not is_decided:
        return RegistrationState.PENDING
    if count.free and (not waiting or admission.has_begun(now)):
        return RegistrationState.CONFIRMED
    if not may_wait:
        raise Conflict("venue_full_no_waiting")
    return RegistrationState.WAITLISTED


def clean_code(text: str) -> str:
    """A code as it was typed, in its one written form."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def clean_email(text: str) -> str:
    """The one written form of a mail address, by which a person is known: trimmed, small letters, NFKC."""
    return unicodedata.normalize("NFKC", text).strip().lower()
