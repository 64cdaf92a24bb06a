"""Surveys as the team's browsers and the phones of those who are asked see them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from accounts.rules import Role
from core import audit, clock
from core.config import Settings
from core.db import db
from events.registration import links as registration_links
from events.registration import signup_queries
from events.surveys import answering, links, queries, service
from tests.events.surveys import conftest as sample
from tests.events.surveys.conftest import AFTER
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, get_page, post
from tests.support.stages import TABLES


@dataclass
class World:
    app: Flask
    inner: sample.World
    client: FlaskClient
    opened: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/conferences/{self.inner.open.id}/surveys"

    def phone(self, survey_id: str, registration_id: str) -> FlaskClient:
        """A browser without an account that came by the link of the mail."""
        with self.app.app_context():
            address = links.address(survey_id, registration_id)
        client = self.app.test_client()
        assert client.get(address.removeprefix("http://localhost")).status_code == 303
        return client

    def own_page(self, registration_id: str) -> tuple[FlaskClient, str]:
        """A browser that came by the link in a mail about a registration, and where its page is."""
        with self.app.app_context():
            address = registration_links.address(registration_id)
        client = self.app.test_client()
        return client, client.get(address.removeprefix("http://localhost")).location

    def desk(self, registration_id: str) -> FlaskClient:
        """The browser of whoever registered them, who reads none of their mails."""
        client = self.app.test_client()
        with self.app.app_context(), client.session_transaction() as session:
            session["own_registrations"] = [(registration_id, signup_queries.find_link_number(registration_id))]
        return client


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    """Six came."""
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    settings = Settings(data_dir=data_dir, database_url=url, base_url="http://localhost")
    with apps.running(settings) as app, clock.frozen(AFTER):
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        with app.app_context():
            inner = sample.make(6, organisation_id=lead.organisation_id)
        yield World(app, inner, apps.sign_in(app, lead))
    databases.drop(url)


def words(page: object) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())  # type: ignore[attr-defined]


def sent(world: World, **named: object) -> str:
    with world.app.app_context():
        return world.inner.sent(**named)


def test_a_template_becomes_a_survey_whose_questions_can_be_changed_until_it_is_started(world: World) -> None:
    get_page(world.client, world.path)
    page = get_page(world.client, f"{world.path}/new?template=investment")
    form = {each.get("name"): each.get("value") for each in page.xpath("//main//input[@type='hidden']")}
    form |= {"title": "问卷", "title_en": "Survey", "anonymous": "yes", "reach": "came"}
    form |= {"amount": "1", "unit": "days", "days_open": "7"}
    where = post(world.client, world.path, form).location
    assert "合作意向" in words(get_page(world.client, where))
    key = page.xpath("//input[@name='key']/@value")[0]
    assert key
    question = {"kind": "choice", "key": "extra", "label": "吃得好吗", "label_en": "Good food?", "choices": "好 | Yes"}
    refused = post(world.client, f"{where}/questions", question)
    assert (refused.status_code, "至少" in words(check_page(refused))) == (422, True)
    question["choices"] += "\n不好 | No"
    assert post(world.client, f"{where}/questions", question).status_code == 303
    get_page(world.client, f"{where}/questions/extra")
    assert post(world.client, f"{where}/start", {}).status_code == 303
    assert post(world.client, f"{where}/questions/extra/remove", {}).status_code == 409
    get_page(world.client, f"{where}/preview")


def test_a_wrong_form_comes_back_with_each_problem_at_its_field(world: World) -> None:
    form = {"title": "问卷", "amount": "-1", "days_open": "900", "venues": "ven_foreign"}
    answer = post(world.client, world.path, form)
    page = check_page(answer)
    assert answer.status_code == 422
    assert {each.get("name") for each in page.xpath("//input[@aria-invalid='true']")} == {
        "title_en",
        "amount",
        "days_open",
    }


def test_somebody_answers_on_a_phone_without_an_account_and_changes_it(world: World) -> None:
    survey_id = sent(world)
    phone = world.phone(survey_id, world.inner.came[0])
    assert "实名" in words(get_page(phone, f"/surveys/{survey_id}"))
    refused = post(phone, f"/surveys/{survey_id}", {"q_words": "好" * 5000})
    assert refused.status_code == 422
    assert len(check_page(refused).xpath("//p[@class='error']")) == 2
    for rating in ("2", "4"):
        done = post(phone, f"/surveys/{survey_id}", {"q_whole": rating, "q_parts": ["c1", "c2"]})
        assert done.status_code == 303
    assert "已收到" in words(get_page(phone, done.location))
    page = get_page(phone, f"/surveys/{survey_id}")
    assert page.xpath("//input[@name='q_whole'][@checked]/@value") == ["4"]
    with clock.frozen(AFTER + timedelta(days=15)):
        assert "已经结束" in words(get_page(phone, f"/surveys/{survey_id}"))
        assert post(phone, f"/surveys/{survey_id}", {"q_whole": "1"}).status_code == 409


def test_a_link_opens_one_survey_of_one_person_and_nothing_else(world: World) -> None:
    survey_id, other = sent(world), sent(world)
    phone = world.phone(survey_id, world.inner.came[0])
    assert phone.get(f"/surveys/{other}").status_code == 403
    assert phone.get(f"/registration/{world.inner.came[0]}").status_code == 403
    assert world.app.test_client().get(f"/surveys/{survey_id}").status_code == 403
    assert world.app.test_client().get("/survey/nonsense").status_code == 404


@pytest.mark.parametrize("anonymous", [True, False])
def test_a_survey_stands_on_ones_own_page_while_it_can_be_answered_and_never_afterwards(
    world: World, anonymous: bool
) -> None:
    survey_id = sent(world, anonymous=anonymous)
    phone, path = world.own_page(world.inner.came[0])
    card = "//section[@id='card-1']"
    [link] = get_page(phone, path).xpath(f"{card}//a/@href")
    assert "匿名" in words(get_page(phone, path)) or not anonymous
    assert phone.get(link.removeprefix("http://localhost")).location.endswith(f"/surveys/{survey_id}")
    assert post(phone, f"/surveys/{survey_id}", {"q_whole": "4"}).status_code == 303
    assert "您已经答过" in words(get_page(phone, path))
    with clock.frozen(AFTER + timedelta(days=15)):
        assert not get_page(phone, path).xpath(card)
    absent, elsewhere = world.own_page(world.inner.absent)
    assert not get_page(absent, elsewhere).xpath(card)


def test_whoever_registered_a_colleague_reads_neither_their_answers_nor_whether_they_gave_any(world: World) -> None:
    survey_id, person = sent(world, anonymous=True), world.inner.came[0]
    desk, path = world.desk(person), f"/registration/{person}"
    with world.app.app_context():
        answering.answer(survey_id, person, {"whole": "1", "words": "秘密"})
    page = get_page(desk, path)
    assert not page.xpath("//a[contains(@href, '/survey/')]")
    assert "已经答过" not in words(page)
    assert post(desk, f"{path}/mail", {}).status_code == 303
    assert json.loads(desk.get(f"{path}/data.json").data)["surveys"] is None
    assert "邮件里的链接" in words(get_page(desk, f"{path}/data"))
    phone, _ = world.own_page(person)
    assert "秘密" in phone.get(f"{path}/data.json").text


def test_results_of_few_anonymous_answers_are_not_shown_and_of_enough_are_drawn(world: World) -> None:
    survey_id = sent(world, anonymous=True)
    path = f"{world.path}/{survey_id}/results"
    with world.app.app_context():
        for each in world.inner.came[:4]:
            answering.answer(survey_id, each, {"whole": "5", "words": "秘密"})
        db.session.remove()
        page = get_page(world.client, path)
        assert "秘密" not in words(page)
        assert not page.xpath("//*[local-name()='svg'][@role='img']")
        answering.answer(survey_id, world.inner.came[4], {"whole": "1"})
        db.session.remove()
    page = get_page(world.client, path)
    [drawing, *_] = page.xpath("//*[local-name()='svg'][@role='img']")
    assert drawing.xpath(".//*[local-name()='desc']/text()")[0].startswith("5 分 · 非常满意 4（80%）")
    assert page.xpath("//section[@aria-labelledby='result-1']//tbody/tr[1]/td/text()") == ["4", "80%"]
    assert "4.2" in words(page)


def test_the_sheet_of_an_anonymous_survey_has_no_people_and_rows_that_are_nobody(world: World) -> None:
    survey_id = sent(world, anonymous=True)
    with world.app.app_context():
        for number, each in enumerate(world.inner.came):
            answering.answer(survey_id, each, {"whole": str(number % 5 + 1), "words": f"={9 - number}"})
        db.session.remove()
    answer = world.client.get(f"{world.path}/{survey_id}/results.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    rows = [row[:3] for row in book["答卷"].iter_rows(min_row=2, values_only=True)]
    assert [row[0] for row in rows] == [1, 1, 2, 3, 4, 5]
    assert [row[2] for row in rows] == [f"={number}" for number in range(4, 10)]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    with world.app.app_context():
        [line] = [each for each in audit.list_lines(world.inner.open.id) if '"survey.exported"' in each]
    assert '"answers":6' in line


def test_the_sheet_of_a_survey_with_names_has_them(world: World) -> None:
    survey_id = sent(world)
    with world.app.app_context():
        answering.answer(survey_id, world.inner.came[0], {"whole": "3", "parts": ["c1", "c2"]})
        db.session.remove()
    book = load_workbook(io.BytesIO(world.client.get(f"{world.path}/{survey_id}/results.xlsx").data))
    header, row = book["答卷"].iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert (found["姓名"], found["总体"], found["有用的部分"]) == ("演示甲", 3, "演讲、茶歇")


def test_a_survey_is_closed_by_hand_and_stays_closed(world: World) -> None:
    survey_id = sent(world, anonymous=True)
    assert post(world.client, f"{world.path}/{survey_id}/close", {}).status_code == 303
    with world.app.app_context():
        assert queries.get_survey(survey_id, conference_id=world.inner.open.id).phase is queries.Phase.CLOSED
        service.close(survey_id, conference_id=world.inner.open.id, by=conference.ORGANISER)
    assert "已结束" in words(get_page(world.client, f"{world.path}/{survey_id}"))
