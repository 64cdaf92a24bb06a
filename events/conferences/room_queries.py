"""Which rooms are online."""

from __future__ import annotations

from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from events.conferences.models import Venue
from events.conferences.rules import VenueKind


def get_conference_of_room(venue_id: str) -> str:
    """The id of the conference that this online room belongs to; raises NotFound, for halls too."""
    query = select(Venue.conference_id).filter_by(id=venue_id, kind=VenueKind.ONLINE)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("venue_not_found")
    return found
