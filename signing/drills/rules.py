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
    STAGE = "stage"
    HOST = "host"
    SERVER = "server"  # every page of the rehearsal, as if the server were gone


class Place(StrEnum):
    """Where a page stands that was cut off."""

    SEAT = "seat"
    STAGE = "stage"
    HOST = "host"


class Said(StrEnum):
    """What a page says of a drill."""

    CUT = "cut"
    BACK = "back"


@dataclass(frozen=True)
class Aim:
    """What a drill cuts off: a seat, the stage, the pages of one host, or all of them."""

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
    """What a page says: which drill, which page, and how long it took until it was right again."""

    drill_id: str
    page: str
    said: Said
    right_ms: int | None


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
        case Target.SEAT:
            return page.place is Place.SEAT and page.seat_id == aim.seat_id
        case Target.STAGE:
            return page.place is Place.STAGE
        case Target.HOST:
            return page.place is Place.HOST and page.account_id == aim.account_id
