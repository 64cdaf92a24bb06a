"""A conference as the pages before registering need it: few statements, whatever the agenda holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Boolean, bindparam, func, null, select, type_coerce, union_all

from core.errors import NotFound
from core.prepared import Prepared
from events.conferences import version_queries
from events.conferences.models import AgendaItem, Audience, Conference, ConferenceVersion, Venue
from events.conferences.queries import AudienceView
from events.conferences.rules import ConferenceState, VenueKind
from events.conferences.version_queries import Published


@dataclass(frozen=True)
class FrontVenue:
    """A hall or an online room as the draft has it; what the public may read of it stands in what was published."""

    id: str
    key: str
    kind: VenueKind
    name: dict[str, str]
    city: dict[str, str]
    address: dict[str, str]
    timezone: str

    @property
    def is_online(self) -> bool:
        """Whether nobody walks in."""
        return self.kind is VenueKind.ONLINE


@dataclass(frozen=True)
class ConferenceFront:
    """What was published, with what decides now: `starts_at` is when the first item begins, or None."""

    id: str
    organisation_id: str
    code: str
    state: ConferenceState
    timezone: str
    ends_on: date
    starts_at: datetime | None
    published: Published
    audiences: tuple[AudienceView, ...]
    venues: tuple[FrontVenue, ...]


# Built once: a registration asks for nothing else more often.
_STARTS_AT = select(func.min(AgendaItem.starts_at)).where(AgendaItem.conference_id == Conference.id).scalar_subquery()
_HEAD = (
    select(
        Conference.id,
        Conference.organisation_id,
        Conference.code,
        Conference.state,
        Conference.timezone,
        Conference.ends_on,
        Conference.is_demo,
        ConferenceVersion.number,
        ConferenceVersion.published_at,
        _STARTS_AT.label("starts_at"),
    )
    .join(ConferenceVersion, ConferenceVersion.conference_id == Conference.id)
    .where(ConferenceVersion.number == Conference.version)
)
_BY_CODE = Prepared(_HEAD.where(Conference.code == bindparam("named")))
_BY_ID = Prepared(_HEAD.where(Conference.id == bindparam("named")))
# Venues and audiences in one statement; what one of them has not is NULL.
_PARTS = Prepared(
    union_all(
        select(
            Venue.id,
            Venue.key,
            Venue.kind,
            Venue.name,
            Venue.city,
            Venue.address,
            Venue.timezone,
            type_coerce(null(), Boolean).label("needs_approval"),
            Venue.position.label("position"),
        ).where(Venue.conference_id == bindparam("conference")),
        select(
            Audience.id,
            Audience.key,
            null(),
            Audience.name,
            null(),
            null(),
            null(),
            Audience.needs_approval,
            Audience.position,
        ).where(Audience.conference_id == bindparam("conference")),
    ).order_by("position")
)


def get_front(code: str) -> ConferenceFront:
    """The conference behind a public address; raises NotFound, also for what was never published."""
    return _front(_BY_CODE, code)


def get_front_of(conference_id: str) -> ConferenceFront:
    """As `get_front`, by the conference's id."""
    return _front(_BY_ID, conference_id)


_VENUE_KEY = Prepared(
    select(Venue.key).where(Venue.conference_id == bindparam("conference"), Venue.id == bindparam("venue"))
)


def find_venue_key(conference_id: str, venue_id: str) -> str:
    """The key of a venue, by which what was published knows it; empty where it is not there."""
    return _VENUE_KEY.read({"conference": conference_id, "venue": venue_id}).scalar() or ""


def _front(query: Prepared, named: str) -> ConferenceFront:
    row = query.read({"named": named}).one_or_none()
    if row is None:
        raise NotFound("conference_not_public")
    snapshot = version_queries.snapshot_of(row.id, row.number, row.published_at)
    parts = _PARTS.read({"conference": row.id})
    return ConferenceFront(
        id=row.id,
        organisation_id=row.organisation_id,
        code=row.code,
        state=row.state,
        timezone=row.timezone,
        ends_on=row.ends_on,
        starts_at=row.starts_at,
        published=Published(row.id, row.code, row.number, row.published_at, row.is_demo, snapshot),
        audiences=tuple(
            [AudienceView(each.id, each.key, each.name, each.needs_approval) for each in parts if not each.kind]
        ),
        venues=tuple([FrontVenue(*each[:7]) for each in parts if each.kind]),
    )
