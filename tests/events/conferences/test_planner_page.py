"""The agenda dragged in real Chromium: by mouse, finger and keyboard, taken back, and refused where it is stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from core import clock
from events.conferences import agenda
from events.conferences.rules import EVERYTHING
from tests.events.conferences.test_pages import World, world  # noqa: F401
from tests.support import conference
from tests.support.conference import ORGANISER
from tests.support.served import serving, sign_in_page
from tests.support.waiting import wait_until
from tests.web.browsing import CHROMIUM, open_page

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")]
_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass
class Planner:
    """The page, and the plan behind it."""

    world: World
    page: Page
    url: str

    @property
    def hour(self) -> int:
        """How high it is, in pixels."""
        box = self.page.locator("[data-column]").first.bounding_box()
        minutes = self.page.locator("[data-planner-day]").first.get_attribute("data-minutes")
        assert box
        assert minutes
        return round(box["height"] / int(minutes) * 60)

    def card(self, key: str) -> Locator:
        return self.page.locator(f'[data-key="{key}"]')

    def times(self, key: str) -> tuple[str, tuple[str, ...]]:
        """What is kept: from when to when in China, and where."""
        item = self.world.now().item(key)
        return "–".join(f"{at.astimezone(_CHINA):%H:%M}" for at in (item.starts_at, item.ends_at)), item.venues

    def said(self, words: str) -> str:
        bar = self.page.locator("[data-planner-bar]", has_text=words)
        bar.wait_for()
        return bar.inner_text()

    def drag(self, key: str, down: int, right: int = 0, *, part: str = "h3") -> None:
        self.card(key).scroll_into_view_if_needed()
        box = self.card(key).bounding_box() if part == "h3" else self.card(key).locator(part).bounding_box()
        assert box
        x, y = box["x"] + box["width"] - min(30, box["width"] / 2), box["y"] + min(8, box["height"] / 2)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + right, y + down, steps=4)
        mouse.up()


@pytest.fixture
def served(world: World) -> Iterator[str]:  # noqa: F811
    with serving(world.app) as url:
        yield url


@pytest.fixture
def planner(world: World, served: str, browser: Browser) -> Iterator[Planner]:  # noqa: F811
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", has_touch=True)
    yield _opened(world, served, context, complaints)
    context.close()
    assert complaints == []


def _opened(world: World, served: str, context: BrowserContext, complaints: list[str]) -> Planner:  # noqa: F811
    page = open_page(context, complaints)
    sign_in_page(page, served, world.account.email)
    page.goto(f"{served}{world.path}/planner")
    page.locator(".planner-grip").first.wait_for()
    return Planner(world, page, served)


def test_an_item_is_dragged_to_another_time_and_hall_and_taken_back(planner: Planner) -> None:
    column = planner.page.locator("[data-column]").first.bounding_box()
    assert column
    planner.drag("talk", planner.hour, round(2 * column["width"]))
    assert "15:30–16:30 成都会场 改为 16:30–17:30 云上会场" in planner.said("改为")
    assert planner.times("talk") == ("16:30–17:30", ("cloud",))
    planner.page.click("[data-planner-undo]")
    planner.said("已恢复")
    assert planner.times("talk") == ("15:30–16:30", ("chengdu",))


def test_its_lower_edge_makes_it_longer_and_clashes_are_said_at_once(planner: Planner) -> None:
    planner.drag("opening", planner.hour // 2, part=".planner-edge")
    assert "成都会场同时安排了“开幕”和“演讲”" in planner.said("改为")
    assert planner.times("opening")[0] == "15:00–16:00"
    planner.page.locator('[data-key="talk"][data-clashes]').wait_for()


def test_the_keyboard_does_the_same(planner: Planner) -> None:
    planner.card("talk").locator(".planner-grip").focus()
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowDown", "ArrowRight"):
        planner.page.keyboard.press(key)
    planner.page.keyboard.press("Enter")
    planner.said("改为")
    assert planner.times("talk") == ("15:40–16:45", ("london",))
    planner.page.keyboard.press("ArrowUp")
    planner.page.keyboard.press("Escape")
    assert planner.times("talk") == ("15:40–16:45", ("london",))


def test_a_finger_drags_by_the_dots(planner: Planner) -> None:
    grip = planner.card("talk").locator(".planner-grip")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box
    touch = planner.page.context.new_cdp_session(planner.page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for down in range(12, planner.hour + 1, 12):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + down}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    planner.said("改为")
    assert planner.times("talk") == ("16:30–17:30", ("chengdu",))


def test_what_somebody_else_moved_meanwhile_is_shown_and_not_overwritten(planner: Planner) -> None:
    with planner.world.app.app_context():
        item = conference.view(planner.world.draft.id).item("talk")
        moved = agenda.moved(
            item, clock.parse_iso("2026-07-01T10:00:00Z"), clock.parse_iso("2026-07-01T10:30:00Z"), ("chengdu",)
        )
        agenda.change(planner.world.draft.id, "talk", moved, by=ORGANISER, rights=EVERYTHING)
    planner.drag("talk", planner.hour)
    planner.page.locator(".toast[data-kind=problem]", has_text="演讲没有移动").wait_for()
    planner.page.locator('[data-key="talk"]', has_text="18:00–18:30").wait_for()
    assert planner.times("talk") == ("18:00–18:30", ("chengdu",))


def test_a_finger_at_the_edge_of_a_phone_reaches_a_hall_outside_of_it(
    world: World,  # noqa: F811
    served: str,
    browser: Browser,
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    planner = _opened(world, served, context, [])
    page, cloud = planner.page, planner.page.locator("[data-column=cloud]").first
    assert (cloud.bounding_box() or {})["x"] > 390
    grip = planner.card("talk").locator(".planner-grip")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", x), ("touchMove", x + 100), ("touchMove", 370)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at, "y": y}]})
    wait_until(lambda: (cloud.bounding_box() or {})["x"] < 350)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert "成都会场 改为 15:30–16:30 云上会场" in planner.said("改为")
    assert planner.times("talk") == ("15:30–16:30", ("cloud",))
    context.close()
