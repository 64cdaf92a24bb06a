"""Use cases of surveys, as the pages call them; each is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from core import audit, clock, ids, jobs, live, outbox, seen
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound, Problem
from events.conferences import queries as conferences
from events.registration import asking_service as asking
from events.registration.asking_service import Question
from events.surveys import queries, rules, sending
from events.surveys.models import Survey
from events.surveys.rules import Facts, Phase


def add(conference_id: str, facts: Facts, questions: Sequence[Question], *, key: str, by: Actor) -> str:
    """A new survey; returns its id. Sent again with the same `key`, it is the same one.

    Raises NotFound, Conflict `conference_cancelled`, `too_many_surveys`.
    """
    survey_id = "svy_" + hashlib.sha256(f"{conference_id}\n{key}".encode()).hexdigest()[:26]
    with transaction():
        _take_conference(conference_id)
        if db.session.get(Survey, survey_id) is not None:
            return survey_id
        if len(queries.list_surveys(conference_id)) >= rules.MOST_SURVEYS:
            raise Conflict("too_many_surveys", most=rules.MOST_SURVEYS)
        row = Survey(
            id=survey_id,
            conference_id=conference_id,
            questions=[queries.kept(each) for each in questions],
            created_at=clock.now(),
            created_by=by.id,
            started_at=None,
            opened_at=None,
            closes_at=None,
            closed_at=None,
            **_columns(facts),
        )
        db.session.add(row)
        db.session.flush()
        _record(row, "survey.added", by=by, anonymous=facts.anonymous, questions=len(questions))
    return survey_id


def _take_conference(conference_id: str) -> None:
    if not conferences.head(conferences.take_conference(conference_id)).is_editable:
        raise Conflict("conference_cancelled")


def _columns(facts: Facts) -> dict[str, Any]:
    return {**vars(facts), "venues": list(facts.venues), "audiences": list(facts.audiences)}


def _record(row: Survey, action: str, *, by: Actor, **data: Any) -> None:
    audit.record(row.conference_id, action, actor=by, subject=Subject("survey", row.id), **data)
    live.publish(f"conference:{row.conference_id}", "conference.changed")


def digest(facts: Facts) -> str:
    """What a form sends back as `seen`, so that nobody undoes another's change."""
    return seen.digest({**_columns(facts), "reach": str(facts.reach)})


def _take(survey_id: str, conference_id: str) -> Survey:
    row = queries.take_survey(survey_id)
    if row.conference_id != conference_id:
        raise NotFound("survey_not_found")
    return row


def change(survey_id: str, facts: Facts, *, conference_id: str, by: Actor, looked_at: str | None = None) -> None:
    """Other words, people or times. Raises NotFound, PlanChanged, Conflict `survey_started`."""
    with transaction():
        row = _take(survey_id, conference_id)
        found = queries.view(row)
        rules.check_draft(found.phase)
        seen.check(looked_at, digest(found.facts))
        if found.facts == facts:
            return
        changed = [name for name, value in _columns(facts).items() if value != _columns(found.facts)[name]]
        for name, value in _columns(facts).items():
            setattr(row, name, value)
        _record(row, "survey.changed", by=by, fields=changed)


def _change_questions(
    survey_id: str, conference_id: str, by: Actor, key: str, made: Callable[[list[Question]], list[Question]]
) -> None:
    """Raises NotFound, Conflict `survey_started`, Invalid with what is wrong with the question of this key."""
    with transaction():
        row = _take(survey_id, conference_id)
        found = queries.view(row)
        rules.check_draft(found.phase)
        after = made(list(found.questions))
        if after == list(found.questions):
            return
        if problems := asking.find_problems(after):
            here = f"$.{key}."
            raise Invalid([Problem(each.path.replace(here, "$."), each.code, each.params) for each in problems])
        row.questions = [queries.kept(each) for each in after]
        _record(row, "survey.questions_changed", by=by, questions=len(after))


def put_question(survey_id: str, question: Question, *, conference_id: str, by: Actor) -> None:
    """A new question behind the others, or another wording of the one with this key. Raises NotFound, Invalid,
    Conflict `survey_started`."""

    def put(questions: list[Question]) -> list[Question]:
        if all(each.key != question.key for each in questions):
            return [*questions, question]
        return [question if each.key == question.key else each for each in questions]

    _change_questions(survey_id, conference_id, by, question.key, put)


