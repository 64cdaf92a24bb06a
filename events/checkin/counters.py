"""Live counters of halls and doors: told to who watches, once a second at the most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, live
from core.db import db, transaction
from events.checkin import queries, rules
from events.checkin.phones import channel
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView

KIND = "counts"
_AWAKE = timedelta(seconds=20)  # a phone that works asks for its list more often than that


@live.tells
def tell_counts() -> None:
    """Publish on `door:<conference>` what has changed where phones are at work: {"inside", "came", "doors"}."""
    for conference_id in queries.list_awake(clock.now() - _AWAKE):
        counts = as_json(count(conferences.get_conference(conference_id)))
        if counts != live.find_newest(channel(conference_id), KIND):
            with transaction():
                live.publish(channel(conference_id), KIND, **counts)
    db.session.rollback()


def count(conference: ConferenceView) -> queries.Counts:
    """Today's figures; a day begins at four in the morning of each venue."""
    now = clock.now()
    began = {venue.id: rules.day_began(now, ZoneInfo(venue.timezone)) for venue in conference.venues}
    return queries.count(conference.id, began)


def as_json(counts: queries.Counts) -> dict[str, Any]:
    """{"inside": {venue: n}, "came": {venue: n}, "doors": {door: {"ins", "outs"}}}."""
    doors = {door_id: vars(each) for door_id, each in counts.doors.items()}
    return {"inside": dict(counts.inside), "came": dict(counts.came), "doors": doors}
