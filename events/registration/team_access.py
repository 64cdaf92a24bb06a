"""Whose registrations a member of the team sees and may change: all of them, or those of the own venue."""

from __future__ import annotations

from core.errors import Forbidden
from events.conferences.access import rights_in, sees_all
from events.registration import queries
from events.registration.queries import RegistrationView


def visible_venues(conference_id: str) -> frozenset[str] | None:
    """The ids of the venues whose people the reader sees; None stands for all."""
    rights = rights_in(conference_id)
    return None if rights.venues is None or sees_all() else rights.venues


def seen_registration(conference_id: str, registration_id: str) -> RegistrationView:
    """A registration that the reader may see; raises NotFound, Forbidden `not_your_venue`."""
    found = queries.get_registration(registration_id, conference_id=conference_id)
    visible = visible_venues(conference_id)
    if visible is not None and found.venue_id not in visible:
        raise Forbidden("not_your_venue")
    return found


def own_registration(conference_id: str, registration_id: str) -> RegistrationView:
    """A registration that the reader may change; raises NotFound, Forbidden `not_your_venue`."""
    found = queries.get_registration(registration_id, conference_id=conference_id)
    rights_in(conference_id).check_plans([found.venue_id])
    return found


def check_venue(conference_id: str, venue_id: str) -> None:
    """Raises Forbidden `not_your_venue` where the reader may not give the places of this venue away."""
    rights_in(conference_id).check_plans([venue_id])
