"""Everything of a conference to take along, for who leads it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import clock, i18n
from core.errors import Conflict
from core.i18n import t
from events.attendance import exports, forms
from events.conferences.access import own_conference, team_leads

bp = Blueprint("exports", __name__, url_prefix="/conferences/<conference_id>/export")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@team_leads
def show(conference_id: str) -> ResponseReturnValue:
    return _page(conference_id)


def _page(conference_id: str, refusal: Conflict | None = None) -> str:
    conference = own_conference(conference_id)
    return render_template(
        "attendance/export.html",
        conference=conference,
        title=i18n.pick(conference.title),
        parts=[(each, t(f"export-part-{each}"), t(f"export-part-{each}-lead")) for each in forms.Part],
        why_not=(t(refusal.message_id), t(refusal.next_id)) if refusal else None,
        demo=conference.is_demo,
    )


@bp.post("")
@team_leads
def download(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    try:
        made = exports.take_along(conference, forms.read_parts(request.form.getlist("part")), by=current_actor())
    except Conflict as refusal:
        return _page(conference_id, refusal), refusal.status
    response = Response(made.data, content_type=_XLSX)
    name = f"{conference.code}-{clock.now():%Y%m%d-%H%M}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
