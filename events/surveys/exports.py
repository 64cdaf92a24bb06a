"""The answers of a survey as a workbook. In an anonymous one each column is in an order of its own, so that no row is a
person; who takes answers along is written into the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core import audit, clock, i18n
from core.audit import Actor, Subject
from core.db import db, transaction
from core.i18n import t
from events.conferences.queries import ConferenceView
from events.registration import asking_service as asking
from events.registration import queries as registrations
from events.registration.asking_service import Question, QuestionKind
from events.surveys import board, queries, results
from events.surveys.queries import SurveyView
from events.surveys.results import Results
from pdf import books
from pdf.books import BookSheet, Column, Value

_EVERYBODY = 10_000_000


def take_along(found: SurveyView, conference: ConferenceView, *, by: Actor) -> bytes:
    """Results and answers in the reader's language, with one entry of the trail."""
    counted = results.count(found)
    sheets = [_results_sheet(counted), _answers_sheet(found, conference, counted)]
    book = books.write_book(sheets, made_at=clock.now())
    db.session.rollback()
    with transaction():
        audit.record(
            conference.id,
            "survey.exported",
            actor=by,
            subject=Subject("survey", found.id),
            answers=counted.answered,
            language=i18n.current(),
        )
    return book.data


def _results_sheet(counted: Results) -> BookSheet:
    columns = [
        Column(t("survey-sheet-question"), 50),
        Column(t("survey-sheet-answer"), 40),
        Column(t("survey-sheet-count"), 10),
        Column(t("survey-sheet-percent"), 10),
    ]
    rows: list[list[Value]] = [
        [t("survey-asked"), "", counted.asked, None],
        [t("survey-answered"), "", counted.answered, counted.rate],
    ]
    for each in counted.questions:
        label = i18n.pick(each.question.label)
        rows += [[label, bar.label, bar.count, bar.percent] for bar in each.bars]
        if each.figures:
            rows.append([label, t("survey-figure-mean"), float(each.figures.mean), None])
    return BookSheet(t("survey-sheet-results"), columns, rows)


def _answers_sheet(found: SurveyView, conference: ConferenceView, counted: Results) -> BookSheet:
    shown = {each.question.key for each in counted.questions if not each.is_hidden}
    questions = [each for each in found.questions if each.key in shown]
    asked = [Column(i18n.pick(each.label), 30) for each in questions]
    title = t("survey-sheet-answers")
    if found.facts.anonymous:
        return BookSheet(title, asked or [Column(title)], _apart(found, questions) if questions else [])
    zone = i18n.aside(conference.timezone)
    who = [Column(t("export-code"), 10), Column(t("badges-name"), 20), Column(t("registering-company"), 30)]
    where = [Column(t("attendance-venue"), 18), Column(t("attendance-audience"), 14)]
    return BookSheet(
        title, [*who, *where, Column(t("survey-sheet-at") + zone, 20), *asked], _named(found, conference, questions)
    )


def _apart(found: SurveyView, questions: Sequence[Question]) -> Iterator[list[Value]]:
    """Each question's answers in their own order, as many rows as the question that most answered."""
    answers = queries.list_answers(found.id)
    columns = [
        sorted((cell(each, one.answers[each.key]) for one in answers if each.key in one.answers), key=str)
        for each in questions
    ]
    for number in range(max(map(len, columns), default=0)):
        yield [column[number] if number < len(column) else None for column in columns]


def _named(found: SurveyView, conference: ConferenceView, questions: Sequence[Question]) -> Iterator[list[Value]]:
    people = {each.id: each for each in registrations.list_registrations(conference.id, limit=_EVERYBODY)}
    named = board.names(conference)
    zone = ZoneInfo(conference.timezone)
    for each in queries.list_answers(found.id):
        person = people.get(each.registration_id)
        at = each.answered_at.astimezone(zone).replace(tzinfo=None, microsecond=0) if each.answered_at else None
        yield [
            *((person.code, person.name, person.company) if person else ("", "", "")),
            named.get(each.group.venue_id, ""),
            named.get(each.group.audience_id, ""),
            at,
            *(cell(question, each.answers.get(question.key)) for question in questions),
        ]


def cell(question: Question, answer: Any) -> Value:
    """An answer as a sheet has it: a number where it is one."""
    if answer is None:
        return None
    if question.kind is QuestionKind.RATING:
        return int(answer)
    if question.kind is QuestionKind.NUMBER:
        return float(answer)
    return asking.said(question, answer)
