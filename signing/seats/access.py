"""The access rule of everything that only the person in a seat may call."""

from __future__ import annotations

from flask import session

from accounts.access import by
from core.errors import Refusal
from signing.seats import service

_SESSION = "seats"
_PROOFS = "proofs"


class LinkNeeded(Refusal):
    """This browser has not come by the personal link, or long ago."""

    code = "personal_link_needed"
    status = 403


def seat_rule(seat_id: str, **_: object) -> None:
    """Only a browser that came by this seat's personal link, for as long as that link holds."""
    service.check_session(seat_id, link_of(seat_id))


def proved_rule(seat_id: str, **_: object) -> None:
    """As `seat_rule`, and the person proved who they are in this very browser."""
    seat_rule(seat_id)
    service.check_proof(seat_id, proof_of(seat_id))


seat_only = by(seat_rule, "the seat's personal link")
proved_only = by(proved_rule, "the seat's personal link, and identity proved in this browser")


def link_of(seat_id: str) -> str:
    """The id of the personal link by which this browser came to a seat; raises LinkNeeded."""
    token_id = session.get(_SESSION, {}).get(seat_id)
    if token_id is None:
        raise LinkNeeded
    return str(token_id)


def proof_of(seat_id: str) -> str:
    """The proof that this browser holds for a seat; empty where there is none."""
    return str(session.get(_PROOFS, {}).get(seat_id, ""))


def remember_proof(seat_id: str, proof_id: str) -> None:
    """The person in this seat proved who they are in this browser."""
    session[_PROOFS] = {**session.get(_PROOFS, {}), seat_id: proof_id}


def remember_seat(seat_id: str, token_id: str) -> None:
    """This browser came by the seat's personal link."""
    # One browser may hold several seats: at a counter, or in the demo.
    session[_SESSION] = {**session.get(_SESSION, {}), seat_id: token_id}
    session.permanent = True
