"""An interpreter's page, by link and nothing else."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from core import tokens
from signing.captions import board, queries
from signing.captions.access import interpreter_links, interpreter_only
from signing.ceremonies import queries as ceremonies

bp = Blueprint("interpreter", __name__, url_prefix="/interpreter")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("/open/<token>")
@public("an interpreter's link is all that one has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", interpreter_id=interpreter_links.open(token)), 303)


@bp.get("/<interpreter_id>")
@interpreter_only
def show(interpreter_id: str) -> ResponseReturnValue:
    link = queries.get_link(interpreter_id)
    state = board.state(link)
    cue_token = tokens.issue_fleeting("live", board.cue_channel(link.ceremony_id), expires_in=_STREAM_LIFE)
    return render_template(
        "captions/own.html",
        link=link,
        state=state,
        settings={
            "api": f"/api/interpreter/{link.id}",
            "link": link.id,
            "language": link.language,
            "cues": f"/live/{cue_token}",
            "captions": queries.stream(link.ceremony_id)["url"],
            "longest": queries.LONGEST,
            "late_seconds": int(queries.LATE.total_seconds()),
        },
        demo=ceremonies.mark_of(link.ceremony_id),
    )
