"""Answers: what people typed becomes what is kept, or problems, all of them at once; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import Problem
from core.values import Texts
from events.registration.question_rules import RATINGS, Question, QuestionKind, asked

LONGEST_TEXT = 200  # characters, here and below
LONGEST_LONG = 4000
LONGEST_PHONE = 40
YEARS = range(1900, 2100)
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,4})?", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*( ?(x|ext\.?|转) ?[0-9]{1,6})?", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Typed:
    """What came for each question by its key: texts as typed, and files as {"file": id, "name", "bytes"}."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """Answers by the key of a question, and what is wrong, at `$.answers.<key>`.

    A number is kept as its digits, a day as YYYY-MM-DD, one choice as its key, several as a list of keys, a consent as
    {"consent": the words that were agreed to}, a file as it came.
    """

    answers: dict[str, Any]
    problems: tuple[Problem, ...]


def read_answers(questions: Sequence[Question], typed: Typed, audience: str, *, language: str) -> Answered:
    """Read what was typed; what is not asked does not count, whatever was sent for it."""
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    for question in questions:
        # Whether it is asked hangs on answers that stand above it, and those are known by now.
        if question not in asked(questions, answers, audience):
            continue
        value, code, params = _read(question, typed, language)
        if code:
            problems.append(Problem(path(question.key), code, params))
        elif value:
            answers[question.key] = value
        elif question.required:
            problems.append(Problem(path(question.key), _unanswered(question.kind)))
    return Answered(answers, tuple(problems))


def path(key: str) -> str:
    """Where a problem with an answer stands."""
    return f"$.answers.{key}"


def _unanswered(kind: QuestionKind) -> str:
    if kind is QuestionKind.CONSENT:
        return "not_accepted"
    if kind is QuestionKind.FILE:
        return "file_needed"
    chosen = (QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.RATING)
    return "choice_needed" if kind in chosen else "empty_text"


Result = tuple[Any, str, dict[str, object]]


def _read(question: Question, typed: Typed, language: str) -> Result:
    if question.kind is QuestionKind.FILE:
        return dict(typed.files.get(question.key, {})), "", {}
    given = [str(each) for each in typed.texts.get(question.key, ())]
    if question.kind is QuestionKind.SEVERAL:
        return _several(question, [each for each in given if each])
    text = _clean(given[0]) if given else ""
    if not text:
        return "", "", {}
    if question.kind is QuestionKind.CONSENT:
        return {"consent": _text(question.label, language)}, "", {}
    return _READERS[question.kind](question, text)


def _clean(text: str) -> str:
    """Outer spaces off; line ends as they are counted everywhere."""
    return text.replace("\r\n", "\n").strip()


def _text(texts: Texts, language: str) -> str:
    return texts.get(language) or texts.get("zh-CN") or texts.get("en") or ""


def _several(question: Question, given: list[str]) -> Result:
    known = [choice.key for choice in question.choices]
    if any(each not in known for each in given):
        return None, "unknown_choice", {}
    return [key for key in known if key in given], "", {}


def _one(question: Question, text: str) -> Result:
    return (text, "", {}) if text in {choice.key for choice in question.choices} else (None, "unknown_choice", {})


def _rating(_: Question, text: str) -> Result:
    return (text, "", {}) if text in RATINGS else (None, "unknown_choice", {})


def _bounded(text: str, most: int, *, lines: bool) -> Result:
    if len(text) > most:
        return None, "text_too_long", {"limit": most, "length": len(text)}
    if not all(char.isprintable() or unicodedata.category(char) == "Zs" or (lines and char in "\n\t") for char in text):
        return None, "control_character", {}
    return text, "", {}


def _short(_: Question, text: str) -> Result:
    return _bounded(text, LONGEST_TEXT, lines=False)


def _long(_: Question, text: str) -> Result:
    return _bounded(text, LONGEST_LONG, lines=True)


def _number(_: Question, text: str) -> Result:
    # Full-width digits and the separators of thousands are how people write; what is kept is plain.
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        return None, "not_a_number", {"value": text[:40]}
    return f"{Decimal(plain):f}", "", {}


def _day(_: Question, text: str) -> Result:
    try:
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        return None, "bad_date", {"value": text[:40]}
    return (day.isoformat(), "", {}) if day.year in YEARS else (None, "bad_date", {"value": text[:40]})


def _phone(_: Question, text: str) -> Result:
    plain = read_phone(text)
    return (plain, "", {}) if plain else (None, "bad_phone", {"value": text[:40]})


def read_phone(text: str) -> str:
    """A telephone number as people write it, its digits and signs made plain; empty where it is none."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("–", "-").split())
    digits = sum(char.isdigit() for char in plain)
    return plain if _PHONE.fullmatch(plain) and 5 <= digits <= 20 and len(plain) <= LONGEST_PHONE else ""


_READERS: Mapping[QuestionKind, Callable[[Question, str], Result]] = {
    QuestionKind.TEXT: _short,
    QuestionKind.LONG: _long,
    QuestionKind.NUMBER: _number,
    QuestionKind.CHOICE: _one,
    QuestionKind.RATING: _rating,
    QuestionKind.DATE: _day,
    QuestionKind.PHONE: _phone,
}
