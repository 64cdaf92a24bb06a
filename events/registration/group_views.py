"""The team's page of places held for delegations: hold them, pass their link on, give back what is not used."""

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
from events.registration import company_board, queries, service, team_board
from events.registration.question_board import by_field
from events.registration.team_access import check_venue, visible_venues
from events.registration.team_forms import Hold, read_hold

bp = Blueprint("registration_groups", __name__, url_prefix="/conferences/<conference_id>/groups")


def _read(conference: ConferenceView, typed: Mapping[str, Any]) -> Hold:
    return read_hold(
        typed,
        venues={each.key: each.id for each in conference.venues},
        audiences={each.key: each.id for each in conference.audiences},
        zone=conference.timezone,
    )


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    company = request.args.get("company", "")
    name = next((words for key, words in company_board.choices(conference_id) if key == company), "")
    return _page(conference, {"key": ids.new("hold"), "company": company, "name": name}, {})


@bp.post("")
@team_plans
def hold(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), request.form.to_dict()
    try:
        asked = _read(conference, typed)
        check_venue(conference_id, asked.venue_id)
        service.hold_places(conference_id, **vars(asked), by=current_actor())
    except Invalid as invalid:
        return _page(conference, typed, by_field(invalid)), invalid.status
    except (Conflict, NotFound) as refusal:
        return _page(conference, typed, {}, refusal), refusal.status
    return redirect(url_for(".show", conference_id=conference_id), 303)


@bp.post("/<group_id>/release")
@team_plans
def release(conference_id: str, group_id: str) -> ResponseReturnValue:
    check_venue(conference_id, queries.get_group(group_id, conference_id=conference_id).venue_id)
    service.release_places(group_id, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id), 303)


def _page(
    conference: ConferenceView,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    refusal: Conflict | NotFound | None = None,
) -> str:
    rights, visible, called = rights_in(conference.id), visible_venues(conference.id), team_board.names(conference)
    return render_template(
        "registration/groups.html",
        conference=conference,
        title=i18n.pick(conference.title),
        groups=[
            team_board.group(
                each,
                called,
                conference.timezone,
                team_board.link_address(conference),
                may_change=rights.may_plan([each.venue_id]),
            )
            for each in queries.list_groups(conference.id)
            if visible is None or each.venue_id in visible
        ],
        venues=[(each.key, called[each.id]) for each in conference.venues if rights.may_plan([each.id])],
        companies=[("", t("registration-hold-no-company")), *company_board.choices(conference.id)],
        audiences=[(each.key, called[each.id]) for each in conference.audiences],
        typed=typed,
        errors=errors,
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        zone=i18n.zone_name(conference.timezone),
        demo=conference.is_demo,
    )
