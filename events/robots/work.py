"""Background work of robots: look every minute what there is to tell, and put it into one message each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import audit, claims, jobs
from core.claims import Claim
from core.db import db, transaction
from core.errors import NotFound
from events.robots import queries, service

SWEEP = "robots.sweep"


@jobs.repeats(SWEEP, every=timedelta(minutes=1))
def sweep(claim: Claim, _payload: dict[str, Any]) -> None:
    """What happened since is one message for each robot, and none while another is under way to it: so that none is
    told more often than its service takes, nor the whole backlog at once when it is back."""
    behind = queries.list_behind()
    db.session.rollback()
    for robot_id in behind:
        with transaction():
            tell(robot_id)
    with transaction():
        claims.finish(claim)


def tell(robot_id: str) -> None:
    """Inside a transaction: ask for a message about what this robot has not heard; of two who do, one finds something.
    Its entries are counted by their number, so none is left out and none told twice."""
    try:
        row = queries.take_robot(robot_id)
    except NotFound:
        return  # removed meanwhile
    if row.paused_at is not None or queries.has_under_way(robot_id):
        return
    head, _ = audit.find_head(row.conference_id)
    view = queries.view(row)
    if queries.list_told(row.conference_id, after=row.told_up_to, up_to=head, topics=view.topics):
        service.add_message(row, after=row.told_up_to, up_to=head)
    row.told_up_to = head
