"""The team's pages of surveys: the list, one survey with its questions, start, close, results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor
from core import clock, i18n, ids, live, tokens
from core.errors import Conflict, Invalid
from core.i18n import t
from events.conferences.access import own_conference, rights_in, team_leads, team_reads
from events.conferences.queries import ConferenceView
from events.registration import asking_service as asking
from events.surveys import board, exports, forms, queries, results, service, suggestions
from events.surveys.queries import SurveyView

bp = Blueprint("surveys", __name__, url_prefix="/conferences/<conference_id>/surveys")
_STREAM_LIFE = timedelta(hours=12)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NEW = {"anonymous": "yes", "reach": "came", "venues": [], "audiences": [], "amount": "2", "unit": "hours"}


@bp.get("")
@team_reads
def show_all(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return render_template(
        "surveys/list.html",
        **_around(conference),
        **_live(conference_id),
        rows=board.rows(conference),
        templates=[
            (each.name, i18n.pick(each.title), [i18n.pick(question.label) for question in each.questions])
            for each in suggestions.list_templates()
        ],
    )


def _around(conference: ConferenceView) -> dict[str, Any]:
    leads = rights_in(conference.id).leads and conference.is_editable
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "leads": leads,
        "here": {"conference_id": conference.id},
        "demo": conference.is_demo,
    }


def _live(conference_id: str) -> dict[str, Any]:
    channel = f"conference:{conference_id}"
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    return {"live_url": f"/live/{token}", "live_seq": live.find_seq(channel)}


@bp.get("/new")
@team_leads
def show_new(conference_id: str) -> ResponseReturnValue:
    wanted = request.args.get("template", "")
    template = next((each for each in suggestions.list_templates() if each.name == wanted), None)
    title = template.title if template else {}
    typed = {
        **_NEW,
        "title": title.get("zh-CN", ""),
        "title_en": title.get("en", ""),
        "days_open": "14",
        "template": wanted if template else "",
        "key": ids.new("survey"),
    }
    return _facts_page(own_conference(conference_id), None, typed, {})


@bp.post("")
@team_leads
def add(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed()
    template = next((each for each in suggestions.list_templates() if each.name == typed.get("template")), None)
    questions = template.questions if template else ()
    key = str(typed.get("key") or ids.new("survey"))[:80]
    try:
        facts = forms.read_facts(typed, **_known(conference))
        survey_id = service.add(conference_id, facts, questions, key=key, by=current_actor())
    except Invalid as invalid:
        return _facts_page(conference, None, typed, asking.by_field(invalid)), invalid.status
    return redirect(url_for(".show", conference_id=conference_id, survey_id=survey_id), 303)


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), **{name: request.form.getlist(name) for name in ("venues", "audiences")}}


def _known(conference: ConferenceView) -> dict[str, list[str]]:
    return {"venues": [each.id for each in conference.venues], "audiences": [each.id for each in conference.audiences]}


def _facts_page(
    conference: ConferenceView,
    found: SurveyView | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    refusal: Conflict | None = None,
) -> str:
    return render_template(
        "surveys/facts.html",
        **_around(conference),
        survey_id=found.id if found else "",
        typed=typed,
        errors=errors,
        reaches=board.reaches(),
        venues=[(each.id, i18n.pick(each.name)) for each in conference.venues],
        audiences=[(each.id, i18n.pick(each.name)) for each in conference.audiences],
        why_not=_words(refusal),
    )


def _words(refusal: Conflict | None) -> tuple[str, str] | None:
    return (t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None


@bp.get("/<survey_id>")
@team_reads
def show(conference_id: str, survey_id: str) -> ResponseReturnValue:
    return _page(conference_id, survey_id)


def _page(conference_id: str, survey_id: str, refusal: Conflict | None = None) -> str:
    conference, found = own_conference(conference_id), queries.get_survey(survey_id, conference_id=conference_id)
    return render_template(
        "surveys/survey.html",
        **_around(conference),
        **_live(conference_id),
        **board.page(found, conference),
        sending=service.is_sending(conference_id),
        why_not=_words(refusal),
    )


@bp.get("/<survey_id>/facts")
@team_leads
def show_facts(conference_id: str, survey_id: str) -> ResponseReturnValue:
    found = queries.get_survey(survey_id, conference_id=conference_id)
    typed = {**forms.values_of(found.facts), "seen": service.digest(found.facts)}
    return _facts_page(own_conference(conference_id), found, typed, {})


@bp.post("/<survey_id>/facts")
@team_leads
def change(conference_id: str, survey_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_survey(survey_id, conference_id=conference_id)
    typed = _typed()
    try:
        facts = forms.read_facts(typed, **_known(conference))
        seen = typed.get("seen")
        service.change(survey_id, facts, conference_id=conference_id, by=current_actor(), looked_at=seen)
    except Invalid as invalid:
        return _facts_page(conference, found, typed, asking.by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _facts_page(conference, found, typed, {}, refusal), refusal.status
    return _back(conference_id, survey_id)


def _back(conference_id: str, survey_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show", conference_id=conference_id, survey_id=survey_id), 303)


@bp.post("/<survey_id>/start")
@team_leads
def start(conference_id: str, survey_id: str) -> ResponseReturnValue:
    try:
        service.start(survey_id, conference_id=conference_id, by=current_actor())
    except Conflict as refusal:
        return _page(conference_id, survey_id, refusal), refusal.status
    return _back(conference_id, survey_id)


@bp.post("/<survey_id>/stop")
@team_leads
def stop(conference_id: str, survey_id: str) -> ResponseReturnValue:
    try:
        service.stop(survey_id, conference_id=conference_id, by=current_actor())
    except Conflict as refusal:
        return _page(conference_id, survey_id, refusal), refusal.status
    return _back(conference_id, survey_id)


@bp.post("/<survey_id>/close")
@team_leads
def close(conference_id: str, survey_id: str) -> ResponseReturnValue:
    try:
        service.close(survey_id, conference_id=conference_id, by=current_actor())
    except Conflict as refusal:
        return _page(conference_id, survey_id, refusal), refusal.status
    return _back(conference_id, survey_id)


@bp.post("/<survey_id>/remove")
@team_leads
def remove(conference_id: str, survey_id: str) -> ResponseReturnValue:
    try:
        service.remove(survey_id, conference_id=conference_id, by=current_actor())
    except Conflict as refusal:
        return _page(conference_id, survey_id, refusal), refusal.status
    return redirect(url_for(".show_all", conference_id=conference_id), 303)


@bp.post("/<survey_id>/test")
@team_leads
def send_test(conference_id: str, survey_id: str) -> ResponseReturnValue:
    account = current_account()
    service.send_test(
        survey_id, conference_id=conference_id, to=account.email, account_id=account.id, by=current_actor()
    )
    return redirect(url_for(".show", conference_id=conference_id, survey_id=survey_id, tested="yes"), 303)


@bp.get("/<survey_id>/preview")
@team_reads
def preview(conference_id: str, survey_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_survey(survey_id, conference_id=conference_id)
    wanted = request.args.get("audience", "")
    audience = next((each for each in conference.audiences if each.key == wanted), conference.audiences[0])
    return render_template(
        "surveys/answer.html",
        preview_of=url_for(".show", conference_id=conference_id, survey_id=survey_id),
        audience=i18n.pick(audience.name),
        survey_id=survey_id,
        why_not=None,
        saved=False,
        answered=False,
        messages={},
        **board.answer_page(found, conference, audience.key, {}, {}),
    )


@bp.get("/<survey_id>/results")
@team_reads
def show_results(conference_id: str, survey_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_survey(survey_id, conference_id=conference_id)
    wanted = request.args.get("group", "")
    venue = wanted if any(each.id == wanted for each in conference.venues) else ""
    counted = results.count(found, venue_id=venue, audience_id="" if venue else wanted)
    shown = {each.id for each in (*counted.venues, *counted.audiences) if each.answered is not None}
    return render_template(
        "surveys/results.html",
        **_around(conference),
        **board.result_page(found, conference, counted, wanted if wanted in shown else ""),
    )


@bp.get("/<survey_id>/results.xlsx")
@team_leads
def download(conference_id: str, survey_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_survey(survey_id, conference_id=conference_id)
    response = Response(exports.take_along(found, conference, by=current_actor()), content_type=_XLSX)
    name = f"{conference.code}-survey-{clock.now():%Y%m%d-%H%M}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
