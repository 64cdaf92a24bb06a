"""Which conferences are over."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.db import db
from events.conferences.models import Conference


def list_ended(before: date) -> list[tuple[str, date]]:
    """(id, last day) of every conference whose last day lies before that day, the oldest first."""
    query = select(Conference.id, Conference.ends_on).where(Conference.ends_on < before)
    return [(row.id, row.ends_on) for row in db.session.execute(query.order_by(Conference.ends_on, Conference.id))]
