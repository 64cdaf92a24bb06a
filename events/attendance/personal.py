"""What attendance keeps of a person, for who asks for their own data: minutes online, and their certificate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from events.attendance import queries
from events.attendance.models import OnlineHour
from events.registration.privacy_service import exports

_MINUTES = 60


@exports("online")
def online(registration_id: str) -> list[dict[str, Any]]:
    """The minutes in which the person was in an online room, hour by hour."""
    rows = db.session.scalars(select(OnlineHour).filter_by(registration_id=registration_id).order_by(OnlineHour.hour))
    return [{"room": row.venue_id, "minutes": _minutes(row)} for row in rows]


def _minutes(row: OnlineHour) -> list[str]:
    return [clock.iso(row.hour + timedelta(minutes=n)) for n in range(_MINUTES) if row.marks >> n & 1]


@exports("certificates")
def certificates(registration_id: str) -> list[dict[str, Any]]:
    """The certificate of attendance, with all that it says."""
    found = queries.find_certificate(registration_id)
    if found is None:
        return []
    return [
        {
            "code": found.code,
            "facts": found.facts,
            "issued_at": clock.iso(found.issued_at),
            "withdrawn_at": clock.iso(found.withdrawn_at) if found.withdrawn_at else None,
            "withdrawn_reason": found.withdrawn_reason,
        }
    ]
