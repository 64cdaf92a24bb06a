"""JSON of registrations and groups, for organisers and for programs that act as one; as the pages, with venues and
audiences by key."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, idempotency_key, json_body
from core import clock
from core.errors import Invalid
from events.conferences.access import own_conference, team_plans, team_reads
from events.conferences.queries import ConferenceView
from events.registration import queries, service, team_board
from events.registration.queries import GroupView, RegistrationView
from events.registration.signup_forms import read_person
from events.registration.team_access import check_venue, own_registration, seen_registration, visible_venues
from events.registration.team_forms import read_audience, read_filter, read_hold, read_reason, read_venue

bp = Blueprint("registration_api", __name__, url_prefix="/api/conferences/<conference_id>")


def _said(conference: ConferenceView, person: RegistrationView) -> dict[str, Any]:
    """One registration as JSON."""
    keys = _keys(conference)
    plain = ("id", "code", "name", "email", "phone", "job_title", "company", "locale", "timezone", "answers", "reason")
    times = ("created_at", "changed_at", "queued_at", "offered_until", "proved_at", "prove_by")
    return {
        **{name: getattr(person, name) for name in plain},
        **{name: clock.iso(at) if (at := getattr(person, name)) else None for name in times},
        "state": str(person.state),
        "venue": keys.get(person.venue_id, ""),
        "audience": keys.get(person.audience_id, ""),
        "group": person.group_id,
    }


def _keys(conference: ConferenceView) -> dict[str, str]:
    """The keys of venues and audiences by their ids."""
    return {found: key for each in _ids(conference) for key, found in each.items()}


def _ids(conference: ConferenceView) -> tuple[dict[str, str], dict[str, str]]:
    """The ids of venues and of audiences by their keys."""
    return {each.key: each.id for each in conference.venues}, {each.key: each.id for each in conference.audiences}


@bp.get("/places")
@team_reads
def list_places(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    keys = _keys(conference)
    found = [
        {
            "venue": keys[each.venue_id],
            "audience": keys[each.audience_id],
            "capacity": each.count.capacity,
            "taken": each.count.taken,
            "waiting": each.waiting,
        }
        for each in queries.list_places(conference_id)
    ]
    return jsonify(places=found)


@bp.get("/registrations")
@team_reads
def list_registrations(conference_id: str) -> ResponseReturnValue:
    """A page of 50, the newest first; `next` is what to send as `after` for the next page."""
    conference = own_conference(conference_id)
    venues, audiences = _ids(conference)
    asked = read_filter(request.args, venues=venues, audiences=audiences)
    found = queries.list_registrations(
        conference_id,
        state=asked.state,
        venue_id=venues.get(asked.venue),
        audience_id=audiences.get(asked.audience),
        venue_ids=visible_venues(conference_id),
        text=asked.text,
        after=asked.after,
        limit=queries.PAGE_SIZE + 1,
    )
    page = found[: queries.PAGE_SIZE]
    after = page[-1].id if len(found) > len(page) else None
    return jsonify(registrations=[_said(conference, each) for each in page], next=after)


@bp.post("/registrations")
@team_plans
def register(conference_id: str) -> ResponseReturnValue:
    """Register somebody whom the team has decided on; `venue` and `audience` by key. With an `Idempotency-Key`, sent
    again it is the same registration."""
    conference, data = own_conference(conference_id), json_body()
    person, problems = read_person(data)
    if problems:
        raise Invalid(problems)
    venues, audiences = _ids(conference)
    venue_id, audience_id = read_venue(data, venues), read_audience(data, audiences)
    check_venue(conference_id, venue_id)
    made = service.register(
        conference_id,
        service.Registering(audience_id=audience_id, venue_id=venue_id, **vars(person), approved=True),
        by=current_actor(),
        request_key=idempotency_key(),
        door=service.Door.TEAM,
    )
    return jsonify(_said(conference, queries.get_registration(made.id))), 201


@bp.get("/registrations/<registration_id>")
@team_reads
def show(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return jsonify(_said(own_conference(conference_id), seen_registration(conference_id, registration_id)))


@bp.post("/registrations/<registration_id>/approve")
@team_plans
def approve(conference_id: str, registration_id: str) -> ResponseReturnValue:
    own_registration(conference_id, registration_id)
    service.approve(registration_id, by=current_actor())
    return _shown(conference_id, registration_id)


@bp.post("/registrations/<registration_id>/reject")
@team_plans
def reject(conference_id: str, registration_id: str) -> ResponseReturnValue:
    own_registration(conference_id, registration_id)
    service.reject(registration_id, reason=read_reason(json_body()), by=current_actor())
    return _shown(conference_id, registration_id)


@bp.post("/registrations/<registration_id>/withdraw")
@team_plans
def withdraw(conference_id: str, registration_id: str) -> ResponseReturnValue:
    own_registration(conference_id, registration_id)
    service.withdraw(registration_id, by=current_actor())
    return _shown(conference_id, registration_id)


@bp.post("/registrations/<registration_id>/move")
@team_plans
def move(conference_id: str, registration_id: str) -> ResponseReturnValue:
    own_registration(conference_id, registration_id)
    venues, _ = _ids(own_conference(conference_id))
    venue_id = read_venue(json_body(), venues)
    check_venue(conference_id, venue_id)
    service.move(registration_id, venue_id=venue_id, by=current_actor())
    return _shown(conference_id, registration_id)


def _shown(conference_id: str, registration_id: str) -> ResponseReturnValue:
    return jsonify(_said(own_conference(conference_id), queries.get_registration(registration_id)))


@bp.get("/groups")
@team_reads
def list_groups(conference_id: str) -> ResponseReturnValue:
    conference, visible = own_conference(conference_id), visible_venues(conference_id)
    found = [each for each in queries.list_groups(conference_id) if visible is None or each.venue_id in visible]
    return jsonify(groups=[_said_group(conference, each) for each in found])


def _said_group(conference: ConferenceView, group: GroupView) -> dict[str, Any]:
    keys = _keys(conference)
    return {
        "id": group.id,
        "name": group.name,
        "venue": keys.get(group.venue_id, ""),
        "audience": keys.get(group.audience_id, ""),
        "size": group.size,
        "used": group.used,
        "held_until": clock.iso(group.held_until),
        "released_at": clock.iso(group.released_at) if group.released_at else None,
    }


@bp.post("/groups")
@team_plans
def hold(conference_id: str) -> ResponseReturnValue:
    """Hold places; the answer has the `link` with which the group's people register."""
    conference, data = own_conference(conference_id), json_body()
    venues, audiences = _ids(conference)
    asked = read_hold(data, venues=venues, audiences=audiences, zone=conference.timezone)
    check_venue(conference_id, asked.venue_id)
    group_id = service.hold_places(conference_id, **vars(asked), by=current_actor())
    token = service.find_group_link(group_id)
    said = _said_group(conference, queries.get_group(group_id))
    return jsonify({**said, "link": team_board.link_address(conference) + token if token else None}), 201


@bp.post("/groups/<group_id>/release")
@team_plans
def release(conference_id: str, group_id: str) -> ResponseReturnValue:
    check_venue(conference_id, queries.get_group(group_id, conference_id=conference_id).venue_id)
    service.release_places(group_id, by=current_actor())
    return jsonify(_said_group(own_conference(conference_id), queries.get_group(group_id)))
