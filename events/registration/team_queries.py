"""Reads of the team's pages of registrations: who waits, and what was done with somebody's registration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.audit import AuditEntry
from core.db import db
from events.registration.models import Registration
from events.registration.queries import RegistrationView, registrations, view
from events.registration.rules import RegistrationState


def list_waiting(conference_id: str, *, venue_ids: frozenset[str] | None = None) -> list[RegistrationView]:
    """Everybody on a waiting list: venue by venue, first those with an offer, then in the order of waiting."""
    query = registrations().where(
        Registration.conference_id == conference_id, Registration.state == RegistrationState.WAITLISTED
    )
    if venue_ids is not None:
        query = query.where(Registration.venue_id.in_(venue_ids))
    order = (
        Registration.venue_id,
        Registration.audience_id,
        Registration.offered_until.is_(None),
        Registration.queued_at,
        Registration.id,
    )
    return [view(*row) for row in db.session.execute(query.order_by(*order))]


@dataclass(frozen=True)
class Act:
    """One entry of the trail about a registration."""

    seq: int
    at: datetime
    action: str
    actor_kind: str
    actor_id: str


def list_acts(conference_id: str, registration_id: str) -> list[Act]:
    """What was done with a registration, in order."""
    columns = (AuditEntry.seq, AuditEntry.at, AuditEntry.action, AuditEntry.actor_kind, AuditEntry.actor_id)
    query = select(*columns).filter_by(chain=conference_id, subject_id=registration_id).order_by(AuditEntry.seq)
    return [Act(*row) for row in db.session.execute(query)]
