"""Everything of a conference to take along, for who leads it: asked for, made in the background, fetched in a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, ids, live, tokens
from core.errors import Conflict
from core.i18n import t
from events.attendance import board, export_queries, exports, forms
from events.conferences.access import own_conference, team_leads

bp = Blueprint("exports", __name__, url_prefix="/conferences/<conference_id>/export")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STREAM_LIFE = timedelta(hours=12)


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
        exports=board.exported(conference),
        key=ids.new("export"),
        why_not=(t(refusal.message_id), t(refusal.next_id)) if refusal else None,
        demo=conference.is_demo,
        **_live(conference_id),
    )


def _live(conference_id: str) -> dict[str, Any]:
    channel = f"conference:{conference_id}"
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    return {"live_url": f"/live/{token}", "live_seq": live.find_seq(channel)}


@bp.post("")
@team_leads
def ask(conference_id: str) -> ResponseReturnValue:
    own_conference(conference_id)
    key = str(request.form.get("key") or ids.new("export"))[:80]
    try:
        exports.ask(conference_id, forms.read_parts(request.form.getlist("part")), key=key, by=current_actor())
    except Conflict as refusal:
        return _page(conference_id, refusal), refusal.status
    return redirect(url_for(".show", conference_id=conference_id, _anchor="files"), 303)


@bp.get("/<export_id>.xlsx")
@team_leads
def download(conference_id: str, export_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    found = export_queries.get_export(export_id, conference_id=conference_id)
    response = Response(exports.file_of(found), content_type=_XLSX)
    name = f"{conference.code}-{found.made_at:%Y%m%d-%H%M}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
