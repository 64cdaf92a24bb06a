"""The counter on a screen: full screen, no login beyond its link, counts and no names."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from core import i18n, tokens
from events.checkin import counters, screens
from events.checkin.screen_access import counter_links, counter_only
from events.conferences import queries as conferences

bp = Blueprint("counter", __name__, url_prefix="/counter")
_STREAM_LIFE = timedelta(hours=24)


@bp.get("/open/<token>")
@public("the counter's link is all that a screen in a lobby has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", conference_id=counter_links.open(token)), 303)


@bp.get("/<conference_id>")
@counter_only
def show(conference_id: str) -> ResponseReturnValue:
    token = tokens.issue_fleeting("live", counters.screen_channel(conference_id), expires_in=_STREAM_LIFE)
    return render_template(
        "checkin/counter.html",
        state=screens.state(conference_id),
        state_url=url_for(".show_state", conference_id=conference_id),
        live_url=f"/live/{token}",
        labels={name: i18n.in_every_locale(f"counter-{name}") for name in ("expected", "inside", "came")},
        theme="light" if request.args.get("theme") == "light" else "dark",
        demo=conferences.get_conference(conference_id).is_demo,
    )


@bp.get("/<conference_id>/state.json")
@counter_only
def show_state(conference_id: str) -> ResponseReturnValue:
    return jsonify(screens.state(conference_id))
