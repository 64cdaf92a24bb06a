"""Use cases of pads: a computer offers one, a phone joins and draws, the computer takes the drawing and closes it.

The key, the text and the act stay on the computer: a phone can hand over pictures, and nothing else of the seat.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import audit, claims, clock, ids, jobs, limits, live, tokens
from core.claims import Claim
from core.db import db, transaction
from signing.drawpads import queries, rules
from signing.drawpads.models import Drawpad
from signing.drawpads.queries import PadView
from signing.drawpads.rules import DrawpadNeeded, DrawpadTaken
from signing.ink import service as ink
from signing.seats import queries as seats
from signing.seats import service as seat_service

LINK = "drawpad"


def offer(seat_id: str, *, proof_id: str, agreement_id: str | None = None) -> tuple[PadView, str]:
    """A new pad for this browser, and the token that one phone may join with; the pad before it is over.

    `agreement_id`: what the strokes are shown on while they are drawn; without it they are not.
    Raises Forbidden `identity_not_proved`, TooMany.
    """
    limits.hit("drawpad", seat_id, limit=rules.MOST_OFFERS, per=timedelta(hours=1))
    with transaction(fleeting=True):
        seats.take_seat(seat_id)
        before = queries.find_of_seat(seat_id, take=True)
        if before is not None:
            _end(before)
        row = Drawpad(
            id=ids.new("pad"),
            seat_id=seat_id,
            proof_id=proof_id,
            expires_at=clock.now() + rules.OFFER_LIFE,
            drawings=0,
            agreement_id=agreement_id,
        )
        db.session.add(row)
        db.session.flush()
        token = tokens.issue(LINK, row.id, expires_in=rules.OFFER_LIFE)
        return queries.view(row), token


def find_offered(token: str) -> str:
    """The pad that a token leads to, which nobody joined yet.

    Raises LinkInvalid, LinkExpired, DrawpadTaken, DrawpadOver.
    """
    pad_id = tokens.decode(token, LINK).subject
    if queries.get_row(pad_id).joined_at is not None:
        raise DrawpadTaken
    return pad_id


def join(token: str, *, address: str) -> tuple[str, str]:
    """One phone takes the pad: (its id, the secret that this phone holds from now on).

    Raises LinkInvalid, LinkExpired, DrawpadTaken for every other phone, DrawpadOver.
    """
    link = tokens.decode(token, LINK)
    with transaction():
        row = queries.get_row(link.subject, take=True)
        try:
            tokens.spend(link.token_id, LINK, link.subject)
        except tokens.LinkRevoked:
            raise DrawpadTaken from None
        secret = ids.secret()
        row.secret_digest = _digest(secret)
        row.joined_at = clock.now()
        row.expires_at = row.joined_at + rules.PAD_LIFE
        seat = seats.get_seat(row.seat_id)
        actor = seat_service.actor(seat, address)
        audit.record(seat.ceremony_id, "device.joined", actor=actor, subject=audit.Subject("seat", seat.id))
        live.publish(queries.channel(row.id), "draw.joined")
        live.publish(f"ceremony:{seat.ceremony_id}", "device.joined")
        return row.id, secret


def check_phone(pad_id: str, secret: str) -> PadView:
    """That this phone joined this pad, which still holds. Raises DrawpadNeeded, DrawpadOver."""
    if not secret:
        raise DrawpadNeeded
    row = queries.get_row(pad_id)
    if not hmac.compare_digest(_digest(secret), row.secret_digest or ""):
        raise DrawpadNeeded
    return queries.view(row)


def draw(pad_id: str, png: bytes) -> None:
    """Hand a drawing to the computer in place of the one before; the same again changes nothing.

    Raises Invalid, DrawpadOver, TooMany.
    """
    rules.check_drawing(png)
    limits.hit("drawpad-drawing", pad_id, limit=rules.MOST_DRAWINGS, per=rules.PAD_LIFE)
    with transaction(fleeting=True):
        row = queries.get_row(pad_id, take=True)
        if row.drawing == png:
            return
        row.drawing, row.drawings = png, row.drawings + 1
        db.session.flush()
        live.publish(queries.channel(pad_id), "draw.drawn")


def close(seat_id: str, pad_id: str, *, proof_id: str) -> None:
    """The computer has what it wanted, or wants nothing any more: the drawing is deleted. Closed already, nothing is
    done."""
    with transaction(fleeting=True):
        row = queries.find_of_seat(seat_id, take=True)
        if row is not None and (row.id, row.proof_id) == (pad_id, proof_id):
            _end(row)


def _end(row: Drawpad) -> None:
    tokens.revoke_all(LINK, row.id)
    db.session.delete(row)
    db.session.flush()
    if row.agreement_id is not None:
        ink.lift(row.seat_id, row.agreement_id)
    live.publish(queries.channel(row.id), "draw.over")


def _digest(secret: str) -> str:
    return hashlib.sha256(f"drawpad:{secret}".encode()).hexdigest()


@jobs.repeats("drawpads.forget", every=timedelta(minutes=10))
def forget_old(claim: Claim, _payload: dict[str, Any]) -> None:
    """Delete pads whose time is over, with what was drawn, and take their strokes from the screens."""
    over = select(Drawpad.seat_id).where(Drawpad.expires_at <= clock.now()).order_by(Drawpad.seat_id)
    for seat_id in list(db.session.scalars(over)):
        db.session.rollback()
        # One by one: who holds a pad waits for a pen, and for nobody else's.
        with transaction():
            row = queries.find_of_seat(seat_id, take=True)
            if row is not None and row.expires_at <= clock.now():
                _end(row)
    db.session.rollback()
    with transaction():
        claims.finish(claim)
