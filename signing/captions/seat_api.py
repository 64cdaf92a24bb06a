"""JSON of captions for a signer's page, which asks for it only while its signer wants to read them."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from core import clock
from signing.captions import queries
from signing.seats import queries as seats
from signing.seats.access import proved_only

bp = Blueprint("seat_captions_api", __name__, url_prefix="/api/seat/<seat_id>")


@bp.get("/captions")
@proved_only
def show(seat_id: str) -> ResponseReturnValue:
    ceremony_id = seats.get_seat(seat_id).ceremony_id
    stream = queries.stream(ceremony_id)
    return jsonify(captions=queries.public(ceremony_id), stream=stream, server_now=clock.iso(clock.now()))
