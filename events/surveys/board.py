"""What the pages of surveys show, as values that a template only prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from core import clock, i18n, outbox
from core.i18n import t
from events.attendance import attended_service as attendance
from events.conferences.queries import ConferenceView
from events.registration import asking_service as asking
from events.registration.asking_service import Question, QuestionKind
from events.surveys import queries, results, rules, sending
from events.surveys.queries import SurveyView
from events.surveys.results import Result, Results, Slice
from events.surveys.rules import MINUTES, Phase, Reach
from pdf import plots


def rows(conference: ConferenceView) -> list[dict[str, Any]]:
    """Every survey of a conference, with where it stands."""
    return [row(each, conference) for each in queries.list_surveys(conference.id)]


def row(found: SurveyView, conference: ConferenceView) -> dict[str, Any]:
    """One survey: its words, where it stands, and how many were asked and answered."""
    asked, answered = queries.count_asked(found.id).total(), queries.count_answers(found.id).total()
    return {
        "id": found.id,
        "title": i18n.pick(found.facts.title),
        "phase": str(found.phase),
        "phase_words": t(f"survey-phase-{found.phase}"),
        "when": when(found, conference),
        "who": who(found, conference),
        "anonymous": found.facts.anonymous,
        "questions": len(found.questions),
        "asked": asked,
        "answered": answered,
        "rate": results.percent(answered, asked) if asked else None,
    }


def when(found: SurveyView, conference: ConferenceView) -> str:
    """When it is, was or will be sent and closed, in the conference's zone."""
    times, zone = found.times, conference.timezone
    if times.opened_at is not None and times.closes_at is not None:
        key = "survey-was-open" if found.phase is Phase.CLOSED else "survey-is-open"
        first, last = (i18n.format_named(each, zone) for each in (times.opened_at, times.closes_at))
        return t(key, first=first, last=last)
    at = rules.moment(found.facts, attendance.ends_at(conference))
    if at is None:
        return t("survey-no-end")
    if found.phase is Phase.DRAFT and at <= clock.now():
        return t("survey-would-be-sent-now")
    if found.phase is Phase.DRAFT:
        return t("survey-would-be-sent", at=i18n.format_named(at, zone))
    return t("survey-will-be-sent", at=i18n.format_named(max(at, clock.now()), zone))


def who(found: SurveyView, conference: ConferenceView) -> str:
    """Whom it is for, in words."""
    facts = found.facts
    venues = [i18n.pick(each.name) for each in conference.venues if each.id in facts.venues]
    audiences = [i18n.pick(each.name) for each in conference.audiences if each.id in facts.audiences]
    separator = t("list-separator")
    return " · ".join(
        (
            t(f"survey-reach-{facts.reach}"),
            separator.join(venues) or t("reminder-scope-all"),
            separator.join(audiences) or t("reminder-everybody"),
        )
    )


def page(found: SurveyView, conference: ConferenceView) -> dict[str, Any]:
    """The page of one survey."""
    facts = found.facts
    return {
        "survey": row(found, conference),
        "intro": i18n.pick(facts.intro),
        "delay": delay(facts.delay),
        "days_open": facts.days_open,
        "questions": _question_rows(found, conference),
        "meant": len(sending.list_meant(conference, facts)) if found.phase in (Phase.DRAFT, Phase.WAITING) else 0,
        "mails": _mails(found),
    }


