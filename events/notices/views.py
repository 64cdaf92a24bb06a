"""The pages of notices: how a mail will read before it is sent, and what was told of which version."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core import i18n
from core.errors import NotFound
from events.conferences import notice_service, version_queries
from events.conferences.access import own_conference, team_leads, team_reads
from events.notices import mails, queries

_MOST = 30  # versions, the newest first
bp = Blueprint("notices", __name__, url_prefix="/conferences/<conference_id>/notices")


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    conference, told = own_conference(conference_id), queries.count_told(conference_id)
    return render_template(
        "notices/list.html",
        conference=conference,
        title=i18n.pick(conference.title),
        rows=[
            (
                number,
                i18n.format_zoned(at, conference.timezone),
                told.get(number, 0),
                notice_service.differences(conference, number),
            )
            for number, at in version_queries.list_versions(conference_id)[:_MOST]
        ],
        demo=conference.is_demo,
    )


@bp.get("/preview")
@team_leads
def preview(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    letters = mails.preview(conference, request.args.get("to", ""))
    if not letters:
        raise NotFound("notice_not_found")
    return render_template(
        "notices/preview.html",
        conference=conference,
        title=i18n.pick(conference.title),
        letters=letters,
        demo=conference.is_demo,
    )
