"""Reads of who was told of what was published."""

from __future__ import annotations

from sqlalchemy import func, select

from core.db import db
from events.notices.models import Notice


def count_told(conference_id: str) -> dict[int, int]:
    """How many people were told of each version."""
    query = select(Notice.version, func.count()).filter_by(conference_id=conference_id).group_by(Notice.version)
    return {row[0]: row[1] for row in db.session.execute(query)}
