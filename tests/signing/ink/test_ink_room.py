"""Somebody draws, and the room sees it: on another seat's page, the host's and the monitor; an observer afterwards."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.rules import Role
from core import clock
from core.db import db
from signing.ceremonies import observing
from signing.cues import service as cue_service
from signing.cues.rules import CueKind
from signing.ink import queries as ink
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.signing.ink.test_drawing import lead_to
from tests.signing.ink.test_ink_page import INKED, Room, draw, room
from tests.support import apps
from tests.support.ceremony import HOST
from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
__all__ = ["room"]
SHEET = "[data-ink-panel] [data-ink-seat]"
EMAIL = "leads@example.test"


class Later:
    """The server's clock, moved on by hand."""

    def __init__(self) -> None:
        self.real, self.by = clock.now, timedelta()

    def now(self) -> datetime:
        return self.real() + self.by


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    made = Later()
    monkeypatch.setattr(clock, "now", made.now)
    return made


def led(room: Room) -> None:
    """The cue is live that calls the first agreement."""
    with room.world.app.app_context():
        cue_service.make_sheet(room.world.id, by=HOST)
        lead_to(room.world, CueKind.SIGNING)
        db.session.remove()


def screen(room: Room, kind: Screen, path: str) -> Page:
    with room.world.app.app_context():
        token = link_service.make_link(room.world.id, kind, by=HOST)
        observing.keep_moments()
        db.session.remove()
    page = open_page(room.context(), room.complaints)
    page.goto(f"{room.url}/{path}/open/{token}")
    return page


def host(room: Room, context: BrowserContext) -> Page:
    apps.add_account(room.world.app, Role.HOST, email=EMAIL, organisation_id=room.world.played.organisation_id)
    cookie = apps.sign_in(room.world.app, EMAIL).get_cookie("yunqian")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": room.url}])
    page = open_page(context, room.complaints)
    page.goto(f"{room.url}/ceremonies/{room.world.id}/cues")
    page.locator("[data-live-state][data-live=ok]").wait_for()
    return page


def inked(page: Page, sheet: str = SHEET) -> None:
    """Wait until the sheet has ink on it."""
    page.locator(sheet).wait_for(timeout=PATIENCE_MS)
    # Asked for anew each time: a sheet may be laid anew while it is drawn on.
    found = "const root = document.querySelector(sheet)"
    page.wait_for_function(f"sheet => {{ {found}; return root && ({INKED})(root) > 60; }}", arg=sheet)


def kept(room: Room) -> None:
    """What the worker does once a second."""
    with room.world.app.app_context():
        observing.keep_moments()
        db.session.remove()


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("YQ_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_room_sees_who_draws_until_it_is_signed(room: Room) -> None:
    led(room)
    stage, pad = room.stage(), room.pad()
    other = room.pad("party_b", phone=True)
    wide = room.pad("party_c")
    for page in (other, wide):
        page.evaluate("location.hash = ''")
        page.locator("[data-view=list]").wait_for()
    lead, monitor = host(room, room.context(width=1440, height=900)), screen(room, Screen.MONITOR, "monitor")
    small = host_small(room, lead)
    draw(pad)
    inked(stage, "[data-ink-seat]")
    for name, page in (
        ("seat-phone", other),
        ("seat", wide),
        ("lead", lead),
        ("lead-phone", small),
        ("monitor", monitor),
    ):
        inked(page)
        expect(page.locator(SHEET)).to_contain_text("正在签署")
        expect(page.locator(SHEET)).to_contain_text("样例甲公司")
        shot(page, name)
    shot(stage, "stage")
    shot(pad, "pad")
    expect(pad.locator(SHEET)).to_have_count(0)
    pad.click("[data-sign-now]")
    pad.locator("[data-view=success]").wait_for()
    for page in (other, wide, lead, monitor):
        expect(page.locator(SHEET)).to_have_count(0, timeout=PATIENCE_MS)
    assert room.signed() == 1


def host_small(room: Room, lead: Page) -> Page:
    context = room.context(width=390, height=844)
    context.add_cookies([{"name": "yunqian", "value": lead.context.cookies()[0]["value"], "url": room.url}])
    page = open_page(context, room.complaints)
    page.goto(lead.url)
    page.locator("[data-live-state][data-live=ok]").wait_for()
    return page


def test_an_observer_sees_ink_when_the_delay_is_over_and_not_before(room: Room, later: Later) -> None:
    kept(room)
    page = screen(room, Screen.OBSERVE_HALF_MINUTE, "observe/30")
    later.by += timedelta(seconds=31)
    page.reload()
    page.locator("[data-ink]").wait_for(state="attached")
    pad = room.pad()
    draw(pad)
    inked(room.stage(), "[data-ink-seat]")
    kept(room)
    asked = f"{room.url}/observe/30/{room.world.id}/state.json"
    assert page.request.get(asked).json()["ink"] == []
    expect(page.locator("[data-ink-seat]")).to_have_count(0)
    later.by += timedelta(seconds=31)
    inked(page, "[data-ink-seat]")
    expect(page.locator("[data-ink-seat]")).to_contain_text("正在签署")
    shot(page, "observer")


def test_a_phone_that_draws_for_a_computer_is_seen_as_it_draws(room: Room) -> None:
    stage, pad = room.stage(), room.pad()
    pad.click("[data-phone-offer]")
    url = pad.locator("[data-phone-url]")
    expect(url).to_contain_text("/draw/open/", timeout=PATIENCE_MS)
    phone = open_page(room.context(width=390, height=844), room.complaints)
    path = (url.text_content() or "").partition("/draw/")[2]
    phone.goto(f"{room.url}/draw/{path}")
    phone.click("main form .btn-primary")
    phone.locator("[data-draw-form]").wait_for()
    expect(phone.locator("[data-ink-shown]")).to_be_visible()
    draw(phone)
    inked(stage, "[data-ink-seat]")
    shot(phone, "drawpad")
    shot(pad, "pad-phone")
    pad.click("[data-phone-close]")
    expect(stage.locator("[data-ink-seat]")).to_have_count(0, timeout=PATIENCE_MS)
    with room.world.app.app_context():
        pen = ink.find_pen(room.world.people["party_a"].seat_id)
        assert pen is not None
        assert pen.agreement_id == room.world.first


def test_a_typed_name_is_shown_from_the_moment_that_it_is_signed(room: Room) -> None:
    stage, pad = room.stage(), room.pad()
    pad.locator("label", has_text="键入姓名").click()
    expect(pad.locator("[data-ink-shown=typed]")).to_be_visible()
    expect(stage.locator("[data-ink-seat]")).to_have_count(0)
    held: list[Route] = []
    pad.route("**/signature/prepare", lambda route: held.append(route))
    with pad.expect_request("**/signature/prepare"):
        pad.click("[data-sign-now]")
    typed = stage.locator("[data-ink-seat] .ink-typed")
    expect(typed).to_be_visible(timeout=PATIENCE_MS)
    shot(stage, "stage-typed")
    shot(pad, "pad-typed")
    assert len(held) == 1
    held[0].continue_()
    pad.locator("[data-view=success]").wait_for()
    expect(stage.locator("[data-ink-seat]")).to_have_count(0, timeout=PATIENCE_MS)
    assert room.signed() == 1
