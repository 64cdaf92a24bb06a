"""Leading in real Chromium: by key, with a warning, and as one of two hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.rules import Role
from core import clock
from core.db import db, transaction
from signing.agreements import service as agreement_service
from signing.ceremonies.models import Ceremony
from signing.cues import queries, service
from signing.cues.rules import CueKind
from tests.signing.cues.test_leading import go_to
from tests.support import apps
from tests.support.ceremony import ADDRESS, HOST
from tests.support.quick import Quick, QuickWorld
from tests.support.served import serving, sign_in_page
from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")]
EMAIL = "leads@example.test"


@dataclass
class Led:
    """A ceremony with a cue sheet, and the address where it is served."""

    world: Quick
    url: str

    def open(self, context: BrowserContext, complaints: list[str]) -> Page:
        page = open_page(context, complaints)
        if not context.cookies():
            sign_in_page(page, self.url, EMAIL)
        page.goto(f"{self.url}/ceremonies/{self.world.id}/cues")
        page.locator("[data-key=' ']").wait_for()
        return page

    def sheet(self) -> queries.SheetView:
        with self.world.app.app_context():
            return queries.get_sheet(self.world.id)


def press(page: Page, key: str, *, until: str) -> None:
    """Press a key, and wait until a cue of this state and title stands in the list."""
    state, _, title = until.partition(" ")
    page.keyboard.press(key)
    page.locator(f"[data-cue-state={state}]", has_text=title).wait_for()
    page.locator("body:not([data-leading])").wait_for()


@pytest.fixture
def led(quick_world: QuickWorld, data_dir: Path) -> Iterator[Led]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as world:
        apps.add_account(world.app, Role.HOST, email=EMAIL, organisation_id=world.played.organisation_id)
        with world.app.app_context():
            service.make_sheet(world.id, by=HOST)
        with serving(world.app) as url:
            yield Led(world, url)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield made
    made.close()


def test_the_space_bar_leads_from_cue_to_cue_and_asks_before_signatures_are_left_behind(
    led: Led, context: BrowserContext
) -> None:
    complaints: list[str] = []
    page = led.open(context, complaints)
    for title in ("开场致辞", "各方点名", "核对同文核对码", "样例主协议"):
        press(page, " ", until=f"standby {title}")
        press(page, " ", until=f"live {title}")
        for key in "123" if title in {"各方点名", "核对同文核对码"} else "":
            press(page, key, until=f"live {title}")
            expect(page.locator("[data-ticks-done]")).to_have_text(f"{key} / 3", timeout=PATIENCE_MS)
    expect(page.locator("[data-now-title]")).to_have_text("样例主协议", timeout=PATIENCE_MS)
    expect(page.locator("[data-announce]")).to_have_text("现在：样例主协议", timeout=PATIENCE_MS)
    press(page, "h", until="live 样例主协议")
    page.locator("[data-sheet-state=held]").wait_for()
    press(page, " ", until="live 样例主协议")
    page.locator("[data-sheet-state=running]").wait_for()
    press(page, " ", until="standby 样例后续协议0")
    page.keyboard.press(" ")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("还缺 3 个签名", timeout=PATIENCE_MS)
    dialog.locator("[data-anyway]").click()
    page.locator("[data-cue-state=live]", has_text="样例后续协议0").wait_for()
    press(page, "b", until="live 样例主协议")
    live = led.sheet().live
    assert live is not None
    assert live.title == {"zh-CN": "样例主协议"}
    assert complaints == []


def test_the_space_bar_begins_days_before_the_day_only_once_that_is_confirmed(
    led: Led, context: BrowserContext
) -> None:
    with led.world.app.app_context(), transaction():
        db.session.get_one(Ceremony, led.world.id).starts_at = clock.now() + timedelta(days=3)
    complaints: list[str] = []
    page = led.open(context, complaints)
    press(page, " ", until="standby 开场致辞")
    dialog = page.locator("dialog[open]")
    for answer in ("Escape", " "):  # a second press of the space bar is no yes
        page.keyboard.press(" ")
        expect(dialog).to_contain_text("现在就开始正式仪式？", timeout=PATIENCE_MS)
        page.keyboard.press(answer)
        expect(dialog).to_have_count(0, timeout=PATIENCE_MS)
        page.locator("body:not([data-leading])").wait_for()
    assert led.sheet().live is None
    page.keyboard.press(" ")
    dialog.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[data-cue-state=live]", has_text="开场致辞").wait_for()
    assert complaints == []


def test_script_and_ticks_of_the_roll_call_are_seen_at_once(led: Led, context: BrowserContext) -> None:
    with led.world.app.app_context():
        service.propose_words(led.world.id, looked_at=0, by=HOST)
    complaints: list[str] = []
    page = led.open(context, complaints)
    for title in ("开场致辞", "各方点名"):
        press(page, " ", until=f"standby {title}")
        press(page, " ", until=f"live {title}")
    assert page.evaluate("scrollY") == 0
    boxes = [
        page.locator(name).last.bounding_box() for name in (".lead-script", ".tick-button", ".lead-acts .btn-primary")
    ]
    assert all(box and box["y"] + box["height"] <= 900 for box in boxes), boxes
    assert complaints == []


def test_whoever_looks_at_an_older_sheet_is_told_and_sees_the_new_one(led: Led, context: BrowserContext) -> None:
    complaints: list[str] = []
    first, second = (led.open(context, complaints) for _ in range(2))
    press(first, " ", until="standby 开场致辞")
    press(first, " ", until="live 开场致辞")
    second.bring_to_front()
    second.keyboard.press(" ")
    expect(second.locator(".toast")).to_contain_text("流程已有变化", timeout=PATIENCE_MS)
    second.locator("[data-cue-state=live]", has_text="开场致辞").wait_for()
    assert [str(cue.state) for cue in led.sheet().cues[:2]] == ["live", "planned"]
    assert complaints == []


def test_a_cue_is_dragged_by_key_and_by_mouse_and_put_back(led: Led, context: BrowserContext) -> None:
    complaints: list[str] = []
    page = led.open(context, complaints)
    page.locator("[data-grip]").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-moving-said]")).to_have_text("开场致辞已移到第 3 项。", timeout=PATIENCE_MS)
    assert titles(led)[:3] == ["各方点名", "核对同文核对码", "开场致辞"]
    page.locator("[data-moving-undo]").click()
    expect(page.locator("[data-moving-said]")).to_have_text("开场致辞已恢复为第 1 项。", timeout=PATIENCE_MS)
    page.locator(".cue-row:first-child", has_text="开场致辞").wait_for()
    # In the middle of the window: near its edge the page would scroll below the mouse.
    page.locator(".cue-list").evaluate("list => list.scrollIntoView()")
    grip, third = page.locator("[data-grip]").first.bounding_box(), page.locator(".cue-row").nth(2).bounding_box()
    assert grip
    assert third
    page.mouse.move(grip["x"] + 9, grip["y"] + 9)
    page.mouse.down()
    page.mouse.move(grip["x"] + 9, third["y"] + third["height"] - 4, steps=6)
    page.mouse.up()
    expect(page.locator("[data-moving-said]")).to_have_text("开场致辞已移到第 3 项。", timeout=PATIENCE_MS)
    assert titles(led)[:3] == ["各方点名", "核对同文核对码", "开场致辞"]
    assert complaints == []


def titles(led: Led) -> list[str]:
    return [cue.title["zh-CN"] for cue in led.sheet().cues]


def test_that_somebody_declined_is_shown_and_said_at_once_with_the_reason(
    quick_world: QuickWorld, data_dir: Path, context: BrowserContext
) -> None:
    complaints: list[str] = []
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world, serving(world.app) as url:
        apps.add_account(world.app, Role.HOST, email=EMAIL, organisation_id=world.played.organisation_id)
        with world.app.app_context():
            service.make_sheet(world.id, by=HOST)
            go_to(world, CueKind.SIGNING)
        page = Led(world, url).open(context, complaints)
        said = page.get_by_role("alert").and_(page.locator("[data-announce-ended]"))
        expect(said).to_have_text("", timeout=PATIENCE_MS)
        with world.app.app_context():
            seat = world.people["party_b"].seat_id
            agreement_service.decline(seat, world.first, reason="附件有误", address=ADDRESS)
        page.evaluate("document.dispatchEvent(new CustomEvent('yunqian:refresh'))")  # as the stream does
        expect(page.locator(".lead-card .lead-ended")).to_contain_text(
            "样例乙公司（样例乙）决定不签署", timeout=PATIENCE_MS
        )
        expect(said).to_contain_text("附件有误", timeout=PATIENCE_MS)
        assert complaints == []
