"""Use cases of venues: add, change, remove."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core import ids, seen
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.conferences import drafts, queries
from events.conferences.models import Conference, TeamMember, Venue, VenueDoor
from events.conferences.rules import MOST_VENUES, Door, Rights, VenuePlan, keep_doors
from events.registration import places_service
from events.registration import queries as registrations


def add_row(conference_id: str, position: int, plan: VenuePlan) -> str:
    """A venue with its doors, inside the caller's transaction; returns its id."""
    venue = Venue(id=ids.new("ven"), conference_id=conference_id, key=plan.key, position=position, **_values(plan))
    db.session.add(venue)
    db.session.flush()
    _set_doors(venue, plan)
    return venue.id


def _values(plan: VenuePlan) -> dict[str, Any]:
    return {
        "kind": plan.kind,
        "name": plan.name,
        "city": plan.city,
        "address": plan.address,
        "timezone": plan.timezone,
        "stage": plan.stage,
        "feeds": [{"title": feed.title, "kind": str(feed.kind), "url": feed.url} for feed in plan.feeds],
    }


def _set_doors(venue: Venue, plan: VenuePlan) -> None:
    """Doors keep their ids by their keys; raises Conflict `door_in_use` where a dropped one has a clerk."""
    old = {door.key: door for door in venue.doors}
    wanted = keep_doors([Door(door.key, door.name) for door in venue.doors], plan.doors)
    for key in old.keys() - {door.key for door in wanted}:
        if db.session.scalar(select(TeamMember.account_id).filter_by(door_id=old[key].id).limit(1)):
            raise Conflict("door_in_use", door=drafts.first(old[key].name))
        db.session.delete(old[key])
    for position, door in enumerate(wanted):
        if row := old.get(door.key):
            row.name, row.position = door.name, position
        else:
            made = VenueDoor(id=ids.new("dor"), venue_id=venue.id, key=door.key, position=position, name=door.name)
            db.session.add(made)
    db.session.flush()
    db.session.expire(venue, ["doors"])


def add(conference_id: str, plan: VenuePlan, *, by: Actor, rights: Rights) -> None:
    """One more venue, at the end of the agenda's columns; sent again with the same key, it is the same venue.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `too_many_venues`.
    """
    rights.check_plans([])
    with transaction():
        conference = drafts.take_draft(conference_id)
        if any(venue.key == plan.key for venue in conference.venues):
            return
        if len(conference.venues) >= MOST_VENUES:
            raise Conflict("too_many_venues", most=MOST_VENUES)
        position = max((venue.position for venue in conference.venues), default=-1) + 1
        venue_id = add_row(conference_id, position, plan)
        places_service.set_capacity(conference_id, venue_id, _by_audience(conference, plan))
        subject = Subject("venue", venue_id)
        drafts.record(conference_id, "venue.added", subject, by=by, key=plan.key, name=drafts.first(plan.name))


def _by_audience(conference: Conference, plan: VenuePlan) -> dict[str, int]:
    return {each.id: plan.places.get(each.key, 0) for each in conference.audiences}


def change(
    conference_id: str, key: str, plan: VenuePlan, *, by: Actor, rights: Rights, looked_at: str | None = None
) -> None:
    """Change a venue and its places; `looked_at`: the digest of `said`. Sent twice, it is one change.

    The times of its items stay the same instants when its zone is changed.
    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `plan_changed`, `door_in_use`.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        venue = _venue(conference, key)
        rights.check_plans([venue.id])
        before = said(queries.view(conference), key)
        for name, value in _values(plan).items():
            setattr(venue, name, value)
        _set_doors(venue, plan)
        places_service.set_capacity(conference_id, venue.id, _by_audience(conference, plan))
        db.session.flush()
        changed = drafts.differences(before, said(queries.view(conference), key))
        if not changed:
            return
        seen.check(looked_at, seen.digest(before))
        drafts.record(conference_id, "venue.changed", Subject("venue", venue.id), by=by, key=key, changed=changed)


def remove(conference_id: str, key: str, *, by: Actor, rights: Rights) -> None:
    """Take a venue out of the plan.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `venue_has_items`, `venue_in_use`,
    `venue_has_team`.
    """
    rights.check_plans([])
    with transaction():
        conference = drafts.take_draft(conference_id)
        venue = _venue(conference, key)
        if any(each.venue_id == venue.id for item in conference.items for each in item.venues):
            raise Conflict("venue_has_items")
        doors = [door.id for door in venue.doors]
        on_team = TeamMember.venue_id.in_([venue.id]) | TeamMember.door_id.in_(doors)
        if db.session.scalar(select(TeamMember.account_id).where(on_team).limit(1)):
            raise Conflict("venue_has_team")
        places_service.remove_venue(venue.id)
        subject, name = Subject("venue", venue.id), drafts.first(venue.name)
        for door in venue.doors:
            db.session.delete(door)
        conference.travel = [each for each in conference.travel if key not in each["venues"]]
        db.session.delete(venue)
        db.session.flush()
        db.session.expire(conference, ["venues"])
        drafts.record(conference_id, "venue.removed", subject, by=by, key=key, name=name)


def _venue(conference: Conference, key: str) -> Venue:
    for venue in conference.venues:
        if venue.key == key:
            return venue
    raise NotFound("venue_not_found")


def said(conference: queries.ConferenceView, key: str) -> dict[str, Any]:
    """A venue with its doors and places, as JSON; raises NotFound."""
    venue = conference.venue(key)
    places = {each.audience_id: each for each in registrations.list_places(conference.id) if each.venue_id == venue.id}
    return {
        "kind": str(venue.kind),
        "name": venue.name,
        "city": venue.city,
        "address": venue.address,
        "timezone": venue.timezone,
        "stage": venue.stage,
        "doors": [{"key": door.key, "name": door.name} for door in venue.doors],
        "feeds": venue.feeds,
        "places": {
            each.key: places[each.id].count.capacity if each.id in places else 0 for each in conference.audiences
        },
    }
