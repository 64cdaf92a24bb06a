"""Telling people of a publication, some at a time: each row of `notice` is written with its mail, or neither is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from core import audit, claims, clock, ids, outbox
from core.audit import SYSTEM, Subject
from core.claims import Claim
from core.db import db, transaction
from core.errors import NotFound
from events.conferences import calendar_service, notice_service
from events.conferences import queries as conferences
from events.conferences.notice_service import Contact, Reader
from events.conferences.queries import ConferenceView
from events.notices.models import Notice
from events.registration import notice_queries as registrations

MAIL = "notice"
BATCH = 200  # people of one transaction


@dataclass(frozen=True)
class _Told:
    """Who is told, by which address and in which language."""

    person: str
    email: str
    locale: str


def send(claim: Claim, conference_id: str, version: int, after: str | None = None) -> str | None:
    """Tell speakers and partners (`after` is None), then registered people behind the id `after`; returns behind which
    to go on, None when everybody was told: then the claim is finished."""
    with transaction():
        conference = _find(conference_id)
        before, now = notice_service.versions(conference_id, version)
        if conference is None or now is None:
            return _end(claim)
        contacts = notice_service.list_contacts(conference)
        if after is None:
            told = _contacts(conference, contacts, before, now)
            following = None if now["conference"].get("cancelled") else ""  # who registered hears of that otherwise
        else:
            told, following = _registered(conference, contacts, before, now, version, after)
        sent = _reserve(conference_id, version, told)
        if sent:
            subject = Subject("conference", conference_id)
            audit.record(conference_id, "notice.sent", actor=SYSTEM, subject=subject, version=version, people=sent)
        if following is None:
            return _end(claim)
        claims.hold(claim)
        return following


def _find(conference_id: str) -> ConferenceView | None:
    try:
        return conferences.get_conference(conference_id)
    except NotFound:
        return None


def _end(claim: Claim) -> str | None:
    claims.finish(claim)
    return None


def _contacts(
    conference: ConferenceView, contacts: Sequence[Contact], before: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> list[_Told]:
    """Speakers and partners whom it concerns; one who is registered as well is told of both in one mail."""
    is_off = now["conference"].get("cancelled")
    return [
        _Told(each.key, each.email, each.locale)
        for each in contacts
        if is_off or notice_service.changes(before, now, reader_of(conference, each))
    ]


def reader_of(conference: ConferenceView, contact: Contact) -> Reader:
    """What concerns a speaker or a partner, with the venue where they are registered."""
    own = registrations.find_live(conference.id, contact.email)
    return contact.reader([venue.key for venue in conference.venues if own is not None and venue.id == own.venue_id])


def _registered(
    conference: ConferenceView,
    contacts: Sequence[Contact],
    before: Mapping[str, Any] | None,
    now: Mapping[str, Any],
    version: int,
    after: str,
) -> tuple[list[_Told], str | None]:
    """Those of a batch whom it concerns, and behind which id to go on."""
    people = registrations.list_told(
        conference.id,
        until=calendar_service.published_at(conference.id, version),
        but=registrations.keys_of(each.email for each in contacts),
        after=after,
        limit=BATCH,
    )
    concerned = {
        venue.id for venue in conference.venues if notice_service.changes(before, now, Reader(frozenset({venue.key})))
    }
    told = [_Told(each.id, each.email, each.locale) for each in people if each.venue_id in concerned]
    return told, people[-1].id if len(people) == BATCH else None


def _reserve(conference_id: str, version: int, told: Sequence[_Told]) -> int:
    """Write down who is told, with the mail; who was written down before is told no second time. Returns how many."""
    if not told:
        return 0
    insert = sqlite.insert if db.session.connection().dialect.name == "sqlite" else postgresql.insert
    messages = {each.person: ids.new("msg") for each in told}
    common = {"conference_id": conference_id, "version": version, "sent_at": clock.now()}
    rows = [{**common, "person": person, "message_id": message} for person, message in messages.items()]
    statement = insert(Notice).values(rows).on_conflict_do_nothing().returning(Notice.person)
    written = set(db.session.scalars(statement))
    for each in told:
        if each.person in written:
            outbox.add(
                MAIL,
                to=each.email,
                locale=each.locale,
                chain=conference_id,
                message_id=messages[each.person],
                conference=conference_id,
                version=version,
                person=each.person,
            )
    return len(written)
