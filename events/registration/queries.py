"""Reads of places, registrations and companies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from core import i18n
from core.db import db
from core.errors import NotFound
from core.prepared import Prepared
from events.registration.models import Company, GroupHold, Quota, Registration
from events.registration.rules import LIVE, Count, RegistrationState

PAGE_SIZE = 50


@dataclass(frozen=True)
class Places:
    """The places of one audience in one venue, and how many wait for one to whom none is offered."""

    venue_id: str
    audience_id: str
    count: Count
    waiting: int = 0


_PLACES = Prepared(
    select(Quota.venue_id, Quota.audience_id, Quota.capacity, Quota.taken, Quota.waiting)
    .where(Quota.conference_id == bindparam("conference"))
    .order_by(Quota.venue_id, Quota.audience_id)
)


def list_places(conference_id: str) -> list[Places]:
    """Every quota of a conference."""
    rows = _PLACES.read({"conference": conference_id})
    return [Places(row.venue_id, row.audience_id, Count(row.capacity, row.taken), row.waiting) for row in rows]


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


_CALLED = Prepared(
    select(Company.id)
    .where(
        Company.conference_id == bindparam("conference"),
        or_(
            *(
                func.lower(Company.name[locale].as_string()).in_([bindparam("name"), bindparam("small")])
                for locale in ("zh-CN", "en")
            )
        ),
    )
    .order_by(Company.key)
    .limit(1)
)


def find_company_id(conference_id: str, name: str) -> str | None:
    """The id of the company that is called so in one of its languages, small and capital letters alike."""
    found: str | None = _CALLED.read({"conference": conference_id, "name": name, "small": name.lower()}).scalar()
    return found


def has_company(conference_id: str, company_id: str) -> bool:
    """Whether this company is one of the conference."""
    return db.session.scalar(select(Company.id).filter_by(id=company_id, conference_id=conference_id)) is not None


@dataclass(frozen=True)
class GroupView:
    """Places held for a delegation."""

    id: str
    conference_id: str
    venue_id: str
    audience_id: str
    company_id: str | None
    name: str
    size: int
    used: int
    held_until: datetime
    released_at: datetime | None

    @property
    def left(self) -> int:
        """How many of its places are held and not used."""
        return 0 if self.released_at else self.size - self.used


def get_group(group_id: str, *, conference_id: str | None = None) -> GroupView:
    """One group, of this conference where one is given; raises NotFound."""
    row = db.session.get(GroupHold, group_id)
    if row is None or conference_id not in (None, row.conference_id):
        raise NotFound("group_not_found")
    return _group(row)


def _group(row: GroupHold) -> GroupView:
    return GroupView(**{name: getattr(row, name) for name in GroupView.__dataclass_fields__})


def list_groups(conference_id: str) -> list[GroupView]:
    """Every group, the newest first."""
    rows = db.session.scalars(
        select(GroupHold).filter_by(conference_id=conference_id).order_by(GroupHold.created_at.desc(), GroupHold.id)
    )
    return [_group(row) for row in rows]


@dataclass(frozen=True)
class RegistrationView:
    """One person at one conference. `company` by locale: the chosen one's names, or what was typed."""

    id: str
    conference_id: str
    audience_id: str
    venue_id: str
    company_id: str | None
    company_texts: dict[str, str]
    company_name: str
    group_id: str | None
    invitation_id: str | None
    code: str
    name: str
    pinyin: str
    email: str
    phone: str
    job_title: str
    locale: str
    timezone: str
    answers: Mapping[str, Any]
    state: RegistrationState
    queued_at: datetime | None
    offered_until: datetime | None
    reason: str
    is_demo: bool
    proved_at: datetime | None
    prove_by: datetime | None
    is_over: bool
    created_at: datetime
    changed_at: datetime
    calendar_number: int

    @property
    def company(self) -> str:
        """The company in the current locale; empty without one."""
        return i18n.pick(self.company_texts)

    @property
    def is_live(self) -> bool:
        """Whether it may still become, or is, a place."""
        return self.state in LIVE


_PLAIN = [name for name in RegistrationView.__dataclass_fields__ if name != "company_texts"]


def registrations() -> Select[Registration, dict[str, str] | None]:
    """Rows for `view`, to be narrowed down."""
    return select(Registration, Company.name).outerjoin(Company, Company.id == Registration.company_id)


