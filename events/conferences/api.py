"""JSON for organisers and for programs that act as one.

What is sent for a change is what the page's form sends (forms.py, item_forms.py). It may say under `seen` what it was
made from: the digest in `seen` of the conference's state. Where something else stands there meanwhile it is refused
with 409 `plan_changed`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_account, current_actor, idempotency_key, json_body, needs
from core import config, seen
from core.errors import Invalid
from events.conferences import agenda, editing, moving, planning, publishing, queries, words
from events.conferences.access import (
    ORGANISERS,
    READERS,
    own_conference,
    rights_in,
    sees_all,
    team_leads,
    team_plans,
    team_reads,
)
from events.conferences.forms import (
    Known,
    read_accepted,
    read_conference,
    read_first_day,
    read_key,
    read_page,
    read_reason,
)
from events.conferences.item_forms import read_spot
from events.conferences.part_forms import READERS as FORMS
from events.conferences.parts import PARTS
from events.conferences.plan_file import ConferenceFile

bp = Blueprint("conference_api", __name__, url_prefix="/api/conferences")
_PART = "<any(venues, audiences, speakers, agenda):part>"


@bp.get("")
@needs(*READERS)
def list_conferences() -> ResponseReturnValue:
    account = current_account()
    team_of = "" if sees_all() else account.id
    page = queries.list_page(account.organisation_id, number=read_page(request.args), team_of=team_of)
    found = [{"id": each.id, "title": each.title, "state": str(each.state)} for each in page.conferences]
    return jsonify(conferences=found, page=page.number, pages=page.pages)


@bp.post("")
@needs(*ORGANISERS)
@accepts_upload
def import_conference() -> ResponseReturnValue:
    plan = planning.as_shown(ConferenceFile.loads(request.get_data(cache=False)))
    conference_id = planning.import_conference(
        plan,
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
        import_key=idempotency_key(),
    )
    return jsonify(_state(conference_id)), 201


@bp.get("/<conference_id>")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return jsonify(_state(conference_id))


def _state(conference_id: str) -> dict[str, Any]:
    """The draft with its digests, what clashes in it, and how it differs from what was published."""
    conference = own_conference(conference_id)
    draft = publishing.snapshot(conference)
    keys = {
        "venues": [each.key for each in conference.venues],
        "audiences": [each.key for each in conference.audiences],
        "speakers": [each.key for each in conference.speakers],
        "agenda": [each.key for each in conference.items],
    }
    parts = {name: {key: PARTS[name].said(conference, key) for key in found} for name, found in keys.items()}
    return {
        "id": conference.id,
        "code": conference.code,
        "state": str(conference.state),
        "version": conference.version,
        "conference": editing.said(conference),
        "parts": parts,
        "clashes": [
            {"code": each.code, "items": list(each.items), "message": words.clash(each, conference)}
            for each in agenda.find_clashes(conference)
        ],
        "unpublished": len(publishing.find_differences(conference)),
        "seen": {
            "conference": seen.digest(editing.said(conference)),
            "draft": seen.digest(draft),
            **{name: {key: seen.digest(said) for key, said in found.items()} for name, found in parts.items()},
        },
    }


@bp.post("/<conference_id>/plan")
@team_leads
def change_conference(conference_id: str) -> ResponseReturnValue:
    data = json_body()
    facts = read_conference(data, own_conference(conference_id).hall_keys)
    editing.change_conference(conference_id, facts, by=current_actor(), looked_at=seen.read(data))
    return jsonify(_state(conference_id))


@bp.post("/<conference_id>/move")
@team_leads
def move(conference_id: str) -> ResponseReturnValue:
    """{"first_day": "YYYY-MM-DD"}: days and agenda are moved together."""
    try:
        moving.move(conference_id, read_first_day(json_body()), by=current_actor())
    except Invalid as invalid:
        raise words.with_items(invalid) from None
    return jsonify(_state(conference_id))


@bp.post(f"/<conference_id>/{_PART}")
@team_plans
def add_part(conference_id: str, part: str) -> ResponseReturnValue:
    data = json_body()
    plan = FORMS[part](data, read_key(data), _known(conference_id))
    PARTS[part].add(conference_id, plan, by=current_actor(), rights=rights_in(conference_id))
    return jsonify(_state(conference_id)), 201


def _known(conference_id: str) -> Known:
    conference = own_conference(conference_id)
    return Known(
        zones={venue.key: venue.timezone for venue in conference.venues},
        speakers=[speaker.key for speaker in conference.speakers],
        audiences=[audience.key for audience in conference.audiences],
    )


@bp.post(f"/<conference_id>/{_PART}/<key>")
@team_plans
def change_part(conference_id: str, part: str, key: str) -> ResponseReturnValue:
    PARTS[part].said(own_conference(conference_id), key)
    data = json_body()
    plan = FORMS[part](data, key, _known(conference_id))
    rights = rights_in(conference_id)
    PARTS[part].change(conference_id, key, plan, by=current_actor(), rights=rights, looked_at=seen.read(data))
    return jsonify(_state(conference_id))


@bp.post("/<conference_id>/agenda/<key>/spot")
@team_plans
def move_item(conference_id: str, key: str) -> ResponseReturnValue:
    """{"starts_at", "ends_at", "venues", "seen"}: the item is there from now on, otherwise as it is."""
    conference, data = own_conference(conference_id), json_body()
    spot = read_spot(data, _known(conference_id))
    plan = agenda.moved(conference.item(key), spot.starts_at, spot.ends_at, spot.venues)
    looked_at = seen.read(data) or ""
    agenda.change(conference_id, key, plan, by=current_actor(), rights=rights_in(conference_id), looked_at=looked_at)
    now = own_conference(conference_id)
    found = [each for each in agenda.find_clashes(now) if key in each.items]
    return jsonify(seen=seen.digest(agenda.said(now, key)), clashes=[words.clash(each, now) for each in found])


@bp.post(f"/<conference_id>/{_PART}/<key>/remove")
@team_plans
def remove_part(conference_id: str, part: str, key: str) -> ResponseReturnValue:
    PARTS[part].remove(conference_id, key, by=current_actor(), rights=rights_in(conference_id))
    return jsonify(_state(conference_id))


@bp.post("/<conference_id>/publish")
@team_leads
def publish(conference_id: str) -> ResponseReturnValue:
    """No body is needed. One may say under `seen` which draft is meant: `seen.draft` of the conference's state; a draft
    with clashes is published where `clashes` says how many there are. `"tells": false` sends nobody a mail."""
    data = json_body() if request.is_json and request.content_length else {}
    publishing.publish(
        conference_id,
        by=current_actor(),
        looked_at=seen.read(data),
        accepted=read_accepted(data),
        tells=data.get("tells") is not False,
    )
    return jsonify(_state(conference_id))


@bp.post("/<conference_id>/cancel")
@team_leads
def cancel(conference_id: str) -> ResponseReturnValue:
    publishing.cancel(conference_id, reason=read_reason(json_body()), by=current_actor())
    return jsonify(_state(conference_id))
