"""Whom a publication would be told to, and what: for the question before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import i18n
from core.i18n import t
from events.conferences import notice_service
from events.conferences.notice_service import Contact, Reader
from events.conferences.queries import ConferenceView
from events.conferences.words import Told
from events.registration import notice_queries as registrations


@dataclass(frozen=True)
class Group:
    """People who would be told the same: `key` for the mail's preview, how many they are, and of what."""

    key: str
    who: str
    people: int
    told: Sequence[Told]


@dataclass(frozen=True)
class Preview:
    """Everybody whom it concerns; `unreached`: speakers whom it concerns and whose address nobody knows."""

    groups: Sequence[Group]
    unreached: Sequence[str]

    @property
    def people(self) -> int:
        """How many mails there would be."""
        return sum(group.people for group in self.groups)


def preview(conference: ConferenceView) -> Preview:
    """Of the draft, against what is published."""
    contacts = notice_service.list_contacts(conference)
    known = {key for contact in contacts for key in contact.speakers}
    unreached = [
        i18n.pick(speaker.name)
        for speaker in conference.speakers
        if speaker.key not in known and _told(conference, Reader(speakers=frozenset({speaker.key})))
    ]
    return Preview([*_venues(conference, contacts), *_contacts(conference, contacts)], unreached)


def _told(conference: ConferenceView, reader: Reader, zone: str = "") -> list[Told]:
    before, after = notice_service.draft(conference)
    found = notice_service.changes(before, after, reader)
    return notice_service.in_words(found, before, after, [zone or conference.timezone])


def _venues(conference: ConferenceView, contacts: Sequence[Contact]) -> list[Group]:
    """Registered people by where they go; who is a speaker or partner too stands among those."""
    counts = registrations.count_by_venue(
        conference.id, but=registrations.keys_of(contact.email for contact in contacts)
    )
    found = []
    for venue in conference.venues:
        told = _told(conference, Reader(frozenset({venue.key})), venue.timezone) if counts.get(venue.id) else []
        if told:
            who = t("notice-who-venue", venue=i18n.pick(venue.name))
            found.append(Group(venue.key, who, counts[venue.id], told))
    return found


def _contacts(conference: ConferenceView, contacts: Sequence[Contact]) -> list[Group]:
    found = []
    for contact in contacts:
        own = registrations.find_live(conference.id, contact.email)
        venues = [venue.key for venue in conference.venues if own is not None and venue.id == own.venue_id]
        if told := _told(conference, contact.reader(venues)):
            kind = "speaker" if contact.speakers else "partner"
            who = t(f"notice-who-{kind}", name=i18n.pick(dict(contact.name)))
            found.append(Group(contact.key, who, 1, told))
    return found
