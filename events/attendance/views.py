"""The team's pages of attendance: who was there and how long, one person, what counts as having been there."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import ids, live, tokens
from core.errors import Invalid
from core.i18n import t
from events.attendance import board, forms, reckoning, service
from events.conferences.access import own_conference, rights_in, team_leads, team_reads
from events.registration.team_access import seen_registration, visible_venues

bp = Blueprint("attendance", __name__, url_prefix="/conferences/<conference_id>/attendance")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return _page(conference_id)


def _page(conference_id: str, invalid: Invalid | None = None) -> str:
    conference, channel = own_conference(conference_id), f"conference:{conference_id}"
    chosen = forms.read_filter(
        request.args,
        venues={each.id for each in conference.venues},
        audiences={each.id for each in conference.audiences},
    )
    people = reckoning.reckon(conference, venue_ids=visible_venues(conference_id))
    return render_template(
        "attendance/show.html",
        **board.page(conference, people, chosen),
        leads=rights_in(conference_id).leads,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=live.find_seq(channel),
        request_key=ids.secret()[:24],
        typed=request.form.get("threshold"),
        errors=[t(each.message_id, **each.params) for each in invalid.problems] if invalid else [],
    )


@bp.post("/threshold")
@team_leads
def set_threshold(conference_id: str) -> ResponseReturnValue:
    try:
        threshold = forms.read_threshold(request.form)
    except Invalid as invalid:
        return _page(conference_id, invalid), invalid.status
    service.set_threshold(conference_id, threshold, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id, _anchor="rule"), 303)


@bp.get("/people/<registration_id>")
@team_reads
def show_person(conference_id: str, registration_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    seen_registration(conference_id, registration_id)
    found = reckoning.reckon_one(conference, registration_id)
    may_change = rights_in(conference_id).may_plan([found.person.venue_id])
    return render_template("attendance/person.html", may_change=may_change, **board.person(conference, found))
