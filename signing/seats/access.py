"""The access rule of everything that only the person in a seat may call."""

from __future__ import annotations

import hashlib

from flask import session

from accounts.access import by
from core import ids, tokens
from core.errors import Conflict, Refusal
from signing.presence import lobby_queries as lobby
from signing.seats import proving, queries, service

_SESSION = "held_seats"
_DEVICE = "seat_device"
# The session is a cookie, and browsers drop one above 4,096 bytes: 40 seats with their proofs take some 3,100.
MOST_SEATS = 40


class LinkNeeded(Refusal):
    """This browser has not come by the personal link, or long ago."""

    code = "personal_link_needed"
    status = 403


class SeatRemoved(Refusal):
    """The host removed this seat: its link is closed until it is let back in."""

    code = "seat_removed"
    status = 403


def seat_rule(seat_id: str, **_: object) -> None:
    """Only a browser that came by this seat's personal link, for as long as that link holds and nobody removed it."""
    link = link_of(seat_id)
    service.check_session(seat_id, link)
    tokens.hold(link)
    if lobby.is_removed(seat_id):
        raise SeatRemoved


def proved_rule(seat_id: str, **_: object) -> None:
    """As `seat_rule`, and the person proved who they are in this very browser."""
    seat_rule(seat_id)
    proving.check_proof(seat_id, proof_of(seat_id))


def admitted_rule(seat_id: str, **_: object) -> None:
    """As `proved_rule`, and the host has let the person in."""
    proved_rule(seat_id)
    if lobby.is_waiting(queries.get_seat(seat_id).ceremony_id, seat_id):
        raise Conflict("not_admitted")


seat_only = by(seat_rule, "the seat's personal link")
proved_only = by(proved_rule, "the seat's personal link, and identity proved in this browser")
admitted_only = by(admitted_rule, "the seat's personal link, identity proved in this browser, and admitted by the host")


def link_of(seat_id: str) -> str:
    """The id of the personal link by which this browser came to a seat; raises LinkNeeded."""
    for seat, link, _ in _remembered():
        if seat == seat_id:
            return link
    raise LinkNeeded


def proof_of(seat_id: str) -> str:
    """The proof that this browser holds for a seat; empty where there is none."""
    return next((proof for seat, _, proof in _remembered() if seat == seat_id), "")


def is_proved(seat_id: str) -> bool:
    """Whether the person in this seat proved who they are in this browser, and not too long ago."""
    return proving.has_proof(seat_id, proof_of(seat_id))


def remember_proof(seat_id: str, proof_id: str) -> None:
    """The person in this seat proved who they are in this browser."""
    _remember(seat_id, link_of(seat_id), proof_id)


def device_of(seat_id: str) -> str:
    """What tells this browser from others in a seat, and from itself in another one: from its session, not its word."""
    device = session.get(_DEVICE) or link_of(seat_id)
    return hashlib.sha256(f"{device} {seat_id}".encode()).hexdigest()[:32]


def remember_seat(seat_id: str, token_id: str) -> None:
    """This browser came by the seat's personal link."""
    # Made here, where the browser asks for one thing only: of two answers at once, the later cookie wins.
    session.setdefault(_DEVICE, ids.secret()[:22])
    known = next((link for seat, link, _ in _remembered() if seat == seat_id), "")
    # A new link takes the old one back, and with it what was proved by the old one.
    _remember(seat_id, token_id, proof_of(seat_id) if known == token_id else "")
    session.permanent = True


def _remembered() -> list[tuple[str, str, str]]:
    """Seat, link and proof of each seat that this browser came to, the newest last."""
    # One browser may hold several seats: at a counter, or in the demo.
    return [(seat, link, proof) for seat, link, proof in session.get(_SESSION, [])]


def _remember(seat_id: str, token_id: str, proof_id: str) -> None:
    others = [entry for entry in _remembered() if entry[0] != seat_id]
    session[_SESSION] = [*others, (seat_id, token_id, proof_id)][-MOST_SEATS:]
