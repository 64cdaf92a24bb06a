"""Invitations by a list: uploaded, sent with progress, used, declined; as browsers and the worker do it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import claims, outbox
from core.audit import Actor
from core.config import Settings
from core.db import db, transaction
from core.jobs import Job, handler_of
from core.outbox import OutboxMessage
from events.conferences import team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from events.registration import invitation_queries as queries
from events.registration import invitation_service as service
from events.registration import privacy_service
from events.registration.invitation_models import Invitation, InvitationList
from events.registration.models import Registration
from events.registration.rules import RegistrationState
from pdf.sheets import write_sheet
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, get_page, post
from tests.support.stages import TABLES

HEADER = ["姓名", "邮箱", "单位", "人群", "会场", "语言"]
GOOD = ["样例甲", "a@example.com", "样例公司", "嘉宾", "", "en"]


@dataclass
class World:
    app: Flask
    open: ConferenceView
    client: FlaskClient
    organisation_id: str

    @property
    def path(self) -> str:
        return f"/conferences/{self.open.id}/invitations"

    def upload(self, *rows: list[str], key: str = "k", header: list[str] = HEADER) -> TestResponse:
        return self.upload_file(write_sheet("名单", header, rows), key=key)

    def upload_file(self, content: bytes, *, key: str = "k", name: str = "名单.xlsx") -> TestResponse:
        form = {"file": (io.BytesIO(content), name), "key": key}
        return post(self.client, self.path, form, content_type="multipart/form-data")

    def work(self) -> None:
        with self.app.app_context():
            kind = select(Job.id).filter_by(kind=service.SEND, done_at=None)
            for claim in claims.take(Job, worker="test", limit=10):
                if claim.id in db.session.scalars(kind).all():
                    job = db.session.get_one(Job, claim.id)
                    handler_of(service.SEND)(claim, job.payload)

    def links(self) -> list[str]:
        with self.app.app_context():
            sent = db.session.scalars(select(OutboxMessage).filter_by(kind=service.MAIL).order_by(OutboxMessage.id))
            mails = [outbox.render(message.kind, message.payload) for message in sent]
            return [mail.text.partition("http")[2].partition("\n")[0].partition("/c/")[2] for mail in mails]


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        account = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
        with app.app_context():
            by = Actor("account", account.id)
            opened = conference.keep_open(organisation_id=account.organisation_id, by=by)
        yield World(app, opened, apps.sign_in(app, account), account.organisation_id)
    databases.drop(url)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_a_list_is_read_once_each_wrong_row_beside_its_problem_and_the_rest_invited(world: World) -> None:
    rows = [
        GOOD,
        ["样例乙", "nobody", "", "嘉宾", "", ""],
        ["样例丙", "a@example.com", "", "嘉宾", "", ""],
        ["样例丁", "d@example.com", "", "外星人", "月球", "xx"],
        ["", "", "", "", "", ""],
        ["样例戊", "e@example.com", "", "company", "Chengdu hall", ""],
    ]
    first, again = world.upload(*rows), world.upload(*rows)
    assert (first.status_code, first.location) == (303, again.location)
    page = get_page(world.client, str(first.location))
    told = [" ".join("".join(row.itertext()).split()) for row in page.xpath("//tbody/tr")]
    assert [text[0] for text in told] == ["3", "4", "5"]
    assert "这个邮箱在名单中重复" in told[1]
    assert "没有“外星人”这类人群" in told[2]
    assert "没有“月球”这个会场" in told[2]
    world.work()
    page = get_page(world.client, world.path)
    assert page.xpath("//progress/@value") == ["2"]
    assert "3 行无法邀请" in words(page)
    # Uploaded once more as another list: who is invited is not invited twice.
    world.upload(*rows, key="another")
    world.work()
    assert len(world.links()) == 2


def test_an_invitation_fills_in_what_is_known_decides_and_is_used_once(world: World) -> None:
    world.upload(GOOD)
    world.work()
    [link] = world.links()
    browser, other = world.app.test_client(), world.app.test_client()
    path = f"/c/{world.open.code}/register"
    for each in (browser, other):
        assert each.get(f"/c/{link}").status_code == 303
    page = get_page(browser, path)
    assert page.xpath("//input[@name='name' or @name='email' or @name='company_name']/@value") == [
        "样例甲", "a@example.com", "样例公司",
    ]  # fmt: skip
    form = {"name": "样例甲", "email": "a@example.com", "venue": "chengdu", "privacy": "yes", "request_key": "one"}
    for _ in range(2):
        sent = post(browser, path, form, content_type="multipart/form-data")
        assert sent.status_code == 303
        browser.get(f"/c/{link}")
    passed_on = {**form, "email": "b@example.com", "request_key": "two"}
    assert post(other, path, passed_on, content_type="multipart/form-data").status_code == 409
    # Whoever takes over the key of the form gets no further than who has one of their own.
    other.get(f"/c/{link}")
    taken_over = {**form, "name": "别人", "email": "b@example.com"}
    assert post(other, path, taken_over, content_type="multipart/form-data").status_code == 409
    with world.app.app_context():
        [row] = db.session.scalars(select(Registration)).all()
        # Guests need an approval, and the invitation is one.
        assert row.state is RegistrationState.CONFIRMED
        invited = row.invitation_id
    assert "1 人已报名" in words(get_page(world.client, world.path))
    assert invited is not None
    with world.app.app_context():
        privacy_service.erase(row.id, by=conference.ORGANISER)
        assert queries.get_invitation(invited).email == ""


def test_who_cannot_come_says_so_after_a_question(world: World) -> None:
    world.upload(GOOD)
    world.work()
    browser = world.app.test_client()
    browser.get(f"/c/{world.links()[0]}")
    get_page(browser, f"/c/{world.open.code}/decline")
    assert "感谢您的告知" in words(check_page(post(browser, f"/c/{world.open.code}/decline")))
    assert "1 人婉拒" in words(get_page(world.client, world.path))
    assert browser.get(f"/c/{world.open.code}/decline").status_code == 404


def test_a_file_that_is_no_list_is_refused_beside_its_field_and_nothing_is_kept(world: World) -> None:
    for content, said in (
        (b"PK\x03\x04", "无法读取这个文件"),
        (write_sheet("x", ["a", "b"], [["1", "2"]]), "没有一个工作表的前十行里有"),
        (write_sheet("x", HEADER, []), "表头下面没有内容"),
        (("姓名,邮箱\n" + "n,n@example.com\n" * 10_001).encode(), "名单有 10,001 行"),
        (b"", "请选择文件"),
    ):
        page = check_page(world.upload_file(content))
        assert said in page.xpath("string(//*[@id='file-error'])"), said
    with world.app.app_context():
        assert db.session.scalars(select(InvitationList)).all() == []


def test_template_and_result_are_sheets_in_which_nothing_is_calculated(world: World) -> None:
    template = world.client.get(f"{world.path}/template.xlsx")
    header = [cell.value for cell in next(load_workbook(io.BytesIO(template.data)).active.iter_rows())]
    assert header[:2] == ["姓名", "邮箱"]
    location = str(world.upload(GOOD, ["=cmd()", "+1", "", "嘉宾", "", ""]).location)
    result = load_workbook(io.BytesIO(world.client.get(f"{location}/result.xlsx").data)).active
    rows = [[cell.value for cell in row] for row in result.iter_rows()]
    assert [row[-2] for row in rows] == ["状态", "等待发送", "未邀请"]
    assert "f" not in {cell.data_type for row in result.iter_rows() for cell in row}


def test_who_leads_one_venue_sees_the_invited_of_that_venue_alone(world: World) -> None:
    rows = [
        [name, f"{name}@example.com", "", "嘉宾", venue, ""] for name, venue in (("a", "成都会场"), ("b", "伦敦会场"))
    ]
    wrong = [["c", "nobody", "", "嘉宾", "伦敦会场", ""], ["d", "nothing", "", "嘉宾", "成都会场", ""]]
    location = str(world.upload(*rows, *wrong).location)
    account = apps.add_account(
        world.app, Role.ORGANISER, email="hall@example.test", organisation_id=world.organisation_id
    )
    with world.app.app_context(), transaction():
        team.add_row(world.open.id, account.id, Duty.VENUE, venue_id=world.open.venue("chengdu").id)
    hall = apps.sign_in(world.app, account)
    page = get_page(hall, location)
    assert [row.xpath("string(td[1])").strip() for row in page.xpath("//tbody/tr")] == ["d"]
    assert "1 行无法邀请" in words(page)
    result = load_workbook(io.BytesIO(hall.get(f"{location}/result.xlsx").data)).active
    assert result is not None
    assert [row[1] for row in result.iter_rows(min_row=2, values_only=True)] == ["a", "d"]


def test_a_row_without_its_kind_of_people_is_told_to_fill_it_in(world: World) -> None:
    page = get_page(world.client, str(world.upload(["样例甲", "a@example.com", "", "", "", ""]).location))
    assert "人群：请填写内容。" in words(page)


def test_a_list_has_its_time_by_the_conferences_clocks(world: World) -> None:
    page = get_page(world.client, str(world.upload(GOOD).location))
    assert "（中国标准时间）" in words(page)


def test_a_worker_that_dies_between_two_batches_sends_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    world.upload(*(["样例", f"p{number}@example.com", "", "嘉宾", "", ""] for number in range(5)))
    with world.app.app_context():
        [dead] = [claim for claim in claims.take(Job, worker="dies", limit=10) if _is_sending(claim.id)]
        job = db.session.get_one(Job, dead.id)
        assert service._send_some(dead, job.payload["list"])
        done = db.session.scalars(select(InvitationList.done)).one()
        assert done == 2
        handler_of(service.SEND)(dead, job.payload)
        mails = db.session.scalars(select(OutboxMessage.recipient).filter_by(kind=service.MAIL)).all()
        assert sorted(mails) == [f"p{number}@example.com" for number in range(5)]
        assert db.session.scalars(select(InvitationList.done)).one() == 5
        assert {str(state) for state in db.session.scalars(select(Invitation.state))} == {"sent"}


def _is_sending(job_id: str) -> bool:
    return db.session.get_one(Job, job_id).kind == service.SEND
