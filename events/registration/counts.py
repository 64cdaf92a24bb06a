"""Tells the live channels how many places are taken, at most once a second and only after a change.

Registering marks its places (`is_told`) and publishes nothing itself: five hundred who come at once would queue at the
head of one channel.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core import live
from core.db import db, transaction
from events.registration.models import Quota

LEAST = timedelta(seconds=0.9)  # between two updates of one conference, whichever process sends them


def channel(conference_id: str) -> str:
    """Counts of a conference's places: {"places": [[venue, audience, capacity, taken, waiting], …]}, for everybody."""
    return f"places:{conference_id}"


def tell() -> None:
    """Publish the counts of conferences where they changed since. Every process calls this once a second."""
    waiting = list(db.session.scalars(select(Quota.conference_id).where(Quota.is_told.is_(False)).distinct().limit(50)))
    db.session.rollback()
    for conference_id in waiting:
        with transaction():
            _tell(conference_id)


def _tell(conference_id: str) -> None:
    if live.is_recent(channel(conference_id), within=LEAST):
        return
    changed = (
        select(Quota)
        .filter_by(conference_id=conference_id, is_told=False)
        .order_by(Quota.venue_id, Quota.audience_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = list(db.session.scalars(changed))
    if not rows:
        return
    for quota in rows:
        quota.is_told = True
    counts = [[row.venue_id, row.audience_id, row.capacity, row.taken, row.waiting] for row in rows]
    live.publish(channel(conference_id), "places.changed", places=counts)
    live.publish(f"conference:{conference_id}", "registration.changed")
