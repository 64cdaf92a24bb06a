"""The page /verify in a browser: the digest is made there, and a file leaves the device only when it is asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Request

from tests.journeys.people import World
from tests.pdf.verify import kits, tampering
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.mark.parametrize(
    ("locale", "width", "unknown", "failed"),
    [("zh-CN", 390, "本平台没有签发过", "核验不通过"), ("en", 1280, "did not issue", "Failed")],
)
def test_a_file_is_hashed_here_and_sent_only_on_request(
    world: World, tmp_path: Path, locale: str, width: int, unknown: str, failed: str
) -> None:
    file = tmp_path / "longer.pdf"
    file.write_bytes(tampering.with_new_page(kits.agreement()))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    page = world.machine(locale=locale, viewport={"width": width, "height": 844})
    page.goto(f"{world.url}/verify")
    asked: list[Request] = []
    page.on("request", lambda each: None if "/static/" in each.url else asked.append(each))

    page.set_input_files("#file", file)
    page.wait_for_selector("[data-issued-here]")
    assert page.text_content("[data-hash-out]") == digest
    assert unknown in (page.text_content("[data-issued]") or "")
    assert [(each.method, each.url) for each in asked] == [("GET", f"{world.url}/api/verify/{digest}")]
    assert asked[0].post_data is None

    page.click("[data-verify-submit]")
    page.wait_for_selector(".verdict")
    assert page.text_content(".verdict h1") == failed
    assert [each.method for each in asked if each.method == "POST"] == ["POST"]
    # What was signed has no such page: beside a blank one stands that it is not there.
    assert page.locator(".beside img").count() == 1
    assert page.locator(".beside img").evaluate("each => each.naturalWidth") > 500
    assert page.locator(".timeline > li[data-broken]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
