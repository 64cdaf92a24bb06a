"""Reads of registrations for the doors: whoever may come, by id and by the short code on the badge."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from core import i18n
from core.db import db, read
from core.prepared import Prepared
from events.registration.models import Company, Registration
from events.registration.rules import LIVE, RegistrationState, clean_email


@dataclass(frozen=True)
class Standing:
    """Where a person's registration stands. A short code that a door was told is looked up in capitals."""

    id: str
    code: str
    venue_id: str
    state: str


# Built once: whatever is scanned at a door asks for it, mostly for one person.
_HERE = select(Registration.id, Registration.code, Registration.venue_id, Registration.state).where(
    Registration.conference_id == bindparam("conference")
)
_STANDING = Prepared(_HERE.where((Registration.id == bindparam("id")) | (Registration.code == bindparam("code"))))
_STANDINGS = _HERE.where(
    Registration.id.in_(bindparam("ids", expanding=True)) | Registration.code.in_(bindparam("codes", expanding=True))
)


def list_standings(conference_id: str, *, ids: Collection[str], codes: Collection[str]) -> list[Standing]:
    """The registrations of a conference with one of these ids or short codes; in one statement."""
    # The empty one, which nobody has, stands for none: PostgreSQL would not use its indexes for an empty list.
    wanted = {"ids": sorted({*ids} - {""}) or [""], "codes": sorted({*codes} - {""}) or [""]}
    if not any(map(any, wanted.values())):
        return []
    if all(len(each) == 1 for each in wanted.values()):
        alone = {"id": wanted["ids"][0], "code": wanted["codes"][0]}
        rows: Iterable[Any] = _STANDING.read({"conference": conference_id, **alone})
    else:
        rows = read(_STANDINGS, {"conference": conference_id, **wanted})
    return [Standing(row.id, row.code, row.venue_id, str(row.state)) for row in rows]


@dataclass(frozen=True)
class DoorPerson:
    """What a door's list says of a person; `pinyin`: what they are found by."""

    id: str
    venue_id: str
    audience_id: str
    name: str
    company: str
    job_title: str
    code: str
    pinyin: str
    state: str
    changed_at: datetime


def list_for_doors(conference_id: str, *, changed_since: datetime | None = None) -> list[DoorPerson]:
    """Everybody who ever registered, in the order of their names; with `changed_since` whose registration changed."""
    query = (
        select(Registration, Company.name)
        .outerjoin(Company, Company.id == Registration.company_id)
        .where(Registration.conference_id == conference_id)
        .order_by(Registration.name, Registration.id)
    )
    if changed_since is not None:
        query = query.where(Registration.changed_at >= changed_since)
    return [_person(row, company) for row, company in db.session.execute(query)]


def _person(row: Registration, company: dict[str, str] | None) -> DoorPerson:
    return DoorPerson(
        id=row.id,
        venue_id=row.venue_id,
        audience_id=row.audience_id,
        name=row.name,
        company=i18n.pick(company) if company else row.company_name,
        job_title=row.job_title,
        code=row.code,
        pinyin=row.pinyin,
        state=str(row.state),
        changed_at=row.changed_at,
    )


def find_twin(conference_id: str, *, email: str, name: str, phone: str) -> str | None:
    """The live registration of who says this of themselves at a door: by the mail address, or by name and number."""
    live = select(Registration.id, Registration.phone).where(
        Registration.conference_id == conference_id, Registration.state.in_(LIVE)
    )
    if email and (found := db.session.execute(live.where(Registration.live_key == clean_email(email))).first()):
        return str(found.id)
    number = _digits(phone)
    if not number:
        return None
    namesakes = db.session.execute(live.where(Registration.name == name).order_by(Registration.created_at))
    return next((str(each.id) for each in namesakes if _digits(each.phone) == number), None)


def _digits(phone: str) -> str:
    """A number without what people write between its digits, and without the country's prefix."""
    return "".join(char for char in phone if char.isdigit())[-11:]


def count_expected(conference_id: str) -> dict[str, int]:
    """How many have a place, by venue; venues without anybody are left out."""
    query = (
        select(Registration.venue_id, func.count())
        .where(Registration.conference_id == conference_id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(Registration.venue_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True)
class OverView:
    """Somebody whom a door without a network let in though no place was free."""

    id: str
    name: str
    company: str
    venue_id: str
    audience_id: str


def list_over(conference_id: str) -> list[OverView]:
    """Those who are registered beyond the places that there were, in the order in which they were told of."""
    query = (
        select(Registration, Company.name)
        .outerjoin(Company, Company.id == Registration.company_id)
        .where(Registration.conference_id == conference_id, Registration.is_over.is_(True))
        .where(Registration.state == RegistrationState.CONFIRMED)
        .order_by(Registration.created_at, Registration.id)
    )
    people = [_person(row, company) for row, company in db.session.execute(query)]
    return [OverView(each.id, each.name, each.company, each.venue_id, each.audience_id) for each in people]


def list_by_ids(ids: Collection[str]) -> dict[str, DoorPerson]:
    """People by id, for pages that name who was scanned."""
    if not ids:
        return {}
    query = select(Registration, Company.name).outerjoin(Company, Company.id == Registration.company_id)
    rows = db.session.execute(query.where(Registration.id.in_(sorted(ids))))
    return {row.id: _person(row, company) for row, company in rows}
