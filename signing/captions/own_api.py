"""JSON of an interpreter's page: what it shows, and a line."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import json_body, limited
from signing.captions import board, forms, queries, service
from signing.captions.access import interpreter_only

bp = Blueprint("interpreter_api", __name__, url_prefix="/api/interpreter/<interpreter_id>")


@bp.get("")
@interpreter_only
def show(interpreter_id: str) -> ResponseReturnValue:
    return jsonify(board.state(queries.get_link(interpreter_id)))


@bp.post("/lines")
@interpreter_only
@limited(
    "caption_line",
    times=40,
    per=timedelta(minutes=1),
    key=lambda: str((request.view_args or {}).get("interpreter_id", "")),
)
def say(interpreter_id: str) -> ResponseReturnValue:
    """Say a line: `id` (the page's own for it: sent twice it is one), `text`, `typed_at`; with `replaces` (a number)
    it corrects the last line, and with an empty text withdraws it."""
    forms.check_size(request.content_length)
    service.say(interpreter_id, forms.read_line(json_body()))
    return jsonify(board.state(queries.get_link(interpreter_id)))
