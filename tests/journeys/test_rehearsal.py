"""A host makes a rehearsal, hands a link over, and nobody can mistake it, in real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import PHONE
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


def test_a_rehearsal_is_made_and_says_so_to_host_and_signer(small_case: SmallCase) -> None:
    url = small_case.world.url
    page = small_case.host().page
    page.goto(f"{url}/ceremonies/{small_case.ceremony_id}/rehearsals")
    page.click("#new .btn-primary")
    page.wait_for_selector("#rehearsal")
    made = page.url.rsplit("/", 1)[-1]
    expect(page.locator(".demo-mark-rehearsal")).to_have_count(1)
    page.goto(f"{url}/ceremonies/{made}/invite")
    page.click("#rehearsal-invite .btn")
    page.click("#final .btn-primary")
    page.wait_for_selector("tr[data-party]")
    page.wait_for_selector("#rehearsal")
    page.locator("tr[data-party=baobeicang] .act a").first.click()
    link = page.locator("input[value*='/s/'], [data-copy*='/s/'], code:has-text('/s/')").first
    if not link.count():
        page.locator("main form .btn-primary").first.click()
    link.wait_for(state="attached")
    found = link.get_attribute("value") or link.get_attribute("data-copy") or link.inner_text()
    phone = small_case.world.machine(**PHONE)
    phone.goto(found)
    phone.wait_for_selector("[data-view]:not([hidden])")
    expect(phone.locator(".demo-mark-rehearsal")).to_be_visible()
    page.goto(f"{url}/ceremonies/{small_case.ceremony_id}/rehearsals")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"{url}/ceremonies")
    expect(page.locator(f"a[href='/ceremonies/{made}']")).to_have_count(0)
