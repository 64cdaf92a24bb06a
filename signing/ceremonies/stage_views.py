"""The stage page: full screen, no login beyond its link."""

from __future__ import annotations

from datetime import timedelta

import segno
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import public
from core import tokens
from signing.captions import queries as captions
from signing.ceremonies import queries, stage
from signing.ceremonies.stage_access import stage_links, stage_only
from signing.ink import queries as ink
from signing.screens import queries as screens

bp = Blueprint("stage", __name__, url_prefix="/stage")
_STREAM_LIFE = timedelta(hours=24)


@bp.get("/open/<token>")
@public("the stage link is all that a screen in a hall has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", ceremony_id=stage_links.open(token)), 303)


@bp.get("/<ceremony_id>")
@stage_only
def show(ceremony_id: str) -> ResponseReturnValue:
    is_played = queries.get_ceremony(ceremony_id).is_rehearsal
    drill_url = url_for("drill_api.show_of_stage", ceremony_id=ceremony_id) if is_played else ""
    return render_stage(ceremony_id, state_url=url_for(".show_state", ceremony_id=ceremony_id), drill_url=drill_url)


def render_stage(ceremony_id: str, *, state_url: str, drill_url: str = "", expires_in: timedelta = _STREAM_LIFE) -> str:
    """The stage page, for a reader who was let in; `drill_url` where its line may be cut for practice."""
    look = screens.get_look(ceremony_id)
    state = stage.state(ceremony_id)
    token = tokens.issue_fleeting("live", stage.channel(ceremony_id), expires_in=expires_in)
    qr = segno.make_qr(state["verify_url"], error="m").svg_inline(border=0, omitsize=True)
    return render_template(
        "stage/stage.html",
        state=state,
        state_url=state_url,
        drill_url=drill_url,
        live_url=f"/live/{token}",
        verify_qr=Markup(qr),  # noqa: S704  drawn by segno from our own address
        verify_url=state["verify_url"],
        demo=queries.mark_of(ceremony_id),
        ink=ink.stream(ceremony_id),
        captions=captions.stream(ceremony_id),
        theme=str(look.theme_for(request.args.get("theme"))),
        look_style=Markup(look.style),  # noqa: S704  made from six hex digits
    )


@bp.get("/<ceremony_id>/state.json")
@stage_only
def show_state(ceremony_id: str) -> ResponseReturnValue:
    return jsonify(stage.state(ceremony_id))
