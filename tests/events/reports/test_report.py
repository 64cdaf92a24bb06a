"""The report says what the sheets say, the same twice, in both languages."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from accounts.rules import Role
from core import clock, i18n
from core.config import Settings
from core.i18n import t
from events.attendance import export_queries, exports, service
from events.attendance.rules import Part
from events.checkin.rules import Direction
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import service as registrations
from events.reports import board, figures, work
from events.reports.figures import Figures
from tests.events.registration.test_deciding import work_off
from tests.support import apps, conference, doors
from tests.support.databases import SQLITE, Databases
from tests.support.pages import get_page, post
from tests.support.stages import TABLES

BEGINS = datetime(2026, 7, 1, 7, tzinfo=UTC)
AFTER = BEGINS + timedelta(days=1)


@dataclass
class World:
    app: Flask
    open: ConferenceView
    client: FlaskClient

    def figures(self) -> Figures:
        with self.app.app_context(), clock.frozen(AFTER):
            return figures.reckon(self.open)


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    """In Chengdu one from the beginning, one for the last half hour, let in twice, one who never came; one online."""
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        with clock.frozen(AFTER):
            client = apps.sign_in(app, lead)
        with app.app_context():
            yield World(app, _happen(lead.organisation_id), client)
    databases.drop(url)


def _happen(organisation_id: str) -> ConferenceView:
    with clock.frozen(BEGINS - timedelta(hours=1)):
        made = conference.keep(organisation_id=organisation_id)
        publishing.publish(made.id, by=conference.ORGANISER)
        opened = conference.view(made.id)
        whole, late, _never = (doors.register(opened) for _ in range(3))
        online = doors.register(opened, venue="cloud")
        gone = doors.register(opened, venue="london")
        registrations.withdraw(gone, by=conference.ORGANISER)
    with clock.frozen(BEGINS - timedelta(minutes=3)):
        east, west = doors.phone(opened), doors.phone(opened, 1)
        east.scan(whole)
    with clock.frozen(BEGINS + timedelta(minutes=60)):
        east.scan(late)
        again = doors.by_name(late, Direction.IN, at=clock.now(), shown=doors.Decision.ADMITTED)
        west.send(again)
    for minute in range(30):
        with clock.frozen(BEGINS + timedelta(minutes=minute)):
            service.note_online(online, opened.venue("cloud").id)
    return opened


def sheets(world: World) -> dict[Part, list[dict[str, Any]]]:
    with clock.frozen(AFTER):
        export_id = exports.ask(world.open.id, tuple(Part), key="all", by=conference.ORGANISER)
        work_off()
        found = export_queries.get_export(export_id, conference_id=world.open.id)
        book = load_workbook(io.BytesIO(exports.file_of(found)))
    made = {}
    for part in Part:
        header, *lines = book[t(f"export-part-{part}")].iter_rows(values_only=True)
        made[part] = [dict(zip(map(str, header), line, strict=True)) for line in lines]
    return made


def test_the_figures_are_those_of_the_sheets(world: World) -> None:
    found, book = world.figures(), sheets(world)
    states = Counter(row["状态"] for row in book[Part.REGISTRATIONS])
    assert (found.whole.registered, found.whole.states["confirmed"]) == (5, states["已确认"])
    assert found.whole.states["withdrawn"] == states["已撤回"] == 1
    venues = Counter(row["会场"] for row in book[Part.REGISTRATIONS])
    names = {each.id: i18n.pick(each.name) for each in world.open.venues}
    assert {names[key]: line.registered for key, line in found.venues.items()} == venues
    came = [row for row in book[Part.ATTENDANCE] if row["情况"] != "未到"]
    assert found.whole.came == len(came) == 3
    assert found.whole.online == sum(row["线上分钟"] > 0 for row in book[Part.ATTENDANCE]) == 1
    present = sum(row["情况"] == "参会" for row in book[Part.ATTENDANCE])
    assert found.whole.present == present == sum(line.present for line in found.venues.values())
    scans = [row for row in book[Part.SCANS] if row["通过"] == "是" and row["方向"] == "入场"]
    assert sum(each.entries for each in found.doors) == len(scans)
    assert found.scans == len(book[Part.SCANS])


def test_who_came_twice_is_counted_and_when_people_came_is_told_by_the_day(world: World) -> None:
    found = world.figures()
    assert found.doubles == 1
    [day] = found.arrivals
    assert day.begins.astimezone(UTC).strftime("%H:%M") == "06:55"
    assert sum(each.total() for each in day.counts) == 3
    assert [at for at, each in enumerate(day.counts) if each] == [0, 1, 13]


def test_each_item_says_who_was_there_and_for_half_of_it(world: World) -> None:
    names = {each.id: each.key for each in world.open.venues}
    found = {(each.item.title["en"], names[each.venue_id]): (each.there, each.mostly) for each in world.figures().items}
    assert found["Opening", "chengdu"] == (1, 1)
    assert found["Opening", "cloud"] == (1, 1)
    assert found["Talk", "chengdu"] == (2, 2)
    assert found["Tea", "london"] == (0, 0)


def test_the_page_says_it_all_and_names_its_zone(world: World) -> None:
    with clock.frozen(AFTER):
        page = get_page(world.client, f"/conferences/{world.open.id}/report")
    words = " ".join(page.xpath("//main//text()"))
    assert "Asia/Shanghai" in words
    assert "1 次重复入场" in words
    assert len(page.xpath("//*[local-name()='svg'][@role='img']")) == 1
    [row] = page.xpath("//table[caption='按会场']//tr[th='成都会场']")
    assert row.xpath("td/text()")[1:3] == ["3", "3"]


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "大会报告"), ("en", "Conference report")])
def test_the_paper_is_the_same_twice_and_in_its_language(world: World, language: str, title: str) -> None:
    with clock.frozen(AFTER), i18n.use_locale(language):
        first, pages = work.print_report(world.open)
        assert (first, pages) == work.print_report(world.open)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(first))
    assert title in text
    assert "Asia/Shanghai" in text


def test_the_paper_is_asked_for_waited_for_and_opened_and_no_workbook_by_its_address(world: World) -> None:
    path = f"/conferences/{world.open.id}/report"
    with clock.frozen(AFTER):
        book = exports.ask(world.open.id, [Part.REGISTRATIONS], key="b", by=conference.ORGANISER)
        assert post(world.client, path, {"language": "en", "key": "k"}).status_code == 303
        assert "正在汇总" in " ".join(get_page(world.client, path).xpath("//div[@id='files']//text()"))
        work_off()
        [address] = get_page(world.client, path).xpath("//div[@id='files']//a/@href")
        assert world.client.get(address).data[:5] == b"%PDF-"
        assert world.client.get(f"{path}/{book}.pdf").status_code == 404
        assert world.client.get(address.replace("report/", "export/").replace(".pdf", ".xlsx")).status_code == 404


def test_a_conference_that_nobody_came_to_has_a_report_too(world: World) -> None:
    with clock.frozen(BEGINS - timedelta(hours=2)):
        empty = conference.keep(organisation_id="org_sample")
        found = board.page(empty, figures.reckon(empty))
    assert found["numbers"][0][0] == "0"
    assert not found["sections"][1]["plots"]