def delay(minutes: int) -> str:
    """`2 hours after the end`."""
    unit = next((each for each, size in MINUTES.items() if minutes and minutes % size == 0), "hours")
    return t(f"survey-after-{unit}", n=minutes // MINUTES[unit])


def _question_rows(found: SurveyView, conference: ConferenceView) -> list[dict[str, Any]]:
    names = {each.key: i18n.pick(each.name) for each in conference.audiences}
    known = {
        (each.key, choice.key): (i18n.pick(each.label), i18n.pick(choice.label))
        for each in found.questions
        for choice in each.choices
    }
    return [
        {
            "key": each.key,
            "label": i18n.pick(each.label),
            "kind": t(f"question-kind-{each.kind}"),
            "required": each.required,
            "choices": [i18n.pick(choice.label) for choice in each.choices],
            "audiences": [names[key] for key in each.audiences if key in names],
            "condition": _condition(each, known),
            "first": number == 0,
            "last": number == len(found.questions) - 1,
        }
        for number, each in enumerate(found.questions)
    ]


def _condition(question: Question, known: Mapping[tuple[str, str], tuple[str, str]]) -> str:
    if question.condition is None:
        return ""
    other, value = known.get((question.condition.question, question.condition.value), ("", ""))
    return t("question-condition-is", question=other, value=value) if other else ""


def _mails(found: SurveyView) -> dict[str, int]:
    """What became of the mails with which it was sent."""
    ids = queries.list_messages(found.id)
    ends = outbox.list_ends(ids)
    sent = sum(each.is_sent for each in ends.values())
    failed = sum(each.is_dead for each in ends.values())
    return {"asked": len(ids), "sent": sent, "failed": failed, "waiting": len(ids) - sent - failed}


def result_page(found: SurveyView, conference: ConferenceView, counted: Results, chosen: str) -> dict[str, Any]:
    """The page of results; `chosen`: the venue or audience whose answers are shown, empty for all."""
    named = names(conference)
    order = list(named)
    return {
        "survey": row(found, conference),
        "as_of": i18n.format_named(clock.now(), conference.timezone),
        "asked": counted.asked,
        "answered": counted.answered,
        "rate": counted.rate,
        "is_hidden": counted.is_hidden,
        "smallest": rules.SMALLEST_GROUP,
        "groups": [
            (t("attendance-venue"), _groups(counted.venues, named, order)),
            (t("attendance-audience"), _groups(counted.audiences, named, order)),
        ],
        "chosen": chosen,
        "chosen_name": named.get(chosen, ""),
        "questions": [result(each, number, counted.answered) for number, each in enumerate(counted.questions, 1)],
    }


def names(conference: ConferenceView) -> dict[str, str]:
    """The names of venues and audiences by id, in their order."""
    found = {each.id: i18n.pick(each.name) for each in conference.venues}
    return found | {each.id: i18n.pick(each.name) for each in conference.audiences}


def _groups(slices: Sequence[Slice], named: Mapping[str, str], order: Sequence[str]) -> list[dict[str, Any]]:
    found = [each for each in slices if each.id in named]
    return [
        {
            "id": each.id,
            "name": named[each.id],
            "asked": each.asked,
            "answered": each.answered,
            "rate": each.rate,
            "shown": each.answered is not None,
        }
        for each in sorted(found, key=lambda each: order.index(each.id))
    ]


def result(found: Result, number: int, answered: int, *, font: str = "", name: str = "") -> dict[str, Any]:
    """One question's results: the drawing (its ids begin with `name`), and the same as a table and in words."""
    question = found.question
    title = i18n.pick(question.label)
    bars = [
        plots.Bar(_label(question, each.label), each.count, t("survey-bar", n=each.count, percent=each.percent))
        for each in found.bars
    ]
    words = t("list-separator").join(f"{each.label} {each.text}" for each in bars)
    name = name or f"plot-{number}"
    drawn = plots.bars(bars, name=name, title=title, words=words, font=font, of=found.answered) if bars else ""
    return {
        "number": number,
        "label": title,
        "kind": t(f"question-kind-{question.kind}"),
        "answered": found.answered,
        "skipped": answered - found.answered,
        "plot": Markup(drawn),  # noqa: S704  drawn by pdf.plots, which escapes what people wrote
        "rows": [
            {"label": bar.label, "count": each.count, "percent": t("attendance-percent", n=each.percent)}
            for bar, each in zip(bars, found.bars, strict=True)
        ],
        "figures": _figures(found),
        "texts": found.texts,
        "is_free": question.kind in (QuestionKind.TEXT, QuestionKind.LONG),
        "is_several": question.kind is QuestionKind.SEVERAL,
        "is_hidden": found.is_hidden,
    }


def _label(question: Question, label: str) -> str:
    return t(f"question-rating-{label}") if question.kind is QuestionKind.RATING else label


def _figures(found: Result) -> list[tuple[str, str]]:
    if found.figures is None:
        return []
    names = (
        ("mean", "median") if found.question.kind is QuestionKind.RATING else ("mean", "median", "lowest", "highest")
    )
    return [(t(f"survey-figure-{name}"), getattr(found.figures, name)) for name in names]


def answer_page(
    found: SurveyView,
    conference: ConferenceView,
    audience_key: str,
    typed: Mapping[str, Sequence[str]],
    errors: Mapping[str, list[str]],
) -> dict[str, Any]:
    """What somebody who is asked sees."""
    title, facts = i18n.pick(conference.title), found.facts
    given = {key.removeprefix("answers."): said for key, said in errors.items() if key.startswith("answers.")}
    return {
        "title": i18n.pick(facts.title),
        "conference_title": title,
        "intro": i18n.pick(facts.intro) or t("survey-mail-intro", title=title),
        "anonymous": facts.anonymous,
        "phase": str(found.phase),
        "until": _until(found.times.closes_at, conference),
        "fields": asking.fields(found.questions, audience_key, typed, {}, given),
        "demo": conference.is_demo,
    }


def _until(closes_at: datetime | None, conference: ConferenceView) -> str:
    return i18n.format_named(closes_at, conference.timezone) if closes_at else ""


def reaches() -> list[tuple[str, str, str]]:
    """What can be chosen for who is asked."""
    return [(str(each), t(f"survey-reach-{each}"), t(f"survey-reach-{each}-hint")) for each in Reach]
