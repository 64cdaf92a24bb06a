"""An interpreter types in a real browser; stage, observer and seat show it, and a cut loses and doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from core import clock, config, tokens
from core.db import db
from signing.captions import rules, service
from signing.captions.models import CaptionLine
from signing.ceremonies import observing
from signing.ceremonies import service as ceremonies
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.signing.screens.test_monitor import begin
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
LATE = 600
LONG = "尊敬的各位来宾、各位合作伙伴，大家上午好！今天我们相聚在四个会场，共同见证这一时刻。" * 6
# Whether any of the script, the row of captions and the times lies over another; and whether all of the script is seen.
APART = """() => {
  const parts = ['[data-script]', '[data-captions-band]', '.mo-times'];
  const [script, band, times] = parts.map((each) => document.querySelector(each));
  const box = (each) => each.getBoundingClientRect();
  return {
    apart: box(script).bottom <= box(band).top && box(band).bottom <= box(times).top,
    whole: script.scrollHeight <= script.clientHeight,
    height: box(band).height,
    moving: document.getAnimations().length,
  };
}"""


class Later:
    """The server's clock, moved on by hand."""

    def __init__(self) -> None:
        self.real, self.by = clock.now, timedelta()

    def wait(self, seconds: float) -> None:
        self.by += timedelta(seconds=seconds)


@dataclass
class Hall:
    """A ceremony that is served with its streams, and browsers around it."""

    world: Quick
    server: Running
    browser: Browser
    later: Later
    complaints: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def page(self, path: str, *, width: int = 1440, height: int = 900, context: BrowserContext | None = None) -> Page:
        size = {"width": width, "height": height}
        context = context or self.browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")
        page = open_page(context, self.complaints)
        page.goto(f"{self.url}{path}")
        return page

    def link(self, language: str = "en") -> str:
        with self.world.app.app_context():
            made = service.make_link(self.world.id, language, by=HOST)
            return f"/interpreter/open/{tokens.find_newest('interpreter', made)}"

    def interpreter(self, link: str = "") -> Page:
        page = self.page(link or self.link())
        page.locator("[data-live-state][data-live=ok]").wait_for()
        return page

    def stage(self) -> Page:
        with self.world.app.app_context():
            token = ceremonies.stage_link(self.world.id, by=HOST)
        page = self.page(f"/stage/open/{token}", width=1920, height=1080)
        page.locator("[data-live-state][data-live=ok]").wait_for()
        return page

    def monitor(self) -> Page:
        """The leader's screen, with a cue live whose script is long."""
        with self.world.app.app_context():
            token = link_service.make_link(self.world.id, Screen.MONITOR, by=HOST)
            begin(self.world, script=LONG)
        page = self.page(f"/monitor/open/{token}", width=1920, height=1080)
        page.locator("[data-live-state][data-live=ok]").wait_for()
        return page

    def observer(self) -> Page:
        """Somebody who sees all of it ten minutes later; there is something to be seen already."""
        with self.world.app.app_context():
            token = link_service.make_link(self.world.id, Screen.OBSERVE_TEN_MINUTES, by=HOST)
            observing.keep_moments()
        self.later.wait(LATE + 1)
        return self.page(f"/observe/{LATE}/open/{token}", width=1920, height=1080)

    def seat(self) -> Page:
        cookie = signer(self.world).get_cookie("yunqian")
        assert cookie is not None
        context = self.browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])
        return self.page(f"/seat/{self.world.people['party_a'].seat_id}", context=context)

    def said(self) -> list[str]:
        """What the server has taken, in its order."""
        with self.world.app.app_context():
            return [row.text for row in db.session.query(CaptionLine).order_by(CaptionLine.number)]


