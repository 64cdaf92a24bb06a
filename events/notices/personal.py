"""What notices keep of a person, for who asks for their own data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from events.notices.models import Notice
from events.registration.privacy_service import exports


@exports("notices")
def notices(registration_id: str) -> list[dict[str, Any]]:
    """Of which published versions the person was told."""
    rows = db.session.scalars(select(Notice).filter_by(person=registration_id).order_by(Notice.version))
    return [{"version": row.version, "sent_at": clock.iso(row.sent_at)} for row in rows]
