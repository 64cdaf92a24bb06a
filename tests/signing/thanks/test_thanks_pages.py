"""The page of thanks and its JSON: as a host goes through it, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.rules import Role
from core import i18n
from signing.thanks import service
from tests.signing.thanks.test_thanks import letter, mailed
from tests.support import apps
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld, host


@pytest.fixture
def over(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """All is signed and sealed; nobody is inside an application context."""
    with quick_world.at("sealed", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.fixture
def early(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_host_writes_looks_tests_and_sends_with_one_press(over: Quick, locale: str) -> None:
    organisation = over.played.organisation_id
    account = apps.add_account(over.app, Role.HOST, organisation_id=organisation, locale=locale)
    client, path = apps.sign_in(over.app, account), f"/ceremonies/{over.id}/thanks"
    page = get_page(client, f"/ceremonies/{over.id}")
    assert page.xpath(f"//a[@href='{path}']")
    assert get_page(client, f"/ceremonies/{over.id}/report").xpath(f"//a[@href='{path}']")
    page = get_page(client, path)
    form = {
        "words": "后会有期。\r\n\r\n一路平安。",
        "words_en": "",
        "seen": page.xpath("string(//input[@name='seen']/@value)"),
    }
    assert post(client, path, form).status_code == 303
    page = get_page(client, path)
    assert page.xpath("string(//textarea[@name='words'])") == "后会有期。\n\n一路平安。"
    assert "一路平安" in " ".join(page.xpath("//div[@class='letter'][@lang='zh-CN']//text()"))
    assert post(client, f"{path}/test", {"letter": "signer", "language": "zh-CN"}).status_code == 303
    get_page(client, f"{path}?tested=yes")
    pressed = {"seen": page.xpath("string(//*[@id='send']//input[@name='seen']/@value)")}
    assert [post(client, f"{path}/send", pressed).status_code for _ in range(2)] == [303, 303]
    page = get_page(client, path)
    assert page.xpath("//*[@id='sent']")
    assert not page.xpath("//*[@id='send'] | //textarea")
    with over.app.app_context():
        assert len(mailed(over)) == 3
        test = letter(mailed(over, service.TEST)[0])
        assert "一路平安。" in test.text
        assert "/s/" not in test.text


def test_what_is_too_long_is_told_at_the_field(over: Quick) -> None:
    client, path = host(over), f"/ceremonies/{over.id}/thanks"
    told = post(client, path, {"words": "谢" * 1501})
    assert told.status_code == 422
    assert check_page(told).xpath("//*[@id='words-error']")


def test_before_the_end_it_can_be_written_and_tested_and_not_sent(early: Quick) -> None:
    client, path = host(early, locale="en"), f"/ceremonies/{early.id}/thanks"
    page = get_page(client, path)
    assert page.xpath("//*[@id='standing']")
    assert len(page.xpath("//tr[@data-state='not_yet']")) == 3
    assert not page.xpath("//*[@id='send']")
    assert post(client, path, {"words": "谢谢。"}).status_code == 303
    refused = post(client, f"{path}/send", {"seen": "x"})
    assert refused.status_code == 409
    assert check_page(refused).xpath("//*[@id='refused']")


def test_an_auditor_reads_it_and_sends_nothing(over: Quick) -> None:
    page = get_page(host(over, Role.AUDITOR), f"/ceremonies/{over.id}/thanks")
    assert not page.xpath("//main//form")


def test_a_program_sends_once_however_often_it_asks(over: Quick) -> None:
    client, path = host(over), f"/api/ceremonies/{over.id}/thanks"
    headers = {"X-CSRFToken": csrf_token(client)}
    client.post(path, json={"words_en": "Farewell.", "team": True}, headers=headers)
    shown = client.get(path).get_json()
    assert shown["words"] == {"zh-CN": "", "en": "Farewell."}
    assert [each["state"] for each in shown["letters"]] == ["due"] * 4
    answers = [client.post(f"{path}/send", json={"seen": shown["seen"]}, headers=headers) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].get_json() == answers[1].get_json()
    assert {each["state"] for each in answers[1].get_json()["letters"]} == {"sent"}
    assert client.post(f"{path}/send", json={"seen": "other"}, headers=headers).status_code == 409
    with over.app.app_context():
        assert len(mailed(over)) == 4