@pytest.fixture
def hall(
    quick_world: QuickWorld, data_dir: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hall]:
    later = Later()
    monkeypatch.setattr(clock, "now", lambda: later.real() + later.by)
    # However slow the machine is, nothing goes before it was looked at.
    monkeypatch.setattr(rules, "_LEAST_SECONDS", 900.0)
    monkeypatch.setattr(rules, "_MOST_SECONDS", 900.0)
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        # Behind the ceremony: where that has still to be made, processes are forked for it.
        browser: Browser = request.getfixturevalue("browser")
        settings = config.settings().model_copy(update={"run_jobs": False})
        with running(build(settings, world.app), settings) as server:
            made = Hall(world, server, browser, later, [])
            yield made
            for context in browser.contexts:
                context.close()
            assert made.complaints == []


def send(page: Page, text: str) -> None:
    page.locator("[data-line]").fill(text)
    page.keyboard.press("Enter")


def lines(page: Page, place: str = "[data-captions-band]") -> list[str]:
    return [each.inner_text() for each in page.locator(f"{place} [data-caption]").all()]


def test_a_line_is_seen_in_the_hall_and_at_a_seat_at_once_and_by_an_observer_when_it_is_due(hall: Hall) -> None:
    link = hall.link()
    observer, interpreter, stage, seat = hall.observer(), hall.interpreter(link), hall.stage(), hall.seat()
    select = seat.locator("[data-captions-language]")
    expect(select).to_have_value("off", timeout=PATIENCE_MS)
    select.select_option("en")
    send(interpreter, "Good morning, ladies and gentlemen.")
    send(interpreter, "<b>Welcome</b> to Chengdu.")
    told = ["Good morning, ladies and gentlemen.", "<b>Welcome</b> to Chengdu."]
    for page, place in ((stage, "[data-captions-band]"), (seat, "[data-captions-lines]")):
        expect(page.locator(f"{place} [data-caption]")).to_have_text(told, timeout=PATIENCE_MS)
    expect(seat.locator("[data-captions-lines]")).to_have_attribute("aria-live", "polite")
    assert lines(observer) == []
    seat.reload()
    expect(seat.locator("[data-captions-lines] [data-caption]")).to_have_text(told, timeout=PATIENCE_MS)
    stage.reload()
    expect(stage.locator("[data-captions-band] [data-caption]")).to_have_text(told, timeout=PATIENCE_MS)
    hall.later.wait(LATE + 1)
    expect(observer.locator("[data-captions-band] [data-caption]")).to_have_text(told, timeout=PATIENCE_MS)


def test_a_cut_and_an_answer_that_was_lost_double_nothing_and_lose_nothing(hall: Hall) -> None:
    interpreter, stage = hall.interpreter(), hall.stage()
    cut = {"answers": 1}

    def lose_the_answer(route: Route) -> None:
        if cut["answers"]:
            cut["answers"] -= 1
            route.fetch()
            return route.abort()
        return route.continue_()

    interpreter.route("**/lines", lose_the_answer)
    send(interpreter, "one")
    expect(interpreter.locator("[data-line-state=sent]")).to_have_text(["one"], timeout=PATIENCE_MS)
    interpreter.context.set_offline(True)
    for text in ("two", "three", "four"):
        send(interpreter, text)
    expect(interpreter.locator("[data-lost]")).to_be_visible(timeout=PATIENCE_MS)
    expect(interpreter.locator("[data-line-state=waiting]")).to_have_count(3)
    interpreter.context.set_offline(False)
    expect(stage.locator("[data-captions-band] [data-caption]")).to_have_text(["three", "four"], timeout=PATIENCE_MS)
    expect(interpreter.locator("[data-lost]")).to_be_hidden(timeout=PATIENCE_MS)
    expect(interpreter.locator("[data-line-state=waiting]")).to_have_count(0, timeout=PATIENCE_MS)
    assert hall.said() == ["one", "two", "three", "four"]


