"""The lobby with real browsers and a real server: wait, be admitted, read messages, be held, removed, drop, return."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import SMALL_CASE, SmallCase, peaceful
from tests.journeys.people import PATIENCE_MS, PHONE, Host, Signer
from tests.support import ceremony
from tests.support.databases import SQLITE
from tests.support.forks import ForkedProcesses
from tests.support.server import Server, steady_port
from tests.support.stages import Stages
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
PICTURES = os.environ.get("LOBBY_PICTURES", "")


def look(who: Host | Signer, name: str) -> None:
    """A picture for who looks at the pages; none otherwise."""
    if PICTURES:
        who.page.wait_for_timeout(400)
        who.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def server(
    stages: Stages, processes: ForkedProcesses, data_dir: Path, browser: Browser
) -> Iterator[tuple[SmallCase, Server]]:
    """As `small_case`, with the server in hand, so that it can be killed."""
    with stages.copied(SMALL_CASE, SQLITE, data_dir) as (url, played):
        running = Server(processes, data_dir, url, steady_port())
        running.start_all()
        addresses = {party["key"]: party["email"] for party in ceremony.small()["parties"]}
        with peaceful(browser, running.url) as world:
            world.complaints.allowed |= {"403", "409", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING"}
            world.complaints.allowed |= {"ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_ABORTED"}
            yield SmallCase(world, played.ceremony_id, addresses), running


def lobby(case: SmallCase, **options: object) -> Host:
    host = case.host(**options)
    host.page.goto(f"{case.world.url}/ceremonies/{case.ceremony_id}/lobby")
    return host


def row(host: Host, signer: Signer) -> str:
    seat_id = signer.page.url.partition("/seat/")[2].partition("#")[0]
    return f"[data-seat='{seat_id}']"


def test_from_the_lobby_to_the_table_and_back(server: tuple[SmallCase, Server]) -> None:
    case, running = server
    host = lobby(case)
    look(host, "lobby-empty")
    host.page.check("#policy-2")
    host.page.click("#policy form .btn")
    one, other = (case.signer(key, **PHONE) for key in list(case.addresses)[:2])
    one.enter()
    expect(one.page.locator("[data-lobby-title]")).to_be_visible()
    expect(one.page.locator(".agreement-card a")).to_have_count(0)
    look(one, "seat-waiting")
    mine = host.page.locator(row(host, one))
    expect(mine).to_have_attribute("data-standing", "waiting")
    expect(mine.locator(".here-mark")).to_have_attribute("data-state", "here")
    other.enter()
    stranger = case.signer(next(iter(case.addresses)))
    stranger.open_link()
    expect(mine.locator(".device")).to_have_count(2)
    look(host, "lobby-waiting")
    host.page.click("#admit-all")
    expect(one.page.locator("[data-lobby]")).to_be_hidden()
    expect(one.page.locator(".agreement-card a.btn-primary")).to_have_count(1)

    host.page.click("button[value=soon]")
    expect(one.page.locator(".seat-message")).to_have_count(1)
    expect(stranger.page.locator(".seat-message")).to_have_count(0)
    host.page.fill("#text", "请把文件翻到第三页，王主任稍后发言。")
    host.page.click("#write .btn-primary")
    expect(one.page.locator(".seat-message")).to_have_count(2)
    look(one, "seat-messages")
    one.page.locator(".seat-message button").first.click()
    expect(one.page.locator(".seat-message")).to_have_count(1)
    look(host, "lobby-full")

    host.page.locator(f"{row(host, one)} a.btn").click()
    look(host, "lobby-seat")
    host.page.fill("#why", "请稍候，正在等成都会场。")
    host.page.click("#hold form .btn")
    expect(one.page.locator("[data-lobby]")).to_be_visible()
    look(one, "seat-held")
    host.page.click("button[id^=release]")
    expect(one.page.locator("[data-lobby]")).to_be_hidden()
    host.page.click("button[id^=remove]")
    expect(one.page.locator("[data-closed]")).to_be_visible()
    expect(one.page.locator("[data-view=list]")).to_be_hidden()
    look(one, "seat-removed")
    look(host, "lobby-seat-removed")
    host.page.click("button[id^=let_in]")
    expect(one.page.locator("[data-closed]")).to_be_hidden()
    expect(one.page.locator(".agreement-card a.btn-primary")).to_have_count(1)

    running.kill()
    expect(one.page.locator("[data-live-state][data-live=lost]")).to_have_count(1)
    running.restart()
    expect(one.page.locator("[data-live-state][data-live=ok]")).to_have_count(1)
    one.open_text()  # the proofs given hold, in the same browser
    host.page.goto(f"{case.world.url}/ceremonies/{case.ceremony_id}/lobby")
    expect(host.page.locator(f"{row(host, one)} .here-mark")).to_have_attribute("data-state", "here")
    here = row(host, one)
    one.page.close()
    expect(host.page.locator(f"{here} .device")).to_have_count(1, timeout=PATIENCE_MS)
    look(host, "lobby-gone")
    phone = lobby(case, **PHONE)
    look(phone, "lobby-phone")
    english = lobby(case, locale="en-GB")
    english.page.wait_for_load_state()
    look(english, "lobby-en")
