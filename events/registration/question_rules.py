"""The questions of a registration form: what a form may ask, who is asked what, and which answers count; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from core.errors import Problem
from core.values import Texts, is_name

MOST_QUESTIONS = 60
MOST_CHOICES = 40
LONGEST_LABEL = 300  # characters, here and below
LONGEST_HELP = 600
LONGEST_CHOICE = 120
LANGUAGES = ("zh-CN", "en")
YES = "yes"  # what a condition on a consent asks for


class QuestionKind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    CHOICE = "choice"
    SEVERAL = "several"
    DATE = "date"
    PHONE = "phone"
    FILE = "file"
    CONSENT = "consent"
    RATING = "rating"  # 1 to 5


CHOOSING = frozenset({QuestionKind.CHOICE, QuestionKind.SEVERAL})
RATINGS = ("1", "2", "3", "4", "5")  # from the worst to the best
FORM_KINDS = tuple(kind for kind in QuestionKind if kind is not QuestionKind.RATING)


@dataclass(frozen=True)
class Choice:
    """One of the answers that are offered."""

    key: str
    label: Texts


@dataclass(frozen=True)
class Condition:
    """Asked only where `question` was answered with `value`: the key of a choice, or `yes` to a consent."""

    question: str
    value: str


@dataclass(frozen=True)
class Question:
    """One question; `audiences` are the keys of who is asked, none stands for everybody."""

    key: str
    kind: QuestionKind
    label: Texts
    help: Texts
    required: bool = False
    choices: tuple[Choice, ...] = ()
    audiences: tuple[str, ...] = ()
    condition: Condition | None = None

    def concerns(self, audience: str) -> bool:
        """Whether people of this kind are asked at all."""
        return not self.audiences or audience in self.audiences


def find_problems(questions: Sequence[Question]) -> list[Problem]:
    """Everything for which a form cannot be used, at `$.<key>.<field>`; an empty list: it can."""
    problems = list(_keys(questions))
    for number, each in enumerate(questions):
        problems += _own(each)
        if each.condition is not None:
            problems += _condition(each, each.condition, questions[:number], questions)
    return problems


def _keys(questions: Sequence[Question]) -> Iterator[Problem]:
    if len(questions) > MOST_QUESTIONS:
        yield Problem("$", "too_many_questions", {"most": MOST_QUESTIONS})
    for key, times in Counter(each.key for each in questions).items():
        if times > 1:
            yield Problem(f"$.{key}.key", "duplicate_key", {"key": key})


def _own(question: Question) -> Iterator[Problem]:
    here = f"$.{question.key}"
    yield from _missing(question.label, f"{here}.label")
    # Help is said in both languages or in none.
    if question.help:
        yield from _missing(question.help, f"{here}.help")
    if question.kind not in CHOOSING:
        return
    if len(question.choices) < 2:
        yield Problem(f"{here}.choices", "choices_missing")
    if len(question.choices) > MOST_CHOICES:
        yield Problem(f"{here}.choices", "too_many", {"most": MOST_CHOICES, "count": len(question.choices)})
    for choice in question.choices:
        yield from _missing(choice.label, f"{here}.choices")
    for language in LANGUAGES:
        for label, times in Counter(choice.label.get(language, "") for choice in question.choices).items():
            if label and times > 1:
                yield Problem(f"{here}.choices", "choice_twice", {"label": label})


def _missing(texts: Texts, path: str) -> Iterator[Problem]:
    for language in LANGUAGES:
        if not is_name(texts.get(language, "")):
            suffix = "_en" if language == "en" and not path.endswith(".choices") else ""
            yield Problem(f"{path}{suffix}", "label_missing", {"language": language})


def _condition(
    question: Question, condition: Condition, earlier: Sequence[Question], questions: Sequence[Question]
) -> Iterator[Problem]:
    path, known = f"$.{question.key}.condition", {each.key: each for each in questions}
    other = known.get(condition.question)
    if condition.question == question.key:
        yield Problem(path, "condition_on_itself")
    elif other is None:
        yield Problem(path, "condition_unknown")
    elif _leads_back(question, known):
        yield Problem(path, "condition_in_circle")
    elif other.key not in {each.key for each in earlier}:
        yield Problem(path, "condition_later")
    elif condition.value not in values_of(other):
        yield Problem(path, "condition_value")
    elif question.audiences and other.audiences and not set(question.audiences) & set(other.audiences):
        yield Problem(path, "condition_other_people")


def _leads_back(question: Question, known: Mapping[str, Question]) -> bool:
    """Whether the conditions, followed from this question on, come to it again."""
    seen: set[str] = set()
    at: Question | None = question
    while at is not None and at.condition is not None and at.key not in seen:
        seen.add(at.key)
        at = known.get(at.condition.question)
    return at is not None and at.key == question.key and bool(seen)


def values_of(question: Question) -> tuple[str, ...]:
    """The answers that a condition can ask for; none for a question that is answered freely."""
    if question.kind in CHOOSING:
        return tuple(choice.key for choice in question.choices)
    return (YES,) if question.kind is QuestionKind.CONSENT else ()


def asked(questions: Sequence[Question], answers: Mapping[str, Any], audience: str) -> list[Question]:
    """The questions that somebody of this kind is asked who has answered so, in their order.

    A question whose condition hangs on one that is not asked is not asked either, whatever stands in `answers`.
    """
    found: list[Question] = []
    for each in questions:
        if not each.concerns(audience):
            continue
        if each.condition is None or _holds(each.condition, found, answers):
            found.append(each)
    return found


def _holds(condition: Condition, asked_before: Sequence[Question], answers: Mapping[str, Any]) -> bool:
    other = next((each for each in asked_before if each.key == condition.question), None)
    if other is None:
        return False
    answer = answers.get(other.key)
    if other.kind is QuestionKind.CONSENT:
        return bool(answer) and condition.value == YES
    return condition.value in answer if isinstance(answer, list) else answer == condition.value


def moved(questions: Sequence[Question], key: str, *, up: bool) -> list[Question]:
    """The questions with one of them a place further up or down; at the end of the list nothing changes."""
    order = list(questions)
    at = next(number for number, each in enumerate(order) if each.key == key)
    to = at - 1 if up else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    return order


def keep_choices(before: Sequence[Choice], labels: Sequence[Texts]) -> tuple[Choice, ...]:
    """Choices for these labels: one that was there keeps its key, a new label in an old one's place renames it."""
    left = {choice.key: choice for choice in before}
    kept: dict[int, str] = {}
    for number, label in enumerate(labels):
        same = next((key for key, each in left.items() if each.label == label), None)
        if same is not None:
            kept[number] = same
            left.pop(same)
    # Renamed only where as many stand there as before: else it is not known which of them went.
    if len(labels) == len(before):
        for number, choice in enumerate(before):
            if number not in kept and choice.key in left:
                kept[number] = left.pop(choice.key).key
    used = {choice.key for choice in before}
    free = (key for key in (f"c{n}" for n in range(1, 10_000)) if key not in used)
    return tuple(Choice(kept.get(number) or next(free), label) for number, label in enumerate(labels))


def meaning(question: Question) -> Question:
    """The question as far as its answers hang on it: not whom it is asked, nor where it stands."""
    return replace(question, required=False, audiences=(), condition=None, help={})


def lost_choices(before: Question, after: Question, given: Collection[str]) -> list[Choice]:
    """Choices that somebody has chosen and that would no longer be there."""
    kept = {choice.key for choice in after.choices}
    return [choice for choice in before.choices if choice.key in given and choice.key not in kept]
