"""The team's pages of companies: make them, see and add their people, hold places for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, ids
from core.errors import Conflict, Invalid, NotFound
from core.i18n import t
from events.conferences.access import own_conference, rights_in, team_plans, team_reads
from events.conferences.queries import ConferenceView
from events.registration import company_board as board
from events.registration import company_forms as forms
from events.registration import company_service as companies
from events.registration import queries, service
from events.registration.queries import CompanyView
from events.registration.question_board import by_field
from events.registration.signup_board import typed_person
from events.registration.signup_forms import read_person
from events.registration.team_access import check_venue, own_registration, visible_venues
from events.registration.team_forms import read_audience, read_venue

bp = Blueprint("registration", __name__, url_prefix="/conferences/<conference_id>/companies")


@bp.get("")
@team_reads
def list_companies(conference_id: str) -> ResponseReturnValue:
    return _list_page(own_conference(conference_id), {}, {})


def _list_page(
    conference: ConferenceView,
    typed: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    refusal: Conflict | None = None,
) -> str:
    return render_template(
        "registration/companies.html",
        conference=conference,
        title=i18n.pick(conference.title),
        rows=board.rows(conference.id),
        can_plan=rights_in(conference.id).plans and conference.is_editable,
        typed={"key": ids.new("key"), **typed},
        errors=errors,
        why_not=_words(refusal),
        demo=conference.is_demo,
    )


def _words(refusal: Conflict | None) -> tuple[str, str] | None:
    return (t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None


@bp.post("")
@team_plans
def add_companies(conference_id: str) -> ResponseReturnValue:
    """One from the fields, or several from the pasted lines."""
    conference, typed = own_conference(conference_id), request.form.to_dict()
    try:
        several = typed.get("several")
        wanted = forms.read_several(several) if several is not None else [forms.read(typed)]
        key = typed.get("key", "")[:80] or ids.new("key")
        companies.add(conference_id, wanted, key=key, by=current_actor())
    except Invalid as invalid:
        return _list_page(conference, typed, by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _list_page(conference, typed, {}, refusal), refusal.status
    return redirect(url_for(".list_companies", conference_id=conference_id), 303)


@bp.get("/<company_id>")
@team_reads
def show_company(conference_id: str, company_id: str) -> ResponseReturnValue:
    return _page(own_conference(conference_id), _company(conference_id, company_id))


def _company(conference_id: str, company_id: str) -> CompanyView:
    found = next((each for each in queries.list_companies(conference_id) if each.id == company_id), None)
    if found is None:
        raise NotFound("company_not_found")
    return found


def _page(
    conference: ConferenceView,
    company: CompanyView,
    *,
    typed: Mapping[str, Any] | None = None,
    person: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    refusal: Conflict | None = None,
) -> str:
    rights, person = rights_in(conference.id), person or {"key": ids.new("key")}
    return render_template(
        "registration/company.html",
        conference=conference,
        title=i18n.pick(conference.title),
        **board.company(conference, company, visible=visible_venues(conference.id)),
        can_plan=rights.plans and conference.is_editable,
        venues=[(each.key, i18n.pick(each.name)) for each in conference.venues if rights.may_plan([each.id])],
        audiences=[(each.key, i18n.pick(each.name)) for each in conference.audiences],
        typed=typed or board.typed_of(company),
        person={**typed_person(person), **{name: person.get(name, "") for name in ("venue", "audience", "key")}},
        errors=errors or {},
        why_not=_words(refusal),
        demo=conference.is_demo,
    )


@bp.post("/<company_id>")
@team_plans
def change_company(conference_id: str, company_id: str) -> ResponseReturnValue:
    conference, found, typed = (
        own_conference(conference_id),
        _company(conference_id, company_id),
        request.form.to_dict(),
    )
    try:
        companies.change(company_id, forms.read(typed), conference_id=conference_id, by=current_actor())
    except Invalid as invalid:
        return _page(conference, found, typed=typed, errors=by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(conference, found, typed=typed, refusal=refusal), refusal.status
    return redirect(url_for(".show_company", conference_id=conference_id, company_id=company_id), 303)


@bp.post("/<company_id>/remove")
@team_plans
def remove_company(conference_id: str, company_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), _company(conference_id, company_id)
    try:
        companies.remove(company_id, conference_id=conference_id, by=current_actor())
    except Conflict as refusal:
        return _page(conference, found, refusal=refusal), refusal.status
    return redirect(url_for(".list_companies", conference_id=conference_id), 303)


@bp.post("/<company_id>/people")
@team_plans
def add_person(conference_id: str, company_id: str) -> ResponseReturnValue:
    """Register somebody of the company: the team has decided, so nobody approves and nobody proves an address."""
    conference, company, typed = own_conference(conference_id), _company(conference_id, company_id), request.form
    try:
        _register(conference, company_id, typed)
    except Invalid as invalid:
        errors = {f"person_{field}": said for field, said in by_field(invalid).items()}
        return _page(conference, company, person=typed, errors=errors), invalid.status
    except Conflict as refusal:
        return _page(conference, company, person=typed, refusal=refusal), refusal.status
    return redirect(url_for(".show_company", conference_id=conference_id, company_id=company_id), 303)


def _register(conference: ConferenceView, company_id: str, typed: Mapping[str, str]) -> None:
    person, problems = read_person({**typed, "company_name": ""})
    if problems:
        raise Invalid(problems)
    venue_id = read_venue(typed, {each.key: each.id for each in conference.venues})
    audience_id = read_audience(typed, {each.key: each.id for each in conference.audiences})
    check_venue(conference.id, venue_id)
    new = service.Registering(
        audience_id=audience_id,
        venue_id=venue_id,
        **vars(person),
        company_id=company_id,
        locale=i18n.current(),
        timezone=conference.timezone,
        approved=True,
    )
    key = typed.get("key", "")[:80] or None
    service.register(conference.id, new, by=current_actor(), request_key=key, door=service.Door.TEAM)


@bp.post("/of/<registration_id>")
@team_plans
def assign(conference_id: str, registration_id: str) -> ResponseReturnValue:
    """Put somebody who has registered into a company, or out of any."""
    own_registration(conference_id, registration_id)
    company_id = request.form.get("company", "")
    if company_id:
        _company(conference_id, company_id)
    companies.assign(registration_id, company_id, by=current_actor())
    return redirect(url_for("registrations.show", conference_id=conference_id, registration_id=registration_id), 303)
