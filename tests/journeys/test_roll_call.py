"""Roll call and same-record code: a host by key, a witness by finger, a signer's phone that shows the digits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import PATIENCE_MS, PHONE
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


def _witness(case: SmallCase, host: Page) -> Page:
    """The host names a witness and hands the link over; the witness says to be the one."""
    host.goto(f"{case.world.url}/ceremonies/{case.ceremony_id}/witnesses")
    host.fill("#name", "见证人甲")
    host.fill("#organisation", "样例公证处")
    host.locator("#add .btn-primary").click()
    link = host.locator("[data-copy]").get_attribute("data-copy")
    page = case.world.machine(**PHONE)
    page.goto(link or "")
    page.get_by_role("button", name="我是见证人甲").click()
    page.locator("[data-live=ok]").wait_for()
    return page


def _press(page: Page, key: str, *, until: str) -> None:
    """Press a key, and wait until a cue of this state and title stands in the list."""
    state, _, title = until.partition(" ")
    page.keyboard.press(key)
    page.locator(f"[data-cue-state={state}]", has_text=title).wait_for()
    page.locator("body:not([data-leading])").wait_for()


def _go(page: Page, title: str) -> None:
    _press(page, " ", until=f"standby {title}")
    _press(page, " ", until=f"live {title}")


def test_host_and_witness_confirm_party_by_party_what_a_signer_reads_out(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"409"}  # the last act: asked before it is done
    host = small_case.host().page
    witness = _witness(small_case, host)
    signer = small_case.signer("baobeicang", **PHONE)
    signer.open_link()
    host.goto(f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}/cues")
    host.get_by_role("button", name="生成流程单").click()
    host.locator("[data-live=ok]").wait_for()
    _go(host, "开场致辞")
    _go(host, "各方点名")
    expect(signer.page.locator("[data-asked-title]")).to_have_text("正在点名", timeout=PATIENCE_MS)
    expect(witness.locator("[data-now-title]")).to_have_text("各方点名", timeout=PATIENCE_MS)
    for key in "123":
        host.keyboard.press(key)
        expect(host.locator("[data-ticked]")).to_have_count(int(key), timeout=PATIENCE_MS)
    # As the stage counts: a party is there once host and witness have ticked it.
    expect(host.locator("[data-ticks-done]")).to_have_text("0 / 3", timeout=PATIENCE_MS)
    expect(host.locator("[data-ticks-awaited]")).to_contain_text("等见证人甲勾选", timeout=PATIENCE_MS)
    for row in witness.locator("[data-tick-row]").all():
        row.locator(".tick-button").tap()
        expect(row).to_have_attribute("data-ticked", "", timeout=PATIENCE_MS)
    expect(host.locator("[data-tick-row] span.tick-word")).to_have_count(3, timeout=PATIENCE_MS)
    expect(host.locator("[data-ticks-done]")).to_have_text("3 / 3", timeout=PATIENCE_MS)
    expect(host.locator("[data-ticks-awaited]")).to_have_count(0, timeout=PATIENCE_MS)
    _go(host, "核对同文核对码")
    digits = host.locator("[data-tick-row=baobeicang] .tick-code").all_inner_texts()
    assert len(digits) == 2  # of each agreement that it signs
    expect(signer.page.locator("[data-asked-codes] .seat-asked-code")).to_have_text(digits, timeout=PATIENCE_MS)
    expect(witness.locator("[data-tick-row=baobeicang] .tick-code")).to_have_text(digits, timeout=PATIENCE_MS)
    for row in witness.locator("[data-tick-row]").all():
        party = row.get_attribute("data-tick-row")
        row.locator(".tick-button").tap()
        expect(host.locator(f"[data-tick-row={party}]")).to_contain_text("见证人甲已确认", timeout=PATIENCE_MS)
    row = host.locator("[data-tick-row=baobeicang]")
    row.locator(".tick-button").focus()
    host.keyboard.press("Enter")
    expect(row.locator(".tick-button[aria-pressed=true]")).to_be_focused(timeout=PATIENCE_MS)
    expect(signer.page.locator("[data-asked-done]")).to_be_visible(timeout=PATIENCE_MS)
    row.locator(".tick-button").blur()
    host.keyboard.press(" ")
    host.locator("[data-cue-state=standby]").wait_for()
    host.locator("body:not([data-leading])").wait_for()
    host.keyboard.press(" ")
    expect(host.locator("dialog[open]")).to_contain_text("还有 2 方没有勾选完", timeout=PATIENCE_MS)
