"""The host's lobby and what a signer's page hears of it, through the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import db
from signing.presence import lobby_queries, queries
from tests.signing.seats.test_seat_api import Browser
from tests.support import quick
from tests.support.pages import csrf_token, get_page
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


def post(world: Quick, client: FlaskClient, path: str, **form: str) -> int:
    data = {"csrf_token": csrf_token(client), **form}
    return client.post(f"/ceremonies/{world.id}/lobby{path}", data=data).status_code


def row(world: Quick, client: FlaskClient, party: str = "party_a") -> str:
    page = get_page(client, f"/ceremonies/{world.id}/lobby")
    (found,) = page.xpath(f"//tr[@data-seat='{world.people[party].seat_id}']")
    return " ".join(str(found.xpath("string()")).split())


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh-CN", ("尚未到场", "页面已打开", "身份未核验", "时钟快 3 秒")),
        ("en", ("Not here yet", "Page open", "identity not proved", "clock 3 s ahead")),
    ],
)
def test_the_host_sees_who_is_there_and_how(world: Quick, locale: str, words: tuple[str, ...]) -> None:
    host = quick.host(world, locale=locale)
    assert words[0] in row(world, host)
    browser = Browser(world)
    browser.post("here", {"delay_ms": 90, "clock_offset_ms": 3000, "visible": True})
    shown = row(world, host)
    assert all(word in shown for word in words[1:])
    assert "90" in shown
    browser.enter()
    browser.post("here", {})
    assert words[2] not in row(world, host)


def test_a_second_device_on_the_link_is_seen_and_gains_nothing(world: Quick) -> None:
    host, mine, other = quick.host(world, locale="en"), Browser(world), Browser(world)
    mine.enter()
    mine.post("here", {})
    other.post("here", {})
    assert "2 devices are open" in row(world, host)
    assert other.state()["step"] == "identity"
    assert other.state()["lobby"]["messages"] == []
    other.post(f"agreements/{world.first}/signature/prepare", {}, 403)


def test_a_stranger_who_stays_does_not_make_the_signer_be_there(world: Quick) -> None:
    host, mine, other = quick.host(world, locale="en"), Browser(world), Browser(world)
    mine.enter()
    for browser in (mine, other):
        browser.post("here", {"visible": True})
    with clock.frozen(clock.now() + timedelta(seconds=25)):
        other.post("here", {})
    with clock.frozen(clock.now() + timedelta(seconds=40)):
        shown = row(world, host)
    assert "Link lost" in shown
    assert "identity not proved" in shown


def test_who_waits_neither_reads_nor_signs_until_admitted(world: Quick) -> None:
    host, browser = quick.host(world), Browser(world)
    assert post(world, host, "/policy", policy="each") == 303
    assert not get_page(host, f"/ceremonies/{world.id}/lobby").xpath("//*[contains(., '等候入场')][self::span]"), (
        "nobody is there"
    )
    browser.enter()
    assert get_page(host, f"/ceremonies/{world.id}/lobby").xpath("//span[contains(., '1 位等候入场')]")
    assert browser.state()["lobby"]["standing"] == "waiting"
    page = f"/seat/{browser.seat_id}/agreements/{world.first}/pages/1.png"
    assert browser.client.get(page).status_code == 409
    assert browser.post(f"agreements/{world.first}/read", {"page": 1}, 409)["code"] == "not_admitted"
    assert browser.prepare(world.first, 409)["code"] == "not_admitted"
    assert post(world, host, "/admit") == 303
    assert browser.client.get(page).status_code == 200
    browser.read(world.first)
    assert browser.prepare(world.first)["status"] == "prepared"


def test_a_removed_seat_is_closed_in_every_browser_until_let_back_in(world: Quick) -> None:
    host, browser = quick.host(world), Browser(world)
    browser.enter()
    assert post(world, host, f"/{browser.seat_id}/remove") == 303
    assert browser.client.get(browser.api).get_json()["error"]["code"] == "seat_removed"
    assert browser.post("here", {}, 403)["code"] == "seat_removed"
    again = world.app.test_client()
    assert again.get(world.link("party_a"), follow_redirects=True).status_code == 403
    assert post(world, host, f"/{browser.seat_id}/let_in") == 303
    assert browser.state()["step"] == "agreements", "the proofs given hold"


def test_who_comes_back_hours_later_keeps_the_proofs_and_another_device_has_none(world: Quick) -> None:
    mine = Browser(world)
    mine.enter()
    mine.post("here", {})
    with clock.frozen(clock.now() + timedelta(hours=2)):
        mine.post("here", {})
        assert (mine.state()["step"], mine.state()["identity"]["proved"]) == ("agreements", True)
        mine.read(world.first)
        assert mine.prepare(world.first)["status"] == "prepared"
        other = Browser(world)
        assert (other.state()["step"], other.state()["identity"]["proved"]) == ("identity", False)
        other.prepare(world.first, 403)
        with world.app.app_context():
            where = queries.where_are(world.id)[mine.seat_id]
            assert (where.drops, [stay.is_proved for stay in where.here]) == (1, [True])
            db.session.remove()


def test_a_quick_message_is_read_in_each_signers_language(world: Quick) -> None:
    host, browser = quick.host(world), Browser(world)
    browser.enter()
    assert post(world, host, "/message", quick="soon") == 303
    assert post(world, host, f"/{browser.seat_id}/message", text="请看第三页") == 303
    shown = [browser.client.get(browser.api, headers={"Accept-Language": each}).get_json() for each in ("zh-CN", "en")]
    texts = [[message["text"] for message in each["lobby"]["messages"]] for each in shown]
    assert texts[0] == ["五分钟后开始。", "请看第三页"]
    assert texts[1][1] == "请看第三页"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/message", {"text": "x" * 301}),
        ("/message", {}),
        ("/message", {"quick": "shout"}),
        ("/message", {"text": "a\u202eb"}),
        ("/policy", {"policy": "closed"}),
        ("/{seat}/hold", {}),
        ("/{seat}/hold", {"why": "x" * 201}),
    ],
)
def test_what_is_refused_is_said_where_it_was_typed(world: Quick, path: str, form: dict[str, str]) -> None:
    host, seat_id = quick.host(world), world.people["party_a"].seat_id
    assert post(world, host, path.format(seat=seat_id), **form) == 422
    assert post(world, host, f"/{seat_id}/shout") == 404
    with world.app.app_context():
        assert lobby_queries.list_sent(world.id) == []
        db.session.remove()


def test_the_pages_of_one_seat_stand_in_both_languages(world: Quick) -> None:
    browser = Browser(world)
    browser.enter()
    browser.post("here", {"delay_ms": 700})
    for locale in ("zh-CN", "en"):
        host = quick.host(world, locale=locale)
        for verb, form in (("hold", {"why": "请稍候"}), ("remove", {}), ("let_in", {})):
            assert post(world, host, f"/{browser.seat_id}/{verb}", **form) == 303
            get_page(host, f"/ceremonies/{world.id}/lobby/{browser.seat_id}")
            get_page(host, f"/ceremonies/{world.id}/lobby")
