"""JSON for a ceremony's specimen seals.

A change may say under `seen` what it was made from, as `show` gives it (an upload in its address: `?seen=…`). Where
something else stands there meanwhile it is refused with 409 `plan_changed`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_actor, json_body, needs
from core import clock, seen
from core.upload import read_content
from signing.agreements import queries as agreements
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.queries import CeremonyView, PartyView
from signing.seals import demo, forms, queries, service

bp = Blueprint("seal_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>/seals")


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return jsonify(_seals(own_ceremony(ceremony_id)))


@bp.post("/parties/<party_key>")
@needs(*HOSTS)
@accepts_upload
def upload(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    """The body is the picture."""
    ceremony = own_ceremony(ceremony_id)
    data = read_content(request.get_data(cache=False))
    service.upload_seal(ceremony_id, party_key, data, by=current_actor(), looked_at=seen.read(request.args))
    return jsonify(_seal(ceremony.id, ceremony.party(party_key))), 201


@bp.post("/parties/<party_key>/approve")
@needs(*HOSTS)
def approve(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    service.approve_seal(ceremony_id, party_key, forms.read_digest(json_body()), by=current_actor())
    return jsonify(_seal(ceremony.id, ceremony.party(party_key)))


@bp.post("/parties/<party_key>/remove")
@needs(*HOSTS)
def remove(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    data = json_body() if request.is_json else {}
    service.remove_seal(ceremony_id, party_key, by=current_actor(), looked_at=seen.read(data))
    return "", 204


@bp.post("/uses")
@needs(*HOSTS)
def choose_use(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    data = json_body()
    agreement_id, party_key, use = forms.read_use(data)
    service.choose_use(ceremony_id, agreement_id, party_key, use, by=current_actor(), looked_at=seen.read(data))
    return jsonify(_seals(ceremony))


@bp.post("/demo")
@needs(*HOSTS)
def use_demo_seals(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    demo.give_demo_seals(ceremony_id, by=current_actor())
    return jsonify(_seals(ceremony)), 201


def _seals(ceremony: CeremonyView) -> dict[str, Any]:
    return {
        "seen": queries.seen_uses(ceremony),
        "seals": [_seal(ceremony.id, party) for party in ceremony.parties],
        "agreements": [_uses(agreement, ceremony) for agreement in agreements.list_agreements(ceremony.id)],
    }


def _seal(ceremony_id: str, party: PartyView) -> dict[str, Any]:
    """What it is stands beside it: no program may take it for an official seal."""
    seal, shown = queries.find_seal(party.id), queries.seen_seal(party.id)
    if seal is None:
        return {"party": party.key, "seen": shown, "seal": None}
    picture = url_for("seals.show_picture", ceremony_id=ceremony_id, party_key=party.key)
    return {
        "party": party.key,
        "seen": shown,
        "seal": {
            "kind": "specimen",
            "sha256": seal.digest,
            "original": {"sha256": seal.original_digest, "bytes": seal.original_bytes},
            "image": picture,
            "uploaded_at": clock.iso(seal.uploaded_at),
            "approved_at": clock.iso(seal.approved_at) if seal.approved_at else None,
        },
    }


def _uses(agreement: agreements.AgreementView, ceremony: CeremonyView) -> dict[str, Any]:
    parties = {party.id: party.key for party in ceremony.parties}
    return {
        "agreement": agreement.id,
        "key": agreement.key,
        "uses": {key: str(use) for key, use in queries.uses_by_party(agreement, ceremony).items()},
        "frozen": [
            {
                "party": parties.get(seal.party_id),
                "field": seal.field,
                "sha256": seal.digest,
                "edges": seal.edges,
                "used_at": clock.iso(seal.used_at) if seal.used_at else None,
            }
            for seal in queries.list_frozen(agreement.id)
        ],
    }
