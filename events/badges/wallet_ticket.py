"""What a ticket on a phone says, in every language at once: from the registration and what was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import clock, config, i18n
from core.values import Texts
from events.badges import tickets
from events.badges.rules import colour_of
from events.conferences import calendar_service
from events.conferences import queries as conferences
from events.registration import queries as registrations


@dataclass(frozen=True)
class Ticket:
    """A person's ticket; `text` is what its code says, times are the venue's first and last item (UTC, None without).

    Texts by locale; `colour` is #rrggbb.
    """

    registration_id: str
    venue_id: str
    text: str
    code: str
    locale: str
    name: str
    organiser: str
    title: Texts
    audience: Texts
    venue: Texts
    address: Texts
    timezone: str
    starts_at: datetime | None
    ends_at: datetime | None
    colour: str
    is_demo: bool
    is_online: bool


def ticket_of(registration_id: str) -> Ticket:
    """The ticket of somebody who is confirmed in a hall. Raises NotFound, Conflict `ticket_not_confirmed`."""
    text = tickets.ticket_text(registration_id)
    person = registrations.get_registration(registration_id)
    plan = conferences.get_conference(person.conference_id)
    shown = calendar_service.get_published(person.conference_id).snapshot
    at = next(n for n, each in enumerate(plan.audiences) if each.id == person.audience_id)
    venue = next(each for each in plan.venues if each.id == person.venue_id)
    items = [each for each in shown["items"] if venue.key in each["venues"]]
    return Ticket(
        registration_id=person.id,
        venue_id=venue.id,
        text=text,
        code=person.code,
        locale=person.locale,
        name=person.name,
        organiser=config.settings().organisation,
        title=shown["conference"]["title"],
        audience=plan.audiences[at].name,
        venue=venue.name,
        address={each: _where(venue.city, venue.address, each) for each in i18n.LOCALES},
        timezone=venue.timezone,
        starts_at=min((clock.parse_iso(each["starts_at"]) for each in items), default=None),
        ends_at=max((clock.parse_iso(each["ends_at"]) for each in items), default=None),
        colour=colour_of(at),
        is_demo=person.is_demo or plan.is_demo,
        is_online=venue.is_online,
    )


def said(texts: Texts, locale: str) -> str:
    """A text in one language, or in the other where it is not there."""
    with i18n.use_locale(locale):
        return i18n.pick(texts)


def _where(city: Texts, address: Texts, locale: str) -> str:
    return " · ".join(filter(None, (said(city, locale), said(address, locale))))
