"""What a ceremony is planned to be, its states and what they allow: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.errors import Conflict
from core.values import Money, Texts


class CeremonyState(StrEnum):
    """Where a ceremony stands."""

    DRAFT = "draft"
    PRINTING = "printing"
    INVITED = "invited"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CeremonyAction(StrEnum):
    """What changes the state of a ceremony."""

    EDIT = "edit"
    PRINT = "print"
    INVITE = "invite"
    COMPLETE = "complete"
    CANCEL = "cancel"


_NEXT: Mapping[tuple[CeremonyState, CeremonyAction], CeremonyState] = {
    (CeremonyState.DRAFT, CeremonyAction.EDIT): CeremonyState.DRAFT,
    (CeremonyState.DRAFT, CeremonyAction.PRINT): CeremonyState.PRINTING,
    (CeremonyState.DRAFT, CeremonyAction.CANCEL): CeremonyState.CANCELLED,
    (CeremonyState.PRINTING, CeremonyAction.INVITE): CeremonyState.INVITED,
    (CeremonyState.PRINTING, CeremonyAction.CANCEL): CeremonyState.CANCELLED,
    (CeremonyState.INVITED, CeremonyAction.COMPLETE): CeremonyState.COMPLETED,
    (CeremonyState.INVITED, CeremonyAction.CANCEL): CeremonyState.CANCELLED,
}


def change(state: CeremonyState, action: CeremonyAction) -> CeremonyState:
    """The state after an action; raises Conflict `ceremony_<state>`, which says what can still be done."""
    after = _NEXT.get((state, action))
    if after is None:
        raise Conflict(f"ceremony_{state}")
    return after


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
class CeremonyPlan:
    """A whole ceremony as read from a file."""

    title: Texts
    held_on: date
    starts_at: datetime
    host_timezone: str
    limit_minutes: int
    conference_tool: str
    money: Money | None
    parties: tuple[PartyPlan, ...]
    agreements: tuple[AgreementPlan, ...]
    note: str
    source: str
    demo: bool


@dataclass(frozen=True)
class PartyChange:
    """What the host may change about a party before inviting."""

    organisation: Texts
    representative_name: str
    representative_title: Texts
    email: str
    locale: str
    place: Texts
    timezone: str


@dataclass(frozen=True)
class AgreementChange:
    """What the host may change about an agreement before inviting."""

    title: Texts
    money: Money | None
