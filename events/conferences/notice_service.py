"""What other features say of a publication to those whom it concerns."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.conferences import calendar_service, notice_rules, publishing, version_queries, version_rules, words
from events.conferences.calendar_service import Holder
from events.conferences.notice_rules import Reader
from events.conferences.queries import ConferenceView
from events.conferences.version_queries import Published
from events.conferences.version_rules import Difference
from events.conferences.words import Told

__all__ = [
    "Contact",
    "Reader",
    "Told",
    "changes",
    "differences",
    "draft",
    "in_words",
    "list_contacts",
    "taken_back",
    "versions",
]
JOB = publishing.NOTICES_JOB


@dataclass(frozen=True)
class Contact:
    """A speaker or a partner who is told: one address, whatever they are; `key` names them in records."""

    key: str
    email: str
    locale: str
    name: Mapping[str, str]
    speakers: frozenset[str] = frozenset()
    is_partner: bool = False

    def reader(self, venues: Collection[str] = ()) -> Reader:
        """What concerns them, and who goes to these venues besides."""
        return Reader(frozenset(venues), self.speakers, everything=self.is_partner)


def list_contacts(conference: ConferenceView) -> list[Contact]:
    """Speakers and partners with an address, each address once."""
    found: dict[str, Contact] = {}
    for speaker in conference.speakers:
        if email := speaker.email.casefold():
            first = found.get(email) or Contact(speaker.id, speaker.email, speaker.locale, speaker.name)
            found[email] = Contact(
                first.key, first.email, first.locale, first.name, first.speakers | {speaker.key}, is_partner=False
            )
    for name, contact in zip(conference.partners, conference.partner_contacts, strict=False):
        if email := contact["email"].casefold():
            # What they are told is kept under no address: whoever reads the records does not learn it.
            key = f"partner_{hashlib.sha256(f'{conference.id} {email}'.encode()).hexdigest()[:24]}"
            first = found.get(email) or Contact(key, contact["email"], contact["locale"], name)
            found[email] = Contact(first.key, first.email, first.locale, first.name, first.speakers, is_partner=True)
    return list(found.values())


def versions(conference_id: str, number: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What was published before this version, and with it."""
    before = version_queries.find_version(conference_id, number - 1) if number > 1 else None
    return before, version_queries.find_version(conference_id, number)


def draft(conference: ConferenceView) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What is published now, and what would be."""
    return version_queries.find_version(conference.id, conference.version), publishing.snapshot(conference)


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any], reader: Reader) -> list[Difference]:
    """What is different for this reader."""
    return notice_rules.told(before, after, reader)


def differences(conference: ConferenceView, number: int) -> list[Told]:
    """All that a version changed, in words; nothing for the first one."""
    before, now = versions(conference.id, number)
    found = version_rules.differences(before, now) if now is not None else []
    return words.told(found, now or {}, before)


def in_words(
    found: Sequence[Difference], before: Mapping[str, Any] | None, after: Mapping[str, Any], zones: Sequence[str]
) -> list[Told]:
    """The same in the reader's language, with times in each of these zones."""
    return words.told(found, after, before, zones)


def taken_back(published: Published, holder: Holder, before: Mapping[str, Any] | None) -> list[bytes]:
    """A message (METHOD:CANCEL) for each item of `before` that is theirs no more."""
    return calendar_service.dropped(published, holder, before["items"] if before else ())
