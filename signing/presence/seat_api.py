"""JSON by which a seat's page says that it is there."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import json_body, network_address
from core import clock
from signing.presence import forms, service
from signing.seats.access import device_of, is_proved, link_of, seat_only

bp = Blueprint("presence_api", __name__, url_prefix="/api/seat/<seat_id>")


@bp.post("/here")
@seat_only
def note_here(seat_id: str) -> ResponseReturnValue:
    """Every ten seconds while the page is open, at once when it is hidden or shown, and once more when it closes."""
    data = json_body() if request.content_length else {}
    found = forms.read_beat(data, request.headers, device_id=device_of(seat_id), is_proved=is_proved(seat_id))
    service.note_beat(seat_id, found, link_id=link_of(seat_id), address=network_address())
    return jsonify(server_now=clock.iso(clock.now()))
