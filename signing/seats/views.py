"""A signer's pages: the personal link, the seat page, pictures and texts of what is to be read."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from core import i18n, storage
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.seats import queries, service
from signing.seats.access import admitted_only, remember_seat, seat_only

bp = Blueprint("seats", __name__)


@bp.get("/s/<token>")
@public("a personal link is all that a signer has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    seat_id, token_id = service.open_link(token)
    remember_seat(seat_id, token_id)
    wanted = "preflight.show_check" if request.args.get("to") == "check" else ".show_seat"
    return redirect(url_for(wanted, seat_id=seat_id), 303)


@bp.get("/seat/<seat_id>")
@seat_only
def show_seat(seat_id: str) -> ResponseReturnValue:
    seat = queries.get_seat(seat_id)
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    return render_template(
        "seat/seat.html",
        seat=seat,
        ceremony=ceremony,
        ceremony_title=i18n.pick(ceremony.title),
        demo=ceremony.mark,
        api=f"/api/seat/{seat_id}",
    )


@bp.get("/seat/<seat_id>/agreements/<agreement_id>/pages/<int:number>.png")
@admitted_only
def show_page(seat_id: str, agreement_id: str, number: int) -> ResponseReturnValue:
    agreements.get_agreement(agreement_id).signer_of(seat_id)
    page = agreements.get_page(agreement_id, number)
    response = Response(storage.read(page.image_digest), mimetype="image/png")
    # A device at a counter keeps the picture, but asks before each showing whether this browser may still see it.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(page.image_digest)
    return response.make_conditional(request)


@bp.get("/seat/<seat_id>/agreements/<agreement_id>/text")
@admitted_only
def show_text(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    agreement = agreements.get_agreement(agreement_id)
    agreement.signer_of(seat_id)
    seat = queries.get_seat(seat_id)
    return render_template(
        "seat/text.html",
        agreement=agreement,
        title=i18n.pick(agreement.title),
        pages=agreements.list_pages(agreement_id),
        back=url_for(".show_seat", seat_id=seat_id),
        demo=ceremonies.get_ceremony(seat.ceremony_id).mark,
    )
