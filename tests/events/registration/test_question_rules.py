"""Which forms may be used, who is asked what, and which answers count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from events.registration.answer_rules import Typed, read_answers
from events.registration.question_rules import (
    Choice,
    Condition,
    Question,
    QuestionKind,
    asked,
    find_problems,
    keep_choices,
    moved,
)


def both(text: str) -> dict[str, str]:
    return {"zh-CN": f"{text}？", "en": f"{text}?"}


def question(key: str, kind: QuestionKind = QuestionKind.TEXT, **values: Any) -> Question:
    return Question(key, kind, both(key), {}, **values)


YES, NO = Choice("c1", both("yes")), Choice("c2", both("no"))
HOTEL = question("hotel", QuestionKind.CHOICE, choices=(YES, NO))
NIGHTS = question("nights", QuestionKind.NUMBER, required=True, condition=Condition("hotel", "c1"))
WISHES = question("wishes", QuestionKind.LONG, condition=Condition("hotel", "c1"))
FORM = [HOTEL, NIGHTS, WISHES]


def codes(*questions: Question) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in find_problems(questions)]


def on(key: str, value: str = "c1") -> Condition:
    return Condition(key, value)


def test_a_form_that_can_be_used_has_no_problem() -> None:
    assert codes(*FORM) == []


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ([replace(HOTEL, condition=on("hotel"))], ("$.hotel.condition", "condition_on_itself")),
        ([replace(HOTEL, condition=on("nights")), NIGHTS], ("$.hotel.condition", "condition_in_circle")),
        ([NIGHTS, HOTEL], ("$.nights.condition", "condition_later")),
        ([NIGHTS], ("$.nights.condition", "condition_unknown")),
        ([HOTEL, replace(NIGHTS, condition=on("hotel", "c9"))], ("$.nights.condition", "condition_value")),
        ([question("a"), question("b", condition=on("a", "x"))], ("$.b.condition", "condition_value")),
        ([HOTEL, HOTEL], ("$.hotel.key", "duplicate_key")),
        ([replace(HOTEL, choices=())], ("$.hotel.choices", "choices_missing")),
        ([replace(HOTEL, choices=(YES, Choice("c2", both("yes"))))], ("$.hotel.choices", "choice_twice")),
        ([replace(HOTEL, label={"zh-CN": "住宿"})], ("$.hotel.label_en", "label_missing")),
        ([replace(HOTEL, label={"en": "Hotel"})], ("$.hotel.label", "label_missing")),
        ([replace(HOTEL, help={"en": "Only one"})], ("$.hotel.help", "label_missing")),
        ([replace(HOTEL, choices=(YES, Choice("c2", {"en": "No"})))], ("$.hotel.choices", "label_missing")),
        (
            [replace(HOTEL, audiences=("guest",)), replace(NIGHTS, audiences=("company",))],
            ("$.nights.condition", "condition_other_people"),
        ),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_by_name(form: list[Question], problem: tuple[str, str]) -> None:
    assert problem in codes(*form)


def test_who_is_asked_hangs_on_answers_and_on_who_they_are() -> None:
    guests = replace(HOTEL, audiences=("guest",))
    assert [each.key for each in asked(FORM, {"hotel": "c1"}, "company")] == ["hotel", "nights", "wishes"]
    assert [each.key for each in asked(FORM, {"hotel": "c2"}, "company")] == ["hotel"]
    # Somebody who is not asked about hotels is not asked about nights, whatever was sent.
    assert asked([guests, NIGHTS], {"hotel": "c1"}, "company") == []


def test_a_condition_on_several_choices_and_on_a_consent() -> None:
    several = question("days", QuestionKind.SEVERAL, choices=(YES, NO))
    consent = question("photo", QuestionKind.CONSENT)
    form = [several, consent, question("a", condition=on("days", "c2")), question("b", condition=on("photo", "yes"))]
    assert [each.key for each in asked(form, {"days": ["c1", "c2"], "photo": {"consent": "…"}}, "x")][2:] == ["a", "b"]
    assert [each.key for each in asked(form, {"days": ["c1"]}, "x")][2:] == []


def test_all_problems_of_the_answers_come_at_once() -> None:
    form = [
        question("name", required=True),
        question("count", QuestionKind.NUMBER),
        question("day", QuestionKind.DATE),
        question("tel", QuestionKind.PHONE),
        question("meal", QuestionKind.CHOICE, choices=(YES, NO), required=True),
        question("photo", QuestionKind.CONSENT, required=True),
        question("paper", QuestionKind.FILE, required=True),
        question("short"),
    ]
    typed = {"count": ["many"], "day": ["2026-02-30"], "tel": ["call me"], "meal": ["c7"], "short": ["x" * 201]}
    found = read_answers(form, Typed(typed), "company", language="en")
    assert [(each.path, each.code) for each in found.problems] == [
        ("$.answers.name", "empty_text"),
        ("$.answers.count", "not_a_number"),
        ("$.answers.day", "bad_date"),
        ("$.answers.tel", "bad_phone"),
        ("$.answers.meal", "unknown_choice"),
        ("$.answers.photo", "not_accepted"),
        ("$.answers.paper", "file_needed"),
        ("$.answers.short", "text_too_long"),
    ]
    assert found.answers == {}


def test_what_is_kept_is_plain() -> None:
    form = [
        question("count", QuestionKind.NUMBER),
        question("tel", QuestionKind.PHONE),
        question("days", QuestionKind.SEVERAL, choices=(YES, NO)),
        question("photo", QuestionKind.CONSENT),
        question("long", QuestionKind.LONG),
    ]
    typed = {"count": ["１,200.50"], "tel": ["＋86 28–8888 0000"], "days": ["c2", "c1"], "photo": ["yes"],
             "long": [" a\r\nb "]}  # fmt: skip
    assert read_answers(form, Typed(typed), "x", language="en").answers == {
        "count": "1200.50",
        "tel": "+86 28-8888 0000",
        "days": ["c1", "c2"],
        "photo": {"consent": "photo?"},
        "long": "a\nb",
    }


def test_what_is_not_asked_does_not_count() -> None:
    typed = Typed({"hotel": ["c2"], "nights": ["3"]})
    assert read_answers(FORM, typed, "company", language="en").answers == {"hotel": "c2"}
    hidden = Typed({"hotel": ["c2"], "nights": [""]})
    assert read_answers(FORM, hidden, "company", language="en").problems == ()
    shown = read_answers(FORM, Typed({"hotel": ["c1"]}), "company", language="en")
    assert [each.path for each in shown.problems] == ["$.answers.nights"]


def test_choices_keep_their_keys_when_words_or_order_change() -> None:
    assert keep_choices((YES, NO), [NO.label, YES.label]) == (NO, YES)
    renamed = keep_choices((YES, NO), [YES.label, both("never")])
    assert [choice.key for choice in renamed] == ["c1", "c2"]
    # It is not known which of them went, so nobody's choice becomes another one.
    assert [choice.key for choice in keep_choices((YES, NO), [YES.label, both("a"), both("b")])] == ["c1", "c3", "c4"]


def test_a_question_moves_by_one_and_stays_at_the_ends() -> None:
    assert moved(FORM, "wishes", up=True) == [HOTEL, WISHES, NIGHTS]
    assert moved(FORM, "hotel", up=True) == FORM
    assert moved(FORM, "wishes", up=False) == FORM


def test_a_rating_is_one_of_five_and_nothing_between() -> None:
    asked = [question("whole", QuestionKind.RATING, required=True)]
    found = {
        typed: read_answers(asked, Typed({"whole": [typed]}), "company", language="en")
        for typed in ("4", "0", "4.5", "")
    }
    assert found["4"].answers == {"whole": "4"}
    assert [found[each].problems[0].code for each in ("0", "4.5", "")] == [
        "unknown_choice",
        "unknown_choice",
        "choice_needed",
    ]
