"""What people send who register, or change what they said of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Problem
from core.reader import Reader
from events.registration.answer_rules import Answered, Typed, read_answers, read_phone
from events.registration.question_rules import Question

LONGEST_NAME = 120  # characters, here and below; as the columns have it
LONGEST_EMAIL = 254
LONGEST_COMPANY = 120
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Person:
    """Who registers."""

    name: str
    email: str
    phone: str
    company_name: str
    job_title: str


def read_person(data: Mapping[str, Any]) -> tuple[Person, list[Problem]]:
    """`name`, `email`, and `phone`, `company_name`, `job_title` where they are given; with what is wrong."""
    reader = Reader()
    text = str(data.get("email") or "")
    email = reader.email(text, "$.email")
    if not text.strip():
        reader.problem("$.email", "empty_text")
    elif len(email) > LONGEST_EMAIL:
        reader.problem("$.email", "text_too_long", limit=LONGEST_EMAIL, length=len(email))
    typed_phone = str(data.get("phone") or "").strip()
    phone = read_phone(typed_phone) if typed_phone else ""
    if typed_phone and not phone:
        reader.problem("$.phone", "bad_phone", value=typed_phone[:40])
    person = Person(
        name=reader.name(data.get("name"), "$.name", limit=LONGEST_NAME),
        email=email,
        phone=phone,
        company_name=reader.text(data.get("company_name"), "$.company_name", limit=LONGEST_COMPANY, required=False),
        job_title=reader.text(data.get("job_title"), "$.job_title", limit=LONGEST_TITLE, required=False),
    )
    return person, reader.problems


@dataclass(frozen=True)
class Signup:
    """A whole form; `venue` by key."""

    person: Person
    venue: str
    answered: Answered
    problems: tuple[Problem, ...]


def read_signup(
    data: Mapping[str, Any],
    questions: Sequence[Question],
    typed: Typed,
    *,
    audience: str,
    venues: Sequence[str],
    language: str,
) -> Signup:
    """Everything of a form, with everything that is wrong with it, in the order of the form: the venue (`venue`, one of
    `venues`), the person, the answers (`q_<key>`), and that what is said of data protection was read (`privacy`)."""
    venue = str(data.get("venue") or "")
    person, problems = read_person(data)
    answered = read_answers(questions, typed, audience, language=language)
    first = [] if venue in venues else [Problem("$.venue", "choice_needed")]
    last = [] if data.get("privacy") == "yes" else [Problem("$.privacy", "not_accepted")]
    return Signup(person, venue, answered, (*first, *problems, *answered.problems, *last))


def read_change(
    data: Mapping[str, Any], questions: Sequence[Question], typed: Typed, *, audience: str, language: str
) -> Signup:
    """As `read_signup`, of somebody who has registered: venue and data protection are not asked again."""
    person, problems = read_person(data)
    answered = read_answers(questions, typed, audience, language=language)
    return Signup(person, "", answered, (*problems, *answered.problems))


def answers_typed(data: Any, questions: Sequence[Question]) -> dict[str, list[str]]:
    """What was sent for each question, by its key; `data` as a form of several values a name."""
    return {each.key: [str(value) for value in data.getlist(f"q_{each.key}")] for each in questions}
