"""What reminders keep of a person, for who asks for their own data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from events.registration.privacy_service import exports
from events.reminders.models import Reminder


@exports("reminders")
def reminders(registration_id: str) -> list[dict[str, Any]]:
    """Which reminders the person was sent."""
    rows = db.session.scalars(select(Reminder).filter_by(registration_id=registration_id).order_by(Reminder.sent_at))
    return [{"rule": row.rule_id, "sent_at": clock.iso(row.sent_at), "by_hand": row.by_hand} for row in rows]
