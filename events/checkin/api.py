"""JSON for phones at doors. The link comes in a header, never in an address or a cookie (docs/checkin.md)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import json_body, network_address, without_csrf
from core import clock
from core.errors import Invalid, Refusal
from core.i18n import t
from events.checkin import forms, lists, moves, phones, service, walk_ins
from events.checkin.access import door_phone, door_phone_id

bp = Blueprint("door_api", __name__, url_prefix="/door/api")
_HEADER = "the link stands in a header that no other site can send"


def _device() -> str:
    return forms.read_device(request.headers.get("X-Door-Device", ""))


@bp.post("/pair")
@door_phone
@without_csrf(_HEADER)
def pair() -> ResponseReturnValue:
    here = phones.pair(door_phone_id(), _device())
    return jsonify(conference=here.conference_id, door=here.door_id, kiosk=here.is_kiosk)


@bp.get("/list")
@door_phone
def show_list() -> ResponseReturnValue:
    since = forms.read_since(request.args)
    made = lists.make_list(door_phone_id(), _device(), since=since)
    return jsonify(made)


@bp.post("/scans")
@door_phone
@without_csrf(_HEADER)
def record_scans() -> ResponseReturnValue:
    upload = forms.read_upload(json_body())
    recorded = walk_ins.record_scans(door_phone_id(), _device(), upload, address=network_address())
    return jsonify(
        received_at=clock.iso(recorded.received_at),
        clock_off_ms=recorded.clock_off_ms,
        answers=[_answer(each) for each in recorded.answers],
        troubles=[_trouble(nonce, each) for nonce, each in recorded.troubles.items()],
    )


@bp.post("/moves")
@door_phone
@without_csrf(_HEADER)
def move() -> ResponseReturnValue:
    registration_id = forms.read_moved(json_body())
    person = moves.move_here(door_phone_id(), _device(), registration_id, address=network_address())
    return jsonify(person=person)


def _answer(answer: service.Answer) -> dict[str, Any]:
    return {
        "nonce": answer.nonce,
        "decision": str(answer.decision),
        "registration": answer.registration_id,
        "first_at": clock.iso(answer.first_at) if answer.first_at else None,
        "first_door": answer.first_door_id,
    }


def _trouble(nonce: str, refusal: Refusal) -> dict[str, str]:
    """Why a walk-in was not registered, in words; of what was typed the first thing that is wrong, and it says itself
    what to do."""
    message, following = t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)
    if isinstance(refusal, Invalid):
        first = refusal.problems[0]
        message, following = t(first.message_id, **first.params), ""
    return {"nonce": nonce, "code": refusal.code, "message": message, "next": following}