def test_the_keyboard_alone_corrects_and_withdraws_the_last_line(hall: Hall) -> None:
    interpreter, stage = hall.interpreter(), hall.stage()
    shown = stage.locator("[data-captions-band] [data-caption]")
    expect(interpreter.locator("[data-line]")).to_be_focused()
    interpreter.keyboard.type("one")
    interpreter.keyboard.press("Enter")
    interpreter.keyboard.type("tow")
    interpreter.keyboard.press("Enter")
    expect(shown).to_have_text(["one", "tow"], timeout=PATIENCE_MS)
    expect(interpreter.locator("[data-correct]")).to_be_enabled(timeout=PATIENCE_MS)
    interpreter.keyboard.press("ArrowUp")
    expect(interpreter.locator("[data-line]")).to_have_value("tow")
    interpreter.keyboard.press("Escape")
    expect(interpreter.locator("[data-line]")).to_have_value("")
    interpreter.keyboard.press("ArrowUp")
    interpreter.locator("[data-line]").fill("two")
    interpreter.keyboard.press("Enter")
    expect(shown).to_have_text(["one", "two"], timeout=PATIENCE_MS)
    expect(interpreter.locator("[data-withdraw]")).to_be_enabled(timeout=PATIENCE_MS)
    # The field is empty and the button that sends it off: "Correct" comes first.
    for _ in range(2):
        interpreter.keyboard.press("Tab")
    expect(interpreter.locator("[data-withdraw]")).to_be_focused()
    interpreter.keyboard.press("Enter")
    expect(shown).to_have_text(["one"], timeout=PATIENCE_MS)


def test_a_line_goes_by_its_own_instant_also_where_the_link_is_lost(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter, stage = hall.interpreter(), hall.stage()
    monkeypatch.setattr(rules, "_MOST_SECONDS", 8.0)
    send(interpreter, "seen for a moment")
    shown = stage.locator("[data-captions-band] [data-caption]")
    shown.wait_for(state="attached", timeout=PATIENCE_MS)
    stage.context.set_offline(True)
    expect(shown).to_have_count(0, timeout=PATIENCE_MS)


def test_the_leader_reads_the_lines_in_the_monitors_language_beside_the_script(hall: Hall) -> None:
    chinese, english = hall.interpreter(hall.link("zh-CN")), hall.interpreter(hall.link("en"))
    monitor = hall.monitor()
    shown, select = monitor.locator("[data-captions-band] [data-caption]"), monitor.locator("[data-captions-language]")
    expect(select).to_have_value("zh-CN")
    before = monitor.evaluate(APART)
    send(chinese, "各位早上好。")
    send(english, "Good morning.")
    expect(shown).to_have_text(["各位早上好。"])
    assert monitor.evaluate(APART) == before
    assert {before["apart"], before["whole"]} == {True}
    assert (before["height"] > 0, before["moving"]) == (True, 0)
    select.select_option("en")
    expect(shown).to_have_text(["Good morning."])
    send(english, "<b>A line that is as long as any interpreter can make it, and longer</b> than most are said.")
    expect(shown).to_have_count(2)
    assert monitor.evaluate(APART) == before
    monitor.reload()
    expect(shown).to_have_count(2)
    expect(select).to_have_value("en")
    select.select_option("off")
    expect(monitor.locator("[data-captions-band]")).to_be_hidden()


def test_a_monitor_has_a_choice_once_somebody_interprets_and_none_when_nobody_does(hall: Hall) -> None:
    monitor = hall.monitor()
    choose = monitor.locator("[data-captions-choose]")
    expect(choose).to_be_hidden()
    with hall.world.app.app_context():
        made = service.make_link(hall.world.id, "zh-CN", by=HOST)
    expect(choose).to_be_visible()
    expect(monitor.locator("[data-captions-band]")).to_contain_text("传译员发出字幕后")
    with hall.world.app.app_context():
        service.take_back(hall.world.id, made, by=HOST)
    expect(choose).to_be_hidden()
    expect(monitor.locator("[data-captions-band]")).to_be_hidden()
