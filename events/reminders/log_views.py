"""The pages of what a rule writes and to whom: how its mail reads in both languages, and its log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor
from core import i18n, limits
from core.errors import NotFound
from events.conferences.access import own_conference, team_plans, team_reads
from events.conferences.queries import ConferenceView
from events.registration.team_access import visible_venues
from events.reminders import board, forms, mails, queries, service
from events.reminders.access import may_change
from events.reminders.queries import RuleView

bp = Blueprint("reminder_log", __name__, url_prefix="/conferences/<conference_id>/reminders/rules/<rule_id>")
_MOST_TESTS = 20  # of one account in an hour


@bp.get("/log")
@team_reads
def show(conference_id: str, rule_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_rule(rule_id, conference_id=conference_id)
    shown = forms.read_shown(request.args)
    seen = visible_venues(conference_id)
    return render_template(
        "reminders/log.html",
        **_about(conference, found),
        **board.log(conference, found, seen=seen, shown=shown, number=forms.read_page(request.args)),
        shown=shown,
        shown_options=forms.SHOWN,
    )


def _about(conference: ConferenceView, found: RuleView) -> dict[str, Any]:
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "rule_id": found.id,
        "what": f"{board.when(found.rule.timing)} · {board.who(found.rule, conference)}",
        "demo": conference.is_demo,
    }


@bp.get("/preview")
@team_reads
def preview(conference_id: str, rule_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_rule(rule_id, conference_id=conference_id)
    venues = mails.venues_of(found, conference)
    wanted = request.args.get("venue", "")
    venue = next((each for each in venues if each.id == wanted), venues[0] if venues else None)
    letters = mails.preview(found, venue, conference, name=current_account().name) if venue else []
    return render_template(
        "reminders/preview.html",
        **_about(conference, found),
        venues=[(each.id, i18n.pick(each.name)) for each in venues],
        venue_id=venue.id if venue else "",
        letters=letters,
        own_address=current_account().email,
        is_tested=request.args.get("tested") == "yes",
        can_change=may_change(conference_id, found.rule),
    )


@bp.post("/test")
@team_plans
def send_test(conference_id: str, rule_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_rule(rule_id, conference_id=conference_id)
    account, wanted = current_account(), request.form.get("venue", "")
    if all(each.id != wanted for each in mails.venues_of(found, conference)):
        raise NotFound("venue_not_found")
    limits.hit("reminder-test", account.id, limit=_MOST_TESTS, per=timedelta(hours=1))
    named = {"venue_id": wanted, "to": account.email, "account_id": account.id}
    service.send_test(rule_id, conference_id=conference_id, **named, by=current_actor())
    where = url_for(".preview", conference_id=conference_id, rule_id=rule_id, venue=wanted, tested="yes")
    return redirect(where, 303)
