"""Reads of surveys."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.errors import NotFound
from events.registration import remindable_queries
from events.registration.asking_service import Choice, Condition, Question, QuestionKind
from events.surveys.models import Survey, SurveyAnswer, SurveyRecipient
from events.surveys.rules import Facts, Phase, Times

__all__ = ["Phase"]


@dataclass(frozen=True)
class SurveyView:
    """A survey with its place in the world."""

    id: str
    conference_id: str
    facts: Facts
    questions: tuple[Question, ...]
    times: Times
    phase: Phase


def view(row: Survey) -> SurveyView:
    """The row as values."""
    times = Times(row.started_at, row.opened_at, row.closes_at)
    facts = Facts(
        title=dict(row.title),
        intro=dict(row.intro),
        anonymous=row.anonymous,
        reach=row.reach,
        venues=tuple(row.venues),
        audiences=tuple(row.audiences),
        delay=row.delay,
        days_open=row.days_open,
    )
    questions = tuple(_question(each) for each in row.questions)
    return SurveyView(row.id, row.conference_id, facts, questions, times, times.phase(clock.now()))


def _question(kept: dict[str, Any]) -> Question:
    values = {
        **kept,
        "kind": QuestionKind(kept["kind"]),
        "choices": tuple(Choice(**each) for each in kept["choices"]),
        "audiences": tuple(kept["audiences"]),
        "condition": Condition(**kept["condition"]) if kept["condition"] else None,
    }
    return Question(**values)


def kept(question: Question) -> dict[str, Any]:
    """A question as its survey keeps it."""
    return {**asdict(question), "kind": str(question.kind)}


def list_surveys(conference_id: str) -> list[SurveyView]:
    """The surveys of a conference, in the order in which they came."""
    query = select(Survey).filter_by(conference_id=conference_id).order_by(Survey.created_at, Survey.id)
    return [view(row) for row in db.session.scalars(query.execution_options(populate_existing=True))]


def find_survey(survey_id: str) -> SurveyView | None:
    """One survey."""
    row = db.session.get(Survey, survey_id, populate_existing=True)
    return view(row) if row else None


def get_survey(survey_id: str, *, conference_id: str) -> SurveyView:
    """A survey of this conference; raises NotFound."""
    found = find_survey(survey_id)
    if found is None or found.conference_id != conference_id:
        raise NotFound("survey_not_found")
    return found


def take_survey(survey_id: str) -> Survey:
    """A survey in order to change it, or to send it: whoever does either takes turns. Raises NotFound."""
    query = select(Survey).filter_by(id=survey_id).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound("survey_not_found")
    return row


def list_running() -> list[SurveyView]:
    """Surveys that were started and not closed for good."""
    query = select(Survey).where(Survey.started_at.is_not(None), Survey.closed_at.is_(None))
    rows = db.session.scalars(query.order_by(Survey.id).execution_options(populate_existing=True))
    return [view(row) for row in rows]


@dataclass(frozen=True)
class Group:
    """Where somebody belonged when they were asked, or answered."""

    venue_id: str
    audience_id: str


def count_asked(survey_id: str) -> Counter[Group]:
    """How many people were sent it, by group."""
    return _by_group(SurveyRecipient, survey_id)


def count_answers(survey_id: str) -> Counter[Group]:
    """How many answered, by group."""
    return _by_group(SurveyAnswer, survey_id)


def _by_group(model: type[SurveyRecipient] | type[SurveyAnswer], survey_id: str) -> Counter[Group]:
    columns = model.venue_id, model.audience_id
    query = select(*columns, func.count()).where(model.survey_id == survey_id).group_by(*columns)
    return Counter({Group(row[0], row[1]): row[2] for row in db.session.execute(query)})


@dataclass(frozen=True)
class AnswerView:
    """Somebody's answers; `registration_id` is empty where the survey is anonymous."""

    registration_id: str
    group: Group
    answers: dict[str, Any]
    answered_at: datetime | None


def list_answers(survey_id: str) -> list[AnswerView]:
    """All answers by the time in which they were given; in an anonymous survey in no order that means something."""
    query = select(SurveyAnswer).filter_by(survey_id=survey_id).order_by(SurveyAnswer.answered_at, SurveyAnswer.id)
    return [
        AnswerView(row.registration_id or "", Group(row.venue_id, row.audience_id), dict(row.answers), row.answered_at)
        for row in db.session.scalars(query)
    ]


def find_answers(survey_id: str, author: str) -> dict[str, Any] | None:
    """What somebody has answered so far; None where they have not."""
    query = select(SurveyAnswer.answers).filter_by(survey_id=survey_id, author=author)
    return db.session.scalar(query)


def was_asked(survey_id: str, registration_id: str) -> bool:
    """Whether somebody was sent it."""
    return db.session.get(SurveyRecipient, (survey_id, registration_id)) is not None


def has_others(survey_id: str, registration_id: str) -> bool:
    """Whether anybody else was sent it whose data is still here."""
    people = remindable_queries.remindable()
    query = select(people.c.id).join(SurveyRecipient, SurveyRecipient.registration_id == people.c.id)
    there = SurveyRecipient.survey_id == survey_id, people.c.id != registration_id, people.c.email != ""
    return db.session.scalar(query.where(*there).limit(1)) is not None


def list_messages(survey_id: str) -> list[str]:
    """The ids of the mails with which it was sent."""
    return list(db.session.scalars(select(SurveyRecipient.message_id).filter_by(survey_id=survey_id)))


def list_of_person(registration_id: str) -> list[SurveyView]:
    """The surveys that somebody was sent, in their order."""
    query = select(Survey).join(SurveyRecipient, SurveyRecipient.survey_id == Survey.id)
    query = query.where(SurveyRecipient.registration_id == registration_id).order_by(Survey.created_at, Survey.id)
    return [view(row) for row in db.session.scalars(query)]
