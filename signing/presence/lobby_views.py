"""The host's lobby: who is there, let in, hold, remove, write to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import i18n, live, tokens
from core.errors import Conflict, Invalid, Refusal, TooMany
from core.form_errors import by_field
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.presence import lobby_board as board
from signing.presence import lobby_forms as forms
from signing.presence import lobby_service as service
from signing.seats import queries as seats

bp = Blueprint("lobby", __name__, url_prefix="/ceremonies/<ceremony_id>/lobby")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(own_ceremony(ceremony_id))


@bp.post("/policy")
@needs(*HOSTS)
def set_policy(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return _done(
        ceremony,
        lambda: service.set_policy(ceremony_id, admits_each=forms.read_policy(request.form), by=current_actor()),
    )


@bp.post("/admit")
@needs(*HOSTS)
def admit_all(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return _done(ceremony, lambda: service.admit_all(ceremony_id, by=current_actor()))


@bp.post("/message")
@needs(*HOSTS)
def write_to_all(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return _done(ceremony, lambda: _send(ceremony_id, None), part="write")


@bp.get("/<seat_id>")
@needs(*READERS)
def show_seat(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    return _seat_page(own_ceremony(ceremony_id), seat_id)


@bp.post("/<seat_id>/message")
@needs(*HOSTS)
def write(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    ceremony = _with_seat(ceremony_id, seat_id)
    return _done(ceremony, lambda: _send(ceremony_id, seat_id), seat_id, part="write")


@bp.post("/<seat_id>/<verb>")
@needs(*HOSTS)
def act(ceremony_id: str, seat_id: str, verb: str) -> ResponseReturnValue:
    ceremony = _with_seat(ceremony_id, seat_id)
    # From the lobby one admits; everything else is done on the seat's own page.
    shown = "" if request.form.get("from") == "lobby" else seat_id

    def do() -> None:
        found, why = forms.read_act(verb, request.form)
        service.act(ceremony_id, seat_id, found, why=why, by=current_actor())

    return _done(ceremony, do, shown, part="" if shown else seat_id)


def _send(ceremony_id: str, seat_id: str | None) -> None:
    quick, text = forms.read_message(request.form)
    service.send_message(ceremony_id, seat_id=seat_id, quick=quick, text=text, by=current_actor())


def _with_seat(ceremony_id: str, seat_id: str) -> CeremonyView:
    ceremony = own_ceremony(ceremony_id)
    seats.get_seat(seat_id, ceremony_id=ceremony_id)
    return ceremony


def _done(ceremony: CeremonyView, do: Callable[[], None], seat_id: str = "", *, part: str = "") -> ResponseReturnValue:
    """Do an act and lead back to where it was done, or show that page as it is with why it was not done.

    `part`: the part of the page where who came by keyboard goes on.
    """
    shown: dict[str, Any] = {}
    try:
        do()
    except Invalid as invalid:
        shown, status = {"errors": by_field(invalid), "typed": request.form.to_dict()}, invalid.status
    except (Conflict, TooMany) as refusal:
        shown, status = {"refusal": refusal, "typed": request.form.to_dict()}, refusal.status
    if shown:
        return (_seat_page(ceremony, seat_id, **shown) if seat_id else _page(ceremony, **shown)), status
    if seat_id:
        return redirect(url_for(".show_seat", ceremony_id=ceremony.id, seat_id=seat_id, _anchor=part or None), 303)
    return redirect(url_for(".show", ceremony_id=ceremony.id, _anchor=part or None), 303)


def _page(
    ceremony: CeremonyView,
    *,
    refusal: Refusal | None = None,
    errors: Mapping[str, list[str]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    around = _around(ceremony, refusal, errors, typed)
    return render_template("presence/lobby.html", board=board.page(ceremony), **around)


def _seat_page(
    ceremony: CeremonyView,
    seat_id: str,
    *,
    refusal: Refusal | None = None,
    errors: Mapping[str, list[str]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    around = _around(ceremony, refusal, errors, typed)
    return render_template("presence/seat.html", **board.seat_page(ceremony, seat_id), **around)


def _around(
    ceremony: CeremonyView,
    refusal: Refusal | None,
    errors: Mapping[str, list[str]] | None,
    typed: Mapping[str, str] | None,
) -> dict[str, Any]:
    """What both pages need; the channel's number is read before what the page shows."""
    channel = f"ceremony:{ceremony.id}"
    return {
        "ceremony": ceremony,
        "title": i18n.pick(ceremony.title),
        "zone": i18n.zone_name(ceremony.host_timezone),
        "can_host": is_host() and not ceremony.is_over,
        "refusal": refusal,
        "errors": errors or {},
        "typed": typed or {},
        "live_seq": live.find_seq(channel),
        "live_url": f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        "demo": ceremony.mark,
    }
