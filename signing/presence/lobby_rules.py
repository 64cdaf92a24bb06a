"""The lobby, pure: who is let in, who is held, who was removed, and what a host may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Conflict

LONGEST_WHY = 200
LONGEST_MESSAGE = 300


class Standing(StrEnum):
    """Where a signer stands in the lobby."""

    ADMITTED = "admitted"
    WAITING = "waiting"
    HELD = "held"
    REMOVED = "removed"


class Act(StrEnum):
    """What a host does about one signer."""

    ADMIT = "admit"
    HOLD = "hold"
    RELEASE = "release"
    REMOVE = "remove"
    LET_IN = "let_in"


class Quick(StrEnum):
    """Messages that there are words for in both languages."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SOON = "soon"
    NOW = "now"
    WAIT = "wait"
    READ = "read"
    THANKS = "thanks"


@dataclass(frozen=True)
class Admission:
    """What hosts have done about a seat."""

    admitted_at: datetime | None = None
    held_at: datetime | None = None
    held_why: str = ""
    removed_at: datetime | None = None


def standing(admission: Admission, *, admits_each: bool) -> Standing:
    """Where a signer stands; nobody waits where the host does not admit each by themselves."""
    if admission.removed_at is not None:
        return Standing.REMOVED
    if admission.held_at is not None:
        return Standing.HELD
    return Standing.WAITING if admits_each and admission.admitted_at is None else Standing.ADMITTED


def why_kept_out(found: Standing) -> Conflict | None:
    """Why somebody may not begin to sign now; None where nothing keeps them."""
    if found is Standing.WAITING:
        return Conflict("not_admitted")
    if found is Standing.HELD:
        return Conflict("seat_held")
    return Conflict("seat_removed") if found is Standing.REMOVED else None


def change(before: Admission, act: Act, *, why: str, now: datetime) -> Admission:
    """What is kept after an act; the same where there is nothing to do. Raises Conflict `seat_removed`."""
    if act is Act.REMOVE:
        return before if before.removed_at else Admission(before.admitted_at, None, "", now)
    if act is Act.LET_IN:
        return Admission(now) if before.removed_at else before
    if before.removed_at is not None:
        raise Conflict("seat_removed")
    if act is Act.ADMIT:
        return before if before.admitted_at else Admission(now, before.held_at, before.held_why)
    if act is Act.HOLD:
        return Admission(before.admitted_at, before.held_at or now, why)
    return Admission(before.admitted_at)
