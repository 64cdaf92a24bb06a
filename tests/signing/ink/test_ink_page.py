"""Somebody draws in a real browser, and the stage in another one shows it before the signature exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from core import config
from signing.agreements import queries as agreements
from signing.ceremonies import service as ceremonies
from signing.ink import queries as ink
from tests.signing.test_access import signer
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld
from tests.support.streams import Running, running
from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page
from web.asgi import build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
# How many pixels of a sheet have ink.
INKED = """sheet => { const c = sheet.querySelector('canvas');
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 60; return n; }"""


@dataclass
class Room:
    """A ceremony that is served with its streams, and browsers in it."""

    world: Quick
    server: Running
    browser: Browser
    complaints: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def context(self, *, width: int = 1920, height: int = 1080, reduced: bool = True) -> BrowserContext:
        return self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            reduced_motion="reduce" if reduced else "no-preference",
        )

    def stage(self) -> Page:
        with self.world.app.app_context():
            token = ceremonies.stage_link(self.world.id, by=HOST)
        page = open_page(self.context(), self.complaints)
        page.goto(f"{self.url}/stage/open/{token}")
        page.wait_for_selector("[data-live-state][data-live=ok]")
        return page

    def pad(self, party: str = "party_a", *, phone: bool = False) -> Page:
        """A signer's page, at the pad of the first agreement."""
        cookie = signer(self.world, party).get_cookie("yunqian")
        assert cookie is not None
        context = self.context(width=390, height=844) if phone else self.context(width=1440, height=900)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])
        page = open_page(context, self.complaints)
        page.goto(f"{self.url}/seat/{self.world.people[party].seat_id}#{self.world.first}/sign")
        page.locator("[data-view=sign]").wait_for()
        return page

    def signed(self) -> int:
        with self.world.app.app_context():
            return agreements.get_agreement(self.world.first).signed_count


@pytest.fixture
def room(quick_world: QuickWorld, data_dir: Path, browser: Browser) -> Iterator[Room]:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        settings = config.settings().model_copy(update={"run_jobs": False})
        with running(build(settings, world.app), settings) as server:
            made = Room(world, server, browser, [])
            yield made
            for context in browser.contexts:
                context.close()
            assert made.complaints == []


def draw(page: Page, *, left: float = 0.2, right: float = 0.8) -> None:
    """One stroke across the pad, as a hand makes it; once the page's script listens."""
    page.wait_for_load_state()
    box = page.locator("[data-pad]").bounding_box()
    assert box
    page.mouse.move(box["x"] + left * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    for step in range(1, 25):
        x = left + (right - left) * step / 24
        y = 0.5 + 0.3 * (-1) ** step * step / 24
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=2)
    page.mouse.up()


def test_the_stage_shows_a_signature_while_it_is_drawn_and_lets_it_go_when_it_is_true(room: Room) -> None:
    stage, pad = room.stage(), room.pad()
    sheet = stage.locator("[data-ink-seat]")
    expect(sheet).to_have_count(0)
    expect(pad.locator("[data-ink-shown=drawn]")).to_contain_text("同步看到笔迹")
    draw(pad)
    sheet.wait_for(timeout=PATIENCE_MS)
    stage.wait_for_function(f"root => ({INKED})(root) > 200", arg=sheet.element_handle())
    assert room.signed() == 0
    expect(sheet).to_contain_text("正在签署")
    expect(sheet).to_contain_text("样例甲公司")
    expect(stage.locator(".st-slot[data-state=signed]")).to_have_count(0)
    pad.click("[data-sign-now]")
    pad.locator("[data-view=success]").wait_for()
    expect(stage.locator(".st-slot[data-state=signed]")).to_have_count(1, timeout=PATIENCE_MS)
    expect(sheet).to_have_count(0, timeout=PATIENCE_MS)
    assert room.signed() == 1


def test_undo_and_clear_are_seen_and_several_draw_side_by_side(room: Room) -> None:
    stage = room.stage()
    pads = [room.pad("party_a"), room.pad("party_b", phone=True)]
    for pad in pads:
        draw(pad)
    expect(stage.locator("[data-ink-seat]")).to_have_count(2, timeout=PATIENCE_MS)
    first = stage.locator(f"[data-ink-seat='{room.world.people['party_a'].seat_id}']")
    draw(pads[0], left=0.4, right=0.9)
    before = first.evaluate(INKED)
    pads[0].click("[data-undo]")
    one_less = f"([root, before]) => {{ const now = ({INKED})(root); return 0 < now && now < before; }}"
    stage.wait_for_function(one_less, arg=[first.element_handle(), before])
    pads[0].click("[data-clear]")
    expect(first).to_have_count(0, timeout=PATIENCE_MS)
    expect(stage.locator("[data-ink-seat]")).to_have_count(1)
    pads[1].click("[data-back-to-text]")
    expect(stage.locator("[data-ink-seat]")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_stage_that_was_reloaded_shows_what_is_being_drawn(room: Room) -> None:
    stage, pad = room.stage(), room.pad()
    draw(pad)
    stage.locator("[data-ink-seat]").wait_for(timeout=PATIENCE_MS)
    stage.reload()
    stage.locator("[data-ink-seat]").wait_for(timeout=PATIENCE_MS)


@pytest.mark.parametrize("fate", ["no answer", "refused"])
def test_with_every_stroke_lost_the_signature_is_the_same(room: Room, fate: str) -> None:
    stage, pad = room.stage(), room.pad()
    asked: list[str] = []

    def lose(route: Route) -> None:
        asked.append(route.request.url)
        if fate == "no answer":
            route.abort()
        else:
            route.fulfill(status=409, json={"error": {"code": "ink_out_of_order", "message": "", "next": ""}})

    pad.route("**/ink", lose)
    draw(pad)
    pad.click("[data-sign-now]")
    pad.locator("[data-view=success]").wait_for()
    assert asked
    assert room.signed() == 1
    expect(stage.locator(".st-slot[data-state=signed]")).to_have_count(1, timeout=PATIENCE_MS)
    expect(stage.locator("[data-ink-seat]")).to_have_count(0)
    expect(pad.locator(".toast")).to_have_count(0)
    with room.world.app.app_context():
        assert ink.find_pen(room.world.people["party_a"].seat_id) is None


def test_who_wants_to_draw_unseen_does_and_the_device_remembers(room: Room) -> None:
    stage, pad = room.stage(), room.pad()
    asked: list[str] = []
    pad.on("request", lambda request: asked.append(request.url) if request.url.endswith("/ink") else None)
    pad.check("#ink-hidden")
    expect(pad.locator("[data-ink-shown=drawn]")).to_be_hidden()
    pad.reload()
    expect(pad.locator("#ink-hidden")).to_be_checked(timeout=PATIENCE_MS)
    draw(pad)
    pad.click("[data-sign-now]")
    pad.locator("[data-view=success]").wait_for()
    assert asked == []
    expect(stage.locator(".st-slot[data-state=signed]")).to_have_count(1, timeout=PATIENCE_MS)
