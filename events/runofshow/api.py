"""JSON of a run-of-show, for its pages and for programs that call it. 409 says what is so now."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, json_body
from events.conferences.access import own_conference, team_leads, team_reads
from events.runofshow import acting, board, forms, queries, service

bp = Blueprint("show_api", __name__, url_prefix="/api/conferences/<conference_id>/show")


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return _state(conference_id)


@bp.post("")
@team_leads
def make(conference_id: str) -> ResponseReturnValue:
    """The show that the agenda suggests; where there is one, that one."""
    own_conference(conference_id)
    service.make_show(conference_id, by=current_actor())
    return _state(conference_id)


@bp.post("/acts/<verb>")
@team_leads
def act(conference_id: str, verb: str) -> ResponseReturnValue:
    """`stand_by`, `acknowledge`, `go`, `hold`, `resume`, `skip`, `back`, `add_time`, `delay`, `over`."""
    own_conference(conference_id)
    acting.act(conference_id, forms.read_act(verb, json_body()), by=current_actor())
    return _state(conference_id)


@bp.post("/cues")
@team_leads
def add(conference_id: str) -> ResponseReturnValue:
    """A cue, behind `after`; `revision` is what was looked at."""
    data, lanes = json_body(), _lanes(conference_id)
    plan = forms.read_cue(data, lanes=lanes)
    service.add_cue(
        conference_id,
        plan,
        after=forms.read_after(data),
        looked_at=forms.read_revision(data),
        by=current_actor(),
    )
    return _state(conference_id)


@bp.post("/cues/<cue_id>")
@team_leads
def change(conference_id: str, cue_id: str) -> ResponseReturnValue:
    data, lanes = json_body(), _lanes(conference_id)
    plan = forms.read_cue(data, lanes=lanes)
    service.change_cue(conference_id, cue_id, plan, looked_at=forms.read_revision(data), by=current_actor())
    return _state(conference_id)


@bp.post("/cues/<cue_id>/move")
@team_leads
def move(conference_id: str, cue_id: str) -> ResponseReturnValue:
    """`after`: the cue behind which this one is put; empty: first of all."""
    own_conference(conference_id)
    data = json_body()
    after, revision = forms.read_after(data), forms.read_revision(data)
    service.move_cue(conference_id, cue_id, after=after, looked_at=revision, by=current_actor())
    return _state(conference_id)


@bp.post("/cues/<cue_id>/remove")
@team_leads
def remove(conference_id: str, cue_id: str) -> ResponseReturnValue:
    own_conference(conference_id)
    service.remove_cue(conference_id, cue_id, looked_at=forms.read_revision(json_body()), by=current_actor())
    return _state(conference_id)


def _lanes(conference_id: str) -> list[str]:
    own_conference(conference_id)
    return list(queries.get_show(conference_id).show.lanes)


def _state(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return jsonify(board.state(queries.get_show(conference_id), conference))
