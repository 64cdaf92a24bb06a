"""Use case: somebody who never registered does so at the door, and is let in by the scan that follows."""

from __future__ import annotations

from core import clock
from core.audit import Actor
from core.db import transaction
from events.checkin import phones
from events.checkin.scan_rules import WalkIn
from events.registration import service as registrations


def register(phone_id: str, device: str, walk_in: WalkIn, *, address: str) -> registrations.Registered:
    """A confirmed registration for this door's venue: whoever stands at the door has decided.

    Raises PhoneRevoked, Conflict `venue_full_no_waiting`, `already_registered`, `registration_closed`.
    """
    with transaction():
        here = phones.hear_from(phone_id, device, at=clock.now())
    new = registrations.Registering(
        audience_id=walk_in.audience_id,
        venue_id=here.venue_id,
        name=walk_in.name,
        email=walk_in.email,
        timezone=here.timezone,
        phone=walk_in.phone,
        company_name=walk_in.company,
        may_wait=False,
        approved=True,
    )
    by = Actor("account", here.clerk_id, address=address)
    return registrations.register(
        here.conference_id, new, by=by, request_key=walk_in.nonce, door=registrations.Door.PHONE
    )
