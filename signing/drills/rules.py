"""Drills, pure: what may be cut off, for how long, and what a page may say of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import Conflict

LENGTHS = (10, 30, 60)  # seconds
MOST_PAGES = 40  # of one drill that are kept
MOST_MS = 600_000


class Target(StrEnum):
    """Whose line is cut."""

    SEAT = "seat"
    PHONE = "phone"  # that draws for a seat's computer
    STAGE = "stage"
    MONITOR = "monitor"
    OBSERVER = "observer"  # all pages of observers, whatever their delay
    HOST = "host"
    SERVER = "server"  # every page of the rehearsal, as if the server were gone


class Place(StrEnum):
    """Where a page stands that was cut off."""

    SEAT = "seat"
    PHONE = "phone"
    STAGE = "stage"
    MONITOR = "monitor"
    OBSERVER = "observer"
    HOST = "host"


class Stroke(StrEnum):
    """What became of a drawing that a phone had begun when it was cut off, or began meanwhile."""

    KEPT = "kept"
    ANEW = "anew"  # it has to be drawn once more


class Said(StrEnum):
    """What a page says of a drill."""

    CUT = "cut"
    BACK = "back"


@dataclass(frozen=True)
class Aim:
    """What a drill cuts off: a seat, or the phone that draws for it; a kind of screen; the pages of one host; all."""

    target: Target
    seat_id: str | None = None
    account_id: str | None = None


@dataclass(frozen=True)
class Page:
    """One page that follows a rehearsal; `is_proved` where its person proved who they are. `device`: what its browser
    is known by, never what it says."""

    place: Place
    device: str
    seat_id: str | None = None
    account_id: str | None = None
    is_proved: bool = False


@dataclass(frozen=True)
class Word:
    """What a page says: which drill, which page, how long it took until it was right again, and of a phone what became
    of its drawing, where there was one."""

    drill_id: str
    page: str
    said: Said
    right_ms: int | None
    stroke: Stroke | None = None


def check_begin(*, is_rehearsal: bool, is_live: bool) -> None:
    """Raises Conflict `drill_only_in_rehearsal`, `drill_not_now`."""
    if not is_rehearsal:
        raise Conflict("drill_only_in_rehearsal")
    if not is_live:
        raise Conflict("drill_not_now")


def collide(one: Aim, other: Aim) -> bool:
    """Whether two drills would cut off the same page."""
    return Target.SERVER in {one.target, other.target} or one == other


def concerns(aim: Aim, page: Page) -> bool:
    """Whether a drill cuts this page off."""
    match aim.target:
        case Target.SERVER:
            return True
        case Target.SEAT | Target.PHONE:
            return page.place == aim.target.value and page.seat_id == aim.seat_id
        case Target.STAGE | Target.MONITOR | Target.OBSERVER:
            return page.place == aim.target.value
        case Target.HOST:
            return page.place is Place.HOST and page.account_id == aim.account_id
