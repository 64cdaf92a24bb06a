"""A conference with made-up people, photographed from its plan to what is left of it; for `tools.screenshots`."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from core import paths
from tests.journeys.conference import ZONE, Installation, fetched, installed, until_morning
from tests.journeys.door import Door, filming, hold, pictures
from tests.journeys.people import World, offline
from tests.support.forks import Forks
from tests.support.robots import RobotService
from tests.web.browsing import chromium
from tools import conference_scenes as scenes
from tools.conference_desk import Desk, mailed_link, name_of, publish, signed_in
from tools.pictures import LANGUAGES, MACHINES, OUT, Camera

EXAMPLE = paths.examples() / "twin-city-conference.json"
_IN_THE_HALL, _ELSEWHERE, _PLACES = 14, 6, 12
_LATER = {"zh": 5, "en": 6}  # who comes to the door while its network is away
_DESKTOP, _PHONE = 1100, 520
_IS_LIVE = "[data-live-state][data-live=ok]"
_LIVE = dict.fromkeys(("conference-plan", "conference-badges", "conference-check-in"), _IS_LIVE)
_WHOLE = frozenset(
    {
        "conference-plan",
        "conference-people",
        "conference-badges",
        "conference-check-in",
        "conference-attendance",
        "conference-report",
    }
)
# Picture in the documents → (picture of OUT, width), in both languages.
KEPT = {
    f"conference-{name}-{language}": (f"{source}-{language}-{machine}", _PHONE if machine == "phone" else _DESKTOP)
    for language in LANGUAGES
    for name, source, machine in (
        ("plan", "conference-plan", "desktop"),
        ("planner", "conference-planner", "desktop"),
        ("publish", "conference-publish", "desktop"),
        ("robot", "conference-robot", "desktop"),
        ("survey", "conference-survey", "desktop"),
        ("public", "conference-public", "desktop"),
        ("register", "conference-register", "phone"),
        ("offer", "conference-own-offered", "phone"),
        ("people", "conference-people", "desktop"),
        ("badges", "conference-badges", "desktop"),
        ("doors", "conference-check-in", "desktop"),
        ("door", "door-admitted", "phone"),
        ("door-again", "door-again", "phone"),
        ("door-offline", "door-offline", "phone"),
        ("attendance", "conference-attendance", "desktop"),
        ("report", "conference-report", "desktop"),
        ("certificate", "conference-certificate", "desktop"),
    )
}


def _prepare(world: World, installation: Installation, day: datetime) -> tuple[Desk, list[str]]:
    """The example that ships, with fewer places in its first hall than people who want to come."""
    desk = Desk(world, signed_in(world, installation))
    plan = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    plan["date"] = day.date().isoformat()
    plan["venues"][0]["places"]["company"] = _PLACES
    for each in plan["speakers"]:
        each["email"] = f"{each['key'].replace('_', '-')}@speakers.example"
    desk.base = str(desk.ask("", plan)["id"])
    publish(desk.host.page, f"{world.url}/conferences/{desk.base}")
    in_hall = [desk.register(number, "chengdu") for number in range(_IN_THE_HALL)]
    for number in range(_IN_THE_HALL, _IN_THE_HALL + _ELSEWHERE):
        desk.register(number, "chongqing" if number % 2 else "cloud")
    return desk, in_hall


def _shoot_team(world: World, installation: Installation, pages: dict[str, str]) -> None:
    """Pages of the team, in both languages on a desktop and a phone."""
    for language, locale in LANGUAGES.items():
        for machine, options in MACHINES.items():
            host = signed_in(world, installation, **{**options, "locale": locale})
            camera = Camera(world, host.page, f"{language}-{machine}")
            for name, path in pages.items():
                camera.take(name, path, ready=_LIVE.get(name, "h1"), whole=name in _WHOLE)
            host.page.context.close()


def _shoot_guests(world: World, installation: Installation, code: str, person: str) -> None:
    """What people see who come: the public page, the form, and their own page with a place that is offered."""
    for language, locale in LANGUAGES.items():
        for machine, options in MACHINES.items():
            page = world.machine(**{**options, "locale": locale}, script=installation.clock())
            camera = Camera(world, page, f"{language}-{machine}")
            camera.take("conference-public", f"/c/{code}", ready=_IS_LIVE)
            camera.take("conference-who", f"/c/{code}/register", whole=False)
            camera.take("conference-register", f"/c/{code}/register?audience=company")
            page.goto(mailed_link(page, world.url, person, "r"))
            camera.take("conference-own-offered", ready=".state-card[data-state=offered]", whole=False)
            page.context.close()


def _print(desk: Desk, folder: Path) -> dict[str, Path]:
    """Everybody's badge in the first hall as a picture, by name."""
    page = desk.host.page
    page.goto(f"{desk.world.url}/conferences/{desk.base}/badges")
    page.select_option("#venue", label="成都会场")
    page.click(".trail-filter button")
    page.wait_for_url("**/badges?*")
    page.select_option("#layout", "62x100")
    with page.expect_response(re.compile(r"/badges/runs/\w+\.pdf$")) as shown:
        page.click("button[name=which][value=all]")
    pdf = fetched(page, shown.value.url, folder / "badges.pdf")
    return pictures(pdf, folder, [name_of(number) for number in range(1, _PLACES)])


