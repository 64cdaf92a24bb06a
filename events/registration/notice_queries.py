"""Reads for whoever tells people of a publication: who has an address and is still coming, or may be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from core.db import db
from events.registration import queries
from events.registration.models import Registration
from events.registration.queries import RegistrationView, registrations, view
from events.registration.rules import LIVE, clean_email


def count_by_venue(conference_id: str, *, but: Collection[str] = ()) -> dict[str, int]:
    """How many people of each venue (id) can be told, besides who has one of these addresses."""
    query = (
        select(Registration.venue_id, func.count()).where(*_told(conference_id, but)).group_by(Registration.venue_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _told(conference_id: str, but: Collection[str]) -> list[ColumnElement[bool]]:
    # The key of who is live is the cleaned address.
    return [
        Registration.conference_id == conference_id,
        Registration.state.in_(LIVE),
        Registration.email != "",
        Registration.live_key.not_in(list(but)),
    ]


def keys_of(addresses: Iterable[str]) -> list[str]:
    """By what who is live with one of these addresses is known."""
    return [clean_email(each) for each in addresses]


def find_live(conference_id: str, address: str) -> RegistrationView | None:
    """The one registration with this address that is pending, confirmed or waiting."""
    return queries.find_live(conference_id, clean_email(address))


def list_told(
    conference_id: str, *, until: datetime, but: Collection[str], after: str, limit: int
) -> list[RegistrationView]:
    """Some of them, in the order of their ids behind `after`: those who registered until then."""
    query = registrations().where(*_told(conference_id, but), Registration.created_at <= until, Registration.id > after)
    return [view(*row) for row in db.session.execute(query.order_by(Registration.id).limit(limit))]
