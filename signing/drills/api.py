"""JSON by which pages hear whether their line is cut for practice, and tell when it was and when they are back; and by
which programs begin and end a drill."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, json_body, needs
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.observe_access import observer_only
from signing.ceremonies.stage_access import stage_only
from signing.cues.monitor_access import monitor_only
from signing.drawpads import queries as drawpads
from signing.drawpads.access import phone_only
from signing.drills import board, forms, queries, service
from signing.drills.service import Page, Place
from signing.seats import queries as seats
from signing.seats.access import device_of, is_proved, seat_only

bp = Blueprint("drill_api", __name__)


@bp.get("/api/seat/<seat_id>/drill")
@seat_only
def show_of_seat(seat_id: str) -> ResponseReturnValue:
    return _told(seats.get_seat(seat_id).ceremony_id, _seat_page(seat_id))


@bp.post("/api/seat/<seat_id>/drill")
@seat_only
def note_of_seat(seat_id: str) -> ResponseReturnValue:
    """`drill`, `page`, `said` (`cut`, `back`), `right_ms`; of a phone `stroke` (`kept`, `anew`)."""
    service.note(seats.get_seat(seat_id).ceremony_id, _seat_page(seat_id), forms.read_word(json_body()))
    return jsonify(status="kept")


@bp.get("/stage/<ceremony_id>/drill")
@stage_only
def show_of_stage(ceremony_id: str) -> ResponseReturnValue:
    return _told(ceremony_id, Page(Place.STAGE, "stage"))


@bp.post("/stage/<ceremony_id>/drill")
@stage_only
def note_of_stage(ceremony_id: str) -> ResponseReturnValue:
    service.note(ceremony_id, Page(Place.STAGE, "stage"), forms.read_word(json_body()))
    return jsonify(status="kept")


@bp.get("/monitor/<ceremony_id>/drill")
@monitor_only
def show_of_monitor(ceremony_id: str) -> ResponseReturnValue:
    return _told(ceremony_id, Page(Place.MONITOR, "monitor"))


@bp.post("/monitor/<ceremony_id>/drill")
@monitor_only
def note_of_monitor(ceremony_id: str) -> ResponseReturnValue:
    service.note(ceremony_id, Page(Place.MONITOR, "monitor"), forms.read_word(json_body()))
    return jsonify(status="kept")


@bp.get("/observe/<int:delay>/<ceremony_id>/drill")
@observer_only
def show_of_observer(delay: int, ceremony_id: str) -> ResponseReturnValue:
    return _told(ceremony_id, Page(Place.OBSERVER, str(delay)))


@bp.post("/observe/<int:delay>/<ceremony_id>/drill")
@observer_only
def note_of_observer(delay: int, ceremony_id: str) -> ResponseReturnValue:
    service.note(ceremony_id, Page(Place.OBSERVER, str(delay)), forms.read_word(json_body()))
    return jsonify(status="kept")


@bp.get("/api/draw/<pad_id>/drill")
@phone_only
def show_of_phone(pad_id: str) -> ResponseReturnValue:
    return _told(*_phone_page(pad_id))


@bp.post("/api/draw/<pad_id>/drill")
@phone_only
def note_of_phone(pad_id: str) -> ResponseReturnValue:
    service.note(*_phone_page(pad_id), forms.read_word(json_body()))
    return jsonify(status="kept")


@bp.get("/api/ceremonies/<ceremony_id>/drills/mine")
@needs(*HOSTS)
def show_of_host(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    return _told(ceremony_id, _host_page())


@bp.post("/api/ceremonies/<ceremony_id>/drills/mine")
@needs(*HOSTS)
def note_of_host(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.note(ceremony_id, _host_page(), forms.read_word(json_body()))
    return jsonify(status="kept")


@bp.post("/api/ceremonies/<ceremony_id>/drills")
@needs(*HOSTS)
def begin(ceremony_id: str) -> ResponseReturnValue:
    """`target` (`seat`, `phone`, `stage`, `monitor`, `observer`, `host`, `server`), `seat`, `seconds`."""
    own_ceremony(ceremony_id)
    aim, seconds = forms.read_begin(json_body(), account_id=current_account().id)
    return jsonify(drill=service.begin(ceremony_id, aim, seconds=seconds, by=current_actor())), 201


@bp.post("/api/ceremonies/<ceremony_id>/drills/<drill_id>/end")
@needs(*HOSTS)
def end(ceremony_id: str, drill_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.end(ceremony_id, drill_id, by=current_actor())
    return jsonify(status="ended")


def _seat_page(seat_id: str) -> Page:
    return Page(Place.SEAT, device_of(seat_id), seat_id=seat_id, is_proved=is_proved(seat_id))


def _phone_page(pad_id: str) -> tuple[str, Page]:
    seat = seats.get_seat(drawpads.get_row(pad_id).seat_id)
    return seat.ceremony_id, Page(Place.PHONE, pad_id, seat_id=seat.id)


def _host_page() -> Page:
    account_id = current_account().id
    return Page(Place.HOST, account_id, account_id=account_id, is_proved=True)


def _told(ceremony_id: str, page: Page) -> ResponseReturnValue:
    response = jsonify(drill=board.for_page(queries.find_for(ceremony_id, page), ends=page.place is Place.HOST))
    response.headers["Cache-Control"] = "no-store"
    return response
