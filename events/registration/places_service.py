"""What a plan says of places: how many there are, and that they go or close; and the companies of a demonstration.

Everything here runs inside the caller's transaction. Only `take_quota` reads a count that is to be changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from core import clock, ids, jobs
from core.db import db, insert_missing
from core.errors import Conflict
from events.registration import demo, offers, queries, telling
from events.registration.models import Company, Quota


def set_capacity(conference_id: str, venue_id: str, places: Mapping[str, int]) -> list[dict[str, object]]:
    """How many places each audience (by id) has in this venue; returns what was changed, for the trail.

    May be lowered under what is taken: who has a place keeps it, and nobody else gets one until enough are free.
    """
    changed: list[dict[str, object]] = []
    for audience_id, capacity in sorted(places.items()):
        key = {"venue_id": venue_id, "audience_id": audience_id, "conference_id": conference_id}
        insert_missing(Quota, **key, capacity=0, taken=0, waiting=0, is_open=True, is_told=True)
        quota = take_quota(venue_id, audience_id)
        if quota.capacity != capacity:
            changed.append({"audience": audience_id, "before": quota.capacity, "after": capacity})
            quota.capacity, quota.is_told = capacity, False
            offers.ask_if_due(quota)
    return changed


def take_quota(venue_id: str, audience_id: str) -> Quota:
    """These places in order to take or give back some: the row that everybody queues at.

    Whoever takes two of them takes the one with the smaller (venue, audience) first, so that no two wait for each
    other.
    """
    query = select(Quota).filter_by(venue_id=venue_id, audience_id=audience_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def remove_venue(venue_id: str) -> None:
    """Forget the places of a venue that leaves the plan; raises Conflict `venue_in_use` where somebody registered."""
    _take_all(venue_id=venue_id)
    if queries.has_registrations(venue_id=venue_id):
        raise Conflict("venue_in_use")
    db.session.execute(delete(Quota).where(Quota.venue_id == venue_id))


def remove_audience(audience_id: str) -> None:
    """Forget the places of a kind of people; raises Conflict `audience_in_use` where somebody registered as one."""
    _take_all(audience_id=audience_id)
    if queries.has_registrations(audience_id=audience_id):
        raise Conflict("audience_in_use")
    db.session.execute(delete(Quota).where(Quota.audience_id == audience_id))


def _take_all(**named: str) -> list[Quota]:
    """Places in order to change them, the smaller key first; nobody registers for them meanwhile."""
    query = select(Quota).filter_by(**named).order_by(Quota.venue_id, Quota.audience_id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def close(conference_id: str) -> None:
    """A conference is called off: nobody gets a place any more, and everybody who registered is told by mail."""
    for quota in _take_all(conference_id=conference_id):
        quota.is_open = quota.is_told = False
    db.session.flush()
    jobs.add(telling.CANCELLED_JOB, conference_id, chain=conference_id, conference=conference_id)


def add_demo_companies(conference_id: str, count: int) -> None:
    """Made-up companies, marked so: always the same ones for the same count."""
    now = clock.now()
    db.session.add_all(
        Company(id=ids.new("com"), conference_id=conference_id, is_demo=True, created_at=now, **vars(made))
        for made in demo.companies(count)
    )