def _shoot_door(world: World, installation: Installation, links: list[str], film: Path, badges: list[Path]) -> None:
    """A phone in each language: somebody is let in, shows the badge again, and comes while the network is away."""
    for (language, locale), link, badge in zip(LANGUAGES.items(), links, badges, strict=False):
        hold(badge, film)
        phone = Door(world, installation, film, link, locale=locale)
        camera = Camera(world, phone.page, f"{language}-phone")
        camera.take("door-admitted", ready="[data-answer]:not([hidden])", whole=False)
        phone.show(badge)
        camera.take("door-again", ready="[data-answer]:not([hidden])", whole=False)
        phone.page.click("[data-answer-close]")
        camera.take("door-ready", ready="[data-last] li", whole=False)
        phone.page.click('[data-dialog-open="door-search"]')
        phone.page.fill("#door-typed", "yl")
        camera.take("door-search", ready=".door-person", whole=False)
        with offline(phone.page):
            phone.page.fill("#door-typed", name_of(_LATER[language]))
            phone.page.click(".door-person")
            camera.take("door-offline", ready="[data-answer]:not([hidden])", whole=False)
        phone.put_away()


def _door_links(desk: Desk, labels: list[str]) -> list[str]:
    page, links = desk.host.page, []
    for label in labels:
        page.goto(f"{desk.world.url}/conferences/{desk.base}/check-in")
        form = page.locator("form[action$='/phones']").first
        page.locator("details", has=form).first.locator("summary").click()
        form.locator("input[name=label]").fill(label)
        form.locator(".btn-primary").click()
        page.wait_for_url("**/check-in/phones/*")
        links.append((page.text_content(".digest") or "").strip())
    return links


def _day_of_it(browser: Browser, world: World, installation: Installation, desk: Desk, badges: dict[str, Path]) -> None:
    """At the doors."""
    desk.host = signed_in(world, installation)
    links = _door_links(desk, ["演示手机一", "Demo phone two"])
    film = next(iter(badges.values())).parent / "camera.y4m"
    held = list(badges.values())
    hold(held[0], film)
    with filming(browser, film) as own:
        doors = World(own, installation.url)
        doors.complaints = world.complaints
        _shoot_door(doors, installation, links, film, held)
        doors.close()
    base = f"/conferences/{desk.base}"
    _shoot_team(world, installation, {"conference-check-in": f"{base}/check-in", "conference-list": "/conferences"})


def play() -> list[str]:
    """Photograph a conference; returns what pages complained about."""
    OUT.mkdir(parents=True, exist_ok=True)
    forks, day = Forks(), datetime.now(ZONE) + timedelta(days=2)
    with tempfile.TemporaryDirectory(prefix="yunqian-pictures-") as folder, chromium() as browser:
        try:
            url = f"sqlite:///{folder}/conference.db"
            with (
                RobotService("dingtalk", secret=scenes.SECRET) as robots,
                installed(url, forks, Path(folder), demo=True) as installation,
            ):
                installation.server.env = {**installation.server.env, "YUNQIAN_ROBOT_HOSTS": robots.place}
                return _play(browser, installation, day, Path(folder), robots)
        finally:
            forks.stop()


def _play(browser: Browser, installation: Installation, day: datetime, folder: Path, robots: RobotService) -> list[str]:
    installation.begin()
    world = World(browser, installation.url)
    world.complaints.allowed |= {"404", "422", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "410"}
    desk, in_hall = _prepare(world, installation, day)
    base = f"/conferences/{desk.base}"
    desk.ask(f"/{desk.base}/registrations/{in_hall[0]}/withdraw")
    _shoot_guests(world, installation, desk.code(), f"guest{_PLACES}@guests.example")
    scenes.shoot_planner(world, installation, base)
    scenes.shoot_publishing(world, installation, base)
    scenes.shoot_robot(world, installation, base, robots)
    names = ("invitations", "form", "reminders", "badges", "team", "export")
    pages = {f"conference-{name}": f"{base}/{name}" for name in names}
    pages |= {"conference-plan": base, "conference-people": f"{base}/registrations"}
    pages |= {"conference-venue": f"{base}/venues/chengdu", "conference-new": "/conferences/new"}
    _shoot_team(world, installation, pages)
    badges = _print(desk, folder)
    world.close()
    installation.begin(until_morning(day.date(), time(8, 40)))
    _day_of_it(browser, world, installation, desk, badges)
    world.close()
    installation.begin(until_morning(day.date() + timedelta(days=1), time(10)))
    _afterwards(world, installation, desk)
    world.close()
    return world.complaints.said


def _afterwards(world: World, installation: Installation, desk: Desk) -> None:
    """Who was there, and a certificate of it as whoever holds it has it checked."""
    base = f"/conferences/{desk.base}"
    desk.host = signed_in(world, installation)
    page = desk.host.page
    page.goto(f"{world.url}{base}/attendance?standing=present")
    page.locator("#people + form + .table-frame tbody a, .table-frame tbody a").first.click()
    page.click("form[action$='/certificate'] button")
    code = page.locator("a[href*='/attended/']").get_attribute("href")
    people = [f"guest{number}@guests.example" for number in range(1, _PLACES)]
    scenes.shoot_survey(world, installation, desk, people)
    pages = {f"conference-{name}": f"{base}/{name}" for name in ("attendance", "report", "surveys")}
    pages["conference-certificate"] = str(code)
    pages["conference-attended"] = page.url.removeprefix(world.url)
    _shoot_team(world, installation, pages)
