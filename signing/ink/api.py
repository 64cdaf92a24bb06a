"""JSON of live ink, from a signer's page while somebody draws."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import json_body
from signing.ink import forms, service
from signing.seats.access import proved_only

bp = Blueprint("ink_api", __name__, url_prefix="/api/seat/<seat_id>")


@bp.post("/ink")
@proved_only
def draw(seat_id: str) -> ResponseReturnValue:
    forms.check_size(request.content_length)
    batch = forms.read_batch(json_body())
    service.draw(seat_id, batch)
    return jsonify(taken=batch.seq)
