"""A door: a phone opens by its link, scans a badge by its camera, goes on without a network and sends what it kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server

from core import clock, tokens
from core.config import Settings
from core.db import db
from events.checkin import phones
from events.checkin.models import Scan
from events.checkin.rules import Decision, ScanKind
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from tests.support import apps, conference, doors
from tests.support.databases import SQLITE, Databases
from tests.support.server import steady_port
from tests.support.stages import TABLES
from tests.support.waiting import wait_until
from tests.web.browsing import CHROMIUM, open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]

# The camera shows what the test holds before it: window.show(picture) until window.show(null).
_CAMERA = """
const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 640});
const paint = canvas.getContext("2d");
let held = null;
window.show = (source) => new Promise((done) => {
  if (source === null) { held = null; return done(); }
  const picture = new Image();
  picture.onload = () => { held = picture; done(); };
  picture.src = source;
});
setInterval(() => {
  paint.fillStyle = "#fff";
  paint.fillRect(0, 0, 640, 640);
  if (held) paint.drawImage(held, 100, 100, 440, 440);
}, 50);
Object.defineProperty(navigator, "mediaDevices", {value: {getUserMedia: async () => canvas.captureStream(20)}});
"""


class Hall:
    """A conference tomorrow, and its server, which can be away for a while."""

    def __init__(self, app: Flask, port: int) -> None:
        self.app = app
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._server: BaseWSGIServer | None = None
        with app.app_context():
            plan = conference.plan()
            plan["date"] = (clock.now() + timedelta(days=1)).date().isoformat()
            made = conference.keep(plan)
            publishing.publish(made.id, by=conference.ORGANISER)
            self.draft: ConferenceView = conference.view(made.id)
        self.begin()

    def begin(self) -> None:
        self._server = make_server("127.0.0.1", self._port, self.app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        """No more answers on this port."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def link(self, *, is_kiosk: bool = False) -> str:
        with self.app.app_context():
            door_id = self.draft.venue("chengdu").doors[0].id
            phone_id = phones.open_door(self.draft.id, door_id, label="Phone", is_kiosk=is_kiosk, by=doors.CLERK)
            found = f"{self.url}/door/#{tokens.find_newest(phones.PURPOSE, phone_id)}"
            db.session.remove()
            return found

    def guest(self, name: str) -> str:
        with self.app.app_context():
            found = doors.register(self.draft, name)
            db.session.remove()
            return found

    def badge(self, registration_id: str) -> str:
        """The picture of a badge's code."""
        with self.app.app_context():
            return str(segno.make_qr(doors.badge_text(self.draft, registration_id)).png_data_uri(scale=6, border=4))

    def scans(self) -> list[Scan]:
        with self.app.app_context():
            found = list(db.session.scalars(select(Scan).order_by(Scan.happened_at, Scan.id)))
            db.session.remove()
            return found


@pytest.fixture
def hall(databases: Databases, data_dir: Path) -> Iterator[Hall]:
    port = steady_port()
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url, base_url=f"http://127.0.0.1:{port}")) as app:
        made = Hall(app, port)
        yield made
        made.end()
    databases.drop(url)


def choose(page: Page, typed: str, name: str) -> None:
    """Find somebody and let them through."""
    page.click('[data-dialog-open="door-search"]')
    page.fill("#door-typed", typed)
    page.click(f'.door-person:has-text("{name}")')


def answer(page: Page, name: str, word: str) -> str:
    """What the door says to somebody. It may be gone again by itself, and its words stay until the next ones."""
    told = f'[data-answer]:has([data-answer-name]:text-is("{name}")):has([data-answer-word]:text-is("{word}"))'
    page.wait_for_selector(told, state="attached")
    page.evaluate("document.querySelector('[data-answer-close]').click()")
    return page.text_content("[data-answer-more]") or ""


