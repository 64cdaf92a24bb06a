"""Use case: somebody who is registered for another venue stands at this door, and changes to it."""

from __future__ import annotations

from typing import Any

from core import clock
from core.audit import Actor
from core.db import transaction
from core.errors import Forbidden, NotFound
from events.checkin import lists, phones
from events.registration import door_queries as registrations
from events.registration import service as registering


def move_here(phone_id: str, device: str, registration_id: str, *, address: str) -> dict[str, Any]:
    """Give up their place there and take one here, or change nothing; the person as the door's list has them.

    Sent again, it is one move. Raises PhoneRevoked, Forbidden `door_is_kiosk`, NotFound `registration_not_found`,
    Conflict `venue_full`, `registration_<state>`, `registration_closed`.
    """
    with transaction():
        here = phones.hear_from(phone_id, device, at=clock.now())
    if here.is_kiosk:
        raise Forbidden("door_is_kiosk")
    if not registrations.list_standings(here.conference_id, ids={registration_id}, codes=()):
        raise NotFound("registration_not_found")
    by = Actor("account", here.clerk_id, address=address)
    registering.move(registration_id, venue_id=here.venue_id, by=by, door_id=here.door_id)
    return lists.person_row(registrations.list_by_ids({registration_id})[registration_id], here)
