"""JSON of what went wrong: list, try again, correct an address."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, json_body, needs
from core import config
from signing.ceremonies import troubles
from signing.ceremonies.access import HOSTS, READERS, own_ceremony
from signing.ceremonies.forms import read_address
from signing.seats import queries as seats

bp = Blueprint("trouble_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>")


@bp.get("/troubles")
@needs(*READERS)
def list_troubles(ceremony_id: str) -> ResponseReturnValue:
    return _list(ceremony_id)


@bp.post("/troubles/<trouble_id>/again")
@needs(*HOSTS)
def try_again(ceremony_id: str, trouble_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    troubles.try_again(ceremony_id, trouble_id, by=current_actor())
    return _list(ceremony_id)


@bp.post("/seats/<seat_id>/address")
@needs(*HOSTS)
def correct_address(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    seats.get_seat(seat_id, ceremony_id=ceremony_id)  # a seat that is not there is said before what the body lacks
    email = read_address(json_body())
    token = troubles.correct_address(ceremony_id, seat_id, email=email, by=current_actor())
    return jsonify(url=f"{config.settings().base_url}/s/{token}")


def _list(ceremony_id: str) -> ResponseReturnValue:
    found = troubles.list_troubles(own_ceremony(ceremony_id))
    return jsonify(
        troubles=[
            {
                "id": each.id,
                "kind": each.kind,
                "reason": each.reason,
                "given_up": each.given_up,
                "can_try": each.can_try,
                "seat": each.seat_id or None,
                "message": f"{each.what} {each.why} {each.when}",
                "next": each.do,
            }
            for each in found
        ]
    )
