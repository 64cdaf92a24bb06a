"""What is taken along of a conference, read back by another library."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from core import audit, clock, i18n, outbox, storage
from core.config import Settings
from core.db import db, transaction
from core.errors import Conflict
from core.i18n import t
from events.attendance import export_queries, export_source, exports
from events.attendance.rules import Part
from events.badges import service as badges
from events.badges.rules import BadgeLayout
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import privacy_service, question_service
from events.registration import service as registrations
from events.registration.question_rules import Choice, Question, QuestionKind
from events.reminders import sending
from tests.events.registration.test_deciding import work_off
from tests.events.reminders import conftest as reminding
from tests.support import apps, conference, doors
from tests.support.databases import SQLITE, Databases
from tests.support.stages import TABLES

_numbers = count(1)
AT = datetime(2026, 7, 1, 5, tzinfo=UTC)  # two hours before it begins


@pytest.fixture
def app(databases: Databases, data_dir: Path) -> Iterator[Flask]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as running, running.app_context():
        yield running
    databases.drop(url)


@pytest.fixture
def draft(app: Flask) -> ConferenceView:
    with clock.frozen(AT):
        made = conference.keep()
        publishing.publish(made.id, by=conference.ORGANISER)
        question = Question(
            key="meal",
            kind=QuestionKind.CHOICE,
            label={"zh-CN": "=用餐", "en": "Meal"},
            help={},
            required=False,
            choices=(
                Choice("rice", {"zh-CN": "米饭", "en": "Rice"}),
                Choice("noodles", {"zh-CN": "面条", "en": "Noodles"}),
            ),
        )
        question_service.add(made.id, question, by=conference.ORGANISER)
        return conference.view(made.id)


def rows(book: Workbook, part: Part) -> list[dict[str, object]]:
    header, *lines = book[t(f"export-part-{part}")].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in lines]


def ask(draft: ConferenceView, *parts: Part, key: str = "") -> str:
    export_id = exports.ask(
        draft.id, parts or tuple(Part), key=key or f"export{next(_numbers)}", by=conference.ORGANISER
    )
    work_off(exports.MAKE)
    return export_id


def found(draft: ConferenceView, export_id: str) -> export_queries.ExportView:
    db.session.remove()
    return export_queries.get_export(export_id, conference_id=draft.id)


def take(draft: ConferenceView, *parts: Part) -> Workbook:
    return load_workbook(io.BytesIO(exports.file_of(found(draft, ask(draft, *parts)))))


def test_everything_is_there_with_times_as_the_conference_and_the_venue_have_them(draft: ConferenceView) -> None:
    with clock.frozen(AT):
        someone = conference.someone(draft, 1, name='=HYPERLINK("x")', company_name="+公司", answers={"meal": "rice"})
        one = registrations.register(draft.id, someone, by=conference.ORGANISER).id
        other = conference.someone(draft, 2, venue="london")
        registrations.register(draft.id, other, by=conference.ORGANISER)
        doors.phone(draft).scan(one)
        badges.ask(draft.id, [one], layout=BadgeLayout.LABEL_62, by=conference.ORGANISER)
        book = take(draft)
    people = {row["编号"]: row for row in rows(book, Part.REGISTRATIONS)}
    assert len(people) == 2
    [first] = [row for row in people.values() if row["姓名"] == '=HYPERLINK("x")']
    assert (first["单位"], first["=用餐"]) == ("+公司", "米饭")
    assert first["报名时间（Asia/Shanghai）"] == datetime(2026, 7, 1, 13, 0)  # noqa: DTZ001  a sheet knows no zones
    [scan] = rows(book, Part.SCANS)
    assert (scan["姓名"], scan["会场"], scan["会场时区"]) == ('=HYPERLINK("x")', "成都会场", "Asia/Shanghai")
    attended = {row["姓名"]: row for row in rows(book, Part.ATTENDANCE)}
    assert attended["样例2"]["情况"] == "未到"
    assert [row["第几次"] for row in rows(book, Part.PRINTS)] == [1]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_a_venue_in_another_zone_has_its_own_time_beside(draft: ConferenceView) -> None:
    with clock.frozen(AT):
        someone = conference.someone(draft, 1, venue="london")
        one = registrations.register(draft.id, someone, by=conference.ORGANISER).id
        hall = draft.venue("london")
        source = export_source.read(draft)
        assert source.there(AT, hall.id) == [datetime(2026, 7, 1, 6, 0), "Europe/London"]  # noqa: DTZ001
        assert one in source.people
    same = replace(draft, venues=tuple(replace(each, timezone=draft.timezone) for each in draft.venues))
    assert export_source.read(same).there(AT, hall.id) == []


def test_what_was_taken_by_whom_and_how_much_is_one_entry_without_a_name(draft: ConferenceView) -> None:
    with clock.frozen(AT):
        registrations.register(draft.id, conference.someone(draft, 1), by=conference.ORGANISER)
    take(draft, Part.REGISTRATIONS, Part.SCANS)
    [line] = [each for each in audit.list_lines(draft.id) if "conference.exported" in each]
    assert '"rows":{"registrations":1,"scans":0}' in line
    assert conference.ORGANISER.id in line
    assert "样例1" not in line


def test_nothing_chosen_is_no_file_and_no_entry(draft: ConferenceView) -> None:
    with pytest.raises(Conflict, match="export_empty"):
        exports.ask(draft.id, (), key="k", by=conference.ORGANISER)
    assert not [each for each in audit.list_lines(draft.id) if "conference.exported" in each]


def test_in_english_all_words_are_english(draft: ConferenceView) -> None:
    with i18n.use_locale("en"):
        book = take(draft, Part.REGISTRATIONS, Part.COMPANIES)
    assert book.sheetnames == ["Registrations", "Companies"]
    assert [cell.value for cell in book["Registrations"][1]][-1] == "Meal"


def test_who_was_reminded_by_what_and_whether_the_mail_left_is_a_sheet(draft: ConferenceView) -> None:
    with clock.frozen(AT - timedelta(days=2)):
        for number in (1, 2):
            registrations.register(draft.id, conference.someone(draft, number), by=conference.ORGANISER)
        rule_id = reminding.add(draft, reminding.rule(reminding.DAY))
    reminding.tick(AT - timedelta(hours=2) - timedelta(hours=20))
    with transaction():
        outbox.withdraw(sending.MAIL, chain=draft.id, rule=rule_id)
    found_rows = rows(take(draft, Part.REMINDERS), Part.REMINDERS)
    assert {(row["姓名"], row["提醒"], row["邮件"]) for row in found_rows} == {
        ("样例1", "会场开始前 1 天", "无需发送"),
        ("样例2", "会场开始前 1 天", "无需发送"),
    }


def test_asked_for_twice_by_one_form_is_one_file_and_one_entry(draft: ConferenceView) -> None:
    with pytest.raises(Conflict, match="export_making"):
        exports.file_of(
            found(draft, exports.ask(draft.id, [Part.SCANS], key="once", by=conference.ORGANISER)),
        )
    ask(draft, Part.SCANS, key="once")
    assert len(export_queries.list_exports(draft.id)) == 1
    assert len([each for each in audit.list_lines(draft.id) if "conference.exported" in each]) == 1


def test_the_file_is_deleted_after_a_day(draft: ConferenceView) -> None:
    with clock.frozen(AT):
        export_id = ask(draft, Part.COMPANIES)
        digest = found(draft, export_id).file_digest
        db.session.remove()
    with clock.frozen(AT + exports.KEPT - timedelta(minutes=1)):
        work_off()
        assert storage.path(digest).exists()
    with clock.frozen(AT + exports.KEPT):
        work_off()
    assert not storage.path(digest).exists()
    with pytest.raises(Conflict, match="export_gone"):
        exports.file_of(found(draft, export_id))


def test_a_file_in_which_somebody_stands_who_is_deleted_goes_at_once(draft: ConferenceView) -> None:
    with clock.frozen(AT):
        one = registrations.register(draft.id, conference.someone(draft, 1), by=conference.ORGANISER).id
        export_id = ask(draft)
        privacy_service.erase(one, by=conference.ORGANISER)
        work_off(exports.REMOVE)
    assert found(draft, export_id).file_digest == ""
