"""What a ceremony is planned to be, its states and what they allow: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from core.errors import Conflict
from core.values import Money, Texts

YEARS = range(2000, 2100)  # in which ceremonies are held
KINDS = ("investment", "cooperation")  # of agreements, by the clauses that are printed
LONGEST_TITLE = 120  # characters, here and below
LONGEST_ORGANISATION = 120
LONGEST_POSITION = 64  # what a certificate takes (RFC 5280 appendix A.1, ub-title)
LONGEST_PLACE = 60


class TimePolicy(StrEnum):
    """What becomes of a signature for which no authority gives a timestamp."""

    INSTALLATION = "installation"  # as the installation is set
    WAIT = "wait"
    REFUSE = "refuse"


class CeremonyState(StrEnum):
    """Where a ceremony stands."""

    DRAFT = "draft"
    PRINTING = "printing"
    INVITED = "invited"
    COMPLETED = "completed"
    ENDED = "ended"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"  # a draft nobody was invited to: out of every list, its trail stays


class CeremonyAction(StrEnum):
    """What changes the state of a ceremony."""

    EDIT = "edit"
    PRINT = "print"
    INVITE = "invite"
    COMPLETE = "complete"
    END = "end"
    CANCEL = "cancel"
    DISCARD = "discard"
    LINK = "link"
    COPY = "copy"


_NEXT: Mapping[tuple[CeremonyState, CeremonyAction], CeremonyState] = {
    (CeremonyState.DRAFT, CeremonyAction.EDIT): CeremonyState.DRAFT,
    (CeremonyState.DRAFT, CeremonyAction.PRINT): CeremonyState.PRINTING,
    (CeremonyState.DRAFT, CeremonyAction.CANCEL): CeremonyState.CANCELLED,
    (CeremonyState.DRAFT, CeremonyAction.DISCARD): CeremonyState.DISCARDED,
    (CeremonyState.PRINTING, CeremonyAction.INVITE): CeremonyState.INVITED,
    (CeremonyState.PRINTING, CeremonyAction.CANCEL): CeremonyState.CANCELLED,
    (CeremonyState.INVITED, CeremonyAction.COMPLETE): CeremonyState.COMPLETED,
    (CeremonyState.INVITED, CeremonyAction.END): CeremonyState.ENDED,
    (CeremonyState.INVITED, CeremonyAction.CANCEL): CeremonyState.CANCELLED,
    (CeremonyState.INVITED, CeremonyAction.LINK): CeremonyState.INVITED,
    # A personal link gives out the signed files, for as long as anybody asks for them.
    (CeremonyState.COMPLETED, CeremonyAction.LINK): CeremonyState.COMPLETED,
    (CeremonyState.ENDED, CeremonyAction.LINK): CeremonyState.ENDED,
    (CeremonyState.CANCELLED, CeremonyAction.LINK): CeremonyState.CANCELLED,
    (CeremonyState.ENDED, CeremonyAction.COPY): CeremonyState.ENDED,
    (CeremonyState.CANCELLED, CeremonyAction.COPY): CeremonyState.CANCELLED,
}


def change(state: CeremonyState, action: CeremonyAction) -> CeremonyState:
    """The state after an action; raises Conflict `ceremony_<state>`, which says what can still be done."""
    after = _NEXT.get((state, action))
    if after is None:
        raise Conflict(f"ceremony_{state}")
    return after


def check_rehearsable(state: CeremonyState, *, is_rehearsal: bool) -> None:
    """That there is something to rehearse for. Raises Conflict `rehearsal_of_rehearsal`, `ceremony_…` at the end."""
    if is_rehearsal:
        raise Conflict("rehearsal_of_rehearsal")
    if not may_rehearse(state, is_rehearsal=is_rehearsal):
        raise Conflict(f"ceremony_{state}")


def may_rehearse(state: CeremonyState, *, is_rehearsal: bool) -> bool:
    """Whether a ceremony is still to come, and no rehearsal itself."""
    return not is_rehearsal and state in {CeremonyState.DRAFT, CeremonyState.PRINTING, CeremonyState.INVITED}


def may(state: CeremonyState, action: CeremonyAction) -> bool:
    """Whether the state allows an action."""
    return (state, action) in _NEXT


@dataclass(frozen=True)
class Tally:
    """How many agreements of a ceremony have their evidence, ended unsigned, and are still under way."""

    proved: int
    unsigned: int
    under_way: int


def ending(tally: Tally) -> CeremonyAction | None:
    """What ends a ceremony whose agreements stand so: `complete` only where all are signed; None while one goes on."""
    if tally.under_way:
        return None
    return CeremonyAction.END if tally.unsigned else CeremonyAction.COMPLETE


@dataclass(frozen=True)
class PartyPlan:
    """One party and the person who signs for it."""

    key: str
    organisation: Texts
    representative_title: Texts
    representative_name: str
    email: str
    locale: str
    place: Texts
    timezone: str
    is_host: bool
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class AgreementPlan:
    """One agreement, between which parties, after which others."""

    key: str
    title: Texts
    kind: str
    between: tuple[str, ...]
    after: tuple[str, ...]
    money: Money | None


@dataclass(frozen=True)
class PlannedCue:
    """A cue of a plan's cue sheet; `agreements` and `party_key` are keys of the plan."""

    kind: str
    title: Texts
    seconds: int
    agreements: tuple[str, ...] = ()
    party_key: str = ""
    speaker: str = ""
    script: Texts = field(default_factory=dict)
    stage_text: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class CeremonyPlan:
    """A whole ceremony as read from a file."""

    title: Texts
    held_on: date
    starts_at: datetime
    host_timezone: str
    limit_minutes: int
    conference_tool: str
    time_policy: TimePolicy
    money: Money | None
    parties: tuple[PartyPlan, ...]
    agreements: tuple[AgreementPlan, ...]
    note: str
    source: str
    demo: bool
    cues: tuple[PlannedCue, ...] = ()
    needs_camera: bool = False
    shows_ink: bool = True


@dataclass(frozen=True)
class CeremonyChange:
    """What the host may change about the ceremony itself before inviting; `starts_at` is in `host_timezone`."""

    title: Texts
    starts_at: datetime
    host_timezone: str
    limit_minutes: int
    conference_tool: str
    time_policy: TimePolicy
    money: Money | None
    note: str


@dataclass(frozen=True)
class Beginning:
    """A ceremony that is begun without a file: itself and the party that hosts it, `place` in `about.host_timezone`."""

    about: CeremonyChange
    organisation: Texts
    place: Texts


@dataclass(frozen=True)
class PartyChange:
    """What the host may change about a party before inviting; `is_host` makes it the host in another's place."""

    organisation: Texts
    representative_name: str
    representative_title: Texts
    email: str
    locale: str
    place: Texts
    timezone: str
    is_host: bool = False


@dataclass(frozen=True)
class AgreementChange:
    """What the host may change about an agreement before inviting; what is None stays as it is.

    `between` holds keys of parties, the first is Party A; `after` keys of agreements.
    """

    title: Texts
    money: Money | None
    kind: str | None = None
    between: tuple[str, ...] | None = None
    after: tuple[str, ...] | None = None


@dataclass(frozen=True)
class CopyWish:
    """When the host wants to have signed what was not, in the host's zone."""

    held_on: date
    starts_at: time


def find_cycle(after: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Keys that come one after another in a circle, the first of them again at the end; empty where there is none.

    `after` is key → the keys that it comes after.
    """
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()
