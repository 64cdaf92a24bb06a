"""Certificates of attendance: the team issues and withdraws them, people fetch their own, anybody checks a code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, limited, public
from core import i18n, ids
from core.audit import Actor
from core.errors import Conflict
from core.i18n import t
from events.attendance import board, certificates, forms, queries, reckoning
from events.attendance.queries import CertificateView
from events.conferences import queries as conferences
from events.conferences.access import own_conference, team_leads, team_plans, team_reads
from events.registration import queries as registrations
from events.registration.signup_access import own_only
from events.registration.team_access import own_registration, seen_registration

bp = Blueprint("attended", __name__)
_TEAM = "/conferences/<conference_id>/attendance"
_OWN = "/registration/<registration_id>"
_LONGEST = 40


@bp.post(f"{_TEAM}/certificates")
@team_leads
def certify_all(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    key = str(request.form.get("request") or ids.secret())[:80]
    certificates.ask_for_all(conference, by=current_actor(), request_key=key)
    return redirect(url_for("attendance.show", conference_id=conference_id, _anchor="certificates"), 303)


@bp.post(f"{_TEAM}/people/<registration_id>/certificate")
@team_plans
def issue(conference_id: str, registration_id: str) -> ResponseReturnValue:
    own_registration(conference_id, registration_id)
    certificates.issue(registration_id, by=current_actor())
    return _person(conference_id, registration_id)


@bp.post(f"{_TEAM}/people/<registration_id>/certificate/withdraw")
@team_plans
def withdraw(conference_id: str, registration_id: str) -> ResponseReturnValue:
    own_registration(conference_id, registration_id)
    certificates.withdraw(registration_id, reason=forms.read_reason(request.form), by=current_actor())
    return _person(conference_id, registration_id)


def _person(conference_id: str, registration_id: str) -> ResponseReturnValue:
    where = {"conference_id": conference_id, "registration_id": registration_id, "_anchor": "certificate"}
    return redirect(url_for("attendance.show_person", **where), 303)  # type: ignore[arg-type]


@bp.get(f"{_TEAM}/people/<registration_id>/certificate.pdf")
@team_reads
def download(conference_id: str, registration_id: str) -> ResponseReturnValue:
    seen_registration(conference_id, registration_id)
    return _pdf(registration_id)


@bp.get(f"{_OWN}/attendance")
@own_only
def show_own(registration_id: str) -> ResponseReturnValue:
    return _own_page(registration_id)


def _own_page(registration_id: str, refusal: Conflict | None = None) -> str:
    person = registrations.get_registration(registration_id)
    conference = conferences.get_conference(person.conference_id)
    found, over = reckoning.reckon_one(conference, registration_id), certificates.is_over(conference)
    return render_template(
        "attendance/own.html",
        registration_id=registration_id,
        why_not=(t(refusal.message_id), t(refusal.next_id)) if refusal else None,
        **board.own(conference, found, queries.find_certificate(registration_id), over=over),
    )


@bp.post(f"{_OWN}/certificate")
@own_only
@limited("own_certificate", times=20, per=timedelta(minutes=10))
def issue_own(registration_id: str) -> ResponseReturnValue:
    try:
        certificates.issue(registration_id, by=Actor("guest", registration_id, address=current_actor().address))
    except Conflict as refusal:
        return _own_page(registration_id, refusal), refusal.status
    return redirect(url_for(".show_own", registration_id=registration_id), 303)


@bp.get(f"{_OWN}/certificate.pdf")
@own_only
def download_own(registration_id: str) -> ResponseReturnValue:
    return _pdf(registration_id)


def _pdf(registration_id: str) -> Response:
    response = Response(certificates.file_of(registration_id), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="attendance.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


# 2^60 codes are not guessed at this pace; many may scan from one network.
@bp.get("/attended/<code>")
@public("whoever holds a certificate of attendance may ask whether it came from here, and sees no more than it says")
@limited("attended", times=120, per=timedelta(minutes=10), reads=True)
def check(code: str) -> ResponseReturnValue:
    cleaned = forms.read_code(code[:_LONGEST])
    found = queries.find_by_code(cleaned)
    response = Response(render_template("attendance/check.html", typed=code[:_LONGEST], **_said(found)))
    response.status_code = 200 if found else 404
    response.headers["Cache-Control"] = "no-store"
    return response


def _said(found: CertificateView | None) -> dict[str, Any]:
    if found is None:
        return {"found": None, "facts": [], "demo": False}
    return {
        "found": {"name": found.facts["name"], "withdrawn": board.day_of(found.withdrawn_at)},
        "facts": board.certified_facts(found),
        "demo": found.facts["is_demo"],
        "title": i18n.pick(found.facts["conference"]),
    }
