"""JSON of a cue sheet, for programs that lead. Each act names the `seq` that it looked at; 409 says what is so now."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, json_body, needs
from signing.ceremonies.access import HOSTS, READERS, own_ceremony
from signing.cues import board, forms, leading, queries, service, tick_service
from signing.cues.tick_service import HOST, TickAct

bp = Blueprint("cue_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>/cues")


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _state(ceremony_id)


@bp.post("")
@needs(*HOSTS)
def make(ceremony_id: str) -> ResponseReturnValue:
    """The sheet that the plan suggests; where there is one, that one."""
    own_ceremony(ceremony_id)
    service.make_sheet(ceremony_id, by=current_actor())
    return _state(ceremony_id)


@bp.post("/lead/<verb>")
@needs(*HOSTS)
def lead(ceremony_id: str, verb: str) -> ResponseReturnValue:
    """`stand_by`, `go`, `hold`, `resume`, `skip`, `back`, `over`: `seq`, and `cue` and `anyway` where they are due."""
    own_ceremony(ceremony_id)
    leading.lead(ceremony_id, forms.read_act(verb, json_body()), by=current_actor())
    return _state(ceremony_id)


@bp.post("/<cue_id>/move")
@needs(*HOSTS)
def move(ceremony_id: str, cue_id: str) -> ResponseReturnValue:
    """`seq`, and `after`: the cue behind which this one is put; empty: first of all."""
    own_ceremony(ceremony_id)
    data = json_body()
    after, seq = forms.read_place(data), forms.read_seq(data)
    service.move_cue(ceremony_id, cue_id, after=after, looked_at=seq, by=current_actor())
    return _state(ceremony_id)


@bp.post("/ticks")
@needs(*HOSTS)
def tick(ceremony_id: str) -> ResponseReturnValue:
    """Tick a party on the live cue, or take that back: `cue`, `run`, `party`, `ticked`, `shown`; back: `mark`."""
    own_ceremony(ceremony_id)
    tick_service.tick(ceremony_id, TickAct.read(json_body()), ticker=HOST, by=current_actor())
    return _state(ceremony_id)


def _state(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return jsonify(board.state(ceremony, queries.get_sheet(ceremony_id)))
