"""Use cases of agenda items: add, change, remove; and what clashes among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import clock, ids, seen
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.conferences import clash_rules, drafts, queries
from events.conferences.clash_rules import Clash, Place, Slot
from events.conferences.models import AgendaItem, AgendaItemSpeaker, AgendaItemVenue, Conference
from events.conferences.rules import MOST_ITEMS, Appearance, ItemPlan, Material, Rights


def add_row(
    conference_id: str, plan: ItemPlan, venue_ids: Mapping[str, str], speaker_ids: Mapping[str, str]
) -> AgendaItem:
    """An item, inside the caller's transaction; ids by key."""
    item = AgendaItem(id=ids.new("itm"), conference_id=conference_id, key=plan.key, **_values(plan))
    db.session.add(item)
    _place(item, plan, venue_ids, speaker_ids)
    db.session.flush()
    return item


def _values(plan: ItemPlan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "abstract": plan.abstract,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "materials": [vars(material) for material in plan.materials],
    }


def _place(item: AgendaItem, plan: ItemPlan, venue_ids: Mapping[str, str], speaker_ids: Mapping[str, str]) -> None:
    """Venues and speakers in the order of the plan; rows that stay are changed and not made anew."""
    venues = {each.venue_id: each for each in item.venues}
    item.venues = [
        venues.get(venue_ids[key]) or AgendaItemVenue(item_id=item.id, venue_id=venue_ids[key]) for key in plan.venues
    ]
    for position, venue in enumerate(item.venues):
        venue.position = position
    speakers = {each.speaker_id: each for each in item.speakers}
    item.speakers = [
        speakers.get(speaker_ids[each.speaker])
        or AgendaItemSpeaker(item_id=item.id, speaker_id=speaker_ids[each.speaker])
        for each in plan.speakers
    ]
    for position, (row, each) in enumerate(zip(item.speakers, plan.speakers, strict=True)):
        row.position, row.venue_id = position, venue_ids[each.venue]


def add(conference_id: str, plan: ItemPlan, *, by: Actor, rights: Rights) -> None:
    """One more item; sent again with the same key, it is the same item.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `too_many_items`.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        venues = _venue_ids(conference)
        rights.check_plans(_known(venues, plan))
        if any(item.key == plan.key for item in conference.items):
            return
        if len(conference.items) >= MOST_ITEMS:
            raise Conflict("too_many_items", most=MOST_ITEMS)
        item = add_row(conference_id, plan, venues, _speaker_ids(conference))
        subject = Subject("agenda_item", item.id)
        drafts.record(conference_id, "item.added", subject, by=by, key=plan.key, title=drafts.first(plan.title))


def _venue_ids(conference: Conference) -> dict[str, str]:
    return {venue.key: venue.id for venue in conference.venues}


def _speaker_ids(conference: Conference) -> dict[str, str]:
    return {speaker.key: speaker.id for speaker in conference.speakers}


def _known(venues: Mapping[str, str], plan: ItemPlan) -> list[str]:
    """The ids of a plan's venues; raises NotFound where one was removed since the form was read."""
    if any(key not in venues for key in plan.venues):
        raise NotFound("venue_not_found")
    return [venues[key] for key in plan.venues]


def change(
    conference_id: str, key: str, plan: ItemPlan, *, by: Actor, rights: Rights, looked_at: str | None = None
) -> None:
    """Change an item; `looked_at`: the digest of `said`. Sent twice, it is one change.

    Raises NotFound, Forbidden `not_your_venue` where it is or would be in a venue of somebody else's, Conflict
    `conference_cancelled`, `plan_changed`.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        item, venues, speakers = _item(conference, key), _venue_ids(conference), _speaker_ids(conference)
        rights.check_plans([*(each.venue_id for each in item.venues), *_known(venues, plan)])
        if any(each.speaker not in speakers for each in plan.speakers):
            raise NotFound("speaker_not_found")
        before = said(queries.view(conference), key)
        for name, value in _values(plan).items():
            setattr(item, name, value)
        _place(item, plan, venues, speakers)
        db.session.flush()
        changed = drafts.differences(before, said(queries.view(conference), key))
        if not changed:
            return
        seen.check(looked_at, seen.digest(before))
        subject = Subject("agenda_item", item.id)
        drafts.record(conference_id, "item.changed", subject, by=by, key=key, changed=changed)


def moved(item: queries.ItemView, starts_at: datetime, ends_at: datetime, venues: tuple[str, ...]) -> ItemPlan:
    """An item at another time or in other venues, otherwise as it is; who stood in a venue that it left stands where it
    begins."""
    return ItemPlan(
        key=item.key,
        title=item.title,
        abstract=item.abstract,
        starts_at=starts_at,
        ends_at=ends_at,
        venues=venues,
        speakers=tuple(Appearance(key, at if at in venues else venues[0]) for key, at in item.speakers),
        materials=tuple(Material(each["title"], each["url"]) for each in item.materials),
    )


def remove(conference_id: str, key: str, *, by: Actor, rights: Rights) -> None:
    """Take an item out of the plan; calendars hear of it with the next publication.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        item = _item(conference, key)
        rights.check_plans(each.venue_id for each in item.venues)
        subject, title = Subject("agenda_item", item.id), drafts.first(item.title)
        db.session.delete(item)
        db.session.flush()
        db.session.expire(conference, ["items"])
        drafts.record(conference_id, "item.removed", subject, by=by, key=key, title=title)


def _item(conference: Conference, key: str) -> AgendaItem:
    for item in conference.items:
        if item.key == key:
            return item
    raise NotFound("item_not_found")


def said(conference: queries.ConferenceView, key: str) -> dict[str, Any]:
    """An item, as JSON; raises NotFound."""
    item = conference.item(key)
    return {
        "title": item.title,
        "abstract": item.abstract,
        "starts_at": clock.iso(item.starts_at),
        "ends_at": clock.iso(item.ends_at),
        "venues": list(item.venues),
        "speakers": [{"speaker": speaker, "venue": venue} for speaker, venue in item.speakers],
        "materials": item.materials,
    }


def find_clashes(conference: queries.ConferenceView) -> list[Clash]:
    """What cannot happen as the draft says, in the order of time."""
    places = {
        venue.key: Place("" if venue.is_online else drafts.first(venue.city), venue.timezone)
        for venue in conference.venues
    }
    slots = [Slot(each.key, each.starts_at, each.ends_at, each.venues, each.speakers) for each in conference.items]
    return clash_rules.find_clashes(
        slots,
        places,
        starts_on=conference.starts_on,
        ends_on=conference.ends_on,
        travel_minutes=conference.travel_minutes,
        travel={frozenset(each["venues"]): each["minutes"] for each in conference.travel},
    )
