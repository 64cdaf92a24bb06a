"""Reads of pads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from core import clock
from core.db import db
from signing.drawpads.models import Drawpad
from signing.drawpads.rules import DrawpadOver, PadState
from signing.seats import queries as seats


@dataclass(frozen=True)
class PadView:
    """A pad as its pages see it."""

    id: str
    seat_id: str
    state: PadState
    expires_at: datetime
    drawing: bytes | None = field(repr=False)
    drawings: int
    agreement_id: str | None


def channel(pad_id: str) -> str:
    """Where computer and phone hear of each other; the updates say nothing of what was drawn."""
    return f"draw:{pad_id}"


def view(row: Drawpad) -> PadView:
    state = PadState.DRAWN if row.drawing else PadState.JOINED if row.joined_at else PadState.OFFERED
    return PadView(row.id, row.seat_id, state, row.expires_at, row.drawing, row.drawings, row.agreement_id)


def find_of_seat(seat_id: str, *, take: bool = False) -> Drawpad | None:
    """The pad of a seat, however old it is."""
    query = select(Drawpad).filter_by(seat_id=seat_id).execution_options(populate_existing=True)
    return db.session.scalars(query.with_for_update() if take else query).one_or_none()


def find_joined(seat_id: str) -> str | None:
    """The pad that a phone has joined for this seat, if it holds; its id."""
    row = find_of_seat(seat_id)
    if row is None or row.joined_at is None:
        return None
    try:
        return get_row(row.id).id
    except DrawpadOver:
        return None


def get_row(pad_id: str, *, take: bool = False) -> Drawpad:
    """A pad that holds: in time, and the proof that it is bound to holds too. Raises DrawpadOver."""
    query = select(Drawpad).filter_by(id=pad_id).execution_options(populate_existing=True)
    row = db.session.scalars(query.with_for_update() if take else query).one_or_none()
    now = clock.now()
    if row is None or row.expires_at <= now or not seats.holds_proof(row.seat_id, row.proof_id, now=now):
        raise DrawpadOver
    return row


def get_pad(seat_id: str, pad_id: str, *, proof_id: str) -> PadView:
    """A pad for the browser that offered it. Raises DrawpadOver."""
    row = get_row(pad_id)
    if (row.seat_id, row.proof_id) != (seat_id, proof_id):
        raise DrawpadOver
    return view(row)
