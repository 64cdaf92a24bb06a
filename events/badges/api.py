"""JSON for programs that print badges, such as a printer's own at a door."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, idempotency_key, json_body
from core import clock
from events.badges import choosing, faces, forms, queries, service
from events.badges.access import badges_printed, badges_seen, prints_many, venues_printed, venues_seen
from events.conferences.access import own_conference

bp = Blueprint("badge_api", __name__, url_prefix="/api/conferences/<conference_id>/badges")


@bp.get("")
@badges_seen
def list_badges(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    wearers = faces.list_wearers(conference, venue_ids=venues_seen(conference))
    return jsonify(
        badges=[
            {
                "registration": each.id,
                "code": each.face.code,
                "name": each.face.name,
                "venue": each.registration.venue_id,
                "audience": each.registration.audience_id,
                "state": str(each.state),
                "number": each.newest.number if each.newest else 0,
                "printed_at": clock.iso(each.newest.printed_at) if each.newest else None,
                "missing": each.missing,
            }
            for each in wearers
        ]
    )


@bp.post("/print")
@badges_printed
def print_badges(conference_id: str) -> ResponseReturnValue:
    """`registrations` (ids) or `which: "all"` with the page's filter; `layout`, `reason`. Idempotency-Key holds."""
    conference, body = own_conference(conference_id), json_body()
    given = body.get("registrations")
    order = forms.read_order({**body, "request": idempotency_key()}, given if isinstance(given, list) else [])
    run = service.ask(
        conference_id,
        choosing.ordered(conference, order, venues=venues_printed(conference), many=prints_many(conference)),
        layout=order.layout,
        by=current_actor(),
        reason=order.reason,
        request_key=order.request_key,
    )
    return jsonify(_run(run)), 201


def _run(run: queries.RunView) -> dict[str, Any]:
    return {
        "run": run.id,
        "total": run.total,
        "done": run.done,
        "printed_at": clock.iso(run.printed_at) if run.printed_at else None,
        "file": url_for("badges.download", conference_id=run.conference_id, run_id=run.id),
    }
