"""The lead's pages of robots: which there are, add, change, try, pause, remove; and every attempt with another try."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor
from core import config, i18n, ids, limits, live, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from core.i18n import t
from events.conferences.access import own_conference, team_leads
from events.conferences.queries import ConferenceView
from events.robots import board, forms, queries, service
from events.robots.forms import RobotKind
from events.robots.queries import RobotView

bp = Blueprint("robots", __name__, url_prefix="/conferences/<conference_id>/robots")
_STREAM_LIFE = timedelta(hours=12)
_MOST_TRIES = 20  # of one account in an hour


@bp.get("")
@team_leads
def show(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return render_template(
        "robots/list.html", **_about(conference), **_live(conference), rows=board.rows(conference), kinds=board.kinds()
    )


def _about(conference: ConferenceView) -> dict[str, Any]:
    return {"conference": conference, "title": i18n.pick(conference.title), "demo": conference.is_demo}


def _live(conference: ConferenceView) -> dict[str, Any]:
    channel = f"conference:{conference.id}"
    seq = live.find_seq(channel)
    return {
        "live_url": f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        "live_seq": seq,
    }


@bp.get("/new/<kind>")
@team_leads
def show_new(conference_id: str, kind: str) -> ResponseReturnValue:
    chosen = forms.read_kind(kind)
    typed = {"key": ids.secret(), "locale": i18n.current(), "topics": board.first_topics(), "has_names": False}
    # A secret of our making is better than one that somebody thinks of; the services make their own.
    made = ids.secret() if chosen is RobotKind.WEBHOOK else ""
    return _form_page(own_conference(conference_id), chosen, None, {**typed, "secret": made}, {})


@bp.post("/new/<kind>")
@team_leads
def add(conference_id: str, kind: str) -> ResponseReturnValue:
    conference, chosen = own_conference(conference_id), forms.read_kind(kind)
    try:
        wanted = forms.read(request.form, chosen, named_hosts=config.settings().robot_hosts, is_new=True)
        key = request.form.get("key", "")[:80] or ids.secret()
        service.add(conference_id, chosen, wanted, key=key, by=current_actor())
    except Invalid as invalid:
        return _form_page(conference, chosen, None, _typed(), by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _form_page(conference, chosen, None, _typed(), {}, refusal), refusal.status
    return _back(conference_id)


def _typed() -> dict[str, Any]:
    form = request.form
    plain = {name: form.get(name, "") for name in ("name", "locale", "address", "secret", "key")}
    return {**plain, "topics": form.getlist("topics"), "has_names": form.get("has_names") == "yes"}


def _back(conference_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show", conference_id=conference_id), 303)


@bp.get("/<robot_id>")
@team_leads
def show_robot(conference_id: str, robot_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_robot(robot_id, conference_id=conference_id)
    return _form_page(conference, found.kind, found, board.typed_of(found), {})


@bp.post("/<robot_id>")
@team_leads
def change(conference_id: str, robot_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_robot(robot_id, conference_id=conference_id)
    try:
        wanted = forms.read(request.form, found.kind, named_hosts=config.settings().robot_hosts, is_new=False)
        service.change(robot_id, wanted, conference_id=conference_id, by=current_actor())
    except Invalid as invalid:
        return _form_page(conference, found.kind, found, _typed(), by_field(invalid)), invalid.status
    return _back(conference_id)


def _form_page(
    conference: ConferenceView,
    kind: RobotKind,
    found: RobotView | None,
    typed: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    refusal: Conflict | None = None,
) -> str:
    return render_template(
        "robots/robot.html",
        **_about(conference),
        kind=str(kind),
        robot=found,
        typed=typed,
        errors=errors,
        topics=board.topics(),
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
    )


@bp.post("/<robot_id>/test")
@team_leads
def send_test(conference_id: str, robot_id: str) -> ResponseReturnValue:
    _count_try()
    service.send_test(robot_id, conference_id=conference_id, by=current_actor())
    return redirect(url_for(".show_log", conference_id=conference_id, robot_id=robot_id), 303)


def _count_try() -> None:
    limits.hit("robot-test", current_account().id, limit=_MOST_TRIES, per=timedelta(hours=1))


@bp.get("/<robot_id>/log")
@team_leads
def show_log(conference_id: str, robot_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_robot(robot_id, conference_id=conference_id)
    return render_template(
        "robots/log.html",
        **_about(conference),
        **_live(conference),
        robot=found,
        zone=i18n.zone_name(conference.timezone),
        sent=[board.message(each, conference.timezone) for each in queries.list_messages(robot_id)],
    )


@bp.post("/<robot_id>/messages/<message_id>/again")
@team_leads
def send_again(conference_id: str, robot_id: str, message_id: str) -> ResponseReturnValue:
    _count_try()
    service.send_again(robot_id, message_id, conference_id=conference_id, by=current_actor())
    return redirect(url_for(".show_log", conference_id=conference_id, robot_id=robot_id), 303)


@bp.post("/<robot_id>/pause")
@team_leads
def pause(conference_id: str, robot_id: str) -> ResponseReturnValue:
    service.pause(robot_id, conference_id=conference_id, by=current_actor())
    return _back(conference_id)


@bp.post("/<robot_id>/resume")
@team_leads
def resume(conference_id: str, robot_id: str) -> ResponseReturnValue:
    service.resume(robot_id, conference_id=conference_id, by=current_actor())
    return _back(conference_id)


@bp.get("/<robot_id>/remove")
@team_leads
def ask_removal(conference_id: str, robot_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_robot(robot_id, conference_id=conference_id)
    return render_template("robots/remove.html", **_about(conference), robot=found)


@bp.post("/<robot_id>/remove")
@team_leads
def remove(conference_id: str, robot_id: str) -> ResponseReturnValue:
    service.remove(robot_id, conference_id=conference_id, by=current_actor())
    return _back(conference_id)
