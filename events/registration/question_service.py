"""Use cases of the form builder: add, change, move and remove questions; say what happens to people's data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core import audit, ids, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound, Problem
from core.values import Texts
from events.conferences import queries as conferences
from events.registration import question_queries as queries
from events.registration import question_rules as rules
from events.registration.question_models import FormQuestion, PrivacyNotice
from events.registration.question_rules import Question


def _take(conference_id: str) -> list[FormQuestion]:
    """The questions of a conference in order to change them; raises NotFound, Conflict `conference_cancelled`."""
    conference = conferences.take_conference(conference_id)
    if not conferences.head(conference).is_editable:
        raise Conflict("conference_cancelled")
    db.session.expire_all()
    return queries.list_rows(conference_id)


def _check(questions: Sequence[Question], *, changed: str) -> None:
    """Raises Invalid where the form could not be used; problems of `changed` are told at its own fields."""
    if problems := rules.find_problems(questions):
        here = f"$.{changed}."
        raise Invalid([Problem(each.path.replace(here, "$."), each.code, each.params) for each in problems])


def _record(conference_id: str, action: str, row: FormQuestion, by: Actor, **data: Any) -> None:
    subject = Subject("form_question", row.id)
    audit.record(conference_id, action, actor=by, subject=subject, key=row.key, **data)
    live.publish(f"conference:{conference_id}", "conference.changed")


def add(conference_id: str, question: Question, *, by: Actor) -> None:
    """One more question, behind the others; sent again with the same key, it is the same one.

    Raises NotFound, Invalid with everything that is wrong with it, Conflict `conference_cancelled`.
    """
    with transaction():
        rows = _take(conference_id)
        if any(row.key == question.key for row in rows):
            return
        _check([*map(queries.view, rows), question], changed=question.key)
        position = max((row.position for row in rows), default=-1) + 1
        row = FormQuestion(id=ids.new("fqu"), conference_id=conference_id, key=question.key, position=position)
        _put(row, question)
        db.session.add(row)
        db.session.flush()
        _record(conference_id, "question.added", row, by, kind=str(question.kind), label=question.label)


def _put(row: FormQuestion, question: Question) -> None:
    row.kind, row.required = question.kind, question.required
    row.label, row.help = question.label, question.help
    row.choices = [asdict(choice) for choice in question.choices]
    row.audiences = list(question.audiences)
    row.condition_question = question.condition.question if question.condition else ""
    row.condition_value = question.condition.value if question.condition else ""


def change(conference_id: str, question: Question, *, by: Actor, knowing: bool = False) -> None:
    """Change a question; sent twice, it is one change.

    What people have answered already is not turned into the answer to something else: `knowing` says that whoever
    changes the words knows that they have been answered; the kind, and a choice that was made, stay as they are.
    Raises NotFound, Invalid, Conflict `conference_cancelled`, `question_answered`, `question_kind_answered`,
    `choice_answered`.
    """
    with transaction():
        rows = _take(conference_id)
        row = _find(rows, question.key)
        before = queries.view(row)
        if before == question:
            return
        _check([question if each is row else queries.view(each) for each in rows], changed=question.key)
        given = queries.count_answers(conference_id).get(question.key)
        if given is not None:
            _check_answered(before, question, given, knowing=knowing)
        _put(row, question)
        db.session.flush()
        after = _said(question)
        changed = [name for name, value in _said(before).items() if value != after[name]]
        _record(conference_id, "question.changed", row, by, fields=changed, answered=given.people if given else 0)


def _said(question: Question) -> dict[str, Any]:
    return {name: value for name, value in asdict(question).items() if name != "key"}


def _check_answered(before: Question, after: Question, given: queries.Answers, *, knowing: bool) -> None:
    if before.kind is not after.kind:
        raise Conflict("question_kind_answered", people=given.people)
    if lost := rules.lost_choices(before, after, set(given.choices)):
        label = lost[0].label
        raise Conflict("choice_answered", choice=label.get("zh-CN", ""), people=given.choices[lost[0].key])
    if not knowing and rules.meaning(before) != rules.meaning(after):
        raise Conflict("question_answered", people=given.people)


def _find(rows: Sequence[FormQuestion], key: str) -> FormQuestion:
    for row in rows:
        if row.key == key:
            return row
    raise NotFound("question_not_found")


def move(conference_id: str, key: str, *, up: bool, by: Actor) -> None:
    """One place further up or down. Raises NotFound, Conflict `conference_cancelled`, `question_order` where a question
    would come before the one that it hangs on."""
    with transaction():
        rows = _take(conference_id)
        row = _find(rows, key)
        before = [queries.view(each) for each in rows]
        after = rules.moved(before, key, up=up)
        if after == before:
            return
        if rules.find_problems(after):
            raise Conflict("question_order")
        order = [each.key for each in after]
        for each in rows:
            each.position = order.index(each.key)
        db.session.flush()
        _record(conference_id, "question.moved", row, by, position=row.position + 1)


def remove(conference_id: str, key: str, *, by: Actor) -> None:
    """Ask it no more. Answers that there are stay with those who gave them.

    Raises NotFound, Conflict `conference_cancelled`, `question_needed` where another question hangs on it.
    """
    with transaction():
        rows = _take(conference_id)
        row = _find(rows, key)
        if any(each.condition_question == key for each in rows):
            raise Conflict("question_needed")
        given = queries.count_answers(conference_id).get(key)
        db.session.delete(row)
        db.session.flush()
        _record(conference_id, "question.removed", row, by, answered=given.people if given else 0)


def set_notice(conference_id: str, *, controller: Texts, purpose: Texts, retention_days: int, by: Actor) -> None:
    """Say who has the data, for what, and how long it is kept; sent twice, it is one change.

    Raises NotFound, Conflict `conference_cancelled`.
    """
    with transaction():
        _take(conference_id)
        row = db.session.get(PrivacyNotice, conference_id) or PrivacyNotice(conference_id=conference_id)
        values = {"controller": controller, "purpose": purpose, "retention_days": retention_days}
        before = {name: getattr(row, name) for name in values}
        if before == values:
            return
        for name, value in values.items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()
        changed = [name for name, value in values.items() if value != before[name]]
        subject = Subject("conference", conference_id)
        audit.record(conference_id, "privacy.changed", actor=by, subject=subject, fields=changed, days=retention_days)
        live.publish(f"conference:{conference_id}", "conference.changed")
