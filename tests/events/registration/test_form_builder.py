"""The form builder, as a browser sends and sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Role
from core import audit
from core.audit import Actor
from core.config import Settings
from core.db import db
from events.conferences.queries import ConferenceView
from events.registration import question_queries as queries
from events.registration import service
from events.registration.models import Registration
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, get_page, post
from tests.support.stages import TABLES

TEXT = {"kind": "text", "label": "餐饮禁忌", "label_en": "What you do not eat", "audiences": []}
HOTEL = {
    "kind": "choice",
    "label": "住宿",
    "label_en": "Hotel",
    "choices": "需要 | Yes, please\n不需要 | No",
    "required": "yes",
}


@dataclass
class World:
    app: Flask
    draft: ConferenceView
    client: FlaskClient

    @property
    def path(self) -> str:
        return f"/conferences/{self.draft.id}/form"

    def add(self, key: str, **form: Any) -> int:
        return post(self.client, f"{self.path}/questions", {"key": key, **form}).status_code

    def keys(self) -> list[str]:
        with self.app.app_context():
            return [each.key for each in queries.list_questions(self.draft.id)]

    def acts(self) -> list[str]:
        with self.app.app_context():
            acts = [json.loads(line)["action"] for line in audit.list_lines(self.draft.id)]
            return [act for act in acts if act.startswith(("question.", "privacy."))]

    def answer(self, **answers: Any) -> None:
        with self.app.app_context():
            count = len(queries.count_answers(self.draft.id)) + 1
            new = conference.someone(self.draft, count, answers=answers)
            service.register(self.draft.id, new, by=conference.ORGANISER)


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        account = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
        with app.app_context():
            by = Actor("account", account.id)
            draft = conference.keep_open(organisation_id=account.organisation_id, by=by)
        yield World(app, draft, apps.sign_in(app, account))
    databases.drop(url)


def test_an_empty_form_says_what_to_do(world: World) -> None:
    page = get_page(world.client, world.path)
    assert "没有其他问题" in "".join(page.itertext())


def test_a_question_is_added_once_changed_and_removed_after_being_asked(world: World) -> None:
    for _ in range(2):
        assert world.add("meal", **TEXT) == 303
    get_page(world.client, f"{world.path}/questions/meal")
    assert post(world.client, f"{world.path}/questions/meal", {**TEXT, "required": "yes"}).status_code == 303
    get_page(world.client, f"{world.path}/questions/meal/remove")
    assert post(world.client, f"{world.path}/questions/meal/remove").status_code == 303
    assert world.keys() == []
    assert world.acts() == ["question.added", "question.changed", "question.removed"]


def test_what_is_wrong_stands_at_its_field_in_the_readers_language(world: World) -> None:
    answer = post(world.client, f"{world.path}/questions", {"key": "hotel", "kind": "choice", "label": "住宿"})
    page = check_page(answer)
    assert answer.status_code == 422
    assert page.xpath("string(//*[@id='label_en-error'])").strip() == "请同时写上英文；报名人可能使用任何一种语言。"
    assert "至少需要两个选项" in page.xpath("string(//*[@id='choices-error'])")
    assert page.xpath("//input[@id='label']/@value") == ["住宿"]
    assert page.xpath("//*[@role='alert']")


def test_a_question_that_hangs_on_another_keeps_behind_it(world: World) -> None:
    world.add("hotel", **HOTEL)
    world.add("nights", kind="number", label="几晚", label_en="Nights", condition="hotel=c1")
    refused = post(world.client, f"{world.path}/questions/nights/move", {"to": "up"})
    assert (refused.status_code, world.keys()) == (409, ["hotel", "nights"])
    assert "不能排到它所依据的问题之前" in "".join(check_page(refused).itertext())
    assert post(world.client, f"{world.path}/questions/hotel/remove").status_code == 409
    world.add("meal", **TEXT)
    assert post(world.client, f"{world.path}/questions/meal/move", {"to": "up"}).status_code == 303
    assert world.keys() == ["hotel", "meal", "nights"]
    assert "仅当“住宿”的回答是“需要”时填写" in "".join(get_page(world.client, world.path).itertext())


def test_a_question_with_answers_is_not_changed_silently(world: World) -> None:
    world.add("hotel", **HOTEL)
    world.answer(hotel="c2")
    path = f"{world.path}/questions/hotel"
    other = {**HOTEL, "label": "接站", "label_en": "Pick-up"}
    asked = post(world.client, path, other)
    assert (asked.status_code, world.acts()) == (409, ["question.added"])
    page = check_page(asked)
    assert page.xpath("//input[@name='knowing']")
    assert page.xpath("//input[@id='label']/@value") == ["接站"]
    assert post(world.client, path, {**other, "knowing": "yes"}).status_code == 303
    for refused in (
        {**other, "kind": "text"},
        {**other, "choices": "需要 | Yes, please\n也许 | Perhaps\n再说 | Later"},
    ):
        assert post(world.client, path, {**refused, "knowing": "yes"}).status_code == 409
    # Whether it must be answered is nothing that anybody answered to.
    assert post(world.client, path, {**other, "required": ""}).status_code == 303


def test_the_preview_shows_what_one_kind_of_people_is_asked(world: World) -> None:
    world.add("hotel", **HOTEL, audiences=["guest"])
    world.add("meal", **TEXT)
    company, guest = (get_page(world.client, f"{world.path}/preview?audience={key}") for key in ("company", "guest"))
    assert not company.xpath("//*[@id='question-hotel']")
    assert guest.xpath("//*[@id='question-hotel']")
    assert company.xpath("//*[@id='question-meal']")


def test_what_people_are_told_of_their_data_is_said_in_both_languages_or_by_the_house(world: World) -> None:
    assert "180 天" in "".join(get_page(world.client, world.path).itertext())
    path = f"{world.path}/privacy"
    bad = post(world.client, path, {"controller": "样例单位", "retention_days": "0"})
    assert bad.status_code == 422
    assert check_page(bad).xpath("//*[@id='controller_en-error'] | //*[@id='retention_days-error']")
    good = {"controller": "样例单位", "controller_en": "Sample office", "retention_days": "30"}
    for _ in range(2):
        assert post(world.client, path, good).status_code == 303
    until = world.draft.ends_on + timedelta(days=30)
    assert f"{until.year}年{until.month}月{until.day}日" in "".join(get_page(world.client, world.path).itertext())
    assert world.acts() == ["privacy.changed"]


def test_a_conference_that_was_called_off_asks_nothing_more(world: World) -> None:
    post(world.client, f"/conferences/{world.draft.id}/cancel", {"reason": "样例"})
    assert world.add("meal", **TEXT) == 409
    assert not get_page(world.client, world.path).xpath("//main//form")


def test_answers_are_counted_by_person_and_by_choice(world: World) -> None:
    world.answer(hotel="c2", days=["c1", "c2"])
    world.answer(hotel="c1", photo={"consent": "同意"})
    with world.app.app_context():
        counted = queries.count_answers(world.draft.id)
        assert db.session.query(Registration).count() == 2
    assert (counted["hotel"].people, dict(counted["hotel"].choices)) == (2, {"c1": 1, "c2": 1})
    assert (counted["days"].people, counted["photo"].people) == (1, 1)
