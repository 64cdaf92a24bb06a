"""JSON of pads: what the phone hands over, what the computer fetches."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import segno
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import json_body
from core import clock, config, live, tokens
from signing.drawpads import forms, queries, service
from signing.drawpads.access import phone_only
from signing.drawpads.queries import PadView
from signing.seats.access import proof_of, proved_only

bp = Blueprint("drawpad_api", __name__, url_prefix="/api")


@bp.get("/draw/<pad_id>")
@phone_only
def look(pad_id: str) -> ResponseReturnValue:
    """For the phone: whether its pad still holds, and how many drawings it handed over."""
    found = queries.view(queries.get_row(pad_id))
    return jsonify(state=str(found.state), drawings=found.drawings, server_now=clock.iso(clock.now()))


@bp.post("/draw/<pad_id>")
@phone_only
def draw(pad_id: str) -> ResponseReturnValue:
    """`png`: a drawing, in place of the one before."""
    service.draw(pad_id, forms.read_drawing(json_body()))
    return jsonify(server_now=clock.iso(clock.now()))


@bp.post("/seat/<seat_id>/drawpad")
@proved_only
def offer(seat_id: str) -> ResponseReturnValue:
    """For the computer: a new pad, with the code that one phone may scan. `agreement`: where its strokes are shown."""
    pad, token = service.offer(seat_id, proof_id=proof_of(seat_id), agreement_id=forms.read_shown_on(json_body()))
    url = f"{config.settings().base_url}/draw/open/{token}"
    channel = queries.channel(pad.id)
    stream = tokens.issue_fleeting("live", channel, expires_in=timedelta(hours=1))
    return jsonify(
        **_state(pad),
        url=url,
        qr=segno.make_qr(url, error="l").svg_data_uri(border=4, light="#fff"),
        live={"url": f"/live/{stream}", "seq": live.find_seq(channel)},
    )


@bp.get("/seat/<seat_id>/drawpad/<pad_id>")
@proved_only
def fetch(seat_id: str, pad_id: str) -> ResponseReturnValue:
    return jsonify(_state(queries.get_pad(seat_id, pad_id, proof_id=proof_of(seat_id))))


@bp.post("/seat/<seat_id>/drawpad/<pad_id>/close")
@proved_only
def close(seat_id: str, pad_id: str) -> ResponseReturnValue:
    service.close(seat_id, pad_id, proof_id=proof_of(seat_id))
    return jsonify(server_now=clock.iso(clock.now()))


def _state(pad: PadView) -> dict[str, Any]:
    return {
        "id": pad.id,
        "state": str(pad.state),
        "drawings": pad.drawings,
        "png": base64.b64encode(pad.drawing).decode() if pad.drawing else None,
        "expires_at": clock.iso(pad.expires_at),
        "server_now": clock.iso(clock.now()),
    }
