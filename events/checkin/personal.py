"""What doors keep of a person, for who asks for their own data. Scans name no person and are never deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from events.checkin.models import Scan
from events.registration.privacy_service import exports


@exports("scans")
def scans(registration_id: str) -> list[dict[str, Any]]:
    """Every scan of the person's badge, in order."""
    rows = db.session.scalars(select(Scan).filter_by(registration_id=registration_id).order_by(Scan.happened_at))
    return [
        {
            "at": clock.iso(row.happened_at),
            "venue": row.venue_id,
            "door": row.door_id,
            "how": str(row.kind),
            "direction": str(row.direction),
            "result": str(row.decision),
            "passed": row.passed,
        }
        for row in rows
    ]
