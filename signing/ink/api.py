"""JSON of live ink, from a signer's page while somebody draws, or from the phone that draws for it."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import json_body
from core.errors import Conflict
from signing.drawpads import queries as drawpads
from signing.drawpads.access import phone_only
from signing.ink import forms, service
from signing.seats.access import proved_only

bp = Blueprint("ink_api", __name__, url_prefix="/api")


@bp.post("/seat/<seat_id>/ink")
@proved_only
def draw(seat_id: str) -> ResponseReturnValue:
    forms.check_size(request.content_length)
    batch = forms.read_batch(json_body())
    service.draw(seat_id, batch)
    return jsonify(taken=batch.seq)


@bp.post("/draw/<pad_id>/ink")
@phone_only
def draw_by_phone(pad_id: str) -> ResponseReturnValue:
    """As `draw`, without the agreement: the computer has said which one it is, or that nothing is to be shown."""
    forms.check_size(request.content_length)
    pad = drawpads.view(drawpads.get_row(pad_id))
    if pad.agreement_id is None:
        raise Conflict("ink_not_shown")
    batch = forms.read_batch(json_body(), agreement_id=pad.agreement_id)
    service.draw(pad.seat_id, batch)
    return jsonify(taken=batch.seq)
