"""What somebody goes to, for their calendar: a file, a feed under a link of its own, and what takes entries back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core import config, i18n, tokens
from core.db import db
from core.outbox import Attachment
from events.conferences import calendar_service, front_queries
from events.conferences.calendar_service import Holder
from events.conferences.version_queries import Published
from events.registration import links, queries
from events.registration.models import Registration
from events.registration.queries import RegistrationView
from events.registration.rules import RegistrationState

PURPOSE = "calendar"
_STATUS = {
    RegistrationState.CONFIRMED: "CONFIRMED",
    RegistrationState.PENDING: "TENTATIVE",
    RegistrationState.WAITLISTED: "TENTATIVE",
}


def feed_address(registration_id: str) -> str:
    """Where somebody's calendar program asks again and again. It shows what they go to and nothing else of theirs, and
    ends with their other links."""
    row = db.session.get_one(Registration, registration_id)
    issued = row.created_at
    token = tokens.write(PURPOSE, row.id, str(row.link_number), issued, issued + links.LIFE)
    return f"{config.settings().base_url}/calendar/{token}.ics"


def read_feed(token: str) -> bytes:
    """The feed behind a token, in the person's language; raises LinkInvalid, LinkExpired, LinkRevoked."""
    person = queries.get_registration(links.read(token, purpose=PURPOSE))
    with i18n.use_locale(person.locale):
        return file(person) or b""


def file(person: RegistrationView) -> bytes | None:
    """What somebody goes to; None where their venue stands in no version yet."""
    published = calendar_service.get_published(person.conference_id)
    return calendar_service.find_file(published, _holder(person, person.venue_id))


def _holder(person: RegistrationView, venue_id: str) -> Holder:
    return Holder(
        person.id,
        person.changed_at,
        number=person.calendar_number,
        venue=front_queries.find_venue_key(person.conference_id, venue_id),
        status=_STATUS.get(person.state, "CANCELLED"),
    )


def attached(person: RegistrationView) -> tuple[Attachment, ...]:
    """The file for a mail; nothing where there is none."""
    content = file(person)
    return (Attachment("conference.ics", "text/calendar; method=PUBLISH", content),) if content else ()


def taken_back(person: RegistrationView, published: Published, *, left: str | None = None) -> tuple[Attachment, ...]:
    """What takes back their entries; with `left` (a venue's id) those of that venue which are not in theirs."""
    here = _holder(person, person.venue_id)
    if left is None:
        return messages(calendar_service.messages_back(published, here))
    there = replace(here, venue=_holder(person, left).venue)
    return messages(calendar_service.messages_back(published, there, but=here))


def updated(person: RegistrationView, before: Mapping[str, Any] | None) -> tuple[Attachment, ...]:
    """What they go to now, and what takes back those items of an earlier version that are theirs no more."""
    published = calendar_service.get_published(person.conference_id)
    items = before["items"] if before else ()
    return (*attached(person), *messages(calendar_service.dropped(published, _holder(person, person.venue_id), items)))


def messages(contents: list[bytes]) -> tuple[Attachment, ...]:
    """One attachment for each entry that is taken back."""
    return tuple(
        Attachment(f"cancel-{number}.ics", "text/calendar; method=CANCEL", content)
        for number, content in enumerate(contents, start=1)
    )
