"""Use cases of phones at doors: a link for one door on one phone, its first use, its end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Integer, bindparam, func, update

from core import audit, clock, ids, live, tokens
from core.audit import Actor, Subject
from core.db import db, table_of, transaction
from core.errors import Conflict, NotFound
from core.prepared import Prepared
from events.checkin.models import DoorPhone
from events.checkin.rules import PhoneRevoked
from events.conferences import queries as conferences

PURPOSE = "door"
# A phone is set up on the days before, and sends what it kept on the day after.
_SPARE = timedelta(days=3)


@dataclass(frozen=True)
class Here:
    """A phone that is known, and the door at which it stands."""

    phone_id: str
    conference_id: str
    venue_id: str
    door_id: str
    clerk_id: str
    timezone: str
    is_kiosk: bool


def channel(conference_id: str) -> str:
    """The live channel of doors: counts per hall and door, and that phones came or went."""
    return f"door:{conference_id}"


def open_door(conference_id: str, door_id: str, *, label: str, is_kiosk: bool = False, by: Actor) -> str:
    """The id of a new link for one phone at one door; raises NotFound `door_not_found`, Conflict."""
    conference = conferences.get_conference(conference_id)
    if not conference.is_editable:
        raise Conflict("conference_cancelled")
    venue = _venue_of(conference, door_id)
    now = clock.now()
    over = datetime.combine(conference.ends_on, datetime.min.time(), tzinfo=now.tzinfo) + _SPARE
    with transaction():
        phone = DoorPhone(
            id=ids.new("phn"),
            conference_id=conference_id,
            venue_id=venue.id,
            timezone=venue.timezone,
            door_id=door_id,
            label=label,
            is_kiosk=is_kiosk,
            made_by=by.id,
            made_at=now,
        )
        db.session.add(phone)
        tokens.issue(PURPOSE, phone.id, expires_in=max(over - now, _SPARE))
        _record(phone, "door.opened", by=by, door=door_id)
        return phone.id


def close_door(conference_id: str, phone_id: str, *, by: Actor) -> None:
    """Take a phone's link back: it neither gets lists nor sends scans any more; closed twice, it is one closing."""
    with transaction():
        phone = db.session.get(DoorPhone, phone_id, with_for_update=True)
        if phone is None or phone.conference_id != conference_id:
            raise NotFound("door_phone_not_found")
        if phone.revoked_at is not None:
            return
        phone.revoked_at = clock.now()
        tokens.revoke_all(PURPOSE, phone_id)
        _record(phone, "door.closed", by=by, door=phone.door_id)


def pair(phone_id: str, device: str) -> Here:
    """The first phone that uses a link has it to itself; raises PhoneRevoked for every other one.

    `device`: a secret that the phone made; its digest alone is kept.
    """
    now, digest = clock.now(), _digest(device)
    with transaction():
        took = db.session.execute(
            update(DoorPhone)
            .where(DoorPhone.id == phone_id, DoorPhone.device_digest == "", DoorPhone.revoked_at.is_(None))
            .values(device_digest=digest, paired_at=now)
            .returning(DoorPhone.conference_id)
            .execution_options(synchronize_session=False)
        ).first()
        here = hear_from(phone_id, device, at=now)
        if took is not None:
            live.publish(channel(here.conference_id), "phones.changed")
        return here


# Built once: it stands before everything that a phone asks for. What was not said stays as it was.
_PHONES = table_of(DoorPhone)
_HEAR = Prepared(
    update(_PHONES)
    .where(
        _PHONES.c.id == bindparam("phone"),
        _PHONES.c.device_digest == bindparam("digest"),
        _PHONES.c.revoked_at.is_(None),
    )
    .values(
        last_seen_at=bindparam("at"),
        clock_off_ms=func.coalesce(bindparam("off_ms", type_=BigInteger), _PHONES.c.clock_off_ms),
        waiting=func.coalesce(bindparam("waits", type_=Integer), _PHONES.c.waiting),
    )
    .returning(
        _PHONES.c.id,
        _PHONES.c.conference_id,
        _PHONES.c.venue_id,
        _PHONES.c.door_id,
        _PHONES.c.made_by,
        _PHONES.c.timezone,
        _PHONES.c.is_kiosk,
    )
)


def hear_from(
    phone_id: str, device: str, *, at: datetime, off_ms: int | None = None, waiting: int | None = None
) -> Here:
    """Inside a transaction: note that this phone was here, by its row, which is held until the end.

    Raises PhoneRevoked where its link was taken back or belongs to another phone.
    """
    said = {"at": at, "off_ms": off_ms, "waits": waiting}
    row = _HEAR.run({"phone": phone_id, "digest": _digest(device), **said}).one_or_none()
    if row is None:
        raise PhoneRevoked
    return Here(*row)


def _venue_of(conference: conferences.ConferenceView, door_id: str) -> conferences.VenueView:
    for venue in conference.venues:
        if any(door.id == door_id for door in venue.doors):
            return venue
    raise NotFound("door_not_found")


def _digest(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()


def _record(phone: DoorPhone, action: str, *, by: Actor, door: str) -> None:
    audit.record(phone.conference_id, action, actor=by, subject=Subject("door_phone", phone.id), door=door)
    live.publish(channel(phone.conference_id), "phones.changed")
