"""What an export is made of, read once, with times as its columns have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from core import i18n
from core.i18n import t
from events.attendance import reckoning
from events.attendance.reckoning import Attended
from events.conferences.queries import ConferenceView, VenueView
from events.registration import queries as registrations
from events.registration.queries import RegistrationView
from pdf.books import Column, Value

_EVERYBODY = 10_000_000
Row = list[Value]


@dataclass
class Source:
    """What the sheets are made of, each read once and only where a sheet needs it."""

    conference: ConferenceView

    @cached_property
    def people(self) -> dict[str, RegistrationView]:
        """Everybody who ever registered, by id, in the order in which they came."""
        found = registrations.list_registrations(self.conference.id, limit=_EVERYBODY)
        return {each.id: each for each in reversed(found)}

    @cached_property
    def venues(self) -> dict[str, VenueView]:
        """By id."""
        return {each.id: each for each in self.conference.venues}

    @cached_property
    def audiences(self) -> dict[str, str]:
        """Names by id."""
        return {each.id: i18n.pick(each.name) for each in self.conference.audiences}

    @cached_property
    def doors(self) -> dict[str, str]:
        """Names by id."""
        return {door.id: i18n.pick(door.name) for venue in self.conference.venues for door in venue.doors}

    @cached_property
    def attended(self) -> list[Attended]:
        """As the page of attendance has it."""
        return reckoning.reckon(self.conference)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.conference.timezone)

    @property
    def has_zones(self) -> bool:
        """Whether a venue keeps another time than the conference."""
        return any(each.timezone != self.conference.timezone for each in self.conference.venues)

    def venue_name(self, venue_id: str | None) -> str:
        """Empty where it is not known."""
        venue = self.venues.get(venue_id or "")
        return i18n.pick(venue.name) if venue else ""

    def at(self, instant: datetime | None) -> datetime | None:
        """As clocks of the conference's zone show it."""
        return _plain(instant, self._zone)

    def there(self, instant: datetime | None, venue_id: str) -> Row:
        """As clocks of the venue show it, with its zone; nothing where all zones are one."""
        if not self.has_zones:
            return []
        venue = self.venues.get(venue_id)
        zone = venue.timezone if venue else self.conference.timezone
        return [_plain(instant, ZoneInfo(zone)), zone if instant else ""]

    def time(self, message_id: str) -> Column:
        """The head of a column of times, which names their zone."""
        return Column(t(message_id) + i18n.aside(self.conference.timezone), 20)

    def local_times(self, message_id: str) -> list[Column]:
        """The heads of what `there` gives."""
        title = t("export-at-venue", what=t(message_id))
        return [Column(title, 20), Column(t("export-zone"), 16)] if self.has_zones else []


def _plain(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return instant.astimezone(zone).replace(tzinfo=None, microsecond=0) if instant else None


def read(conference: ConferenceView) -> Source:
    """For the sheets of this conference."""
    return Source(conference)
