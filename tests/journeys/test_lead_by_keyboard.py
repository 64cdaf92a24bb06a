"""A whole cue sheet is led by a host who never touches the mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.live_pages import LiveRoom, live_room
from tests.journeys.people import PATIENCE_MS
from tests.support.forks import ForkedProcesses
from tests.support.stages import Stages
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.fixture
def room(browser: Browser, stages: Stages, processes: ForkedProcesses, data_dir: Path) -> Iterator[LiveRoom]:
    with live_room(stages, processes, data_dir, browser) as made:
        yield made


def _press(page: Page, key: str, *, until: str) -> None:
    page.wait_for_selector("body:not([data-leading])")
    page.keyboard.press(key)
    page.wait_for_selector(until)
    page.wait_for_selector("body:not([data-leading])")


def _cue(number: int, state: str) -> str:
    return f"li.cue-row:nth-of-type({number})[data-cue-state={state}]"


def _enter(page: Page, button: str) -> None:
    """Stand on a button that has no key of its own, as Tab brings one there, and press it."""
    page.wait_for_selector("body:not([data-leading])")
    page.locator(button).first.focus()
    page.keyboard.press("Enter")


def test_stand_by_go_hold_resume_ticks_back_skip_and_over_need_no_mouse(room: LiveRoom) -> None:
    room.world.complaints.allowed |= {"409"}  # what is asked before it is done
    page = room.visitors().page("host")
    page.goto(room.address("/ceremonies/{room}/cues"))
    page.wait_for_selector("[data-live-state][data-live=ok]")
    _press(page, " ", until=_cue(1, "standby"))
    _press(page, " ", until=_cue(1, "live"))
    _press(page, "h", until="[data-sheet-state=held]")
    _press(page, " ", until="[data-sheet-state=running]")
    _press(page, " ", until=_cue(2, "standby"))
    _press(page, " ", until=_cue(2, "live"))
    for number in (1, 2):
        page.keyboard.press(str(number))
        expect(page.locator("[data-ticks-done]")).to_have_text(re.compile(rf"^\s*{number} /"), timeout=PATIENCE_MS)
    _press(page, "b", until=_cue(1, "live"))
    _enter(page, "form[data-act=skip] button")
    page.wait_for_selector("[data-cue-state=skipped]")
    _enter(page, "form[data-act=over] button")
    page.wait_for_selector("[data-sheet-state=over]")
