"""The host's pages of links that are handed over: looked at as often as wanted, made and sent by a button only."""

from __future__ import annotations

from datetime import timedelta

import segno
from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import current_actor, needs
from core import config, i18n, tokens
from core.errors import NotFound
from signing.ceremonies import inviting, service, stage, stage_views
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.queries import STAGE_LINK
from signing.seats import queries as seats
from signing.seats import service as seat_service

bp = Blueprint("links", __name__, url_prefix="/ceremonies/<ceremony_id>")
_PREVIEW_LIFE = timedelta(hours=1)


@bp.get("/stage-link")
@needs(*HOSTS)
def show_stage_link(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    link = _find_link(STAGE_LINK, ceremony_id, "/stage/open/", ceremony.host_timezone)
    return render_template("ceremonies/stage_link.html", ceremony=ceremony, link=link, demo=ceremony.mark)


@bp.post("/stage")
@needs(*HOSTS)
def make_stage_link(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.stage_link(ceremony_id, by=current_actor())
    return redirect(url_for(".show_stage_link", ceremony_id=ceremony_id), 303)


@bp.post("/stage/take-back")
@needs(*HOSTS)
def take_back_stage_link(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.take_back_stage_link(ceremony_id, by=current_actor())
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)


@bp.get("/look/preview")
@needs(*HOSTS)
def preview_stage(ceremony_id: str) -> ResponseReturnValue:
    """The stage itself, as this ceremony's screens show it now; `theme`: `dark` or `light`."""
    own_ceremony(ceremony_id)
    state_url = url_for(".preview_state", ceremony_id=ceremony_id)
    return stage_views.render_stage(ceremony_id, state_url=state_url, expires_in=_PREVIEW_LIFE)


@bp.get("/look/preview/state.json")
@needs(*HOSTS)
def preview_state(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    return jsonify(stage.state(ceremony_id))


@bp.get("/seats/<seat_id>/link")
@needs(*HOSTS)
def show_seat_link(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    seat = seats.get_seat(seat_id)
    if seat.ceremony_id != ceremony_id:
        raise NotFound("seat_not_found")
    party = ceremony.party(seat.party_key)
    return render_template(
        "ceremonies/seat_link.html",
        ceremony=ceremony,
        seat=seat,
        organisation=i18n.pick(party.organisation),
        capacity=i18n.pick(party.representative_title),
        masked=seat_service.masked_address(seat),
        link=_find_link(seat_service.LINK, seat_id, "/s/", ceremony.host_timezone),
        demo=ceremony.mark,
    )


@bp.post("/seats/<seat_id>/invite")
@needs(*HOSTS)
def invite_again(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    inviting.invite_again(ceremony_id, seat_id, by=current_actor())
    return redirect(url_for(".show_seat_link", ceremony_id=ceremony_id, seat_id=seat_id), 303)


def _find_link(purpose: str, subject: str, path: str, zone: str) -> dict[str, object] | None:
    """The newest link that holds, with its QR code and its end in words."""
    token = tokens.find_newest(purpose, subject)
    if token is None:
        return None
    url = f"{config.settings().base_url}{path}{token}"
    return {"url": url, "qr": _qr(url), "until": i18n.format_named(tokens.decode(token, purpose).expires_at, zone)}


def _qr(url: str) -> Markup:
    # Level L: a link is 250 characters, and the symbol is read from a screen, not from worn paper.
    drawn = segno.make_qr(url, error="l").svg_inline(border=4, omitsize=True, light="#fff")
    return Markup(drawn)  # noqa: S704  drawn by segno from our own address
