"""The seat's page that checks its device, and the host's table of seats and server."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, needs
from core import i18n, live, tokens
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import service as ceremony_service
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.preflight import board, service
from signing.seats import queries as seats
from signing.seats.access import seat_only

bp = Blueprint("preflight", __name__)
_STREAM_LIFE = timedelta(hours=12)
_CHECK_LIFE = timedelta(minutes=30)


@bp.get("/seat/<seat_id>/check")
@seat_only
def show_check(seat_id: str) -> ResponseReturnValue:
    seat = seats.get_seat(seat_id)
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    channel = f"stage:{ceremony.id}"
    return render_template(
        "preflight/check.html",
        title=i18n.pick(ceremony.title),
        back=url_for("seats.show_seat", seat_id=seat_id),
        api=f"/api/seat/{seat_id}/check",
        seat_id=seat_id,
        items=board.ITEMS,
        needs_camera=ceremony.needs_camera,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_CHECK_LIFE)}",
        live_seq=live.find_seq(channel),
        demo=ceremony.mark,
    )


@bp.get("/ceremonies/<ceremony_id>/preflight")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    channel = f"ceremony:{ceremony_id}"
    seq = live.find_seq(channel)
    return render_template(
        "preflight/preflight.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        rows=board.seats_of(ceremony),
        server=board.server(ceremony),
        can_host=is_host(),
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=ceremony.mark,
    )


@bp.post("/ceremonies/<ceremony_id>/preflight/server")
@needs(*HOSTS)
def look(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.ask_server(current_account().organisation_id, ceremony_id=ceremony_id)
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


@bp.post("/ceremonies/<ceremony_id>/preflight/camera")
@needs(*HOSTS)
def choose_camera(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    ceremony_service.choose_camera(ceremony_id, is_needed=request.form.get("needed") == "yes", by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)
