"""Who was there and how long: scans and online minutes of a conference, put together with its agenda."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core import clock
from core.errors import NotFound
from core.values import Texts
from events.attendance import queries, rules
from events.attendance.queries import OnlineHourView
from events.attendance.rules import Agenda, Filter, Pass, Presence, Span, Standing, Stay
from events.checkin import passage_queries
from events.checkin.passage_queries import PassageView
from events.conferences import calendar_service
from events.conferences.queries import ConferenceView
from events.registration import door_queries
from events.registration.door_queries import DoorPerson

_NOWHERE = Agenda(UTC, ())  # a venue that is no longer planned


@dataclass(frozen=True)
class Attended:
    """Somebody with a place, or who came without one; `spans`: halls and online together, nothing twice."""

    person: DoorPerson
    stays: tuple[Stay, ...]
    online: tuple[Span, ...]
    rooms: Mapping[str, tuple[Span, ...]]  # the online time of each room, by venue
    spans: tuple[Span, ...]
    presence: Presence

    @property
    def came(self) -> bool:
        """Whether anything was seen of them."""
        return bool(self.stays or self.online)

    @property
    def is_in(self) -> bool:
        """Whether they are in a hall now."""
        return any(each.ending is rules.Ending.GOES_ON for each in self.stays)

    @property
    def first_at(self) -> datetime | None:
        """When they were first seen."""
        begins = [each.span.begins for each in self.stays] + [each.begins for each in self.online]
        return min(begins, default=None)

    @property
    def last_at(self) -> datetime | None:
        """Until when they were there."""
        ends = [each.span.ends for each in self.stays] + [each.ends for each in self.online]
        return max(ends, default=None)

    def in_venue(self, venue_id: str) -> tuple[Span, ...]:
        """The time in one hall or one online room."""
        there = (each.span for each in self.stays if each.venue_id == venue_id)
        return rules.merged([*there, *self.rooms.get(venue_id, ())])

    @property
    def is_doubtful(self) -> bool:
        """Whether a clock at a door was off."""
        return any(each.is_doubtful for each in self.stays)


@dataclass(frozen=True)
class Item:
    """One item of the agenda; `venues` by key."""

    key: str
    title: Texts
    span: Span
    venues: Sequence[str]


def agendas(conference: ConferenceView) -> dict[str, Agenda]:
    """What happens in each venue, by id: as it was published last, else as it is planned."""
    closed = passage_queries.list_closed(conference.id)
    items = list_items(conference)
    return {
        venue.id: Agenda(
            ZoneInfo(venue.timezone),
            tuple(each.span for each in items if venue.key in each.venues),
            closed.get(venue.id),
        )
        for venue in conference.venues
    }


def list_items(conference: ConferenceView) -> list[Item]:
    """The agenda as it was published last, else as it is planned, in order of time."""
    try:
        items = calendar_service.get_published(conference.id).snapshot["items"]
    except NotFound:
        found = [
            Item(each.key, each.title, Span(each.starts_at, each.ends_at), each.venues) for each in conference.items
        ]
    else:
        found = [Item(each["key"], each["title"], _span(each), each["venues"]) for each in items]
    return sorted(found, key=lambda each: each.span)


def _span(item: Mapping[str, str]) -> Span:
    return Span(clock.parse_iso(item["starts_at"]), clock.parse_iso(item["ends_at"]))


def reckon(conference: ConferenceView, *, venue_ids: frozenset[str] | None = None) -> list[Attended]:
    """Everybody who is confirmed (in these venues) or was seen, in the order of their names."""
    passages, online = passage_queries.list_passages(conference.id), queries.list_online(conference.id)
    reckoning = _Reckoning(conference, clock.now())
    return [
        reckoning.of(each, passages.get(each.id, ()), online.get(each.id, ()))
        for each in door_queries.list_for_doors(conference.id)
        if (venue_ids is None or each.venue_id in venue_ids)
        and (each.state == rules.CONFIRMED or each.id in passages or each.id in online)
    ]


def reckon_one(conference: ConferenceView, registration_id: str) -> Attended:
    """One person; raises NotFound."""
    person = door_queries.list_by_ids([registration_id]).get(registration_id)
    if person is None:
        raise NotFound("registration_not_found")
    passages = passage_queries.list_passages(conference.id, registration_id)
    online = queries.list_online(conference.id, registration_id)
    reckoning = _Reckoning(conference, clock.now())
    return reckoning.of(person, passages.get(person.id, ()), online.get(person.id, ()))


class _Reckoning:
    """What is the same for everybody."""

    def __init__(self, conference: ConferenceView, now: datetime) -> None:
        self._agendas, self._now = agendas(conference), now
        self._threshold = queries.get_threshold(conference.id)

    def of(self, person: DoorPerson, passages: Iterable[PassageView], hours: Sequence[OnlineHourView]) -> Attended:
        passes = [_pass(each) for each in passages]
        known: Mapping[str, Agenda] = {each.venue_id: _NOWHERE for each in passes} | self._agendas
        rooms = {venue_id: _online(hours, venue_id) for venue_id in {each.venue_id for each in hours}}
        stays = rules.stays(passes, known, self._now)
        online = rules.merged(span for spans in rooms.values() for span in spans)
        spans = rules.merged([*(each.span for each in stays), *online])
        # Somebody who came in after the last item was there, if only for no time that counts.
        seen = spans or tuple(each.span for each in stays)
        agenda = known.get(person.venue_id, _NOWHERE).items
        presence = rules.presence(seen, agenda, threshold=self._threshold, now=self._now)
        return Attended(person, tuple(stays), online, rooms, spans, presence)


def _online(hours: Sequence[OnlineHourView], venue_id: str) -> tuple[Span, ...]:
    return rules.online((each.hour, each.marks) for each in hours if each.venue_id == venue_id)


def _pass(found: PassageView) -> Pass:
    return Pass(
        nonce=found.nonce,
        venue_id=found.venue_id,
        door_id=found.door_id,
        is_entry=found.is_entry,
        at=found.happened_at,
        is_clock_off=found.is_clock_off,
        undoes=found.undoes,
    )


@dataclass(frozen=True)
class Count:
    """How many have a place, came, and stand where."""

    expected: int
    came: int
    standings: Mapping[Standing, int]

    @property
    def present(self) -> int:
        """How many were there long enough."""
        return self.standings[Standing.PRESENT]


def count(people: Sequence[Attended], *, venue_id: str = "", audience_id: str = "") -> Count:
    """Of all of them, or of one venue, one audience, or both."""
    those = [
        each
        for each in people
        if venue_id in ("", each.person.venue_id) and audience_id in ("", each.person.audience_id)
    ]
    standings = {state: sum(each.presence.standing is state for each in those) for state in Standing}
    return Count(len(those), sum(each.came for each in those), standings)


def matching(people: Sequence[Attended], chosen: Filter) -> list[Attended]:
    """Those whom a filter shows, in their order; its text may be of a name, its pinyin, a company or a code."""
    small = chosen.text.lower()
    return [
        each
        for each in people
        if chosen.venue in ("", each.person.venue_id)
        and chosen.audience in ("", each.person.audience_id)
        and chosen.standing in ("", each.presence.standing)
        and (not small or small in _words(each.person))
    ]


def _words(person: DoorPerson) -> str:
    return " ".join((person.name, person.pinyin, person.company, person.code)).lower()
