"""Monitor, observer and a drawing phone are cut off for practice: right again after, the drawing kept or drawn anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import HALL, PHONE, Signer
from tests.journeys.test_drop_drill import MARK, rehearse
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


def _screen(case: SmallCase, host: Page, address: str, screen: str) -> Page:
    host.goto(f"{address}/screens")
    host.click(f"#{screen} form .btn")
    link = host.locator(f"#{screen} [data-copy]").first.get_attribute("data-copy")
    page = case.world.machine(**HALL)
    page.goto(link or "")
    page.wait_for_selector("[data-live-state][data-live=ok]")
    return page


def _draw(page: Page) -> None:
    box = page.locator("[data-pad]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3, steps=12)
    page.mouse.up()


def _phone(case: SmallCase) -> tuple[Signer, Page]:
    """Somebody at a computer whose phone draws."""
    signer = case.signer("baobeicang")
    signer._mail("彩排")
    signer.enter()
    signer.open_text()
    signer.read()
    signer.to_pad()
    signer.page.click("[data-phone-offer]")
    expect(signer.page.locator("[data-phone-code]")).to_be_visible()
    phone = case.world.machine(**PHONE)
    phone.goto(signer.page.locator("[data-phone-url]").text_content() or "")
    phone.click("main form [type=submit]")
    expect(phone.locator("[data-pad]")).to_be_visible()
    phone.wait_for_load_state()
    return signer, phone


def _came_back(host: Page, screen: str, state: str, number: int) -> str:
    """What the host reads once the newest drill is over."""
    row = host.locator(f"[data-drill-state={state}]")
    expect(row).to_have_count(number)
    expect(row.first).to_contain_text(screen)
    return row.first.inner_text()


def test_screens_and_a_drawing_phone_are_cut_off_and_right_again(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"410", "409"}
    host = small_case.host().page
    address = rehearse(small_case, host)
    monitor = _screen(small_case, host, address, "monitor")
    observer = _screen(small_case, host, address, "observe-0")
    signer, phone = _phone(small_case)
    _draw(phone)
    host.goto(f"{address}/drills")
    for number, (target, page, name) in enumerate(
        (("monitor", monitor, "提词屏"), ("observer", observer, "观礼页")), start=1
    ):
        host.click(f"#cut-{target}-60")
        page.wait_for_selector(f"{MARK}[data-cut=true]")
        page.wait_for_selector("[data-live-state][data-live=lost]")
        host.click("[data-drill-state=running] .act button")
        page.wait_for_selector("[data-live-state][data-live=ok]")
        assert "秒内容正确" in _came_back(host, name, "well", number)

    # What is sent while the phone is cut off waits, and comes over once its line is back.
    cut = host.locator("tr[data-target=phone] button", has_text="60").first
    cut.click()
    phone.wait_for_selector(f"{MARK}[data-cut=true]")
    phone.click("[data-send]")
    phone.wait_for_selector("[data-offline]:not([hidden])")
    host.click("[data-drill-state=running] .act button")
    expect(signer.page.locator("[data-phone-picture]")).to_be_visible()
    assert "笔迹保留" in _came_back(host, "手写用的手机", "well", 3)

    # Loaded anew in the middle of it, the phone has lost what was not sent, and says so.
    _draw(phone)
    cut.click()
    phone.wait_for_selector(f"{MARK}[data-cut=true]")
    phone.reload()
    phone.wait_for_selector(f"{MARK}[data-cut=true]")
    host.click("[data-drill-state=running] .act button")
    assert "笔迹须重新书写" in _came_back(host, "手写用的手机", "anew", 1)
    host.goto(f"{address}/rehearsal")
    expect(host.locator("[data-drill-state=anew]")).to_have_count(1)
    expect(host.locator("[data-drill-state=well]")).to_have_count(3)
