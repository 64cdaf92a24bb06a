"""Use cases of who is asked: answer, change an answer; and what goes with a person when they are deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core import clock, ids
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.registration.asking_service import QuestionKind
from events.registration.privacy_service import exports, forgets
from events.surveys import authors, queries, rules
from events.surveys.models import Survey, SurveyAnswer, SurveyRecipient
from events.surveys.queries import Phase


def find_own(survey_id: str, registration_id: str) -> dict[str, Any] | None:
    """What somebody has answered; None where they have not, or nobody can tell any more."""
    try:
        return queries.find_answers(survey_id, authors.author(survey_id, registration_id))
    except Conflict:
        return None


def answer(survey_id: str, registration_id: str, answers: Mapping[str, Any]) -> None:
    """Keep somebody's answers, instead of those that they gave before.

    Raises NotFound (`survey_not_found` also for who was not asked), Conflict `survey_closed`, `survey_not_open`.
    """
    with transaction():
        found = queries.find_survey(survey_id)
        asked = db.session.get(SurveyRecipient, (survey_id, registration_id))
        if found is None or asked is None:
            raise NotFound("survey_not_found")
        rules.check_open(found.phase)
        anonymous = found.facts.anonymous
        insert = sqlite.insert if db.session.connection().dialect.name == "sqlite" else postgresql.insert
        statement = insert(SurveyAnswer).values(
            # Random alone: an id that sorts by age would tell the order.
            id=f"sva_{ids.secret()[:26]}",
            survey_id=survey_id,
            author=authors.author(survey_id, registration_id),
            registration_id=None if anonymous else registration_id,
            venue_id=asked.venue_id,
            audience_id=asked.audience_id,
            answers=dict(answers),
            answered_at=None if anonymous else clock.now(),
        )
        given = {name: statement.excluded[name] for name in ("answers", "answered_at")}
        db.session.execute(statement.on_conflict_do_update(index_elements=["survey_id", "author"], set_=given))


_WORDS = frozenset({QuestionKind.TEXT, QuestionKind.LONG})


@forgets
def forget(registration_id: str) -> None:
    """Somebody's answers go with them; of anonymous ones those that can still be found. With the last of those who
    were asked, as when their time is over, go the words of the others: people may have named themselves in them."""
    db.session.execute(delete(SurveyAnswer).filter_by(registration_id=registration_id))
    for each in queries.list_of_person(registration_id):
        if not each.facts.anonymous:
            continue
        if db.session.get_one(Survey, each.id).answer_key:
            author = authors.author(each.id, registration_id)
            db.session.execute(delete(SurveyAnswer).filter_by(survey_id=each.id, author=author))
        if not queries.has_others(each.id, registration_id):
            _forget_words(each)


def _forget_words(found: queries.SurveyView) -> None:
    words = {each.key for each in found.questions if each.kind in _WORDS}
    for row in db.session.scalars(select(SurveyAnswer).filter_by(survey_id=found.id)):
        row.answers = {key: value for key, value in row.answers.items() if key not in words}


@exports("surveys", by_mail=True)
def export(registration_id: str) -> list[dict[str, Any]]:
    """What somebody was asked and has answered, as JSON."""
    return [_exported(each, registration_id) for each in queries.list_of_person(registration_id)]


def _exported(found: queries.SurveyView, registration_id: str) -> dict[str, Any]:
    given = find_own(found.id, registration_id) or {}
    labels = {each.key: each.label for each in found.questions}
    unknown = found.facts.anonymous and found.phase is Phase.CLOSED
    return {
        "survey": found.facts.title,
        "anonymous": found.facts.anonymous,
        "answers": None if unknown else [
            {"question": labels.get(key, key), "answer": value} for key, value in given.items()
        ],
    }  # fmt: skip
