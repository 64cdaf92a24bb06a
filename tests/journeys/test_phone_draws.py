"""A signer at a computer draws on the phone: the drawing comes over, and is signed with at the computer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import PATIENCE_MS, PHONE, Signer, offline
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
PICTURES = os.environ.get("YQ_PICTURES")  # a folder: for those who look at the pages


def _picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def _draw(page: Page) -> None:
    box = page.locator("[data-pad]").bounding_box()
    assert box is not None
    for line in ((0.15, 0.5, 0.3, 0.25), (0.3, 0.25, 0.4, 0.7), (0.5, 0.3, 0.8, 0.6)):
        page.mouse.move(box["x"] + box["width"] * line[0], box["y"] + box["height"] * line[1])
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * line[2], box["y"] + box["height"] * line[3], steps=12)
        page.mouse.up()


def test_a_drawing_from_the_phone_is_signed_with_at_the_computer(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"ERR_INTERNET_DISCONNECTED", "410", "409"}
    signer: Signer = small_case.signer("shuangliu")
    signer.enter()
    signer.open_text()
    signer.read()
    signer.to_pad()
    computer = signer.page
    computer.click("[data-phone-offer]")
    expect(computer.locator("[data-phone-code]")).to_be_visible()
    _picture(computer, "computer-code")
    link = computer.locator("[data-phone-url]").text_content() or ""

    phone = small_case.world.machine(**PHONE)
    phone.goto(link)
    _picture(phone, "phone-join")
    phone.click("main form [type=submit]")
    expect(phone.locator("[data-pad]")).to_be_visible()
    phone.wait_for_load_state()  # its script listens
    expect(computer.locator("[data-phone-scan]")).to_be_hidden()
    _picture(computer, "computer-joined")
    _draw(phone)
    _picture(phone, "phone-pad")
    with offline(phone):
        phone.click("[data-send]")
        phone.wait_for_selector("[data-offline]:not([hidden])")
    expect(computer.locator("[data-phone-picture]")).to_be_visible(timeout=PATIENCE_MS)
    _picture(phone, "phone-sent")
    _picture(computer, "computer-drawn")

    stranger = small_case.world.machine(**PHONE)
    refused = stranger.goto(link)
    assert refused
    assert refused.status == 409
    _picture(stranger, "phone-taken")

    signer.press_sign()
    signer.view("success")
    expect(phone.locator("[data-draw-form]")).to_be_hidden(timeout=PATIENCE_MS)
    _picture(phone, "phone-over")
