"""Reads of invitations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.db import db
from core.errors import NotFound
from events.registration.invitation_models import Invitation, InvitationList
from events.registration.invitation_rules import InvitationState
from events.registration.models import Registration
from events.registration.rules import LIVE


@dataclass(frozen=True)
class InvitationView:
    """One person on a list."""

    id: str
    conference_id: str
    list_id: str
    number: int
    audience_id: str | None
    venue_id: str | None
    name: str
    email: str
    company_name: str
    job_title: str
    phone: str
    locale: str
    state: InvitationState
    problems: list[dict[str, Any]]
    created_at: datetime


@dataclass(frozen=True)
class ListView:
    """One uploaded list; `answered` counts those who registered by it and have not withdrawn."""

    id: str
    conference_id: str
    name: str
    total: int
    done: int
    wrong: int
    created_at: datetime
    answered: int
    declined: int

    @property
    def is_done(self) -> bool:
        """Whether everybody who can be invited has been."""
        return self.done >= self.total


def invitation_view(row: Invitation) -> InvitationView:
    """A row as a value."""
    return InvitationView(**{name: getattr(row, name) for name in InvitationView.__dataclass_fields__})


def get_invitation(invitation_id: str) -> InvitationView:
    """One invitation; raises NotFound."""
    row = db.session.get(Invitation, invitation_id)
    if row is None:
        raise NotFound("invitation_not_found")
    return invitation_view(row)


def list_lists(conference_id: str, *, list_id: str | None = None) -> list[ListView]:
    """The uploaded lists of a conference, the newest first."""
    query = select(InvitationList).filter_by(conference_id=conference_id)
    if list_id is not None:
        query = query.filter_by(id=list_id)
    rows = db.session.scalars(query.order_by(InvitationList.created_at.desc(), InvitationList.id)).all()
    answered = dict(_counted(conference_id))
    declined = _declined(conference_id)
    names = [name for name in ListView.__dataclass_fields__ if name not in ("answered", "declined")]
    return [
        ListView(
            **{name: getattr(row, name) for name in names},
            answered=answered.get(row.id, 0),
            declined=declined.get(row.id, 0),
        )
        for row in rows
    ]


def _counted(conference_id: str) -> Sequence[tuple[str, int]]:
    query = (
        select(Invitation.list_id, func.count())
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.conference_id == conference_id, Registration.state.in_(LIVE))
        .group_by(Invitation.list_id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _declined(conference_id: str) -> dict[str, int]:
    query = select(Invitation.list_id, func.count()).filter_by(
        conference_id=conference_id, state=InvitationState.DECLINED
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Invitation.list_id))}


def get_list(conference_id: str, list_id: str) -> ListView:
    """One list of a conference; raises NotFound."""
    found = list_lists(conference_id, list_id=list_id)
    if not found:
        raise NotFound("invitation_list_not_found")
    return found[0]


def list_rows(
    list_id: str,
    *,
    state: InvitationState | None = None,
    venue_ids: Collection[str] | None = None,
    limit: int | None = None,
) -> list[InvitationView]:
    """The rows of a list, as they stood in the file: all, or those that name one of these venues."""
    query = select(Invitation).filter_by(list_id=list_id).order_by(Invitation.number).limit(limit)
    if state is not None:
        query = query.filter_by(state=state)
    if venue_ids is not None:
        query = query.where(Invitation.venue_id.in_(venue_ids))
    return [invitation_view(row) for row in db.session.scalars(query)]


def list_answered(list_id: str) -> set[str]:
    """The ids of the list's invitations by which somebody is registered."""
    query = select(Invitation.id).join(Registration, Registration.invitation_id == Invitation.id)
    return set(db.session.scalars(query.where(Invitation.list_id == list_id, Registration.state.in_(LIVE))))


def list_known_addresses(conference_id: str) -> set[str]:
    """Cleaned addresses that are invited, or registered and not withdrawn."""
    invited = select(func.lower(Invitation.email)).filter_by(conference_id=conference_id)
    registered = select(Registration.live_key).filter_by(conference_id=conference_id)
    return {
        *db.session.scalars(invited.where(Invitation.state != InvitationState.WRONG)),
        *filter(None, db.session.scalars(registered)),
    }
