"""Who is thanked by which letter, and when letters may go out: pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import Conflict

LONGEST_WORDS = 1500  # characters of the host's own words, in each language


class Kind(StrEnum):
    """Which letter somebody gets; `former` signed before an understudy took the seat, and has its link no more."""

    SIGNER = "signer"
    FORMER = "former"
    WITNESS = "witness"
    TEAM = "team"


class Why(StrEnum):
    """Why somebody gets no letter."""

    DELETED = "deleted"  # the personal values of this person, as retention asks
    NO_ADDRESS = "no_address"
    NOT_SEALED = "not_sealed"  # what this person signed is not sealed yet
    NOTHING_SIGNED = "nothing_signed"


@dataclass(frozen=True)
class Reader:
    """Somebody who may be thanked; `key` is the person, whoever has the seat later.

    `agreements` (ids) are those that the letter lists; of `waiting` more the files are not made yet.
    """

    key: str
    kind: Kind
    name: str
    organisation: str
    email: str
    locale: str
    seat_id: str = ""
    agreements: tuple[str, ...] = ()
    waiting: int = 0
    why_not: Why | None = None


@dataclass(frozen=True)
class Draft:
    """What the host adds: own words by language (empty: none), and whether the hosts' team is written to as well."""

    words: dict[str, str]
    with_team: bool = False


class Standing(StrEnum):
    """Whether letters may go out, and what keeps them."""

    OPEN = "open"
    REHEARSAL = "rehearsal"
    CANCELLED = "cancelled"
    TOO_EARLY = "too_early"


def standing(*, is_rehearsal: bool, is_cancelled: bool, is_over: bool) -> Standing:
    if is_rehearsal:
        return Standing.REHEARSAL
    if is_cancelled:
        return Standing.CANCELLED
    return Standing.OPEN if is_over else Standing.TOO_EARLY


def check(found: Standing) -> None:
    """That letters may go out; raises Conflict `thanks_rehearsal`, `thanks_cancelled`, `thanks_too_early`."""
    if found is Standing.REHEARSAL:
        raise Conflict("thanks_rehearsal")
    if found is Standing.CANCELLED:
        raise Conflict("thanks_cancelled")
    if found is Standing.TOO_EARLY:
        raise Conflict("thanks_too_early")
