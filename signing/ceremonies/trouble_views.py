"""Pages on which the host deals with what went wrong: try again, correct an address."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import i18n
from core.errors import Invalid
from signing.ceremonies import troubles
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.forms import read_address
from signing.seats import queries as seats

bp = Blueprint("troubles", __name__, url_prefix="/ceremonies/<ceremony_id>")


@bp.post("/troubles/<trouble_id>/again")
@needs(*HOSTS)
def try_again(ceremony_id: str, trouble_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    troubles.try_again(ceremony_id, trouble_id, by=current_actor())
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)


@bp.get("/seats/<seat_id>/address")
@needs(*HOSTS)
def show_address(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    return _address_page(ceremony_id, seat_id, seats.get_seat(seat_id, ceremony_id=ceremony_id).email, [])


@bp.post("/seats/<seat_id>/address")
@needs(*HOSTS)
def correct_address(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    try:
        email = read_address(request.form)
    except Invalid as invalid:
        sentences = [i18n.t(each.message_id, **each.params) for each in invalid.problems]
        return _address_page(ceremony_id, seat_id, request.form.get("email", ""), sentences), invalid.status
    troubles.correct_address(ceremony_id, seat_id, email=email, by=current_actor())
    return redirect(url_for("links.show_seat_link", ceremony_id=ceremony_id, seat_id=seat_id), 303)


def _address_page(ceremony_id: str, seat_id: str, typed: str, errors: list[str]) -> str:
    ceremony = own_ceremony(ceremony_id)
    seat = seats.get_seat(seat_id, ceremony_id=ceremony_id)
    return render_template(
        "ceremonies/address.html",
        ceremony=ceremony,
        seat=seat,
        organisation=i18n.pick(ceremony.party(seat.party_key).organisation),
        can_correct=troubles.can_correct(ceremony, seat),
        typed=typed,
        errors=errors,
        demo=ceremony.mark,
    )
