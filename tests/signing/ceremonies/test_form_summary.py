"""A refused form says on top what is wrong, field by field, with links that lead to the fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml.etree import _Element as Element

from accounts.rules import Role
from core import i18n
from tests.support import apps
from tests.support.pages import check_page, get_page, post
from tests.support.quick import Quick, QuickWorld

TITLES = {"zh-CN": "有误：", "en": "Error: "}
LABELS = {"zh-CN": ["签署人邮箱", "时区"], "en": ["Signer's mail address", "Time zone"]}


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def summary(page: Element) -> list[tuple[str, str]]:
    """(id, words) of the links of the summary, which stands first in the page."""
    [first] = page.xpath("//main/*[1][@role='alert' and @data-focus]")
    return [(link.get("href").removeprefix("#"), "".join(link.itertext())) for link in first.xpath(".//li/a")]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_refused_form_names_each_field_on_top_and_leads_to_it(world: Quick, locale: str) -> None:
    account = apps.add_account(
        world.app, Role.HOST, email="h@example.test", organisation_id=world.played.organisation_id, locale=locale
    )
    client, path = apps.sign_in(world.app, account), f"/ceremonies/{world.id}/parties/party_b"
    good = get_page(client, path)
    assert not good.xpath("//main/*[1][@role='alert']")
    assert TITLES[locale] not in good.xpath("string(//title)")
    sent = {field.get("name"): field.get("value") or "" for field in good.xpath("//main//input[@name]")}

    answer = post(client, path, {**sent, "email": "nobody@", "timezone": "Mars", "locale": "en"})

    assert answer.status_code == 422
    page = check_page(answer)
    told = summary(page)
    assert [id for id, _ in told] == ["email", "timezone"]
    for (id, words), label in zip(told, LABELS[locale], strict=True):
        assert words.startswith(label)
        [field] = page.xpath(f"//input[@id='{id}' and @aria-invalid='true']")
        said = page.xpath(f"string(//*[@id='{field.get('aria-describedby').split()[-1]}'])")
        assert words.endswith(said.strip())
    assert page.xpath("string(//title)").strip().startswith(TITLES[locale].strip())


def test_boxes_and_pages_without_navigation_have_the_summary_too(world: Quick) -> None:
    account = apps.add_account(
        world.app, Role.ADMINISTRATOR, email="a@example.test", organisation_id=world.played.organisation_id
    )
    added = post(apps.sign_in(world.app, account), "/accounts/", {"name": "", "email": "new@example.test"})
    page = check_page(added)
    assert [page.xpath(f"boolean(//*[@id='{id}'])") for id, _ in summary(page)] == [True, True]
    refused = post(world.app.test_client(), "/login", {"email": "", "password": ""})
    assert [id for id, _ in summary(check_page(refused))] == ["email", "password"]