def view(row: Registration, company: dict[str, str] | None) -> RegistrationView:
    """The row as others read it, with the names of its company."""
    typed = {"zh-CN": row.company_name} if row.company_name else {}
    return RegistrationView(**{name: getattr(row, name) for name in _PLAIN}, company_texts=company or typed)


def find_registration(registration_id: str) -> RegistrationView | None:
    """One registration."""
    found = db.session.execute(registrations().where(Registration.id == registration_id)).one_or_none()
    return view(*found) if found else None


def get_registration(registration_id: str, *, conference_id: str | None = None) -> RegistrationView:
    """One registration, of this conference where one is given; raises NotFound."""
    found = find_registration(registration_id)
    if found is None or conference_id not in (None, found.conference_id):
        raise NotFound("registration_not_found")
    return found


def find_live(conference_id: str, live_key: str) -> RegistrationView | None:
    """The one registration of this cleaned mail address that is pending, confirmed or waiting."""
    query = registrations().where(Registration.conference_id == conference_id, Registration.live_key == live_key)
    found = db.session.execute(query).one_or_none()
    return view(*found) if found else None


def find_by_code(conference_id: str, code: str) -> RegistrationView | None:
    """The registration with this cleaned code (values.py)."""
    query = registrations().where(Registration.conference_id == conference_id, Registration.code == code)
    found = db.session.execute(query).one_or_none()
    return view(*found) if found else None


def find_request(conference_id: str, request_key: str) -> Registration | None:
    """What was registered by this request."""
    return db.session.scalar(select(Registration).filter_by(conference_id=conference_id, request_key=request_key))


def list_registrations(
    conference_id: str,
    *,
    state: RegistrationState | None = None,
    venue_id: str | None = None,
    audience_id: str | None = None,
    venue_ids: frozenset[str] | None = None,
    text: str = "",
    after: str | None = None,
    limit: int = PAGE_SIZE,
) -> list[RegistrationView]:
    """The newest first, behind the id `after`; `text` stands in a name, its pinyin, an address, a code or a company."""
    query = registrations().where(Registration.conference_id == conference_id)
    named = {"state": state, "venue_id": venue_id, "audience_id": audience_id}
    query = query.filter_by(**{name: value for name, value in named.items() if value is not None})
    if venue_ids is not None:
        query = query.where(Registration.venue_id.in_(venue_ids))
    if text := text.strip():
        query = query.where(_holds(text))
    if after is not None:
        query = query.where(Registration.id < after)
    return [view(*row) for row in db.session.execute(query.order_by(Registration.id.desc()).limit(limit))]


def _holds(text: str) -> ColumnElement[bool]:
    small = text.lower()
    plain = small.replace(" ", "").replace("-", "")
    # Each name's pinyin begins behind a blank; initials and whole alike are found from their beginning.
    pinyin = or_(
        Registration.pinyin.startswith(plain, autoescape=True),
        Registration.pinyin.contains(" " + plain, autoescape=True),
    )
    return or_(
        func.lower(Registration.name).contains(small, autoescape=True),
        Registration.email.contains(small, autoescape=True),
        Registration.code.startswith(plain.upper(), autoescape=True),
        func.lower(Registration.company_name).contains(small, autoescape=True),
        func.lower(Company.name["zh-CN"].as_string()).contains(small, autoescape=True),
        func.lower(Company.name["en"].as_string()).contains(small, autoescape=True),
        pinyin if plain else Registration.pinyin == text,
    )


def list_admitted(conference_id: str, venue_id: str | None = None) -> list[RegistrationView]:
    """Everybody who is confirmed (in this venue), by pinyin and name: whom badges are printed for and doors let in."""
    query = registrations().where(
        Registration.conference_id == conference_id, Registration.state == RegistrationState.CONFIRMED
    )
    if venue_id is not None:
        query = query.where(Registration.venue_id == venue_id)
    rows = db.session.execute(query.order_by(Registration.pinyin, Registration.name, Registration.id))
    return [view(*row) for row in rows]


def count_by_state(
    conference_id: str, *, venue_id: str | None = None, venue_ids: frozenset[str] | None = None
) -> dict[RegistrationState, int]:
    """How many registrations stand in each state (in this venue, or these)."""
    query = select(Registration.state, func.count()).where(Registration.conference_id == conference_id)
    if venue_id is not None:
        query = query.where(Registration.venue_id == venue_id)
    if venue_ids is not None:
        query = query.where(Registration.venue_id.in_(venue_ids))
    found = {row[0]: row[1] for row in db.session.execute(query.group_by(Registration.state))}
    return {state: found.get(state, 0) for state in RegistrationState}
