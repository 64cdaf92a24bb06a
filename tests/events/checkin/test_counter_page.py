"""The counter on a screen and on a phone, in real Chromium: nothing lies over anything else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from events.checkin import screens
from tests.events.conferences.test_pages import World, world  # noqa: F401
from tests.events.conferences.test_planner_page import served  # noqa: F401
from tests.support import conference
from tests.support.conference import ORGANISER
from tests.web.browsing import CHROMIUM, open_page

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")]
LONG = "数字双城记·智慧两地行·共享新机遇：成渝新经济投资促进大会暨重点项目签约"


@pytest.mark.parametrize(("width", "height", "locale"), [(1920, 1080, "zh-CN"), (390, 844, "en-US")])
def test_figures_and_their_words_stay_apart_below_a_long_title(
    world: World,  # noqa: F811
    served: str,  # noqa: F811
    browser: Browser,
    width: int,
    height: int,
    locale: str,
) -> None:
    plan = {**conference.plan(), "title": {"zh-CN": LONG, "en": "Conference " * 12}}
    with world.app.app_context():
        own = conference.keep(plan, organisation_id=world.account.organisation_id)
        token = screens.open_counter(own.id, by=ORGANISER)
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    page = open_page(context, complaints)
    page.goto(f"{served}/counter/open/{token}")
    page.locator(".ct-inside strong").first.wait_for()
    halls = page.locator(".ct-hall").count()
    assert halls == 2
    for at in range(halls):
        parts = [
            _box(page, f".ct-hall >> nth={at} >> {part}") for part in (".ct-top", "strong", ".ct-label", ".ct-bar")
        ]
        for upper, lower in pairwise(parts):
            assert upper["y"] + upper["height"] <= lower["y"] + 1, (at, upper, lower)
        hall = _box(page, f".ct-hall >> nth={at}")
        assert all(hall["x"] <= part["x"] and part["x"] + part["width"] <= hall["x"] + hall["width"] for part in parts)
    context.close()
    assert complaints == []


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).first.bounding_box()
    assert box
    return box
