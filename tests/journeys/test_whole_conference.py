"""A conference in real browsers, from the plan to a certificate that a stranger checks: the story of its people.

An organiser plans it in two halls and online; people register on phones until a hall is full, wait, are offered what
becomes free; badges are printed, and a phone at the door reads them by its camera, with the network off and on.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conference import ENGLISH, ZONE, Guest, Installation, Organiser, fetched, installed, until_morning
from tests.journeys.door import Door, filming, hold, pictures
from tests.journeys.people import World, offline
from tests.support.databases import SQLITE, Databases
from tests.support.forks import Forks
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
TITLE, ENGLISH_TITLE = "演示双城投资大会", "Demo Twin-City Conference"
CHENGDU, CHONGQING, CLOUD = "成都会场", "重庆会场", "云上会场"
ORGANISER = "organiser@journey.example"


@pytest.fixture
def installation(databases: Databases, forks: Forks, tmp_path: Path) -> Iterator[Installation]:
    with installed(databases.empty(SQLITE), forks, tmp_path) as made:
        made.begin()
        yield made


@pytest.fixture
def world(browser: Browser, installation: Installation) -> Iterator[World]:
    """People at that installation; no page may have complained at the end."""
    made = World(browser, installation.url)
    yield made
    made.close()
    assert made.complaints.said == []


def _organiser(world: World, installation: Installation) -> Organiser:
    """The first administrator sets the installation up, and an organiser gets an account."""
    administrator = world.machine()
    administrator.goto(installation.command("accounts", "first-link"))
    for name, text in {
        "organisation": "样例招商局",
        "name": "样例甲",
        "email": "administrator@journey.example",
        "password": "a long sentence for the first one",
        "repeat": "a long sentence for the first one",
    }.items():
        administrator.fill(f"#{name}", text)
    administrator.click("main form [type=submit]")
    administrator.wait_for_url(lambda url: "/first/" not in url)
    organiser = Organiser(world, email=ORGANISER)
    words = ("accounts", "add", ORGANISER, "--name", "样例乙", "--role", "organiser")
    organiser.set_password(installation.command(*words))
    return organiser


def _plan(organiser: Organiser, on: datetime) -> str:
    """Two halls and a cloud room, what happens in all three; returns the public page."""
    organiser.begin(on=on.date(), title=TITLE, english=ENGLISH_TITLE)
    doors = "东门 | East door\n西门 | West door"
    organiser.venue(CHENGDU, "Chengdu hall", key="hall", places=2, city="成都", city_en="Chengdu", doors=doors)
    organiser.venue(CHONGQING, "Chongqing hall", places=2, city="重庆", city_en="Chongqing")
    organiser.venue(CLOUD, "Cloud room", places=50, kind="online")
    organiser.item_everywhere("opening")
    return organiser.publish()


def _fill_the_hall(world: World, installation: Installation, public: str) -> tuple[Guest, Guest, Guest]:
    """Two people take the two places of the hall; the third one waits."""
    first = Guest(world, installation, name="样例丙", email="first@journey.example")
    second = Guest(world, installation, name="Alex Sample", email="second@journey.example", **ENGLISH)
    third = Guest(world, installation, name="样例丁", email="third@journey.example")
    for guest, state in ((first, "confirmed"), (second, "confirmed"), (third, "waitlisted")):
        guest.register(public, venue="hall")
        guest.state(state)
    assert TITLE in installation.mail(first.email, "报名成功").subject
    assert ENGLISH_TITLE in installation.mail(second.email, "confirmed").subject
    second.prove("confirmed")
    third.prove("候补名单")
    return first, second, third


def _take_the_freed_place(first: Guest, third: Guest) -> None:
    """Somebody cancels; who waited is offered the place by mail, takes it, goes online and comes back."""
    first.withdraw()
    first.state("withdrawn")
    third.open_mail("有一个名额留给您")
    third.state("offered")
    third.press("accept")
    third.state("confirmed")
    third.move(CLOUD)
    assert not third.page.locator("img.ticket").count()  # nothing is scanned online
    third.move(CHENGDU)
    third.state("confirmed")
    expect(third.page.locator("img.ticket")).to_be_visible()


def _at_the_door(doors: World, installation: Installation, link: str, film: Path, badges: dict[str, Path]) -> None:
    """By camera: one with the network on; one with it off, who shows the badge again; then all of it is sent."""
    known, other = badges
    hold(badges[known], film)
    phone = Door(doors, installation, film, link)
    assert "没有网络" not in phone.answer(known, "请入场")
    phone.wait_said("全部已发送")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    with offline(phone.page):
        phone.show(badges[other])
        assert "没有网络" in phone.answer(other, "请入场")
        phone.show(badges[known])
        assert re.search(r"08:[345]\d 由 东门 入场", phone.answer(known, "已经入场"))
        phone.wait_said("2 条待发送")
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.wait_said("全部已发送")
    phone.put_away()


def test_a_conference_from_its_plan_to_a_certificate(
    world: World, browser: Browser, installation: Installation, tmp_path: Path
) -> None:
    day = datetime.now(ZONE) + timedelta(days=2)
    organiser = _organiser(world, installation)
    public = _plan(organiser, day)
    first, second, third = _fill_the_hall(world, installation, public)
    _take_the_freed_place(first, third)

    names = [third.name, second.name]
    badges = pictures(organiser.print_badges("62x100", tmp_path), tmp_path, names)
    badges = {name: badges[name] for name in names}

    organiser.leave()
    installation.begin(until_morning(day.date(), time(8, 40)))
    organiser.sign_in()
    links = [organiser.open_door(door, f"{door}的手机") for door in ("东门", "西门")]
    film = tmp_path / "camera.y4m"
    hold(badges[third.name], film)
    with filming(browser, film) as own:
        doors = World(own, installation.url)
        doors.complaints = world.complaints
        doors.complaints.allowed.add("ERR_INTERNET_DISCONNECTED")
        _at_the_door(doors, installation, links[0], film, badges)
        hold(badges[second.name], film)
        west = Door(doors, installation, film, links[1], locale="en-US")
        assert re.search(r"Came in at \S+ by East door", west.answer(second.name, "Already inside"))
        doors.close()
    organiser.open("/check-in")
    hall = organiser.page.locator("[data-live-region=counters] section").filter(has_text=CHENGDU)
    expect(hall.locator(".door-figure")).to_have_text("2")

    organiser.leave()
    installation.begin(until_morning(day.date() + timedelta(days=1), time(10)))
    _certificate(world, installation, third, tmp_path)


def _certificate(world: World, installation: Installation, guest: Guest, folder: Path) -> None:
    """Who was there opens the certificate; a stranger finds its code."""
    guest.open_mail("报名成功")
    guest.page.click("a[href$='/attendance']")
    guest.press("certificate")
    link = guest.page.locator("a[href$='/certificate.pdf']")
    link.wait_for()
    address = installation.url + str(link.get_attribute("href"))
    file = fetched(guest.page, address, folder / "attendance.pdf")
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", said)
    assert code, said
    assert guest.name in said
    stranger = world.machine(locale="en-US")
    stranger.goto(f"{installation.url}/attended/{code[0]}")
    stranger.wait_for_selector(".verdict-passed h1")
    assert guest.name in stranger.inner_text("main")
    assert ENGLISH_TITLE in stranger.inner_text("main")
    answer = stranger.request.get(f"{installation.url}/attended/{code[0][:-1]}{'1' if code[0][-1] != '1' else '2'}")
    assert answer.status == 404
