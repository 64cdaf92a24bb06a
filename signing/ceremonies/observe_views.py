"""The observer page: the stage as it was, by a link that says how much later. No stream: it asks again and again."""

from __future__ import annotations

import segno
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import public
from core import i18n
from core.errors import NotFound
from signing.ceremonies import observing, queries
from signing.ceremonies.observe_access import observer_links, observer_only
from signing.screens import queries as screens

bp = Blueprint("observe", __name__, url_prefix="/observe")
_ASK_EVERY_MS = 2000
_LONGEST_NUMBER = 9


@bp.get("/<int:delay>/open/<token>")
@public("the link is all that an observer has; the token in it is checked, and is for this delay alone")
def open_link(delay: int, token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", delay=delay, ceremony_id=observer_links(delay).open(token)), 303)


@bp.get("/<int:delay>/<ceremony_id>")
@observer_only
def show(delay: int, ceremony_id: str) -> ResponseReturnValue:
    state = observing.find_state(ceremony_id, delay)
    if state is None:
        return _wait(ceremony_id, delay)
    is_played = queries.get_ceremony(ceremony_id).is_rehearsal
    drill_url = url_for("drill_api.show_of_observer", delay=delay, ceremony_id=ceremony_id) if is_played else ""
    asked, style, theme = request.args.get("theme"), state.pop("style"), state.pop("theme")
    qr = segno.make_qr(state["verify_url"], error="m").svg_inline(border=0, omitsize=True)
    return render_template(
        "stage/stage.html",
        state=state,
        state_url=url_for(".show_state", delay=delay, ceremony_id=ceremony_id),
        live_url="",
        ask_every_ms=_ASK_EVERY_MS,
        drill_url=drill_url,
        delay=delay,
        verify_qr=Markup(qr),  # noqa: S704  drawn by segno from our own address
        verify_url=state["verify_url"],
        demo=queries.mark_of(ceremony_id),
        ink={"url": "", "seq": 0},
        captions=None,
        theme=asked if asked in ("dark", "light") else theme,
        look_style=Markup(style),  # noqa: S704  made from six hex digits
    )


def _wait(ceremony_id: str, delay: int) -> str:
    """Nothing is old enough to be shown: the page says when something will be."""
    look, begin = screens.get_look(ceremony_id), observing.find_begin(ceremony_id, delay)
    zone = queries.get_ceremony(ceremony_id).host_timezone
    return render_template(
        "screens/observe_wait.html",
        delay=delay,
        begins=i18n.format_time(begin, zone, seconds=True) if begin else "",
        place=i18n.zone_name(zone),
        demo=queries.mark_of(ceremony_id),
        theme=str(look.theme_for(request.args.get("theme"))),
        look_style=Markup(look.style),  # noqa: S704  made from six hex digits
    )


@bp.get("/<int:delay>/<ceremony_id>/state.json")
@observer_only
def show_state(delay: int, ceremony_id: str) -> ResponseReturnValue:
    state = observing.find_state(ceremony_id, delay)
    if state is None:
        raise NotFound("page_not_found")
    told = {name: value for name, value in state.items() if name not in ("style", "theme")}
    return jsonify(
        **told, ink=observing.list_ink(ceremony_id, delay, after=_has_ink_until(request.args.get("ink", "")))
    )


def _has_ink_until(text: str) -> int | None:
    """The newest update of ink that the page has; None where it has none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
