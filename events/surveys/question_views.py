"""The questions of a survey, each with the form that the registration form's questions have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, ids
from core.errors import Conflict, Invalid
from core.i18n import t
from events.conferences.access import own_conference, team_leads
from events.conferences.queries import ConferenceView
from events.registration import asking_service as asking
from events.registration.asking_service import Question
from events.surveys import queries, results, service

bp = Blueprint("survey_questions", __name__, url_prefix="/conferences/<conference_id>/surveys/<survey_id>/questions")


@bp.get("")
@team_leads
def show(conference_id: str, survey_id: str) -> ResponseReturnValue:
    return _back(conference_id, survey_id)


def _back(conference_id: str, survey_id: str) -> ResponseReturnValue:
    where = url_for("surveys.show", conference_id=conference_id, survey_id=survey_id, _anchor="questions")
    return redirect(where, 303)


@bp.get("/new")
@team_leads
def show_new(conference_id: str, survey_id: str) -> ResponseReturnValue:
    typed = {"key": ids.new("question"), "kind": "rating", "audiences": []}
    return _page(own_conference(conference_id), survey_id, None, typed, {})


@bp.post("")
@team_leads
def add(conference_id: str, survey_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed()
    try:
        question = asking.read_question(
            typed, asking.read_key(typed), audiences=_audiences(conference), kinds=results.ASKED_KINDS
        )
        service.put_question(survey_id, question, conference_id=conference_id, by=current_actor())
    except Invalid as invalid:
        return _page(conference, survey_id, None, typed, asking.by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(conference, survey_id, None, typed, {}, refusal), refusal.status
    return _back(conference_id, survey_id)


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "audiences": request.form.getlist("audiences")}


def _audiences(conference: ConferenceView) -> list[str]:
    return [audience.key for audience in conference.audiences]


@bp.get("/<key>")
@team_leads
def show_question(conference_id: str, survey_id: str, key: str) -> ResponseReturnValue:
    question = service.get_question(survey_id, key, conference_id=conference_id)
    return _page(own_conference(conference_id), survey_id, question, asking.values_of(question), {})


@bp.post("/<key>")
@team_leads
def change(conference_id: str, survey_id: str, key: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed()
    before = service.get_question(survey_id, key, conference_id=conference_id)
    try:
        question = asking.read_question(
            typed, key, audiences=_audiences(conference), before=before.choices, kinds=results.ASKED_KINDS
        )
        service.put_question(survey_id, question, conference_id=conference_id, by=current_actor())
    except Invalid as invalid:
        return _page(conference, survey_id, before, typed, asking.by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(conference, survey_id, before, typed, {}, refusal), refusal.status
    return _back(conference_id, survey_id)


@bp.post("/<key>/move")
@team_leads
def move(conference_id: str, survey_id: str, key: str) -> ResponseReturnValue:
    up = request.form.get("to") == "up"
    service.move_question(survey_id, key, up=up, conference_id=conference_id, by=current_actor())
    return _back(conference_id, survey_id)


@bp.post("/<key>/remove")
@team_leads
def remove(conference_id: str, survey_id: str, key: str) -> ResponseReturnValue:
    service.remove_question(survey_id, key, conference_id=conference_id, by=current_actor())
    return _back(conference_id, survey_id)


def _page(
    conference: ConferenceView,
    survey_id: str,
    question: Question | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    refusal: Conflict | None = None,
) -> str:
    found = queries.get_survey(survey_id, conference_id=conference.id)
    others = [each for each in found.questions if question is None or each.key != question.key]
    return render_template(
        "registering/question.html",
        conference=conference,
        here={"conference_id": conference.id, "survey_id": survey_id},
        form_title=i18n.pick(found.facts.title),
        question=question,
        heading=t("question-change") if question else t("question-new"),
        what=i18n.pick(question.label) if question else "",
        typed=typed,
        errors=errors,
        kinds=asking.kinds(results.ASKED_KINDS),
        audience_choices=[(each.key, i18n.pick(each.name)) for each in conference.audiences],
        conditions=asking.conditions(others),
        answered=0,
        refusal=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        asks_to_know=False,
        demo=conference.is_demo,
    )
