"""JSON by which a seat's device looks at itself: a ping, a test signature, what it found."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, jsonify, url_for
from flask.typing import ResponseReturnValue

from accounts.access import json_body, network_address
from core import clock
from signing.preflight import forms, service, trial_service
from signing.preflight.service import Looker
from signing.seats.access import device_of, is_proved, link_of, seat_only

bp = Blueprint("preflight_api", __name__, url_prefix="/api/seat/<seat_id>/check")


@bp.get("/ping")
@seat_only
def ping(**_: str) -> ResponseReturnValue:
    response = jsonify(server_now=clock.iso(clock.now()))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/certificate")
@seat_only
def certify(seat_id: str) -> ResponseReturnValue:
    certificate = trial_service.certify(seat_id, forms.read_request(json_body()), by=_looker(seat_id))
    return jsonify(
        certificate=base64.b64encode(certificate.public_bytes(Encoding.DER)).decode(),
        key_custody="client",
        expires_at=clock.iso(certificate.not_valid_after_utc),
    )


@bp.post("/prepare")
@seat_only
def prepare(seat_id: str) -> ResponseReturnValue:
    paper = trial_service.prepare(seat_id, by=_looker(seat_id))
    return jsonify(
        status="prepared",
        signing_id="check",
        revision=0,
        signed_attributes=base64.b64encode(paper.attributes).decode(),
        byte_range=list(paper.byte_range),
        digest=paper.digest,
        content_url=url_for(".show_content", seat_id=seat_id),
        frozen={"digest": paper.frozen_digest, "length": paper.frozen_length},
    )


@bp.get("/content")
@seat_only
def show_content(seat_id: str) -> ResponseReturnValue:
    return Response(trial_service.read_content(seat_id, by=_looker(seat_id)), mimetype="application/octet-stream")


@bp.post("/finish")
@seat_only
def finish(seat_id: str) -> ResponseReturnValue:
    trial_service.finish(seat_id, forms.read_signature(json_body()), by=_looker(seat_id))
    return jsonify(status="verified")


@bp.post("/results")
@seat_only
def keep(seat_id: str) -> ResponseReturnValue:
    service.keep_check(seat_id, forms.read_found(json_body()), by=_looker(seat_id), address=network_address())
    return jsonify(status="kept")


def _looker(seat_id: str) -> Looker:
    return Looker(device_id=device_of(seat_id), link_id=link_of(seat_id), is_proved=is_proved(seat_id))
