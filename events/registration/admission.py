"""Takes the places that a change is about, together with what decides on them: the one way in which use cases lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import bindparam, select

from core.db import db
from core.errors import NotFound
from core.prepared import Prepared
from events.conferences import admission_queries
from events.registration.models import Company, GroupHold, Quota, Registration
from events.registration.rules import Admission, Count


@dataclass(frozen=True)
class Held:
    """Locked places as values, for who changes them by a statement."""

    venue_id: str
    audience_id: str
    capacity: int
    taken: int
    waiting: int
    is_open: bool


Places = TypeVar("Places", bound=Quota | Held)


@dataclass(frozen=True)
class Taken(Generic[Places]):
    """Locked places and what stands beside them."""

    quota: Places
    admission: Admission
    is_demo: bool
    has_company: bool

    @property
    def count(self) -> Count:
        """The places as a value."""
        return Count(self.quota.capacity, self.quota.taken)


_FACTS = admission_queries.admissions()
_TAKE = (  # built once: everybody who registers queues behind it
    select(Quota, _FACTS, Company.id.label("company_id"))
    .join(_FACTS, _FACTS.c.audience_id == Quota.audience_id)
    .outerjoin(Company, (Company.id == bindparam("company")) & (Company.conference_id == Quota.conference_id))
    .where(
        Quota.conference_id == bindparam("conference"),
        Quota.venue_id == bindparam("venue"),
        Quota.audience_id == bindparam("audience"),
    )
    .with_for_update(of=Quota)
    .execution_options(populate_existing=True)
)


_HELD = Prepared(
    _TAKE.with_only_columns(
        *(getattr(Quota, each.name) for each in fields(Held)), _FACTS, Company.id.label("company_id")
    )
)


def take(conference_id: str, venue_id: str, audience_id: str, *, company_id: str | None = None) -> Taken[Quota]:
    """The places of an audience in a venue, locked, in one statement; `has_company`: whether this one is of the
    conference. Raises NotFound `places_not_found`."""
    named = {"conference": conference_id, "venue": venue_id, "audience": audience_id, "company": company_id}
    found = db.session.execute(_TAKE, named).one_or_none()
    if found is None:
        raise NotFound("places_not_found")
    return Taken(found.Quota, *_beside(found))


def hold(conference_id: str, venue_id: str, audience_id: str, *, company_id: str | None = None) -> Taken[Held]:
    """As `take`, as values: the session takes three times as long for a record."""
    named = {"conference": conference_id, "venue": venue_id, "audience": audience_id, "company": company_id}
    found = _HELD.run(named).one_or_none()
    if found is None:
        raise NotFound("places_not_found")
    held = Held(venue_id, audience_id, found.capacity, found.taken, found.waiting, found.is_open)
    return Taken(held, *_beside(found))


def _beside(found: Any) -> tuple[Admission, bool, bool]:
    admission = Admission(
        state=str(found.state),
        needs_approval=found.needs_approval,
        timezone=found.timezone,
        ends_on=found.ends_on,
        starts_at=found.starts_at,
    )
    return admission, found.is_demo, found.company_id is not None


def take_several(conference_id: str, venue_ids: Iterable[str], audience_id: str) -> dict[str, Taken[Quota]]:
    """As `take`, by venue, the smaller key first, so that no two who take the same ones wait for each other."""
    return {venue_id: take(conference_id, venue_id, audience_id) for venue_id in sorted(set(venue_ids))}


def take_registration(registration_id: str) -> Registration:
    """One registration in order to change it, before its places; raises NotFound."""
    query = select(Registration).filter_by(id=registration_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("registration_not_found")
    return row


def take_group(group_id: str) -> tuple[GroupHold, Taken[Quota]]:
    """A group with its places: who holds these holds the group's row too. Raises NotFound."""
    group = db.session.get(GroupHold, group_id)
    if group is None:
        raise NotFound("group_not_found")
    taken = take(group.conference_id, group.venue_id, group.audience_id)
    db.session.refresh(group)
    return group, taken
