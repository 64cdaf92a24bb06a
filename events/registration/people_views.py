"""The team's pages of who registered: list, one registration, waiting list; and deciding on each."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n
from core.errors import Conflict, Invalid
from core.i18n import t
from events.conferences.access import own_conference, rights_in, team_plans, team_reads
from events.conferences.queries import ConferenceView
from events.registration import company_board, queries, service, team_board, team_queries
from events.registration.team_access import check_venue, own_registration, seen_registration, visible_venues
from events.registration.team_forms import Filter, read_filter, read_reason, read_venue

bp = Blueprint("registrations", __name__, url_prefix="/conferences/<conference_id>/registrations")


def filter_of(conference: ConferenceView) -> Filter:
    """What the address of the request asks for."""
    return read_filter(
        request.args,
        venues={each.key for each in conference.venues},
        audiences={each.key for each in conference.audiences},
    )


@bp.get("")
@team_reads
def list_people(conference_id: str) -> ResponseReturnValue:
    conference, visible = own_conference(conference_id), visible_venues(conference_id)
    asked = filter_of(conference)
    found = queries.list_registrations(
        conference_id,
        state=asked.state,
        venue_id=conference.venue(asked.venue).id if asked.venue else None,
        audience_id=conference.audience(asked.audience).id if asked.audience else None,
        venue_ids=visible,
        text=asked.text,
        after=asked.after,
        limit=queries.PAGE_SIZE + 1,
    )
    page, called = found[: queries.PAGE_SIZE], team_board.names(conference)
    more = {"state": asked.state or "", "venue": asked.venue, "audience": asked.audience, "text": asked.text}
    return render_template(
        "registration/people.html",
        conference=conference,
        title=i18n.pick(conference.title),
        asked=asked,
        rooms=team_board.rooms(conference, visible),
        choices=team_board.choices(conference, queries.count_by_state(conference_id, venue_ids=visible)),
        rows=[team_board.row(each, called, conference.timezone) for each in page],
        more={**more, "after": page[-1].id} if len(found) > len(page) else None,
        again={name: value for name, value in more.items() if value},
        demo=conference.is_demo,
    )


@bp.get("/waiting")
@team_reads
def list_waiting(conference_id: str) -> ResponseReturnValue:
    conference, visible = own_conference(conference_id), visible_venues(conference_id)
    waiting = team_queries.list_waiting(conference_id, venue_ids=visible)
    return render_template(
        "registration/waiting.html",
        conference=conference,
        title=i18n.pick(conference.title),
        lists=team_board.waiting(waiting, team_board.names(conference), conference.timezone),
        zone=i18n.zone_name(conference.timezone),
        demo=conference.is_demo,
    )


@bp.get("/<registration_id>")
@team_reads
def show(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return _page(own_conference(conference_id), registration_id)


def _page(
    conference: ConferenceView, registration_id: str, refusal: Conflict | None = None, invalid: Invalid | None = None
) -> str:
    found = seen_registration(conference.id, registration_id)
    return render_template(
        "registration/person.html",
        conference=conference,
        title=i18n.pick(conference.title),
        **team_board.person(conference, found, may_plan=rights_in(conference.id).may_plan),
        companies=[("", t("registration-no-company")), *company_board.choices(conference.id)],
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        errors=[t(each.message_id, **each.params) for each in invalid.problems] if invalid else [],
        typed=request.form.get("reason", ""),
        demo=conference.is_demo,
    )


def _do(conference_id: str, registration_id: str, act: Callable[[], object]) -> ResponseReturnValue:
    """Act, and show the registration again; a refusal stands on it."""
    own_registration(conference_id, registration_id)
    try:
        act()
    except Conflict as refusal:
        return _page(own_conference(conference_id), registration_id, refusal), refusal.status
    except Invalid as invalid:
        return _page(own_conference(conference_id), registration_id, invalid=invalid), invalid.status
    return redirect(url_for(".show", conference_id=conference_id, registration_id=registration_id), 303)


@bp.post("/<registration_id>/approve")
@team_plans
def approve(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return _do(conference_id, registration_id, lambda: service.approve(registration_id, by=current_actor()))


@bp.post("/<registration_id>/reject")
@team_plans
def reject(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return _do(
        conference_id,
        registration_id,
        lambda: service.reject(registration_id, reason=read_reason(request.form), by=current_actor()),
    )


@bp.post("/<registration_id>/withdraw")
@team_plans
def withdraw(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return _do(conference_id, registration_id, lambda: service.withdraw(registration_id, by=current_actor()))


@bp.post("/<registration_id>/vouch")
@team_plans
def vouch(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return _do(conference_id, registration_id, lambda: service.vouch(registration_id, by=current_actor()))


@bp.post("/<registration_id>/move")
@team_plans
def move(conference_id: str, registration_id: str) -> ResponseReturnValue:
    venues = {each.key: each.id for each in own_conference(conference_id).venues}

    def act() -> None:
        venue_id = read_venue(request.form, venues)
        check_venue(conference_id, venue_id)
        service.move(registration_id, venue_id=venue_id, by=current_actor())

    return _do(conference_id, registration_id, act)
