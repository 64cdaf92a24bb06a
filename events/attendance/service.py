"""Use cases of attendance: note who is in an online room, set what counts as having been there."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from core import audit, clock, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.attendance import rules
from events.attendance.models import AttendanceRule, OnlineHour
from events.conferences import queries as conferences
from events.conferences import room_queries
from events.registration import door_queries
from events.registration.privacy_service import forgets

__all__ = ["note_online", "set_threshold"]


def note_online(registration_id: str, venue_id: str) -> None:
    """This minute somebody is in this online room: the room calls it once a minute, from every device, as often as it
    likes. One statement besides the reads.

    Raises NotFound, and Conflict `not_confirmed` where they have no place at the conference.
    """
    conference_id = room_queries.get_conference_of_room(venue_id)
    standing = door_queries.list_standings(conference_id, ids=[registration_id], codes=())
    if not standing:
        raise NotFound("registration_not_found")
    if standing[0].state != rules.CONFIRMED:
        raise Conflict("not_confirmed")
    hour, mark = rules.hour_of(clock.now())
    db.session.rollback()
    with transaction():
        session = db.session()
        dialect = session.connection().dialect.name
        insert = sqlite.insert(OnlineHour) if dialect == "sqlite" else postgresql.insert(OnlineHour)
        insert = insert.values(
            registration_id=registration_id, venue_id=venue_id, hour=hour, conference_id=conference_id, marks=mark
        )
        both = OnlineHour.marks.bitwise_or(insert.excluded.marks)
        keys = ["registration_id", "venue_id", "hour"]
        session.execute(insert.on_conflict_do_update(index_elements=keys, set_={"marks": both}))


def set_threshold(conference_id: str, threshold: int, *, by: Actor) -> None:
    """From how many percent of the agenda somebody counts as present. Raises NotFound; `threshold` is 1 to 100."""
    with transaction():
        conferences.take_conference(conference_id)
        row = db.session.get(AttendanceRule, conference_id)
        if row is None:
            row = AttendanceRule(conference_id=conference_id, threshold=rules.THRESHOLD)
            db.session.add(row)
        if row.threshold == threshold:
            return
        row.threshold = threshold
        subject = Subject("conference", conference_id)
        audit.record(conference_id, "attendance.threshold_set", actor=by, subject=subject, percent=threshold)
        live.publish(f"conference:{conference_id}", "conference.changed")


@forgets
def forget(registration_id: str) -> None:
    """When somebody was online goes with the person."""
    db.session.execute(delete(OnlineHour).filter_by(registration_id=registration_id))
