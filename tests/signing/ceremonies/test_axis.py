"""The time axis on the pages of a ceremony."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from sqlalchemy import select

from accounts.rules import Role
from core import i18n
from core.db import db, transaction
from signing.ceremonies.models import Ceremony, Party
from tests.support.pages import get_page
from tests.support.quick import Quick, QuickWorld, host


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//section[contains(@class, 'axis')]//text()")).split())


def at(client: FlaskClient, world: Quick) -> Element:
    return get_page(client, f"/ceremonies/{world.id}")


def test_every_zone_has_its_row_and_who_is_a_day_behind_is_named(world: Quick) -> None:
    told = words(at(host(world, locale="en"), world))
    # The sample's 10:00 in Chengdu is 19:00 in Los Angeles, which keeps summer time.
    assert "19:00 the day before Tuesday, 30 June 2026" in told
    assert "10:00 Wednesday, 1 July 2026" in told
    assert "前一天" in words(at(host(world), world))


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_better_hour_is_filled_in_for_the_host_to_save_and_only_for_the_host(world: Quick, locale: str) -> None:
    client = host(world, locale=locale)
    form = get_page(client, f"/ceremonies/{world.id}/plan?date=2026-07-02&time=08:30")
    assert form.xpath("string(//input[@name='date']/@value)") == "2026-07-02"
    assert form.xpath("string(//input[@name='time']/@value)") == "08:30"
    odd = get_page(client, f"/ceremonies/{world.id}/plan?date=tomorrow&time=%3Cb%3E")
    assert odd.xpath("string(//input[@name='date']/@value)") == "2026-07-01"
    assert not at(host(world, Role.AUDITOR, locale=locale), world).xpath("//a[contains(@href, '?date=')]")


def test_where_no_hour_suits_all_it_is_said_whether_another_day_would(world: Quick) -> None:
    # Chengdu and Los Angeles are never at work at once, on whichever day.
    assert "Another day would not help" in words(at(host(world, locale="en"), world))
    with world.app.app_context(), transaction():
        for party in db.session.scalars(select(Party).filter_by(ceremony_id=world.id)):
            party.timezone = "Asia/Shanghai"
        ceremony = db.session.get_one(Ceremony, world.id)
        ceremony.starts_at = datetime(2026, 7, 4, 6, tzinfo=UTC)  # a Saturday
    page = at(host(world), world)
    assert "换一天更合适：2026年7月6日星期一有对各方都是工作时间的钟点。" in words(page)
    assert page.xpath("//div[contains(@class, 'axis-other')]//a[contains(@href, 'date=2026-07-06')]")
