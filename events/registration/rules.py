"""Registrations, places and waiting: the states, and what they allow; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict

OFFER_LIFE = timedelta(hours=24)


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


def offers_due(count: Count, waiting: int) -> int:
    """To how many of those who wait a place can be offered now."""
    return min(count.free, waiting)


def offer_ends(now: datetime, starts_at: datetime) -> datetime:
    """Until when an offer holds its place: a day, and never past the beginning."""
    return min(now + OFFER_LIFE, max(now, starts_at))
