"""The sheets of an export: what stands in each column, in the reader's language; times as the conference's zone has
them, and beside them the venue's own where the venues have several zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from core import i18n
from core.i18n import t
from events.attendance.export_source import Row, Source
from events.attendance.rules import Part, minutes
from events.badges import queries as badges
from events.checkin import passage_queries
from events.registration import invitation_queries, question_queries
from events.registration import queries as registrations
from events.registration.queries import RegistrationView
from events.registration.question_queries import Question
from events.reminders import sent_service
from pdf.books import BookSheet, Column, Value


def sheet(part: Part, source: Source) -> BookSheet:
    """One sheet; its rows are made while they are written."""
    columns, rows = _SHEETS[part]
    return BookSheet(t(f"export-part-{part}"), columns(source), rows(source))


def _columns(*named: tuple[str, float]) -> list[Column]:
    return [Column(t(message_id), width) for message_id, width in named]


_WHO = (("export-code", 10), ("badges-name", 20), ("registering-company", 30))


def _who(person: RegistrationView | None) -> Row:
    return [person.code, person.name, person.company] if person else ["", "", ""]


def _registration_columns(source: Source) -> list[Column]:
    asked = question_queries.list_questions(source.conference.id)
    more = ("export-job", 20), ("registering-email", 28), ("registering-phone", 16), ("attendance-audience", 14)
    rest = ("attendance-venue", 18), ("conference-state", 16), ("export-language", 10)
    return [
        *_columns(*_WHO, *more, *rest),
        source.time("export-registered"),
        source.time("export-changed"),
        *_columns(("export-reason", 24)),
        *(Column(i18n.pick(each.label), 24) for each in asked),
    ]


def _registration_rows(source: Source) -> Iterator[Row]:
    asked = question_queries.list_questions(source.conference.id)
    for person in source.people.values():
        yield [
            *_who(person),
            person.job_title,
            person.email,
            person.phone,
            source.audiences.get(person.audience_id, ""),
            source.venue_name(person.venue_id),
            t(f"registration-state-{person.state}"),
            person.locale,
            source.at(person.created_at),
            source.at(person.changed_at),
            person.reason,
            *(_answer(each, person.answers.get(each.key)) for each in asked),
        ]


def _answer(question: Question, answer: Any) -> Value:
    """In words, a number or a day; a file by its name."""
    if answer is None:
        return None
    if isinstance(answer, Mapping):
        return str(answer.get("name") or t("question-agreed"))
    if question.kind == "date":
        return date.fromisoformat(answer)
    if question.choices:
        labels = {choice.key: i18n.pick(choice.label) for choice in question.choices}
        chosen = answer if isinstance(answer, list) else [answer]
        return t("list-separator").join(labels.get(each, str(each)) for each in chosen)
    return answer if isinstance(answer, int | float) else str(answer)


def _company_columns(_: Source) -> list[Column]:
    named = ("export-key", 16), ("export-name-zh", 32), ("export-name-en", 32), ("export-city", 16)
    return _columns(*named, ("export-industry", 24), ("export-registered-people", 12), ("attendance-came", 10))


def _company_rows(source: Source) -> Iterator[Row]:
    came = {each.person.id for each in source.attended if each.came}
    people: dict[str, list[str]] = {}
    for person in source.people.values():
        if person.company_id and person.is_live:
            people.setdefault(person.company_id, []).append(person.id)
    for each in registrations.list_companies(source.conference.id):
        theirs = people.get(each.id, [])
        names = [each.name.get("zh-CN", ""), each.name.get("en", "")]
        yield [
            each.key,
            *names,
            i18n.pick(each.city),
            i18n.pick(each.industry),
            len(theirs),
            sum(one in came for one in theirs),
        ]


def _scan_columns(source: Source) -> list[Column]:
    more = ("attendance-venue", 18), ("checkin-door-column", 14), ("export-direction", 10), ("export-answer", 20)
    rest = (
        ("export-through", 10),
        ("export-how", 14),
        ("export-print", 10),
        ("export-clock", 14),
        ("export-scanned", 24),
    )
    return [
        source.time("export-scanned-at"),
        *source.local_times("export-scanned-at"),
        *_columns(*_WHO, *more, *rest, ("export-scanned", 24)),
        source.time("export-received"),
        *_columns(("export-undoes", 30), ("export-nonce", 30)),
    ]


def _scan_rows(source: Source) -> Iterator[Row]:
    for scan in passage_queries.list_scans(source.conference.id):
        yield [
            source.at(scan.happened_at),
            *source.there(scan.happened_at, scan.venue_id),
            *_who(source.people.get(scan.registration_id)),
            source.venue_name(scan.venue_id),
            source.doors.get(scan.door_id, ""),
            t(f"checkin-way-{scan.direction}"),
            t(f"checkin-said-{scan.shown}"),
            t("export-yes") if scan.passed else t("export-no"),
            t(f"export-kind-{scan.kind}"),
            scan.print_number,
            round(scan.clock_off_ms / 1000) if scan.is_clock_off else None,
            scan.code,
            source.at(scan.received_at),
            scan.undoes,
            scan.nonce,
        ]


def _attendance_columns(source: Source) -> list[Column]:
    return [
        *_columns(*_WHO, ("attendance-audience", 14), ("attendance-venue", 18)),
        source.time("export-first"),
        source.time("export-last"),
        *source.local_times("export-first"),
        *_columns(("export-minutes", 12), ("export-of-minutes", 12), ("export-share", 10), ("attendance-standing", 12)),
        *_columns(("export-hall-minutes", 12), ("export-online-minutes", 12), ("export-doubtful", 14)),
    ]


def _attendance_rows(source: Source) -> Iterator[Row]:
    for found in source.attended:
        person, presence = found.person, found.presence
        yield [
            person.code,
            person.name,
            person.company,
            source.audiences.get(person.audience_id, ""),
            source.venue_name(person.venue_id),
            source.at(found.first_at),
            source.at(found.last_at),
            *source.there(found.first_at, person.venue_id),
            presence.minutes,
            presence.of_minutes,
            presence.share,
            t(f"attendance-standing-{presence.standing}"),
            minutes(each.span for each in found.stays),
            minutes(found.online),
            t("export-yes") if found.is_doubtful else "",
        ]


def _print_columns(source: Source) -> list[Column]:
    return [*_columns(*_WHO), source.time("export-printed"), *_columns(("export-number", 10), ("badges-reason", 28))]


def _print_rows(source: Source) -> Iterator[Row]:
    for each in badges.list_all_prints(source.conference.id):
        person = source.people.get(each.registration_id)
        yield [*_who(person), source.at(each.printed_at), each.number, each.reason]


def _invitation_columns(source: Source) -> list[Column]:
    more = ("registering-company", 30), ("export-job", 20), ("registering-email", 28), ("registering-phone", 16)
    rest = ("attendance-audience", 14), ("attendance-venue", 18), ("export-language", 10), ("conference-state", 16)
    return [
        *_columns(("export-list", 24), ("export-row", 8), ("badges-name", 20), *more, *rest),
        source.time("export-invited"),
        *_columns(("export-answered-by", 12)),
    ]


def _invitation_rows(source: Source) -> Iterator[Row]:
    answered = {each.invitation_id: each.code for each in source.people.values() if each.invitation_id}
    for found in invitation_queries.list_lists(source.conference.id):
        for each in invitation_queries.list_rows(found.id):
            yield [
                found.name,
                each.number,
                each.name,
                each.company_name,
                each.job_title,
                each.email,
                each.phone,
                source.audiences.get(each.audience_id or "", ""),
                source.venue_name(each.venue_id),
                each.locale,
                t(f"export-invitation-{each.state}"),
                source.at(each.created_at),
                answered.get(each.id, ""),
            ]


def _reminder_columns(source: Source) -> list[Column]:
    return [
        *_columns(("export-rule", 28), ("export-meant", 36), *_WHO, ("attendance-venue", 18)),
        source.time("export-sent"),
        *_columns(("export-by-hand", 10), ("export-mail", 16)),
    ]


def _reminder_rows(source: Source) -> Iterator[Row]:
    for sent in sent_service.list_sent(source.conference):
        yield [
            sent.rule,
            sent.meant,
            *_who(source.people.get(sent.registration_id)),
            source.venue_name(sent.venue_id),
            source.at(sent.sent_at),
            t("export-yes") if sent.by_hand else "",
            t(f"export-mail-{sent.ends}"),
        ]


Columns = Callable[[Source], list[Column]]
Rows = Callable[[Source], Iterator[Row]]


def provides(part: Part, columns: Columns, rows: Rows) -> None:
    """Register the sheet of a feature that stands above this one."""
    _SHEETS[part] = columns, rows


_SHEETS: dict[Part, tuple[Columns, Rows]] = {
    Part.REGISTRATIONS: (_registration_columns, _registration_rows),
    Part.COMPANIES: (_company_columns, _company_rows),
    Part.ATTENDANCE: (_attendance_columns, _attendance_rows),
    Part.SCANS: (_scan_columns, _scan_rows),
    Part.PRINTS: (_print_columns, _print_rows),
    Part.INVITATIONS: (_invitation_columns, _invitation_rows),
    Part.REMINDERS: (_reminder_columns, _reminder_rows),
}
