"""Reads for the pages of who registers: which links hold, how long the queue is before somebody."""

from __future__ import annotations

from sqlalchemy import func, select

from core.db import db
from events.registration.models import Registration
from events.registration.queries import RegistrationView
from events.registration.rules import RegistrationState


def find_link_number(registration_id: str) -> int | None:
    """The number that the registration's personal links have; None where it is not there."""
    return db.session.scalar(select(Registration.link_number).filter_by(id=registration_id))


def place_in_queue(registration: RegistrationView) -> int:
    """How many wait for the same places before this one, itself included: 1 is next."""
    query = select(func.count()).select_from(Registration).filter_by(
        venue_id=registration.venue_id, audience_id=registration.audience_id, state=RegistrationState.WAITLISTED
    )  # fmt: skip
    earlier = (Registration.queued_at < registration.queued_at) | (
        (Registration.queued_at == registration.queued_at) & (Registration.id < registration.id)
    )
    waiting = query.where(Registration.offered_until.is_(None), earlier)
    return (db.session.scalar(waiting) or 0) + 1
