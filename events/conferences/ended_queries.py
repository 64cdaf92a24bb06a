"""Which conferences are over, and which are still to come or on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Subquery, select

from core.db import db
from events.conferences.models import Conference
from events.conferences.rules import ConferenceState


def list_ended(before: date) -> list[tuple[str, date]]:
    """(id, last day) of every conference whose last day lies before that day, the oldest first."""
    query = select(Conference.id, Conference.ends_on).where(Conference.ends_on < before)
    return [(row.id, row.ends_on) for row in db.session.execute(query.order_by(Conference.ends_on, Conference.id))]


def coming(since: date) -> Subquery:
    """To be joined: `id` of every published conference whose last day is this one or later."""
    query = select(Conference.id).where(Conference.state == ConferenceState.PUBLISHED, Conference.ends_on >= since)
    return query.subquery("coming")
