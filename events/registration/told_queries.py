"""Reads for whoever tells of registrations elsewhere: many people at once, and those of one company."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from core.db import db
from events.registration.models import Registration
from events.registration.queries import RegistrationView, registrations, view
from events.registration.rules import LIVE

_AT_ONCE = 500  # ids of one statement: SQLite takes some thousands, and a plan is kept for each number


def list_by_ids(conference_id: str, ids: Collection[str]) -> dict[str, RegistrationView]:
    """The registrations of a conference with these ids, by id."""
    wanted, found = sorted(ids), dict[str, RegistrationView]()
    for start in range(0, len(wanted), _AT_ONCE):
        query = registrations().where(
            Registration.conference_id == conference_id, Registration.id.in_(wanted[start : start + _AT_ONCE])
        )
        found |= {row[0].id: view(*row) for row in db.session.execute(query)}
    return found


def list_of_company(conference_id: str, company_id: str) -> list[RegistrationView]:
    """Everybody of a company who registered, whatever became of it, the first one first."""
    query = registrations().where(Registration.conference_id == conference_id, Registration.company_id == company_id)
    return [view(*row) for row in db.session.execute(query.order_by(Registration.id))]


def count_by_company(conference_id: str) -> dict[str, int]:
    """How many people of each company (its id) are pending, confirmed or waiting."""
    query = (
        select(Registration.company_id, func.count())
        .where(Registration.conference_id == conference_id, Registration.state.in_(LIVE))
        .where(Registration.company_id.is_not(None))
        .group_by(Registration.company_id)
    )
    return {company_id: people for company_id, people in db.session.execute(query) if company_id is not None}
