"""Use case: who never registered does so with the scan that lets them in, sent now or hours later."""

from __future__ import annotations

from dataclasses import replace

from core import clock
from core.audit import Actor
from core.db import transaction
from core.errors import Conflict, Forbidden, Invalid, Refusal
from events.checkin import log, phones, service
from events.checkin.phones import Here
from events.checkin.rules import Decision
from events.checkin.scan_rules import NewScan, Recorded, Upload, WalkIn
from events.registration import door_queries
from events.registration import service as registrations


def record_scans(phone_id: str, device: str, upload: Upload, *, address: str) -> Recorded:
    """As service.record_scans; walk-ins among the scans are registered first, each in a unit of work of its own.

    A second sending finds what the first one made. Whom a door without a network let in gets a place, whatever is
    taken; who is registered already is that person. Raises PhoneRevoked.
    """
    if not any(each.walk_in or each.walked or each.problems for each in upload.scans):
        return service.record_scans(phone_id, device, upload)
    with transaction():
        here = phones.hear_from(phone_id, device, at=clock.now())
    registering = _Registering(here, Actor("account", here.clerk_id, address=address))
    scans = registering.resolve(upload.scans)
    recorded = service.record_scans(phone_id, device, replace(upload, scans=scans))
    return replace(recorded, troubles=registering.troubles)


class _Registering:
    """The walk-ins of one upload, in its order."""

    def __init__(self, here: Here, by: Actor) -> None:
        self._here = here
        self._by = by
        self.troubles: dict[str, Refusal] = {}

    def resolve(self, scans: tuple[NewScan, ...]) -> tuple[NewScan, ...]:
        """The scans with their registrations. Left out, and so asked for again: whom nobody could register, and the
        later scans of such people."""
        nonces = {each.walked or each.nonce for each in scans if each.walk_in or each.walked}
        known = log.find_registrations(self._here, nonces)
        found: list[NewScan] = []
        for scan in scans:
            if not (scan.walk_in or scan.walked or scan.problems):
                found.append(scan)
            elif registration_id := known.get(scan.walked or scan.nonce) or self._register(scan):
                known[scan.nonce] = registration_id
                found.append(replace(scan, registration_id=registration_id))
        return tuple(found)

    def _register(self, scan: NewScan) -> str | None:
        """The id of a walk-in's registration; nothing where there is none, and `troubles` says why."""
        try:
            if self._here.is_kiosk:
                raise Forbidden("door_is_kiosk")
            if scan.problems:
                raise Invalid(scan.problems)
            return None if scan.walk_in is None else self._registration_of(scan, scan.walk_in)
        except Refusal as refusal:
            self.troubles[scan.nonce] = refusal
            return None

    def _registration_of(self, scan: NewScan, walk_in: WalkIn) -> str:
        here = self._here
        about = {"email": walk_in.email, "name": walk_in.name, "phone": walk_in.phone}
        if twin := door_queries.find_twin(here.conference_id, **about):
            return twin
        new = registrations.Registering(
            audience_id=walk_in.audience_id,
            venue_id=here.venue_id,
            timezone=here.timezone,
            company_name=walk_in.company,
            may_wait=False,
            approved=True,
            at_door=registrations.AtDoor(here.door_id, let_in=scan.shown is Decision.ADMITTED),
            name=walk_in.name,
            email=walk_in.email,
            phone=walk_in.phone,
        )
        door = registrations.Door.PHONE
        try:
            return registrations.register(here.conference_id, new, by=self._by, request_key=scan.nonce, door=door).id
        except Conflict as conflict:
            # Somebody registered with this address since it was looked for.
            twin = door_queries.find_twin(here.conference_id, **about)
            if conflict.code != "already_registered" or twin is None:
                raise
            return twin
