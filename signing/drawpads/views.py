"""A phone's pages: what the code leads to, and the pad itself."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import limited, network_address, public
from core import live, tokens
from signing.ceremonies import queries as ceremonies
from signing.drawpads import queries, service
from signing.drawpads.access import holds, phone_only, remember
from signing.seats import queries as seats

bp = Blueprint("drawpads", __name__, url_prefix="/draw")


@bp.get("/open/<token>")
@public("the code on the computer's page is all that a phone has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    """A page with one button: programs that look at links must not use the code up."""
    known = tokens.decode(token, service.LINK).subject
    if holds(known):
        return redirect(url_for(".show", pad_id=known), 303)
    pad_id = service.find_offered(token)
    return render_template("drawpads/join.html", token=token, demo=_mark(pad_id))


@bp.post("/open/<token>")
@public("the code on the computer's page is all that a phone has; the token in it is checked and used up")
@limited("drawpad-join", times=30, per=timedelta(minutes=10))
def join(token: str) -> ResponseReturnValue:
    known = tokens.decode(token, service.LINK).subject
    if holds(known):  # sent again
        return redirect(url_for(".show", pad_id=known), 303)
    pad_id, secret = service.join(token, address=network_address())
    remember(pad_id, secret)
    return redirect(url_for(".show", pad_id=pad_id), 303)


@bp.get("/<pad_id>")
@phone_only
def show(pad_id: str) -> ResponseReturnValue:
    channel, mark = queries.channel(pad_id), _mark(pad_id)
    seq = live.find_seq(channel)
    return render_template(
        "drawpads/pad.html",
        api=url_for("drawpad_api.draw", pad_id=pad_id),
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=timedelta(hours=1))}",
        live_seq=seq,
        shows_ink=_shows_ink(pad_id),
        drill_url=url_for("drill_api.show_of_phone", pad_id=pad_id) if mark == "rehearsal" else "",
        demo=mark,
    )


def _shows_ink(pad_id: str) -> bool:
    pad = queries.view(queries.get_row(pad_id))
    return pad.agreement_id is not None and ceremonies.shows_ink(seats.get_seat(pad.seat_id).ceremony_id)


def _mark(pad_id: str) -> str:
    seat = seats.get_seat(queries.get_row(pad_id).seat_id)
    return ceremonies.mark_of(seat.ceremony_id)
