"""JSON of a witness's page: one tick."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import json_body, limited, network_address
from signing.cues import queries as cues
from signing.cues import tick_service
from signing.cues.tick_service import TickAct
from signing.witnesses import queries, service
from signing.witnesses.access import witness_only

bp = Blueprint("witness_api", __name__, url_prefix="/api/witness/<witness_id>")


@bp.post("/ticks")
@witness_only
@limited("witness_tick", times=240, per=timedelta(minutes=10))
def tick(witness_id: str) -> ResponseReturnValue:
    """Tick a party on the live cue, or take that back: `cue`, `run`, `party`, `ticked`, `shown`; back: `mark`."""
    witness = queries.get_witness(witness_id)
    by = service.actor(witness_id, network_address())
    tick_service.tick(witness.ceremony_id, TickAct.read(json_body()), ticker=witness_id, by=by)
    return jsonify(cue=cues.public_cue(witness.ceremony_id))
