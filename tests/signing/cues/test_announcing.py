"""Whoever does not see a page change hears of each cue; whoever asked for less motion sees nothing move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import config
from signing.ceremonies import observing
from signing.ceremonies import service as ceremonies
from signing.cues import leading, queries
from signing.cues import service as cues
from signing.cues.rules import Act, CueKind, Verb
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.signing.test_access import signer
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld, host
from tests.support.streams import Running, running
from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page
from web.asgi import build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
# Notes each movement that takes longer than a frame, for as long as the page lives; a slow change of colour is one too.
RECORDER = """
window.moved = [];
const look = () => {
  for (const each of document.getAnimations()) {
    const { activeDuration } = each.effect.getComputedTiming();
    if (activeDuration > 20) window.moved.push(each.animationName || each.transitionProperty || 'script');
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@dataclass
class Hall:
    """A ceremony with a cue sheet that is served with its streams, and browsers around it."""

    world: Quick
    server: Running
    browser: Browser

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def page(self, path: str, *, reduced: bool, cookies: tuple[tuple[str, str], ...] = ()) -> Page:
        motion = "reduce" if reduced else "no-preference"
        size = {"width": 1440, "height": 900}
        context = self.browser.new_context(viewport=size, locale="zh-CN", reduced_motion=motion)
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies])
        context.add_init_script(RECORDER)
        page = open_page(context, [])
        page.goto(f"{self.url}{path}")
        page.locator("[data-live-state][data-live=ok]").first.wait_for(state="attached")
        return page

    def pages(self, *, reduced: bool) -> dict[str, Page]:
        """Everybody's page that follows the cue sheet."""
        with self.world.app.app_context():
            stage = ceremonies.stage_link(self.world.id, by=HOST)
            monitor = link_service.make_link(self.world.id, Screen.MONITOR, by=HOST)
            observer = link_service.make_link(self.world.id, Screen.OBSERVE_NOW, by=HOST)
            observing.keep_moments()
        seat, leader = signer(self.world).get_cookie("yunqian"), host(self.world).get_cookie("yunqian")
        assert seat is not None
        assert leader is not None
        seat_path = f"/seat/{self.world.people['party_a'].seat_id}"
        lead_path = f"/ceremonies/{self.world.id}/cues"
        return {
            "stage": self.page(f"/stage/open/{stage}", reduced=reduced),
            "observer": self.page(f"/observe/0/open/{observer}", reduced=reduced),
            "monitor": self.page(f"/monitor/open/{monitor}", reduced=reduced),
            "seat": self.page(seat_path, reduced=reduced, cookies=((seat.key, seat.value),)),
            "host": self.page(lead_path, reduced=reduced, cookies=((leader.key, leader.value),)),
        }

    def go(self, kind: CueKind) -> str:
        """Make the first cue of this kind live; returns its title."""
        with self.world.app.app_context():
            sheet = queries.get_sheet(self.world.id)
            cue = next(each for each in sheet.cues if each.kind is kind)
            leading.lead(self.world.id, Act(Verb.STAND_BY, sheet.seq, cue.id), by=HOST)
            act = Act(Verb.GO, queries.get_sheet(self.world.id).seq, anyway=True)
            leading.lead(self.world.id, act, by=HOST)
            observing.keep_moments()
            return cue.title["zh-CN"]


@pytest.fixture
def hall(quick_world: QuickWorld, data_dir: Path, request: pytest.FixtureRequest) -> Iterator[Hall]:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        # Behind the ceremony: where that has still to be made, processes are forked for it.
        browser: Browser = request.getfixturevalue("browser")
        with world.app.app_context():
            cues.make_sheet(world.id, by=HOST)
        settings = config.settings().model_copy(update={"run_jobs": False})
        with running(build(settings, world.app), settings) as server:
            yield Hall(world, server, browser)
            for context in browser.contexts:
                context.close()


def heard(page: Page, words: str) -> None:
    """A part that a screen reader follows has these words, and is not hidden from it."""
    told = page.get_by_role("status").or_(page.locator("[aria-live=polite]:not([hidden])")).filter(has_text=words)
    expect(told.first).to_be_attached(timeout=PATIENCE_MS)


def test_each_cue_is_said_on_every_page_that_follows_the_sheet(hall: Hall) -> None:
    pages = hall.pages(reduced=True)
    for kind in (CueKind.WELCOME, CueKind.ROLL_CALL, CueKind.SIGNING):
        title = hall.go(kind)
        for page in pages.values():
            heard(page, title)


def test_with_less_motion_nothing_moves_on_any_page_while_cues_change(hall: Hall) -> None:
    pages = hall.pages(reduced=True)
    for kind in (CueKind.WELCOME, CueKind.ROLL_CALL, CueKind.SIGNING):
        title = hall.go(kind)
        for page in pages.values():
            heard(page, title)
    found = {name: sorted(set(page.evaluate("window.moved"))) for name, page in pages.items()}
    assert found == {name: [] for name in pages}


def test_without_that_wish_the_same_pages_do_move(hall: Hall) -> None:
    """The recorder sees movements where there are any."""
    stage = hall.pages(reduced=False)["stage"]
    hall.go(CueKind.WELCOME)
    hall.go(CueKind.SIGNING)
    stage.wait_for_function("window.moved.length > 0", timeout=PATIENCE_MS)
