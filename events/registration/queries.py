"""Reads of places, registrations and companies."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from core.db import db
from events.registration.models import Company, GroupHold, Quota, Registration
from events.registration.rules import LIVE, Count


@dataclass(frozen=True)
class Places:
    """The places of one audience in one venue."""

    venue_id: str
    audience_id: str
    count: Count


def list_places(conference_id: str) -> list[Places]:
    """Every quota of a conference."""
    rows = db.session.scalars(
        select(Quota).filter_by(conference_id=conference_id).order_by(Quota.venue_id, Quota.audience_id)
    )
    return [Places(row.venue_id, row.audience_id, Count(row.capacity, row.taken)) for row in rows]


def has_registrations(**named: str) -> bool:
    """Whether anybody ever registered, or a group holds places, with this `venue_id` or `audience_id`."""
    found = (db.session.scalar(select(table.id).filter_by(**named).limit(1)) for table in (Registration, GroupHold))
    return any(each is not None for each in found)


def count_live(conference_id: str) -> int:
    """How many registrations are pending, confirmed or waiting."""
    query = select(func.count()).select_from(Registration).where(Registration.conference_id == conference_id)
    return db.session.scalar(query.where(Registration.state.in_(LIVE))) or 0


def count_companies(conference_id: str) -> int:
    """How many companies come."""
    return db.session.scalar(select(func.count()).select_from(Company).filter_by(conference_id=conference_id)) or 0


@dataclass(frozen=True)
class CompanyView:
    """An organisation whose people come."""

    id: str
    key: str
    name: dict[str, str]
    city: dict[str, str]
    industry: dict[str, str]
    is_demo: bool


def list_companies(conference_id: str) -> list[CompanyView]:
    """Every company of a conference, by its key."""
    rows = db.session.scalars(select(Company).filter_by(conference_id=conference_id).order_by(Company.key))
    names = list(CompanyView.__dataclass_fields__)
    return [CompanyView(**{name: getattr(row, name) for name in names}) for row in rows]
