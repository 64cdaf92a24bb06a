"""Answers to surveys in the workbook of everything: a row for each answer to each question."""

from __future__ import annotations

from collections.abc import Iterator

from core import i18n
from core.i18n import t
from events.attendance.export_service import Part, Row, Source, provides
from events.surveys import exports, queries, results
from events.surveys.queries import SurveyView
from pdf.books import Column


def _columns(source: Source) -> list[Column]:
    named = ("survey-fact-survey", 24), ("export-code", 10), ("badges-name", 20), ("registering-company", 30)
    asked = ("survey-sheet-question", 50), ("survey-sheet-answer", 40)
    return [
        *(Column(t(each), width) for each, width in named),
        source.time("survey-sheet-at"),
        *(Column(t(each), width) for each, width in asked),
    ]


def _rows(source: Source) -> Iterator[Row]:
    for found in queries.list_surveys(source.conference.id):
        yield from _of(found, source)


def _of(found: SurveyView, source: Source) -> Iterator[Row]:
    title, answers = i18n.pick(found.facts.title), queries.list_answers(found.id)
    counted = results.count(found)
    for each in (result.question for result in counted.questions if not result.is_hidden):
        label = i18n.pick(each.label)
        rows: list[Row] = []
        for one in answers:
            if each.key not in one.answers:
                continue
            person = source.people.get(one.registration_id)
            who: Row = [person.code, person.name, person.company] if person else ["", "", ""]
            cell = exports.cell(each, one.answers[each.key])
            rows.append([title, *who, source.at(one.answered_at), label, cell])
        # Nobody's: in an order of its own for each question.
        yield from sorted(rows, key=lambda row: str(row[-1])) if found.facts.anonymous else rows


provides(Part.SURVEYS, _columns, _rows)
