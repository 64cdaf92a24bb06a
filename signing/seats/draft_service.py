"""Use case of a plan's seat, inside the caller's transaction."""

from __future__ import annotations

from core.db import db
from signing.seats.models import Seat


def remove_seat(party_id: str) -> str:
    """Take away the seat of a party that nobody was invited for and no agreement asks; returns its id."""
    seat = db.session.query(Seat).filter_by(party_id=party_id).with_for_update().one()
    db.session.delete(seat)
    db.session.flush()
    return seat.id
