"""The form builder: the questions of a conference, each with its form, and how the whole looks to who registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, ids
from core.errors import Conflict, Invalid
from core.i18n import t
from events.conferences.access import own_conference, rights_in, team_leads, team_reads
from events.conferences.queries import ConferenceView
from events.registration import question_board as board
from events.registration import question_forms as forms
from events.registration import question_queries as queries
from events.registration import question_reading as reading
from events.registration import question_service as service
from events.registration.question_queries import Question

bp = Blueprint("registration_form", __name__, url_prefix="/conferences/<conference_id>/form")


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return _list_page(own_conference(conference_id))


def _list_page(conference: ConferenceView, refusal: Conflict | None = None) -> str:
    counts = queries.count_answers(conference.id)
    return render_template(
        "registering/questions.html",
        conference=conference,
        title=i18n.pick(conference.title),
        rows=board.rows(queries.list_questions(conference.id), counts, conference),
        can_change=rights_in(conference.id).leads and conference.is_editable,
        notice=board.notice(conference),
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        demo=conference.is_demo,
    )


@bp.get("/new")
@team_leads
def show_new(conference_id: str) -> ResponseReturnValue:
    return _page(own_conference(conference_id), None, {"key": ids.new("question"), "kind": "text", "audiences": []}, {})


@bp.post("/questions")
@team_leads
def add(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed()
    try:
        question = reading.read_question(typed, reading.read_key(typed), audiences=_audiences(conference))
        service.add(conference_id, question, by=current_actor())
    except Invalid as invalid:
        return _page(conference, None, typed, board.by_field(invalid)), invalid.status
    return redirect(url_for(".show", conference_id=conference_id, _anchor=question.key), 303)


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "audiences": request.form.getlist("audiences")}


def _audiences(conference: ConferenceView) -> list[str]:
    return [audience.key for audience in conference.audiences]


@bp.get("/questions/<key>")
@team_leads
def show_question(conference_id: str, key: str) -> ResponseReturnValue:
    question = queries.get_question(conference_id, key)
    return _page(own_conference(conference_id), question, reading.values_of(question), {})


@bp.post("/questions/<key>")
@team_leads
def change(conference_id: str, key: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed()
    before = queries.get_question(conference_id, key)
    try:
        question = reading.read_question(typed, key, audiences=_audiences(conference), before=before.choices)
        service.change(conference_id, question, by=current_actor(), knowing=typed.get("knowing") == "yes")
    except Invalid as invalid:
        return _page(conference, before, typed, board.by_field(invalid)), invalid.status
    except Conflict as refusal:
        if not refusal.code.endswith("_answered"):
            raise
        return _page(conference, before, typed, {}, refusal), refusal.status
    return redirect(url_for(".show", conference_id=conference_id, _anchor=key), 303)


def _page(
    conference: ConferenceView,
    question: Question | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    refusal: Conflict | None = None,
) -> str:
    others = [each for each in queries.list_questions(conference.id) if question is None or each.key != question.key]
    given = queries.count_answers(conference.id).get(question.key) if question else None
    return render_template(
        "registering/question.html",
        conference=conference,
        title=i18n.pick(conference.title),
        question=question,
        heading=t("question-change") if question else t("question-new"),
        what=i18n.pick(question.label) if question else "",
        typed=typed,
        errors=errors,
        kinds=board.kinds(),
        audience_choices=[(each.key, i18n.pick(each.name)) for each in conference.audiences],
        conditions=board.conditions(others),
        answered=given.people if given else 0,
        refusal=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        asks_to_know=refusal is not None and refusal.code == "question_answered",
        demo=conference.is_demo,
    )


@bp.post("/questions/<key>/move")
@team_leads
def move(conference_id: str, key: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    try:
        service.move(conference_id, key, up=request.form.get("to") == "up", by=current_actor())
    except Conflict as refusal:
        return _list_page(conference, refusal), refusal.status
    return redirect(url_for(".show", conference_id=conference_id, _anchor=key), 303)


@bp.get("/questions/<key>/remove")
@team_leads
def ask_removal(conference_id: str, key: str) -> ResponseReturnValue:
    return _removal_page(own_conference(conference_id), key)


@bp.post("/questions/<key>/remove")
@team_leads
def remove(conference_id: str, key: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    try:
        service.remove(conference_id, key, by=current_actor())
    except Conflict as refusal:
        return _removal_page(conference, key, refusal), refusal.status
    return redirect(url_for(".show", conference_id=conference_id), 303)


def _removal_page(conference: ConferenceView, key: str, refusal: Conflict | None = None) -> str:
    given = queries.count_answers(conference.id).get(key)
    return render_template(
        "registering/remove_question.html",
        conference=conference,
        title=i18n.pick(conference.title),
        key=key,
        what=i18n.pick(queries.get_question(conference.id, key).label),
        answered=given.people if given else 0,
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        demo=conference.is_demo,
    )


@bp.get("/preview")
@team_reads
def preview(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    wanted = request.args.get("audience", "")
    audience = next((each for each in conference.audiences if each.key == wanted), conference.audiences[0])
    return render_template(
        "registering/preview.html",
        conference=conference,
        title=i18n.pick(conference.title),
        audience=i18n.pick(audience.name),
        others=[(each.key, i18n.pick(each.name)) for each in conference.audiences if each.key != audience.key],
        fields=board.fields(queries.list_questions(conference_id), audience.key, {}, {}, {}),
        notice=board.notice(conference),
        demo=conference.is_demo,
    )


@bp.get("/privacy")
@team_leads
def show_notice(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    found = queries.get_notice(conference_id)
    typed = {
        **{f"{name}{end}": getattr(found, name).get(language, "")
           for name in ("controller", "purpose") for language, end in (("zh-CN", ""), ("en", "_en"))},
        "retention_days": str(found.retention_days),
    }  # fmt: skip
    return _notice_page(conference, typed, {})


@bp.post("/privacy")
@team_leads
def change_notice(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), request.form.to_dict()
    try:
        form = forms.read_notice(typed)
    except Invalid as invalid:
        return _notice_page(conference, typed, board.by_field(invalid)), invalid.status
    service.set_notice(conference_id, **vars(form), by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id, _anchor="privacy"), 303)


def _notice_page(conference: ConferenceView, typed: Mapping[str, Any], errors: dict[str, list[str]]) -> str:
    return render_template(
        "registering/privacy.html",
        conference=conference,
        title=i18n.pick(conference.title),
        typed=typed,
        errors=errors,
        default_purpose=t("privacy-purpose-default"),
        default_days=queries.RETENTION_DAYS,
        demo=conference.is_demo,
    )
