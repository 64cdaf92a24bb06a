"""The page of a conference's team: who leads, who plans a venue, who stands at which door."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import queries as accounts
from accounts.access import current_account, current_actor
from core import i18n
from core.i18n import t
from events.conferences import queries, team
from events.conferences.access import own_conference, team_leads
from events.conferences.forms import read_duty

bp = Blueprint("conference_team", __name__, url_prefix="/conferences/<conference_id>/team")


@bp.get("")
@team_leads
def show(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    staff = [each for each in accounts.list_accounts(current_account().organisation_id) if each.active]
    names = {each.id: each.name for each in accounts.list_accounts(current_account().organisation_id)}
    duties = _duties(conference)
    return render_template(
        "conferences/team.html",
        conference=conference,
        title=i18n.pick(conference.title),
        members=[_member(each, names, duties) for each in queries.list_team(conference_id)],
        staff=[(each.id, each.name) for each in staff if each.has_any(set(team.ROLE_OF.values()))],
        duties=list(duties.items()),
        demo=conference.is_demo,
    )


def _duties(conference: queries.ConferenceView) -> dict[str, str]:
    """What can be chosen: `lead`, `venue:<id>`, `clerk:<id of a door>`, in words."""
    found = {"lead": t("conference-duty-lead")}
    for venue in conference.venues:
        found[f"venue:{venue.id}"] = t("conference-duty-venue", venue=i18n.pick(venue.name))
    for venue in conference.venues:
        for door in venue.doors:
            name = t("conference-duty-clerk", venue=i18n.pick(venue.name), door=i18n.pick(door.name))
            found[f"clerk:{door.id}"] = name
    return found


def _member(member: queries.MemberView, names: dict[str, str], duties: dict[str, str]) -> dict[str, Any]:
    where = member.venue_id or member.door_id
    duty = f"{member.duty}:{where}" if where else member.duty
    return {
        "account": member.account_id,
        "name": names.get(member.account_id, member.account_id),
        "duty": duty,
        "words": duties.get(duty, duty),
    }


@bp.post("")
@team_leads
def add(conference_id: str) -> ResponseReturnValue:
    asked = read_duty(request.form)
    team.add(conference_id, asked.account_id, asked.membership, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id), 303)


@bp.post("/remove")
@team_leads
def remove(conference_id: str) -> ResponseReturnValue:
    asked = read_duty(request.form)
    team.remove(conference_id, asked.account_id, asked.membership, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id), 303)
