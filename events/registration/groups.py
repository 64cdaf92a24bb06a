"""Places held for delegations: hold them, use one by one, give back what was not used."""

from __future__ import annotations

from datetime import datetime

from core.db import db
from core.errors import Conflict, NotFound
from events.registration.models import GroupHold, Quota


def take_for(group_id: str, quota: Quota, *, now: datetime) -> GroupHold:
    """A group with a place left, of these places, whose row is locked; raises NotFound, Conflict `group_full`,
    `group_over`."""
    group = db.session.get(GroupHold, group_id, populate_existing=True)
    if group is None or (group.venue_id, group.audience_id) != (quota.venue_id, quota.audience_id):
        raise NotFound("group_not_found")
    if group.released_at is not None or group.held_until <= now:
        raise Conflict("group_over")
    if group.used >= group.size:
        raise Conflict("group_full")
    return group
