"""Reads of the lobby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from core.db import db, table_of
from core.errors import Conflict
from core.prepared import Prepared
from signing.presence import lobby_rules as rules
from signing.presence.lobby_models import Lobby, SeatAdmission, SeatMessage
from signing.presence.lobby_rules import Admission, Standing
from signing.seats.queries import SeatView

_SHOWN = 5
_ADMISSIONS = table_of(SeatAdmission)
# Built once: it stands before everything that a seat's page asks.
_REMOVED = Prepared(select(_ADMISSIONS.c.removed_at).where(_ADMISSIONS.c.seat_id == bindparam("seat")))


@dataclass(frozen=True)
class Place:
    """Where a signer stands in the lobby, and what the host says to who is held."""

    standing: Standing
    why: str


@dataclass(frozen=True)
class MessageView:
    """A message of the host; `quick` names the words, or `text` has them. `seat_id` None: to all."""

    id: str
    seat_id: str | None
    quick: str
    text: str
    sent_at: datetime


def admits_each(ceremony_id: str) -> bool:
    """Whether the host admits each signer; by themselves they come in where nobody said so."""
    return bool(db.session.scalar(select(Lobby.admits_each).filter_by(ceremony_id=ceremony_id)))


def admission(row: SeatAdmission | None) -> Admission:
    if row is None:
        return Admission()
    return Admission(row.admitted_at, row.held_at, row.held_why, row.removed_at)


def find_place(ceremony_id: str, seat_id: str) -> Place:
    """Where one signer stands."""
    found = admission(db.session.get(SeatAdmission, seat_id))
    return Place(rules.standing(found, admits_each=admits_each(ceremony_id)), found.held_why)


def places(ceremony_id: str) -> dict[str, Place]:
    """By seat, of those about whom a host did something."""
    each = admits_each(ceremony_id)
    rows = db.session.scalars(select(SeatAdmission).filter_by(ceremony_id=ceremony_id))
    return {row.seat_id: Place(rules.standing(admission(row), admits_each=each), row.held_why) for row in rows}


def untouched(ceremony_id: str) -> Place:
    """Where a signer stands about whom no host did anything."""
    return Place(rules.standing(Admission(), admits_each=admits_each(ceremony_id)), "")


def is_removed(seat_id: str) -> bool:
    """Whether the host removed this seat: its link is closed until it is let in again."""
    return _REMOVED.read({"seat": seat_id}).scalar() is not None


def is_waiting(ceremony_id: str, seat_id: str) -> bool:
    """Whether the host has yet to let this signer in."""
    return find_place(ceremony_id, seat_id).standing is Standing.WAITING


def why_kept_out(ceremony_id: str, seat_id: str) -> Conflict | None:
    """Why this signer may not begin to sign now: `not_admitted`, `seat_held`, `seat_removed`, or nothing."""
    return rules.why_kept_out(find_place(ceremony_id, seat_id).standing)


def list_messages(seat: SeatView) -> list[MessageView]:
    """The newest messages to who sits there now, the newest last: what was written to somebody before is theirs."""
    own = SeatMessage.seat_id == seat.id
    if seat.since is not None:
        own = and_(own, SeatMessage.sent_at > seat.since)
    rows = db.session.scalars(
        select(SeatMessage)
        .filter_by(ceremony_id=seat.ceremony_id)
        .where(or_(own, SeatMessage.seat_id.is_(None)))
        .order_by(SeatMessage.sent_at.desc(), SeatMessage.id.desc())
        .limit(_SHOWN)
    )
    return [_message(row) for row in reversed(list(rows))]


def list_sent(ceremony_id: str, *, most: int = 10) -> list[MessageView]:
    """The newest messages of a ceremony, the newest first."""
    rows = db.session.scalars(
        select(SeatMessage)
        .filter_by(ceremony_id=ceremony_id)
        .order_by(SeatMessage.sent_at.desc(), SeatMessage.id.desc())
        .limit(most)
    )
    return [_message(row) for row in rows]


def _message(row: SeatMessage) -> MessageView:
    return MessageView(row.id, row.seat_id, row.quick, row.text, row.sent_at)
