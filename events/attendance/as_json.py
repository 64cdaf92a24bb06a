"""Attendance as programs read it (docs/attendance.md): venues, audiences, doors and items by key, times in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from core import clock
from events.attendance import certificates, items, queries, reckoning, rules
from events.attendance.items import ItemCount
from events.attendance.queries import CertificateView
from events.attendance.reckoning import Attended, Item
from events.attendance.rules import Span, Standing
from events.conferences.queries import ConferenceView

PAGE_SIZE = 200
_Found = TypeVar("_Found")


def page(found: Mapping[str, _Found], after: str) -> tuple[list[_Found], str | None]:
    """Those behind the id `after`, and behind which the next page begins; None at the end."""
    behind = sorted(key for key in found if key > after)
    shown = behind[:PAGE_SIZE]
    return [found[key] for key in shown], shown[-1] if len(behind) > len(shown) else None


def by_id(args: Mapping[str, str], conference: ConferenceView) -> dict[str, str]:
    """A filter with ids in place of keys; a key that is not known stays as it is, and counts as not said."""
    venues = {each.key: each.id for each in conference.venues}
    audiences = {each.key: each.id for each in conference.audiences}
    venue, audience = args.get("venue", ""), args.get("audience", "")
    return {**args, "venue": venues.get(venue, venue), "audience": audiences.get(audience, audience)}


def figures(conference: ConferenceView, people: Sequence[Attended]) -> dict[str, Any]:
    """The conference as a whole, by venue and by item."""
    keys = {each.id: each.key for each in conference.venues}
    issued = queries.list_certificates(conference.id).values()
    return {
        "as_of": clock.iso(clock.now()),
        "threshold": queries.get_threshold(conference.id),
        "over": certificates.is_over(conference),
        "venues": [_venue(each.id, each.key, people) for each in conference.venues],
        "items": [_item(each, keys) for each in items.count_items(conference, people)],
        "certificates": {"issued": len(issued), "withdrawn": sum(each.withdrawn_at is not None for each in issued)},
    }


def _venue(venue_id: str, key: str, people: Sequence[Attended]) -> dict[str, Any]:
    """People count where they are registered."""
    counted = reckoning.count(people, venue_id=venue_id)
    return {
        "venue": key,
        "expected": counted.expected,
        "came": counted.came,
        **{str(standing): counted.standings[standing] for standing in Standing},
        "inside": sum(each.is_in and each.person.venue_id == venue_id for each in people),
    }


def _item(found: ItemCount, keys: Mapping[str, str]) -> dict[str, Any]:
    return {
        "item": found.item.key,
        "venue": keys[found.venue_id],
        **_span(found.item.span),
        "there": found.there,
        "mostly": found.mostly,
    }


def _span(span: Span) -> dict[str, str]:
    return {"begins_at": clock.iso(span.begins), "ends_at": clock.iso(span.ends)}


def people(
    conference: ConferenceView, found: Sequence[Attended], certified: Mapping[str, CertificateView]
) -> list[dict[str, Any]]:
    """Of each of them: who they are, what it comes to, what was seen, and their certificate (`certified` by
    registration)."""
    places = items.list_places(conference)
    return [_person(conference, each, certified.get(each.person.id), places) for each in found]


def _person(
    conference: ConferenceView,
    found: Attended,
    certificate: CertificateView | None,
    places: Sequence[tuple[Item, str]],
) -> dict[str, Any]:
    who, presence = found.person, found.presence
    return {
        "registration": who.id,
        **{name: getattr(who, name) for name in ("code", "name", "company", "job_title", "state")},
        "venue": next((each.key for each in conference.venues if each.id == who.venue_id), ""),
        "audience": next((each.key for each in conference.audiences if each.id == who.audience_id), ""),
        "standing": str(presence.standing),
        "minutes": presence.minutes,
        "of_minutes": presence.of_minutes,
        "share": presence.share,
        "first_at": clock.iso(found.first_at) if found.first_at else None,
        "last_at": clock.iso(found.last_at) if found.last_at else None,
        "inside": found.is_in,
        **_seen(conference, found, places),
        "certificate": said(certificate) if certificate else None,
    }


def _seen(conference: ConferenceView, found: Attended, places: Sequence[tuple[Item, str]]) -> dict[str, Any]:
    keys = {each.id: each.key for each in conference.venues}
    doors = {door.id: door.key for venue in conference.venues for door in venue.doors}
    there = [(each.key, found.in_venue(each.id)) for each in conference.venues]
    return {
        "venues": [{"venue": key, "minutes": rules.minutes(spans)} for key, spans in there if spans],
        "items": [
            {"item": each.item.key, "venue": keys[each.venue_id], "minutes": each.minutes}
            for each in items.list_times(places, found)
        ],
        "stays": [
            {
                "venue": keys.get(each.venue_id, ""),
                "door": doors.get(each.door_id, ""),
                **_span(each.span),
                "ending": str(each.ending),
                "clock_off": each.is_doubtful,
            }
            for each in found.stays
        ],
        "online": [
            {"venue": keys.get(venue_id, ""), **_span(span)}
            for venue_id, spans in sorted(found.rooms.items())
            for span in spans
        ],
    }


def certificate(found: CertificateView) -> dict[str, Any]:
    """A certificate with whose it is; name and minutes as the paper says them."""
    facts = found.facts
    return {
        "registration": found.registration_id,
        "name": facts["name"],
        "minutes": facts["minutes"],
        **said(found),
    }


def said(found: CertificateView) -> dict[str, Any]:
    """What a certificate is checked by, and whether it still holds."""
    return {
        "code": rules.grouped(found.code),
        "address": certificates.address_of(found),
        "issued_at": clock.iso(found.issued_at),
        "withdrawn_at": clock.iso(found.withdrawn_at) if found.withdrawn_at else None,
        "withdrawn_reason": found.withdrawn_reason,
    }
