"""The list of ceremonies: those of one name are told apart, many come in pages, the same one twice is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml.etree import _Element as Element

from accounts.rules import Role
from core import i18n
from core.db import db, transaction
from signing.ceremonies import queries
from signing.ceremonies.models import Ceremony
from signing.ceremonies.plan_file import CeremonyFile
from tests.signing.ceremonies.test_import import host, upload
from tests.support import apps, quick
from tests.support.pages import get_page
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def rows(page: Element) -> list[str]:
    return [" ".join("".join(row.itertext()).split()) for row in page.xpath("//tbody/tr")]


def test_a_demonstration_says_so_beside_its_date(world: Quick) -> None:
    client = host(world, locale="zh-CN")
    upload(client, json.dumps({**quick.plan(), "demo": True}).encode())

    [shown, real] = rows(get_page(client, "/ceremonies"))

    assert "2026年7月1日星期三" in shown
    assert ["演示场次" in shown, "演示场次" in real] == [True, False]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_same_file_twice_is_told_apart_in_the_list_and_warned_of_on_the_plan(world: Quick, locale: str) -> None:
    client = host(world, locale=locale)
    content = json.dumps(quick.plan()).encode()

    answer = upload(client, content)

    assert answer.status_code == 303
    second = answer.headers["Location"].rsplit("/", 1)[-1]
    short = [world.id[-4:].upper(), second[-4:].upper()]
    listed = rows(get_page(client, "/ceremonies"))
    assert len(listed) == 2
    for number, row in zip(reversed(short), listed, strict=True):
        assert number in row
        assert "UTC+08:00" in row
        assert {"zh-CN": "星期", "en": "day, "}[locale] in row
    [warned] = [
        "".join(item.itertext())
        for item in get_page(client, f"/ceremonies/{second}").xpath("//*[@id='warnings']//li")
        if short[0] in "".join(item.itertext())
    ]
    assert short[1] in warned


@pytest.mark.parametrize("change", [{"date": "2026-07-02"}, {"title": "另一场"}])
def test_another_day_or_another_name_is_no_twin(world: Quick, change: dict[str, object]) -> None:
    with world.app.app_context():
        other = quick.draft(quick.plan() | change, world.played.organisation_id)
        assert queries.list_twins(queries.get_ceremony(other.ceremony_id)) == []


def test_a_cancelled_ceremony_and_one_of_another_organisation_are_no_twins(world: Quick) -> None:
    account = apps.add_account(world.app, Role.HOST, email="other@example.test")
    with world.app.app_context():
        quick.draft(quick.plan(), account.organisation_id)
        again = quick.draft(quick.plan(), world.played.organisation_id)
        assert [each.id for each in queries.list_twins(queries.get_ceremony(world.id))] == [again.ceremony_id]
        with transaction():
            db.session.get_one(Ceremony, again.ceremony_id).state = queries.CeremonyState.CANCELLED
        assert queries.list_twins(queries.get_ceremony(world.id)) == []


def test_many_ceremonies_come_in_pages_in_the_order_that_was_chosen(world: Quick) -> None:
    plan = CeremonyFile.read(quick.plan())
    with world.app.app_context(), transaction():
        first = db.session.get_one(Ceremony, world.id)
        for number in range(1, 50):
            made = Ceremony(**{name: getattr(first, name) for name in COPIED}, id=f"cer_{number:04d}")
            made.starts_at = plan.starts_at.replace(year=2026 + number)
            made.created_at = first.created_at.replace(year=2025 - number)
            db.session.add(made)
    with world.app.app_context():
        total = [
            queries.list_page(world.played.organisation_id, number=number, by_date=by_date).ceremonies
            for by_date in (False, True)
            for number in (1, 2, 99)
        ]
    newest, older, last, held_last, held_first, _ = ([each.id for each in page] for page in total)
    assert newest[0] == world.id
    assert len(newest) == len(older) == 25
    assert last == older
    assert held_last[0] == "cer_0049"
    assert held_first[-1] == world.id
    assert not {*newest} & {*older}


COPIED = (
    "organisation_id", "title", "held_on", "host_timezone", "limit_minutes", "is_demo", "created_by",
)  # fmt: skip
