"""The confidence monitor: full screen, for the leader, no login beyond its link."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import public
from core import tokens
from signing.captions import queries as captions
from signing.ceremonies import queries as ceremonies
from signing.cues import monitor
from signing.cues.monitor_access import monitor_links, monitor_only
from signing.ink import queries as ink
from signing.screens import queries as screens

bp = Blueprint("monitor", __name__, url_prefix="/monitor")
_STREAM_LIFE = timedelta(hours=24)


@bp.get("/open/<token>")
@public("the link is all that a leader's screen has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", ceremony_id=monitor_links.open(token)), 303)


@bp.get("/<ceremony_id>")
@monitor_only
def show(ceremony_id: str) -> ResponseReturnValue:
    look = screens.get_look(ceremony_id)
    token = tokens.issue_fleeting("live", monitor.channel(ceremony_id), expires_in=_STREAM_LIFE)
    is_played = ceremonies.get_ceremony(ceremony_id).is_rehearsal
    heard = captions.stream(ceremony_id)  # before the state that it goes on from
    return render_template(
        "screens/monitor.html",
        state=monitor.state(ceremony_id),
        state_url=url_for(".show_state", ceremony_id=ceremony_id),
        live_url=f"/live/{token}",
        ink=ink.panel(ceremony_id),
        captions=heard,
        drill_url=url_for("drill_api.show_of_monitor", ceremony_id=ceremony_id) if is_played else "",
        theme=str(look.theme_for(request.args.get("theme"))),
        look_style=Markup(look.style),  # noqa: S704  made from six hex digits
        demo=ceremonies.mark_of(ceremony_id),
    )


@bp.get("/<ceremony_id>/state.json")
@monitor_only
def show_state(ceremony_id: str) -> ResponseReturnValue:
    return jsonify(monitor.state(ceremony_id))
