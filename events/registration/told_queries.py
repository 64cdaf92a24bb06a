"""Reads for whoever tells of registrations elsewhere: many people at once."""

from __future__ import annotations

from collections.abc import Collection

from core.db import db
from events.registration.models import Registration
from events.registration.queries import RegistrationView, registrations, view

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