def get_question(survey_id: str, key: str, *, conference_id: str) -> Question:
    """One question; raises NotFound."""
    questions = queries.get_survey(survey_id, conference_id=conference_id).questions
    return _find(questions, key)


def _find(questions: Sequence[Question], key: str) -> Question:
    for each in questions:
        if each.key == key:
            return each
    raise NotFound("question_not_found")


def move_question(survey_id: str, key: str, *, up: bool, conference_id: str, by: Actor) -> None:
    """One place further up or down. Raises NotFound, Conflict `survey_started`, `question_order`."""

    def move(questions: list[Question]) -> list[Question]:
        _find(questions, key)
        after = asking.moved(questions, key, up=up)
        if asking.find_problems(after):
            raise Conflict("question_order")
        return after

    _change_questions(survey_id, conference_id, by, key, move)


def remove_question(survey_id: str, key: str, *, conference_id: str, by: Actor) -> None:
    """Ask it not. Raises NotFound, Conflict `survey_started`, `question_needed`."""

    def remove(questions: list[Question]) -> list[Question]:
        _find(questions, key)
        if any(each.condition and each.condition.question == key for each in questions):
            raise Conflict("question_needed")
        return [each for each in questions if each.key != key]

    _change_questions(survey_id, conference_id, by, key, remove)


def start(survey_id: str, *, conference_id: str, by: Actor) -> None:
    """Have it sent when its moment comes; from now on it asks what it asks. Done twice, it is once.

    Raises NotFound, Conflict `survey_empty`, `survey_conference_off`.
    """
    with transaction():
        row = _take(survey_id, conference_id)
        found = queries.view(row)
        if found.phase is not Phase.DRAFT:
            return
        if not found.questions:
            raise Conflict("survey_empty")
        if str(conferences.get_conference(conference_id).state) != "published":
            raise Conflict("survey_conference_off")
        row.started_at = clock.now()
        row.answer_key = ids.secret() if row.anonymous else ""
        _record(row, "survey.started", by=by, questions=len(found.questions), anonymous=row.anonymous)


def stop(survey_id: str, *, conference_id: str, by: Actor) -> None:
    """Make it a draft again, as long as nobody was sent it. Raises NotFound, Conflict `survey_sent`."""
    with transaction():
        row = _take(survey_id, conference_id)
        phase = queries.view(row).phase
        if phase is Phase.DRAFT:
            return
        if phase is not Phase.WAITING:
            raise Conflict("survey_sent")
        row.started_at, row.answer_key = None, ""
        _record(row, "survey.stopped", by=by)


def close(survey_id: str, *, conference_id: str, by: Actor) -> None:
    """Take no more answers. Done twice, it is once. Raises NotFound, Conflict `survey_not_open`."""
    with transaction():
        row = _take(survey_id, conference_id)
        phase = queries.view(row).phase
        if phase is Phase.CLOSED:
            return
        rules.check_open(phase)
        row.closes_at = clock.now()
        sending.finish(row, by=by)


def remove(survey_id: str, *, conference_id: str, by: Actor) -> None:
    """Delete a draft. Raises NotFound, Conflict `survey_started`."""
    with transaction():
        row = _take(survey_id, conference_id)
        rules.check_draft(queries.view(row).phase)
        _record(row, "survey.removed", by=by)
        db.session.delete(row)


def send_test(survey_id: str, *, conference_id: str, to: str, account_id: str, by: Actor) -> None:
    """Send its mail to oneself in both languages. Raises NotFound."""
    with transaction():
        row = _take(survey_id, conference_id)
        for locale in ("zh-CN", "en"):
            outbox.add(
                sending.TEST_MAIL, to=to, locale=locale, chain=conference_id, survey=survey_id, account=account_id
            )
        _record(row, "survey.tested", by=by)


def is_sending(conference_id: str) -> bool:
    """Whether a survey of this conference is being sent now."""
    return jobs.is_asked(sending.SEND, chain=conference_id)
