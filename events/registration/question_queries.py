"""Reads of a registration form: its questions, what people are told, and how often a question was answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from core.db import db, table_of
from core.errors import NotFound
from core.prepared import Prepared
from events.registration.models import Registration
from events.registration.question_models import AnswerFile, FormQuestion, PrivacyNotice
from events.registration.question_rules import Choice, Condition, Question

__all__ = [
    "RETENTION_DAYS",
    "Answers",
    "FileView",
    "Notice",
    "Question",
    "count_answers",
    "file_view",
    "find_file",
    "get_notice",
    "get_question",
    "list_questions",
    "list_rows",
    "view",
]
RETENTION_DAYS = 180  # after the conference's last day, where nobody has set another number


def list_questions(conference_id: str) -> list[Question]:
    """The questions of a form, in order."""
    return [view(row) for row in _COLUMNS.read({"conference": conference_id})]


_ROWS = (
    select(FormQuestion)
    .where(FormQuestion.conference_id == bindparam("conference"))
    .order_by(FormQuestion.position, FormQuestion.key)
)


# Everybody who registers asks for them: no records, which take several times as long.
_COLUMNS = Prepared(_ROWS.with_only_columns(*table_of(FormQuestion).c))


def list_rows(conference_id: str) -> list[FormQuestion]:
    """As `list_questions`, as rows."""
    return list(db.session.scalars(_ROWS, {"conference": conference_id}))


def view(row: FormQuestion | Row[*tuple[Any, ...]]) -> Question:
    """A row as a value."""
    condition = Condition(row.condition_question, row.condition_value) if row.condition_question else None
    return Question(
        key=row.key,
        kind=row.kind,
        label=row.label,
        help=row.help,
        required=row.required,
        choices=tuple(Choice(each["key"], each["label"]) for each in row.choices),
        audiences=tuple(row.audiences),
        condition=condition,
    )


def get_question(conference_id: str, key: str) -> Question:
    """One question; raises NotFound."""
    row = db.session.scalar(select(FormQuestion).filter_by(conference_id=conference_id, key=key))
    if row is None:
        raise NotFound("question_not_found")
    return view(row)


@dataclass(frozen=True)
class Answers:
    """How many people have answered a question, and each of its choices (by key)."""

    people: int
    choices: Counter[str]


def count_answers(conference_id: str) -> dict[str, Answers]:
    """By the key of a question; what nobody answered is not in it."""
    people: Counter[str] = Counter()
    choices: dict[str, Counter[str]] = {}
    rows = db.session.scalars(select(Registration.answers).filter_by(conference_id=conference_id))
    for answers in rows.yield_per(1000):
        for key, value in answers.items():
            people[key] += 1
            given = value if isinstance(value, list) else [value] if isinstance(value, str) else []
            choices.setdefault(key, Counter()).update(given)
    return {key: Answers(count, choices[key]) for key, count in people.items()}


@dataclass(frozen=True)
class Notice:
    """What people are told of their data; `is_set`: somebody has written it, else it holds the numbers of the house."""

    controller: dict[str, str]
    purpose: dict[str, str]
    retention_days: int
    is_set: bool

    def ends_on(self, last_day: date) -> date:
        """The day after which the data is deleted."""
        return last_day + timedelta(days=self.retention_days)


def get_notice(conference_id: str) -> Notice:
    """What the people of this conference are told."""
    row = db.session.get(PrivacyNotice, conference_id)
    if row is None:
        return Notice({}, {}, RETENTION_DAYS, is_set=False)
    return Notice(row.controller, row.purpose, row.retention_days, is_set=True)


@dataclass(frozen=True)
class FileView:
    """A file that answers a question."""

    id: str
    conference_id: str
    registration_id: str | None
    question_key: str
    name: str
    kind: str
    bytes: int
    uploaded_at: datetime

    def as_answer(self) -> dict[str, object]:
        """What stands for it among somebody's answers."""
        return {"file": self.id, "name": self.name, "bytes": self.bytes}


def find_file(file_id: str) -> FileView | None:
    """A file by its id; None where there is none."""
    row = db.session.get(AnswerFile, file_id)
    return file_view(row) if row is not None else None


def file_view(row: AnswerFile) -> FileView:
    """A row as a value, without its key."""
    return FileView(**{name: getattr(row, name) for name in FileView.__dataclass_fields__})
