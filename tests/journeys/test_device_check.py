"""A signer's device looks at itself days before, in real Chromium; the host reads what it found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import PHONE, World
from tests.web.browsing import ARGUMENTS, CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
WRONG_CLOCK = "{ const real = Date.now; Date.now = () => real() + 600000; }"


@pytest.fixture
def cameras(browser: Browser, small_case: SmallCase) -> Iterator[World]:
    """Machines with a made-up camera, at the server of the small case."""
    made = browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=[*ARGUMENTS, "--use-fake-device-for-media-stream"]
    )
    world = World(made, small_case.world.url)
    yield world
    world.close()
    made.close()


def check(case: SmallCase, world: World, party: str, **options: object) -> Page:
    """Open the personal link, go to the check, and wait until it is through."""
    signer = SmallCase(world, case.ceremony_id, case.addresses).signer(party, **options)
    signer.open_link()
    page = signer.page
    page.click("[data-check-link] a")
    page.wait_for_selector("[data-check-end]:not([hidden])")
    return page


def standings(page: Page) -> dict[str, str]:
    return {
        line.get_attribute("data-check") or "": line.get_attribute("data-standing") or ""
        for line in page.locator("[data-check]").all()
    }


def test_a_phone_that_is_ready_signs_a_specimen_and_the_host_sees_it(small_case: SmallCase, cameras: World) -> None:
    page = check(small_case, cameras, "baobeicang", **PHONE, permissions=["camera", "microphone"])
    box = page.locator("[data-check-pad]")
    box.scroll_into_view_if_needed()
    at = box.bounding_box()
    assert at
    page.mouse.move(at["x"] + 30, at["y"] + 40)
    page.mouse.down()
    page.mouse.move(at["x"] + 120, at["y"] + 80, steps=6)
    page.mouse.up()
    page.click("[data-check-camera]")
    expect(page.locator("[data-check=camera]")).to_have_attribute("data-standing", "good")
    assert set(standings(page).values()) == {"good"}
    host = small_case.host()
    host.page.goto(f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}/preflight")
    expect(host.page.locator(".check-device[data-standing=good]")).to_have_count(1)


def test_a_wrong_clock_and_a_camera_that_was_refused_have_their_sentences(
    small_case: SmallCase, cameras: World
) -> None:
    page = check(small_case, cameras, "xianyu", permissions=[], locale="en-US", script=WRONG_CLOCK)
    page.click("[data-check-camera]")
    expect(page.locator("[data-check=camera]")).to_have_attribute("data-standing", "care")
    found = standings(page)
    assert (found["clock"], found["signature"]) == ("care", "good")
    expect(page.locator("[data-check-sum]")).to_have_attribute("data-standing", "care")


def test_a_window_that_keeps_nothing_and_a_browser_without_keys_are_told_what_to_do(
    small_case: SmallCase, cameras: World
) -> None:
    nothing = "Object.defineProperty(window, 'indexedDB', {value: undefined}); delete Crypto.prototype.subtle;"
    page = check(small_case, cameras, "xianyu", script=nothing)
    found = standings(page)
    assert (found["storage"], found["crypto"], found["signature"]) == ("care", "care", "skipped")
