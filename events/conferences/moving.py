"""Use case: a whole conference is moved to other days, agenda and all."""

from __future__ import annotations

from datetime import date

from core.audit import Actor, Subject
from core.db import transaction
from events.conferences import drafts, moving_rules
from events.conferences.models import AgendaItem, Conference
from events.conferences.moving_rules import Timed


def move(conference_id: str, first_day: date, *, by: Actor) -> None:
    """Move every day and every item so that the conference begins on this day; sent twice, it is one move.

    Local times stay as they are, in the zone of each item's first venue. Who sees the public page hears of it with the
    next publication. Raises NotFound, Conflict `conference_cancelled`, Invalid at `first_day` (moving_rules.moved).
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        days = first_day - conference.starts_on
        if not days:
            return
        last_day = conference.ends_on + days
        moving_rules.check_days(first_day, last_day)
        zones = {venue.id: venue.timezone for venue in conference.venues}
        items = list(conference.items)
        for item, span in zip(items, moving_rules.moved([_timed(each, zones) for each in items], days), strict=True):
            item.starts_at, item.ends_at = span.starts_at, span.ends_at
        before = _days(conference)
        conference.starts_on, conference.ends_on = first_day, last_day
        drafts.record(
            conference_id,
            "conference.moved",
            Subject("conference", conference_id),
            by=by,
            changed=drafts.differences(before, _days(conference)),
            items=len(items),
        )


def _timed(item: AgendaItem, zones: dict[str, str]) -> Timed:
    return Timed(item.title, item.starts_at, item.ends_at, zones[item.venues[0].venue_id])


def _days(conference: Conference) -> dict[str, str]:
    return {"starts_on": conference.starts_on.isoformat(), "ends_on": conference.ends_on.isoformat()}
