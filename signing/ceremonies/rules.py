"""States of a ceremony and what they allow: pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.errors import Conflict


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
