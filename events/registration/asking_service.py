"""Questions and answers as other features ask them: one model, one reading, one way to show them."""

from __future__ import annotations

from events.registration.answer_rules import Answered, Typed, read_answers
from events.registration.question_board import by_field, conditions, fields, kinds, said, typed_of
from events.registration.question_reading import read_key, read_question, values_of
from events.registration.question_rules import (
    RATINGS,
    Choice,
    Condition,
    Question,
    QuestionKind,
    find_problems,
    moved,
)

__all__ = [
    "RATINGS",
    "Answered",
    "Choice",
    "Condition",
    "Question",
    "QuestionKind",
    "Typed",
    "by_field",
    "conditions",
    "fields",
    "find_problems",
    "kinds",
    "moved",
    "read_answers",
    "read_key",
    "read_question",
    "said",
    "typed_of",
    "values_of",
]
