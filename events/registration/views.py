"""The team's pages of who comes: the companies of a conference."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core import i18n
from events.conferences.access import own_conference, team_reads
from events.registration import queries

bp = Blueprint("registration", __name__, url_prefix="/conferences/<conference_id>")


@bp.get("/companies")
@team_reads
def list_companies(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return render_template(
        "registration/companies.html",
        conference=conference,
        title=i18n.pick(conference.title),
        rows=[
            {
                "name": i18n.pick(each.name),
                "city": i18n.pick(each.city),
                "industry": i18n.pick(each.industry),
                "is_demo": each.is_demo,
            }
            for each in queries.list_companies(conference_id)
        ],
        demo=conference.is_demo,
    )
