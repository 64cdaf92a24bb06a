"""JSON for reading and signing an agreement, from a signer's page or a program that acts as one."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, jsonify, url_for
from flask.typing import ResponseReturnValue

from accounts.access import json_body, network_address
from core import clock
from signing.agreements import forms, preparing, service, signing
from signing.seats.access import admitted_only, proved_only

bp = Blueprint("agreement_api", __name__, url_prefix="/api/seat/<seat_id>")


@bp.post("/agreements/<agreement_id>/read")
@admitted_only
def note_read(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    page = forms.read_page(json_body())
    return jsonify(read_to=service.note_read(seat_id, agreement_id, page, address=network_address()))


@bp.post("/agreements/<agreement_id>/signature/prepare")
@proved_only
def prepare(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    form = forms.PrepareForm.read(json_body())
    if form.by_server:
        return jsonify(
            _signed(
                signing.sign_with_server_key(
                    seat_id,
                    agreement_id,
                    idempotency_key=form.idempotency_key,
                    appearance=form.appearance,
                    address=network_address(),
                )
            )
        )
    found = preparing.prepare(
        seat_id,
        agreement_id,
        idempotency_key=form.idempotency_key,
        appearance=form.appearance,
        own_certificate=form.own_certificate,
    )
    if isinstance(found, preparing.Signed):
        return jsonify(_signed(found))
    return jsonify(
        status="prepared",
        signing_id=found.signing_id,
        revision=found.revision,
        signed_attributes=base64.b64encode(found.signed_attributes).decode(),
        byte_range=list(found.byte_range),
        digest=found.digest,
        content_url=url_for(".show_content", seat_id=seat_id, signing_id=found.signing_id),
    )


@bp.get("/signatures/<signing_id>/content")
@proved_only
def show_content(seat_id: str, signing_id: str) -> ResponseReturnValue:
    return Response(preparing.read_content(seat_id, signing_id), mimetype="application/octet-stream")


@bp.post("/signatures/<signing_id>/finish")
@proved_only
def finish(seat_id: str, signing_id: str) -> ResponseReturnValue:
    signature = signing.decode_signature(str(json_body().get("signature") or ""))
    return jsonify(_signed(signing.finish(seat_id, signing_id, signature=signature, address=network_address())))


@bp.post("/agreements/<agreement_id>/decline")
@proved_only
def decline(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    service.decline(seat_id, agreement_id, reason=forms.read_reason(json_body()), address=network_address())
    return jsonify(status="declined")


def _signed(signed: preparing.Signed) -> dict[str, Any]:
    return {
        "status": "signed",
        "revision": signed.revision,
        "signed_at": clock.iso(signed.signed_at),
        "digest": signed.digest,
        "level": signed.level,
        "key_custody": signed.key_custody,
    }
