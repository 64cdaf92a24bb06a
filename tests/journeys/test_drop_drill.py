"""A seat is cut off for practice while its signature is on the way: it ends well, once; in real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import PATIENCE_MS, PHONE
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
MARK = "[data-drill-mark]"


def rehearse(case: SmallCase, page: Page) -> str:
    """Make a rehearsal and send its invitations; returns its address."""
    page.goto(f"{case.world.url}/ceremonies/{case.ceremony_id}/rehearsals")
    page.click("#new .btn-primary")
    page.wait_for_selector("#rehearsal")
    address = page.url
    page.goto(f"{address}/invite")
    page.click("#final .btn-primary")
    page.wait_for_selector("tr[data-party]")
    return address


def test_a_seat_that_is_cut_off_while_it_signs_ends_well(small_case: SmallCase) -> None:
    host = small_case.host()
    page = host.page
    address = rehearse(small_case, page)
    signer = small_case.signer("baobeicang", **PHONE)
    signer._mail("彩排")
    signer.enter()
    signer.open_text()
    signer.read()
    signer.to_pad()
    signer.draw()

    held: list[Route] = []
    signer.page.route("**/finish", lambda route: route.continue_() if held else held.append(route))
    page.goto(f"{address}/drills")
    with signer.page.expect_request("**/finish", timeout=PATIENCE_MS):
        signer.press_sign()
    signer.page.wait_for_function("() => true")  # what was heard meanwhile is handled
    assert held, "the signature is on its way"
    page.locator("tr[data-target=seat] button", has_text="60").first.click()
    signer.page.wait_for_selector(f"{MARK}[data-cut=true]")
    # The server has the signature; its answer finds no line any more.
    assert held[0].fetch().ok
    expect(page.locator("[data-drill-state=running]")).to_have_count(1)
    # Loaded anew in the middle of it, the page comes back, and is cut off still.
    signer.page.reload()
    signer.page.wait_for_selector(f"{MARK}[data-cut=true]")
    page.click("[data-drill-state=running] .act button")
    expect(page.locator("[data-drill-state=well]")).to_have_count(1, timeout=PATIENCE_MS)
    signer.page.wait_for_selector(f"{MARK}[data-cut=false]", state="attached", timeout=PATIENCE_MS)
    signer.page.unroute("**/finish")
    signer.to_list()
    mine = signer.state()["agreements"]
    assert [each["signed"] for each in mine if each["mine"] == "signed"] == [1]
    expect(page.locator("tr[data-target=seat] .drill-state[data-state=well]")).to_have_count(1)
    told = page.locator("[data-drill-state=well]").inner_text()
    assert "身份验证保留" in told
    assert "每个只计一次" in told
    page.goto(f"{address}/rehearsal")
    expect(page.locator("[data-drill-state=well]")).to_have_count(1)
    page.goto(f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}/preflight")
    expect(page.locator(".drill-state[data-state=well]")).to_have_count(1)


def test_a_stage_and_a_host_act_as_if_the_server_were_gone_and_the_host_ends_it(small_case: SmallCase) -> None:
    host = small_case.host()
    page = host.page
    address = rehearse(small_case, page)
    screen = small_case.world.machine()
    page.goto(address)
    screen.goto(host.stage_link())
    screen.wait_for_selector("[data-live-state][data-live=ok]")
    page.goto(f"{address}/drills")
    page.click("#cut-server-60")
    page.wait_for_selector(f"{MARK}[data-cut=true] button")
    screen.wait_for_selector(f"{MARK}[data-cut=true]")
    screen.wait_for_selector("[data-live-state][data-live=lost]")
    page.click(f"{MARK} button")
    for each in (page, screen):
        each.wait_for_selector("[data-live-state][data-live=ok]")
    expect(page.locator("[data-drill-state=well]")).to_have_count(1, timeout=PATIENCE_MS)
    assert "提前结束" in page.locator("[data-drill-state=well]").inner_text()
