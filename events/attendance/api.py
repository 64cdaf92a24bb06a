"""JSON of attendance for programs of whoever leads a conference: figures, people with their times, certificates
(docs/attendance.md)."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from events.attendance import as_json, forms, queries, reckoning
from events.conferences.access import own_conference, team_leads
from events.registration.team_access import seen_registration

bp = Blueprint("attendance_api", __name__, url_prefix="/api/conferences/<conference_id>/attendance")


@bp.get("")
@team_leads
def show(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return jsonify(as_json.figures(conference, reckoning.reckon(conference)))


@bp.get("/people")
@team_leads
def list_people(conference_id: str) -> ResponseReturnValue:
    """A page of 200 by id; `next` is what to send as `after` for the next page. `standing`, `venue`, `audience` and
    `text` narrow it down, as on the page."""
    conference = own_conference(conference_id)
    chosen = forms.read_filter(
        as_json.by_id(request.args, conference),
        venues={each.id for each in conference.venues},
        audiences={each.id for each in conference.audiences},
    )
    found = reckoning.matching(reckoning.reckon(conference), chosen)
    page, after = as_json.page({each.person.id: each for each in found}, request.args.get("after", ""))
    certified = queries.list_certificates(conference_id)
    return jsonify(people=as_json.people(conference, page, certified), next=after)


@bp.get("/people/<registration_id>")
@team_leads
def show_person(conference_id: str, registration_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    seen_registration(conference_id, registration_id)
    found, certificate = reckoning.reckon_one(conference, registration_id), queries.find_certificate(registration_id)
    certified = {registration_id: certificate} if certificate else {}
    return jsonify(as_json.people(conference, [found], certified)[0])


@bp.get("/certificates")
@team_leads
def list_certificates(conference_id: str) -> ResponseReturnValue:
    """A page of 200 by registration, as `list_people`; those that were withdrawn say so."""
    own_conference(conference_id)
    page, after = as_json.page(queries.list_certificates(conference_id), request.args.get("after", ""))
    return jsonify(certificates=[as_json.certificate(each) for each in page], next=after)
