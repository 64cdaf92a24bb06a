"""The team's pages of reminders: the rules, each with its form, how it reads, whom it reached, and sending it now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, ids, live, tokens
from core.errors import Conflict, Invalid
from core.i18n import t
from events.conferences.access import own_conference, rights_in, team_plans, team_reads
from events.conferences.queries import ConferenceView
from events.reminders import board, forms, queries, service, suggestions
from events.reminders.access import check_change, may_change
from events.reminders.queries import RuleView

bp = Blueprint("reminders", __name__, url_prefix="/conferences/<conference_id>/reminders")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return _list_page(own_conference(conference_id))


def _list_page(conference: ConferenceView, refusal: Conflict | None = None) -> str:
    allowed = {each.id: may_change(conference.id, each.rule) for each in queries.list_rules(conference.id)}
    rights, channel = rights_in(conference.id), f"conference:{conference.id}"
    return render_template(
        "reminders/list.html",
        conference=conference,
        title=i18n.pick(conference.title),
        rows=board.rows(conference, may_change={**allowed}),
        can_add=rights.plans and conference.is_editable,
        suggested=_suggested(conference) if rights.leads and conference.is_editable else [],
        key=ids.new("rule"),
        why_not=_words(refusal),
        demo=conference.is_demo,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=live.find_seq(channel),
    )


def _suggested(conference: ConferenceView) -> list[dict[str, str]]:
    return [
        {
            "name": each.name,
            "when": board.when(each.rule.timing),
            "who": t(f"reminder-scope-{each.rule.scope}"),
            "subject": i18n.pick(each.rule.subject),
            "words": i18n.pick(each.rule.words),
        }
        for each in suggestions.suggest(conference)
    ]


def _words(refusal: Conflict | None) -> tuple[str, str] | None:
    return (t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None


@bp.post("/suggested")
@team_plans
def add_suggested(conference_id: str) -> ResponseReturnValue:
    conference, chosen = own_conference(conference_id), set(request.form.getlist("suggestion"))
    wanted = [each.rule for each in suggestions.suggest(conference) if each.name in chosen]
    for each in wanted:
        check_change(conference_id, each)
    try:
        service.add_several(conference_id, wanted, key=_key(), by=current_actor())
    except Conflict as refusal:
        return _list_page(conference, refusal), refusal.status
    return _back(conference_id)


def _key() -> str:
    """By which a form that is sent twice is known."""
    return request.form.get("key", "")[:80] or ids.new("rule")


def _back(conference_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show", conference_id=conference_id), 303)


@bp.get("/new")
@team_plans
def show_new(conference_id: str) -> ResponseReturnValue:
    conference, rights = own_conference(conference_id), rights_in(conference_id)
    own = [] if rights.venues is None else [each.id for each in conference.venues if each.id in rights.venues]
    typed = {**forms.empty(own), "key": ids.new("rule")}
    return _form_page(conference, None, typed, {})


@bp.post("/rules")
@team_plans
def add(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed()
    try:
        rule = forms.read_rule(typed, **_known(conference))
        check_change(conference_id, rule)
        rule_id = service.add(conference_id, rule, key=_key(), by=current_actor())
    except Invalid as invalid:
        return _form_page(conference, None, typed, _by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _form_page(conference, None, typed, {}, refusal), refusal.status
    return redirect(url_for("reminder_log.preview", conference_id=conference_id, rule_id=rule_id), 303)


def _typed() -> dict[str, Any]:
    lists = {name: request.form.getlist(name) for name in ("venues", "audiences", "groups")}
    return {**request.form.to_dict(), **lists}


def _known(conference: ConferenceView) -> dict[str, list[str]]:
    return {
        "venues": [each.id for each in conference.venues],
        "audiences": [each.id for each in conference.audiences],
    }


def _by_field(invalid: Invalid) -> dict[str, list[str]]:
    """The sentences by the field that they are about."""
    found: dict[str, list[str]] = {}
    for each in invalid.problems:
        params = dict(each.params)
        if "language" in params:
            params["language"] = t(f"reminder-language-{params['language']}")
        found.setdefault(each.path.removeprefix("$."), []).append(t(each.message_id, **params))
    return found


@bp.get("/rules/<rule_id>")
@team_plans
def show_rule(conference_id: str, rule_id: str) -> ResponseReturnValue:
    found = _own(conference_id, rule_id)
    typed = {**forms.values_of(found.rule), "seen": service.digest(found.rule)}
    return _form_page(own_conference(conference_id), found, typed, {})


def _own(conference_id: str, rule_id: str) -> RuleView:
    """A rule that the reader may change; raises NotFound, Forbidden `not_your_venue`."""
    found = queries.get_rule(rule_id, conference_id=conference_id)
    check_change(conference_id, found.rule)
    return found


@bp.post("/rules/<rule_id>")
@team_plans
def change(conference_id: str, rule_id: str) -> ResponseReturnValue:
    found, conference, typed = _own(conference_id, rule_id), own_conference(conference_id), _typed()
    try:
        rule = forms.read_rule(typed, **_known(conference))
        check_change(conference_id, rule)
        looked_at = typed.get("seen")
        service.change(rule_id, rule, conference_id=conference_id, by=current_actor(), looked_at=looked_at)
    except Invalid as invalid:
        return _form_page(conference, found, typed, _by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _form_page(conference, found, typed, {}, refusal), refusal.status
    return _back(conference_id)


def _form_page(
    conference: ConferenceView,
    found: RuleView | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    refusal: Conflict | None = None,
) -> str:
    rights = rights_in(conference.id)
    sent = queries.count(conference.id, [found], now=found.created_at).sent.get(found.id, 0) if found else 0
    return render_template(
        "reminders/rule.html",
        conference=conference,
        title=i18n.pick(conference.title),
        rule_id=found.id if found else "",
        sent=sent,
        typed=typed,
        errors=errors,
        anchors=board.anchors(),
        scopes=[each for each in board.scopes() if rights.venues is None or each[0] == "chosen"],
        venues=[(each.id, i18n.pick(each.name)) for each in conference.venues if rights.may_plan([each.id])],
        audiences=[(each.id, i18n.pick(each.name)) for each in conference.audiences],
        placeholders=board.placeholders(),
        why_not=_words(refusal),
        demo=conference.is_demo,
    )


@bp.post("/rules/<rule_id>/pause")
@team_plans
def pause(conference_id: str, rule_id: str) -> ResponseReturnValue:
    _own(conference_id, rule_id)
    service.pause(rule_id, conference_id=conference_id, by=current_actor())
    return _back(conference_id)


@bp.post("/rules/<rule_id>/resume")
@team_plans
def resume(conference_id: str, rule_id: str) -> ResponseReturnValue:
    _own(conference_id, rule_id)
    service.resume(rule_id, conference_id=conference_id, by=current_actor())
    return _back(conference_id)


@bp.get("/rules/<rule_id>/now")
@team_plans
def ask_now(conference_id: str, rule_id: str) -> ResponseReturnValue:
    return _now_page(own_conference(conference_id), _own(conference_id, rule_id))


@bp.post("/rules/<rule_id>/now")
@team_plans
def send_now(conference_id: str, rule_id: str) -> ResponseReturnValue:
    found, people = _own(conference_id, rule_id), forms.read_people(request.form)
    try:
        service.send_now(rule_id, conference_id=conference_id, people=people, by=current_actor())
    except Conflict as refusal:
        return _now_page(own_conference(conference_id), found, refusal), refusal.status
    return redirect(url_for("reminder_log.show", conference_id=conference_id, rule_id=rule_id), 303)


def _now_page(conference: ConferenceView, found: RuleView, refusal: Conflict | None = None) -> str:
    return render_template(
        "reminders/now.html",
        **_about(conference, found),
        **board.sending(conference, found),
        why_not=_words(refusal),
    )


def _about(conference: ConferenceView, found: RuleView) -> dict[str, Any]:
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "rule_id": found.id,
        "what": f"{board.when(found.rule.timing)} · {board.who(found.rule, conference)}",
        "demo": conference.is_demo,
    }


@bp.get("/rules/<rule_id>/remove")
@team_plans
def ask_removal(conference_id: str, rule_id: str) -> ResponseReturnValue:
    return render_template(
        "reminders/remove.html", **_about(own_conference(conference_id), _own(conference_id, rule_id))
    )


@bp.post("/rules/<rule_id>/remove")
@team_plans
def remove(conference_id: str, rule_id: str) -> ResponseReturnValue:
    _own(conference_id, rule_id)
    service.remove(rule_id, conference_id=conference_id, by=current_actor())
    return _back(conference_id)
