"""What a phone keeps, so that its door works without a network: people, badges, who is in, and the public keys."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts import queries as accounts
from core import clock
from core.db import transaction
from events.badges import queries as badge_queries
from events.checkin import phones, queries, rules
from events.checkin.models import PresenceRow
from events.checkin.phones import Here
from events.conferences import queries as conferences
from events.registration import door_queries as registrations
from events.registration import question_queries as questions
from events.registration.door_queries import DoorPerson
from signing.trust import service as trust

CONTEXT = b"yunqian-door-list-1\x00"  # the key signs badges too, and neither is taken for the other
# A change that was under way while the last list was made is told again: telling twice is harmless.
OVERLAP = timedelta(minutes=2)


def make_list(phone_id: str, device: str, *, since: datetime | None = None) -> dict[str, Any]:
    """The list of a phone's door, or what changed since the `made_at` of another one; signed as it stands.

    {"list", "key", "signature"}: a text, the name of a key, and base64 of Ed25519 over CONTEXT and the text. The text
    is JSON: docs/checkin.md. Raises PhoneRevoked.
    """
    now = clock.now()
    with transaction():
        here = phones.hear_from(phone_id, device, at=now)
    told_since = since - OVERLAP if since else None
    text = json.dumps(_content(here, now, told_since), ensure_ascii=False, separators=(",", ":"))
    key = trust.door_key()
    signature = base64.b64encode(key.sign(CONTEXT + text.encode())).decode()
    return {"list": text, "signature": signature, "key": key.id}


def _content(here: Here, now: datetime, since: datetime | None) -> dict[str, Any]:
    conference = conferences.get_conference(here.conference_id)
    venue = next(each for each in conference.venues if each.id == here.venue_id)
    people = registrations.list_for_doors(here.conference_id, changed_since=since)
    presences = queries.list_presences(here.conference_id, changed_since=since)
    began = rules.day_began(now, ZoneInfo(here.timezone))
    return {
        "made_at": clock.iso(now),
        "since": clock.iso(since) if since else None,
        "conference": {"id": conference.id, "title": conference.title},
        "door": {
            "id": here.door_id,
            "name": next(door.name for door in venue.doors if door.id == here.door_id),
            "venue": venue.id,
            "kiosk": here.is_kiosk,
        },
        "day_began": clock.iso(began),
        "timezone": here.timezone,
        "venues": {each.id: each.name for each in conference.venues},
        "doors": {door.id: door.name for each in conference.venues for door in each.doors},
        "audiences": {each.id: each.name for each in conference.audiences},
        "notice": _notice(conference),
        "keys": {name: base64.b64encode(raw).decode() for name, raw in trust.public_door_keys().items()},
        "people": [person_row(each, here) for each in people],
        # Nothing is older than a first print.
        "prints": {
            key: number for key, number in badge_queries.newest_prints_of(here.conference_id).items() if number > 1
        },
        "inside": [_presence(each) for each in presences.values()],
    }


def _notice(conference: conferences.ConferenceView) -> dict[str, Any]:
    """What walk-ins are told of their data; an empty purpose is that of the house."""
    found = questions.get_notice(conference.id)
    house = accounts.find_organisation_name(conference.organisation_id) or ""
    controller = found.controller or {"zh-CN": house}
    return {"controller": controller, "purpose": found.purpose, "days": found.retention_days}


def person_row(person: DoorPerson, here: Here) -> dict[str, Any]:
    """Of who belongs to another venue the door is told where, and no name."""
    told = {"id": person.id, "code": person.code, "state": person.state, "venue": person.venue_id}
    if person.venue_id != here.venue_id:
        return told
    return told | {
        "name": person.name,
        "company": person.company,
        "title": person.job_title,
        "audience": person.audience_id,
        "find": person.pinyin,
    }


def _presence(row: PresenceRow) -> dict[str, Any]:
    return {
        "id": row.registration_id,
        "in": row.is_in,
        "since": clock.iso(row.since) if row.since else None,
        "door": row.door_id,
    }
