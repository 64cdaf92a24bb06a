"""The team's pages of check-in: counters, doors and their phones, the closing entry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import current_actor
from core import config, i18n, live, tokens
from core.errors import Forbidden, NotFound
from events.checkin import board, closing, forms, phones, queries, screens
from events.checkin.access import door_kept, doors_led, doors_watched, may_keep
from events.conferences.access import own_conference, rights_in

bp = Blueprint("checkin", __name__, url_prefix="/conferences/<conference_id>/check-in")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@doors_watched
def show(conference_id: str) -> ResponseReturnValue:
    conference, rights = own_conference(conference_id), rights_in(conference_id)
    channel = phones.channel(conference_id)
    return render_template(
        "checkin/show.html",
        conference=conference,
        title=i18n.pick(conference.title),
        leads=rights.leads and conference.is_editable,
        reads=rights.reads,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=live.find_seq(channel),
        demo=conference.is_demo,
        **board.page(conference, kept=None if rights.leads else rights.doors, sees_all=rights.reads),
    )


@bp.post("/doors/<door_id>/phones")
@door_kept
def add_phone(conference_id: str, door_id: str) -> ResponseReturnValue:
    label = forms.read_label(request.form)
    is_kiosk = bool(request.form.get("kiosk"))
    phone_id = phones.open_door(conference_id, door_id, label=label, is_kiosk=is_kiosk, by=current_actor())
    return redirect(url_for(".show_phone", conference_id=conference_id, phone_id=phone_id), 303)


@bp.get("/phones/<phone_id>")
@doors_watched
def show_phone(conference_id: str, phone_id: str) -> ResponseReturnValue:
    conference, phone = own_conference(conference_id), _own_phone(conference_id, phone_id)
    token = tokens.find_newest(phones.PURPOSE, phone_id)
    if token is None:
        raise NotFound("door_phone_not_found")
    where = board.doors_of(conference).get(phone.door_id)
    url = f"{config.settings().base_url}{url_for('door.show')}#{token}"
    return render_template(
        "checkin/phone.html",
        conference=conference,
        phone=phone,
        door=where.name if where else "",
        venue=i18n.pick(where.venue.name) if where else "",
        link=None if phone.paired_at else _link(url),
        demo=conference.is_demo,
    )


def _link(url: str) -> dict[str, Any]:
    # Level L: it is read from a screen, not from worn paper.
    drawn = segno.make_qr(url, error="l").svg_inline(border=4, omitsize=True, light="#fff")
    return {"url": url, "qr": Markup(drawn)}  # noqa: S704  drawn by segno from our own address


def _own_phone(conference_id: str, phone_id: str) -> queries.PhoneView:
    """A phone of a door that the reader keeps: its link opens the door to whoever sees it."""
    phone = queries.get_phone(phone_id, conference_id=conference_id)
    if not may_keep(conference_id, phone.door_id):
        raise Forbidden("not_your_door")
    return phone


@bp.post("/phones/<phone_id>/close")
@doors_watched
def close_phone(conference_id: str, phone_id: str) -> ResponseReturnValue:
    _own_phone(conference_id, phone_id)
    phones.close_door(conference_id, phone_id, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id), 303)


@bp.get("/counter")
@doors_led
def show_counter(conference_id: str) -> ResponseReturnValue:
    conference, token = own_conference(conference_id), tokens.find_newest(screens.PURPOSE, conference_id)
    url = f"{config.settings().base_url}{url_for('counter.open_link', token=token)}" if token else ""
    until = i18n.format_named(tokens.decode(token, screens.PURPOSE).expires_at, conference.timezone) if token else ""
    return render_template(
        "checkin/counter_link.html",
        conference=conference,
        link={**_link(url), "until": until} if token else None,
        demo=conference.is_demo,
    )


@bp.post("/counter")
@doors_led
def make_counter(conference_id: str) -> ResponseReturnValue:
    own_conference(conference_id)
    screens.open_counter(conference_id, by=current_actor())
    return redirect(url_for(".show_counter", conference_id=conference_id), 303)


@bp.post("/counter/take-back")
@doors_led
def take_back_counter(conference_id: str) -> ResponseReturnValue:
    own_conference(conference_id)
    screens.close_counter(conference_id, by=current_actor())
    return redirect(url_for(".show_counter", conference_id=conference_id), 303)


@bp.post("/close")
@doors_led
def close(conference_id: str) -> ResponseReturnValue:
    closing.close_checkin(conference_id, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id, _anchor="close"), 303)