def test_a_phone_goes_on_without_a_network_and_sends_what_it_kept(hall: Hall, browser: Browser) -> None:
    first, second = hall.guest("张三"), hall.guest("李四")
    complaints: list[str] = []
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.add_init_script(_CAMERA)
    page = open_page(context, complaints)
    page.goto(hall.link())
    page.wait_for_selector('[data-door-name]:text-is("东门")')
    assert "#" not in page.url  # the link is not in the history

    page.wait_for_selector("[data-camera-hint]:not([hidden])")
    page.evaluate("picture => window.show(picture)", hall.badge(first))
    answer(page, "张三", "请入场")
    page.evaluate("window.show(null)")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    hall.end()
    page.reload()
    page.wait_for_selector('[data-door-name]:text-is("东门")')
    page.wait_for_selector('[data-door-state][data-state="offline"]')
    choose(page, "ls", "李四")
    assert "没有网络" in answer(page, "李四", "请入场")
    choose(page, "李", "李四")
    assert "由 东门 入场" in answer(page, "李四", "已经入场")
    page.wait_for_selector('[data-door-state]:has-text("2 条待发送")')

    hall.begin()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector('[data-door-state]:has-text("全部已发送")')
    wait_until(lambda: len(hall.scans()) == 3)
    assert [(each.registration_id, each.kind, each.decision) for each in hall.scans()] == [
        (first, ScanKind.BADGE, Decision.ADMITTED),
        (second, ScanKind.NAME, Decision.ADMITTED),
        (second, ScanKind.NAME, Decision.ALREADY_IN),
    ]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_walk_in_without_a_network_outlives_the_page_and_is_registered_afterwards(
    hall: Hall, browser: Browser
) -> None:
    complaints: list[str] = []
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.add_init_script(_CAMERA)
    page = open_page(context, complaints)
    page.goto(hall.link())
    page.wait_for_selector('[data-door-name]:text-is("东门")')
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    hall.end()
    page.click("[data-walk-in-open]")
    page.wait_for_selector("#door-walk-in[open]")
    page.fill("#walk-name", "演示访客")
    page.fill("#walk-contact", "walk-in@guests.example")
    page.check("#walk-agreed")
    page.click("[data-walk-in-send]")
    assert "联网后自动登记" in answer(page, "演示访客", "请入场")

    page.goto("about:blank")  # the app is closed before anything could be sent
    page.goto(f"{hall.url}/door/")
    page.wait_for_selector('[data-door-name]:text-is("东门")')
    choose(page, "演示", "演示访客")
    answer(page, "演示访客", "已经入场")

    hall.begin()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector('[data-door-state]:has-text("全部已发送")')
    assert [(each.kind, each.decision) for each in hall.scans()] == [
        (ScanKind.WALK_IN, Decision.ADMITTED),
        (ScanKind.NAME, Decision.ALREADY_IN),
    ]
    assert len({each.registration_id for each in hall.scans()}) == 1
    assert complaints == []


def test_who_is_registered_elsewhere_changes_to_this_hall_by_one_tap(hall: Hall, browser: Browser) -> None:
    with hall.app.app_context():
        elsewhere = doors.register(hall.draft, "王五", venue="london")
        db.session.remove()
    complaints: list[str] = []
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.add_init_script(_CAMERA)
    page = open_page(context, complaints)
    page.goto(hall.link())
    page.wait_for_selector("[data-camera-hint]:not([hidden])")
    page.evaluate("picture => window.show(picture)", hall.badge(elsewhere))
    page.wait_for_selector('[data-answer-word]:text-is("请到其他会场")')
    assert "席位会让给别人" in (page.text_content("[data-answer-more]") or "")
    page.click("[data-answer-move]")
    answer(page, "王五", "请入场")
    assert [each.decision for each in hall.scans()] == [Decision.OTHER_VENUE, Decision.ADMITTED]
    assert complaints == []


def test_a_self_check_in_names_who_has_just_registered_and_returns_by_itself(hall: Hall, browser: Browser) -> None:
    complaints: list[str] = []
    context = browser.new_context(locale="zh-CN", viewport={"width": 820, "height": 1180})
    context.add_init_script(_CAMERA)
    page = open_page(context, complaints)
    page.goto(hall.link(is_kiosk=True))
    page.wait_for_selector("[data-camera-hint]:not([hidden])")
    assert not page.is_visible('[data-dialog-open="door-search"]')  # other people's names are not a guest's business

    def hold(picture: str, word: str) -> str:
        """Before the camera until the screen says so, and taken away; it goes back to the camera untouched."""
        page.evaluate("picture => window.show(picture)", picture)
        page.wait_for_selector(f'[data-answer]:not([hidden]) [data-answer-word]:text-is("{word}")')
        page.evaluate("window.show(null)")
        page.wait_for_selector("[data-answer]", state="hidden")
        return " ".join(page.text_content(f"[data-answer-{part}]") or "" for part in ("name", "more"))

    late = hall.guest("欧阳迟到")  # the list of this door is older
    badge = hall.badge(late)
    assert "欧阳迟到" in hold(badge, "请入场")
    assert "请到旁边的工作人员处办理" in hold(badge, "已经入场")
    assert "请到旁边的工作人员处办理" in hold(
        str(segno.make_qr("https://elsewhere.example").png_data_uri()), "无法识别"
    )

    hall.end()
    assert "欧阳迟到" in hold(badge, "已经入场")
    page.wait_for_selector('[data-door-state][data-state="offline"]')
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
