"""Use case: bind the scans into the trail, whose chain holds their count and digest from then on."""

from __future__ import annotations

from core import audit, live
from core.audit import Actor, Subject
from core.db import transaction
from events.checkin import log
from events.checkin.phones import channel
from events.conferences import queries as conferences


def close_checkin(conference_id: str, *, by: Actor) -> tuple[int, str]:
    """Write how many scans there are and the digest of all; what comes later is in the next such entry.

    The conference's row is held, so that two closings come one after the other. Raises NotFound.
    """
    with transaction():
        conferences.take_conference(conference_id)
        count, digest = log.digest(conference_id)
        subject = Subject("conference", conference_id)
        audit.record(conference_id, "checkin.closed", actor=by, subject=subject, scans=count, digest=digest)
        live.publish(channel(conference_id), "checkin.closed")
        return count, digest
