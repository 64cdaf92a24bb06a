"""Questions, answers and what is said of people's data, as values that templates only print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from accounts import queries as accounts
from core import i18n
from core.errors import Invalid
from core.i18n import t
from events.conferences.front_queries import ConferenceFront
from events.conferences.queries import ConferenceView
from events.registration import question_queries as queries
from events.registration.answer_rules import LONGEST_LONG, LONGEST_PHONE, LONGEST_TEXT
from events.registration.question_rules import (
    CHOOSING,
    FORM_KINDS,
    RATINGS,
    YES,
    Question,
    QuestionKind,
    asked,
    values_of,
)

__all__ = [
    "Question",
    "answered",
    "by_field",
    "conditions",
    "fields",
    "is_file",
    "kinds",
    "notice",
    "rows",
    "said",
    "typed_of",
]
_INPUTS = {QuestionKind.PHONE: "tel", QuestionKind.DATE: "date", QuestionKind.FILE: "file"}
_LONGEST = {
    QuestionKind.TEXT: LONGEST_TEXT,
    QuestionKind.LONG: LONGEST_LONG,
    QuestionKind.PHONE: LONGEST_PHONE,
    QuestionKind.NUMBER: 20,
}


def by_field(invalid: Invalid) -> dict[str, list[str]]:
    """The problems of a form by the name of the field."""
    errors: dict[str, list[str]] = {}
    for each in invalid.problems:
        name = each.path.removeprefix("$.").partition("[")[0]
        params = {**each.params}
        if "language" in params:
            params["language"] = t(f"question-language-{params['language']}")
        errors.setdefault(name, []).append(t(each.message_id, **params))
    return errors


def rows(
    questions: Sequence[Question], counts: Mapping[str, queries.Answers], conference: ConferenceView
) -> list[dict[str, Any]]:
    """The builder's list: each question with whom it is asked, when, and how many have answered it."""
    names = {each.key: i18n.pick(each.name) for each in conference.audiences}
    known = {each.key: each for each in questions}
    return [
        {
            "key": each.key,
            "label": i18n.pick(each.label),
            "kind": t(f"question-kind-{each.kind}"),
            "required": each.required,
            "choices": [i18n.pick(choice.label) for choice in each.choices],
            "audiences": [names[key] for key in each.audiences if key in names],
            "condition": _condition(each, known),
            "answered": counts[each.key].people if each.key in counts else 0,
            "first": number == 0,
            "last": number == len(questions) - 1,
        }
        for number, each in enumerate(questions)
    ]


def _condition(question: Question, known: Mapping[str, Question]) -> str:
    if question.condition is None or question.condition.question not in known:
        return ""
    other = known[question.condition.question]
    said = dict(values(other, [question.condition.value]))[question.condition.value]
    return t("question-condition-is", question=i18n.pick(other.label), value=said)


def values(question: Question, keys: Sequence[str]) -> list[tuple[str, str]]:
    """(value, in words) of what a condition on this question may ask for."""
    labels = {choice.key: i18n.pick(choice.label) for choice in question.choices}
    return [(key, labels.get(key) or t("question-agreed" if key == YES else "question-choice-gone")) for key in keys]


def kinds(known: Sequence[QuestionKind] = FORM_KINDS) -> list[tuple[str, str, str]]:
    """(kind, its name, a hint) of what a question may be."""
    return [(str(kind), t(f"question-kind-{kind}"), t(f"question-kind-{kind}-hint")) for kind in known]


def conditions(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """(`<question>=<value>`, in words) of everything that a question behind these may hang on."""
    return [
        (f"{each.key}={value}", t("question-condition-is", question=i18n.pick(each.label), value=said))
        for each in questions
        for value, said in values(each, values_of(each))
    ]


def fields(
    questions: Sequence[Question],
    audience: str,
    typed: Mapping[str, Sequence[str]],
    files: Mapping[str, Mapping[str, Any]],
    errors: Mapping[str, list[str]],
) -> list[dict[str, Any]]:
    """The questions that somebody of this kind may be asked, as fields; those whose condition does not hold for what
    was typed begin hidden."""
    there = [each for each in questions if each.concerns(audience)]
    given = {each.key: _given(each, typed) for each in there}
    shown = {each.key for each in asked(there, given, audience)}
    known = {each.key: each for each in there}
    return [
        {
            "key": each.key,
            "name": f"q_{each.key}",
            "kind": str(each.kind),
            "type": _INPUTS.get(each.kind, "text"),
            "label": i18n.pick(each.label),
            # Before a colon, in the summary of what is wrong.
            "short": i18n.pick(each.label).rstrip("?？ "),
            "help": i18n.pick(each.help),
            "required": each.required,
            "most": _LONGEST.get(each.kind),
            "options": _options(each),
            "value": next(iter(typed.get(each.key, ())), ""),
            "values": list(typed.get(each.key, ())),
            "file": files.get(each.key),
            "errors": errors.get(each.key),
            "on": each.condition.question if each.condition else "",
            "is": each.condition.value if each.condition else "",
            "when": _condition(each, known),
            "shown": each.key in shown,
        }
        for each in there
        # Hangs on a question that these people are never asked: it would stand there hidden for ever.
        if each.condition is None or each.condition.question in known
    ]


def _options(question: Question) -> list[tuple[str, str]]:
    if question.kind is QuestionKind.RATING:
        return [(each, t(f"question-rating-{each}")) for each in RATINGS]
    return [(choice.key, i18n.pick(choice.label)) for choice in question.choices]


def _given(question: Question, typed: Mapping[str, Sequence[str]]) -> Any:
    found = [each for each in typed.get(question.key, ()) if each]
    return found if question.kind is QuestionKind.SEVERAL else next(iter(found), "")


def typed_of(answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Kept answers as a form sends them; files aside."""
    return {
        key: [str(each) for each in value] if isinstance(value, list) else [YES if isinstance(value, dict) else value]
        for key, value in answers.items()
        if not is_file(value)
    }


def is_file(answer: object) -> bool:
    """Whether a kept answer is a file."""
    return isinstance(answer, Mapping) and "file" in answer


def said(question: Question, answer: Any) -> str:
    """A kept answer in words."""
    if is_file(answer):
        return str(answer["name"])
    if question.kind is QuestionKind.CONSENT:
        return t("question-agreed")
    if question.kind in CHOOSING:
        labels = {choice.key: i18n.pick(choice.label) for choice in question.choices}
        chosen = answer if isinstance(answer, list) else [answer]
        return t("list-separator").join(labels.get(each, str(each)) for each in chosen)
    if question.kind is QuestionKind.DATE:
        return i18n.format_date(date.fromisoformat(answer))
    return str(answer)


def answered(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[tuple[Question, Any]]:
    """Questions with their kept answers, in the order of the form; of those that are asked no more, none."""
    return [(each, answers[each.key]) for each in questions if each.key in answers]


def notice(conference: ConferenceView | ConferenceFront) -> dict[str, Any]:
    """What the people of this conference are told of their data; where nobody wrote it, what the house says."""
    found = queries.get_notice(conference.id)
    return {
        "controller": i18n.pick(found.controller) or accounts.get_organisation_name(conference.organisation_id),
        "purpose": i18n.pick(found.purpose) or t("privacy-purpose-default"),
        "days": found.retention_days,
        "until": i18n.format_date(found.ends_on(conference.ends_on)),
        "is_set": found.is_set,
    }
