"""Reads of attendance."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from core.db import db
from events.attendance.models import AttendanceRule, OnlineHour
from events.attendance.rules import THRESHOLD


def get_threshold(conference_id: str) -> int:
    """How much of the agenda counts as having been there, in percent."""
    row = db.session.get(AttendanceRule, conference_id)
    return row.threshold if row else THRESHOLD


def list_online(conference_id: str, registration_id: str | None = None) -> dict[str, list[tuple[datetime, int]]]:
    """The marked minutes of online rooms as (hour, bits), by registration; of one where it is given."""
    query = select(OnlineHour.registration_id, OnlineHour.hour, OnlineHour.marks).filter_by(conference_id=conference_id)
    if registration_id is not None:
        query = query.filter_by(registration_id=registration_id)
    found: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for row in db.session.execute(query.order_by(OnlineHour.hour)):
        found[row.registration_id].append((row.hour, row.marks))
    return found
