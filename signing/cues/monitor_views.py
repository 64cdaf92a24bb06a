"""The confidence monitor: full screen, for the leader, no login beyond its link."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import by, public
from accounts.link_access import ScreenLinks
from core import tokens
from core.errors import Refusal
from signing.ceremonies import queries as ceremonies
from signing.cues import monitor
from signing.ink import queries as ink
from signing.screens import queries as screens

bp = Blueprint("monitor", __name__, url_prefix="/monitor")
_STREAM_LIFE = timedelta(hours=24)


class MonitorLinkNeeded(Refusal):
    """This screen was not opened by a monitor's link."""

    code = "monitor_link_needed"
    status = 403


class MonitorLinkTakenBack(Refusal):
    """The host took the link back."""

    code = "monitor_link_taken_back"
    status = 410


_LINKS = ScreenLinks("held_monitors", "monitor", needed=MonitorLinkNeeded, taken_back=MonitorLinkTakenBack)


def monitor_rule(ceremony_id: str, **_: object) -> None:
    """Only a screen that was opened by a monitor's link, for as long as that link holds."""
    _LINKS.check(ceremony_id)


monitor_only = by(monitor_rule, "the monitor's link")


@bp.get("/open/<token>")
@public("the link is all that a leader's screen has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", ceremony_id=_LINKS.open(token)), 303)


@bp.get("/<ceremony_id>")
@monitor_only
def show(ceremony_id: str) -> ResponseReturnValue:
    look = screens.get_look(ceremony_id)
    token = tokens.issue_fleeting("live", monitor.channel(ceremony_id), expires_in=_STREAM_LIFE)
    return render_template(
        "screens/monitor.html",
        state=monitor.state(ceremony_id),
        state_url=url_for(".show_state", ceremony_id=ceremony_id),
        live_url=f"/live/{token}",
        ink=ink.panel(ceremony_id),
        theme=str(look.theme_for(request.args.get("theme"))),
        look_style=Markup(look.style),  # noqa: S704  made from six hex digits
        demo=ceremonies.mark_of(ceremony_id),
    )


@bp.get("/<ceremony_id>/state.json")
@monitor_only
def show_state(ceremony_id: str) -> ResponseReturnValue:
    return jsonify(monitor.state(ceremony_id))
