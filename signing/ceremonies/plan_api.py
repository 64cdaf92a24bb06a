"""JSON for changing a draft; what each takes is what the page's form sends (forms.py).

A change may say under `seen` what it was made from: the digest beside that ceremony, party or agreement in `seen` of
the ceremony's state. Where something else stands there meanwhile it is refused with 409 `plan_changed`.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, json_body, needs
from core.seen import read as read_seen
from signing.agreements import queries as agreements
from signing.ceremonies import arranging, editing, seen
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.api import state
from signing.ceremonies.forms import read_agreement, read_ceremony, read_key, read_order, read_party

bp = Blueprint("plan_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>")


@bp.post("/plan")
@needs(*HOSTS)
def change_ceremony(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    data = json_body()
    editing.change_ceremony(ceremony_id, read_ceremony(data), by=current_actor(), looked_at=read_seen(data))
    return jsonify(state(ceremony_id))


@bp.post("/discard")
@needs(*HOSTS)
def discard(ceremony_id: str) -> ResponseReturnValue:
    """No body is needed; one may say under `seen` which plan is meant: `seen.plan` of the ceremony's state."""
    own_ceremony(ceremony_id)
    data = json_body() if request.is_json and request.content_length else {}
    editing.discard(ceremony_id, by=current_actor(), looked_at=read_seen(data))
    return jsonify(state(ceremony_id))


@bp.post("/parties")
@needs(*HOSTS)
def add_party(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    data = json_body()
    editing.add_party(ceremony_id, read_key(data), read_party(data), by=current_actor())
    return jsonify(state(ceremony_id)), 201


@bp.post("/parties/<party_key>")
@needs(*HOSTS)
def change_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    data = json_body()
    editing.change_party(ceremony_id, party_key, read_party(data), by=current_actor(), looked_at=read_seen(data))
    return jsonify(state(ceremony_id))


@bp.post("/parties/<party_key>/remove")
@needs(*HOSTS)
def remove_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    editing.remove_party(ceremony_id, party_key, by=current_actor())
    return jsonify(state(ceremony_id))


@bp.post("/agreements")
@needs(*HOSTS)
def add_agreement(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    data = json_body()
    arranging.add_agreement(ceremony_id, read_key(data), read_agreement(data), by=current_actor())
    return jsonify(state(ceremony_id)), 201


@bp.post("/agreements/<agreement_id>")
@needs(*HOSTS)
def change_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    data = json_body()
    arranging.change_agreement(
        ceremony_id, agreement_id, read_agreement(data), by=current_actor(), looked_at=read_seen(data)
    )
    return jsonify(state(ceremony_id))


@bp.post("/agreements/<agreement_id>/after")
@needs(*HOSTS)
def order_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    """`after`: the keys of what it opens after, and no others. Answers with the agreement's new `seen`."""
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    data = json_body()
    arranging.order_agreement(
        ceremony_id, agreement_id, read_order(data), by=current_actor(), looked_at=read_seen(data)
    )
    return jsonify(seen=seen.of_agreement(agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)))


@bp.post("/agreements/<agreement_id>/remove")
@needs(*HOSTS)
def remove_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    arranging.remove_agreement(ceremony_id, agreement_id, by=current_actor())
    return jsonify(state(ceremony_id))
