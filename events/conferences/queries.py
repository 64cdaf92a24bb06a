"""Reads of conferences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from core.db import db
from core.errors import NotFound
from events.conferences import rules
from events.conferences.models import AgendaItem, Conference, TeamMember, Venue
from events.conferences.rules import ConferenceAction, ConferenceKind, ConferenceState, Membership, VenueKind

PAGE_SIZE = 25


@dataclass(frozen=True)
class AudienceView:
    """A kind of people who come."""

    id: str
    key: str
    name: dict[str, str]
    needs_approval: bool


@dataclass(frozen=True)
class DoorView:
    """An entrance."""

    id: str
    key: str
    name: dict[str, str]


@dataclass(frozen=True)
class VenueView:
    """A hall or an online room; feeds are {"title", "kind", "url"}."""

    id: str
    key: str
    kind: VenueKind
    name: dict[str, str]
    city: dict[str, str]
    address: dict[str, str]
    timezone: str
    stage: str
    feeds: list[dict[str, str]]
    doors: tuple[DoorView, ...]

    @property
    def is_online(self) -> bool:
        """Whether nobody walks in."""
        return self.kind is VenueKind.ONLINE


@dataclass(frozen=True)
class SpeakerView:
    """Who speaks; `email` (empty where nobody knows it) is where they are told of changes."""

    id: str
    key: str
    name: dict[str, str]
    title: dict[str, str]
    organisation: dict[str, str]
    email: str
    locale: str


@dataclass(frozen=True)
class ItemView:
    """An agenda item; venues by key, speakers as (speaker, venue) by key, materials {"title", "url"}."""

    id: str
    key: str
    title: dict[str, str]
    abstract: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    venues: tuple[str, ...]
    speakers: tuple[tuple[str, str], ...]
    materials: list[dict[str, str]]


@dataclass(frozen=True)
class ConferenceHead:
    """A conference as lists know it."""

    id: str
    organisation_id: str
    code: str
    kind: ConferenceKind
    title: dict[str, str]
    timezone: str
    starts_on: date
    ends_on: date
    state: ConferenceState
    version: int
    is_demo: bool
    created_at: datetime
    cancelled_reason: str

    @property
    def short_id(self) -> str:
        """Four signs that tell conferences of one name apart."""
        return self.id[-4:].upper()

    @property
    def is_editable(self) -> bool:
        """Whether its plan can still be changed."""
        return rules.may(self.state, ConferenceAction.EDIT)


@dataclass(frozen=True)
class ConferenceView(ConferenceHead):
    """A conference with all that is planned in it."""

    purpose: dict[str, str]
    travel_minutes: int
    travel: list[dict[str, Any]]
    partners: list[dict[str, str]]
    partner_contacts: list[dict[str, str]]
    source: str
    created_by: str
    published_at: datetime | None
    audiences: tuple[AudienceView, ...]
    venues: tuple[VenueView, ...]
    speakers: tuple[SpeakerView, ...]
    items: tuple[ItemView, ...]

    def venue(self, key: str) -> VenueView:
        """Raises NotFound."""
        return _by_key(self.venues, key, "venue_not_found")

    def audience(self, key: str) -> AudienceView:
        """Raises NotFound."""
        return _by_key(self.audiences, key, "audience_not_found")

    def speaker(self, key: str) -> SpeakerView:
        """Raises NotFound."""
        return _by_key(self.speakers, key, "speaker_not_found")

    def item(self, key: str) -> ItemView:
        """Raises NotFound."""
        return _by_key(self.items, key, "item_not_found")

    @property
    def hall_keys(self) -> list[str]:
        """The keys of the venues that people walk into."""
        return [venue.key for venue in self.venues if not venue.is_online]

    def venue_ids(self, keys: tuple[str, ...]) -> list[str]:
        """The ids of these venues; what is not there is left out."""
        return [venue.id for venue in self.venues if venue.key in keys]


Row = TypeVar("Row", AudienceView, VenueView, SpeakerView, ItemView)
Made = TypeVar("Made", AudienceView, SpeakerView, DoorView)


def _by_key(rows: tuple[Row, ...], key: str, code: str) -> Row:
    for row in rows:
        if row.key == key:
            return row
    raise NotFound(code)


def view(conference: Conference) -> ConferenceView:
    """The row with everything below it."""
    names = [
        *ConferenceHead.__dataclass_fields__,
        "purpose",
        "travel_minutes",
        "travel",
        "partners",
        "partner_contacts",
        "source",
        "created_by",
    ]
    venues = {venue.id: venue.key for venue in conference.venues}
    speakers = {speaker.id: speaker.key for speaker in conference.speakers}
    return ConferenceView(
        **{name: getattr(conference, name) for name in names},
        published_at=conference.published_at,
        audiences=tuple(_plain(AudienceView, each) for each in conference.audiences),
        venues=tuple(_venue(venue) for venue in conference.venues),
        speakers=tuple(_plain(SpeakerView, each) for each in conference.speakers),
        items=tuple(_item(each, venues, speakers) for each in conference.items),
    )


def head(conference: Conference) -> ConferenceHead:
    """The row alone."""
    return ConferenceHead(**{name: getattr(conference, name) for name in ConferenceHead.__dataclass_fields__})


def _plain(made: type[Made], row: object) -> Made:
    fields: dict[str, Any] = {name: getattr(row, name) for name in made.__dataclass_fields__}
    return made(**fields)


def _venue(venue: Venue) -> VenueView:
    names = [name for name in VenueView.__dataclass_fields__ if name != "doors"]
    doors = tuple(_plain(DoorView, door) for door in venue.doors)
    return VenueView(**{name: getattr(venue, name) for name in names}, doors=doors)


def _item(item: AgendaItem, venues: dict[str, str], speakers: dict[str, str]) -> ItemView:
    names = [name for name in ItemView.__dataclass_fields__ if name not in ("venues", "speakers")]
    return ItemView(
        **{name: getattr(item, name) for name in names},
        venues=tuple(venues[each.venue_id] for each in item.venues),
        speakers=tuple((speakers[each.speaker_id], venues[each.venue_id]) for each in item.speakers),
    )


def get_conference(conference_id: str, *, organisation_id: str | None = None) -> ConferenceView:
    """One conference, of this organisation where one is given; raises NotFound."""
    conference = db.session.get(Conference, conference_id)
    if conference is None or organisation_id not in (None, conference.organisation_id):
        raise NotFound("conference_not_found")
    return view(conference)


def get_head(conference_id: str, *, organisation_id: str) -> ConferenceHead:
    """As `get_conference`, without what is below it; raises NotFound."""
    row = db.session.scalar(_heads().filter_by(id=conference_id, organisation_id=organisation_id))
    if row is None:
        raise NotFound("conference_not_found")
    return head(row)


def take_conference(conference_id: str) -> Conference:
    """One conference in order to change it or its plan; raises NotFound."""
    conference = db.session.scalar(
        select(Conference)
        .filter_by(id=conference_id)
        # Who registers only refers to this row (FOR KEY SHARE), and does not wait for who plans.
        .with_for_update(of=Conference, key_share=True)
        .execution_options(populate_existing=True)
    )
    if conference is None:
        raise NotFound("conference_not_found")
    return conference


def find_by_import_key(organisation_id: str, import_key: str) -> str | None:
    """The id of the conference that came with this key."""
    return db.session.scalar(select(Conference.id).filter_by(organisation_id=organisation_id, import_key=import_key))


def _heads() -> Select[Conference]:
    return select(Conference).options(lazyload("*"))


@dataclass(frozen=True)
class ConferencePage:
    """One page of the list; `number` and `pages` count from 1."""

    conferences: tuple[ConferenceHead, ...]
    number: int
    pages: int
    total: int


def list_page(organisation_id: str, *, number: int, team_of: str = "") -> ConferencePage:
    """The conferences of an organisation, the latest days first; with `team_of` those on whose team this account is."""
    own = _heads().filter_by(organisation_id=organisation_id)
    if team_of:
        own = own.where(Conference.id.in_(select(TeamMember.conference_id).filter_by(account_id=team_of)))
    total = db.session.scalar(select(func.count()).select_from(own.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    rows = db.session.scalars(
        own.order_by(Conference.starts_on.desc(), Conference.created_at.desc(), Conference.id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return ConferencePage(tuple(head(each) for each in rows), number, pages, total)


def list_memberships(conference_id: str, account_id: str) -> list[Membership]:
    """The duties of an account on a team."""
    rows = db.session.scalars(select(TeamMember).filter_by(conference_id=conference_id, account_id=account_id))
    return [Membership(row.duty, row.venue_id, row.door_id) for row in rows]


@dataclass(frozen=True)
class MemberView:
    """One duty of one person."""

    account_id: str
    duty: str
    venue_id: str
    door_id: str
    added_at: datetime


def list_team(conference_id: str) -> list[MemberView]:
    """Everybody's duties, in the order in which they came."""
    rows = db.session.scalars(
        select(TeamMember).filter_by(conference_id=conference_id).order_by(TeamMember.added_at, TeamMember.account_id)
    )
    return [MemberView(row.account_id, str(row.duty), row.venue_id, row.door_id, row.added_at) for row in rows]
