"""A survey in the hands of who is asked: open the personal link, answer, change the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import limited, public
from core import i18n
from core.errors import Conflict, Invalid, NotFound
from core.i18n import t
from events.conferences import queries as conferences
from events.registration import asking_service as asking
from events.registration import queries as registrations
from events.registration.asking_service import Typed
from events.surveys import answering, board, forms, links, queries
from events.surveys.access import answerer_only, remember
from events.surveys.access import answering as who_answers
from events.surveys.queries import SurveyView

bp = Blueprint("survey_answers", __name__)
_HERE = "/surveys/<survey_id>"
_SAID = ("registering-sending", "registering-not-sent", "registering-waiting")


@bp.get("/survey/<token>")
@public("a personal link is all that somebody has who is asked; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    survey_id, registration_id, number = links.read(token)
    remember(survey_id, registration_id, number)
    return redirect(url_for(".show", survey_id=survey_id), 303)


@bp.get(_HERE)
@answerer_only
def show(survey_id: str) -> ResponseReturnValue:
    kept = answering.find_own(survey_id, who_answers(survey_id))
    return _page(survey_id, asking.typed_of(kept or {}), {}, answered=kept is not None)


@bp.get(f"{_HERE}/done")
@answerer_only
def show_done(survey_id: str) -> ResponseReturnValue:
    kept = answering.find_own(survey_id, who_answers(survey_id))
    return _page(survey_id, asking.typed_of(kept or {}), {}, answered=kept is not None, saved=kept is not None)


@bp.post(_HERE)
@answerer_only
@limited("survey_answers", times=60, per=timedelta(minutes=10))
def answer(survey_id: str) -> ResponseReturnValue:
    registration_id, found = who_answers(survey_id), _get(survey_id)
    typed = forms.read_typed(request.form, found.questions)
    read = asking.read_answers(
        found.questions, Typed(typed), _audience(found, registration_id), language=i18n.current()
    )
    if read.problems:
        invalid = Invalid(list(read.problems))
        return _page(survey_id, typed, asking.by_field(invalid)), invalid.status
    try:
        answering.answer(survey_id, registration_id, read.answers)
    except Conflict as refusal:
        return _page(survey_id, typed, {}, refusal=refusal), refusal.status
    return redirect(url_for(".show_done", survey_id=survey_id), 303)


def _get(survey_id: str) -> SurveyView:
    found = queries.find_survey(survey_id)
    if found is None:
        raise NotFound("survey_not_found")
    return found


def _audience(found: SurveyView, registration_id: str) -> str:
    """The key of the audience that somebody belongs to."""
    person = registrations.get_registration(registration_id)
    conference = conferences.get_conference(found.conference_id)
    return next(each.key for each in conference.audiences if each.id == person.audience_id)


def _page(
    survey_id: str,
    typed: Mapping[str, Sequence[str]],
    errors: dict[str, list[str]],
    *,
    answered: bool = False,
    saved: bool = False,
    refusal: Conflict | None = None,
) -> str:
    found = _get(survey_id)
    conference = conferences.get_conference(found.conference_id)
    return render_template(
        "surveys/answer.html",
        preview_of="",
        survey_id=survey_id,
        answered=answered,
        saved=saved,
        why_not=(t(refusal.message_id), t(refusal.next_id)) if refusal else None,
        messages={name: t(name) for name in _SAID},
        **board.answer_page(found, conference, _audience(found, who_answers(survey_id)), typed, errors),
    )
