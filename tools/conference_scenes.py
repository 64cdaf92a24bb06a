"""Scenes of the conference in the pictures that need something done first: an item is dragged, a change is published, a
group's robot is set wrong and then right, a survey is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from playwright.sync_api import Page

from tests.journeys.conference import Installation
from tests.journeys.people import World
from tests.support.robots import RobotService
from tests.support.waiting import wait_until
from tools.conference_desk import Desk, mailed_link, publish, signed_in
from tools.pictures import LANGUAGES, Camera

SECRET = "SEC0123456789abcdef"  # noqa: S105  of the chat service on loopback
_ITEM = "pitches_chengdu"
_PATIENCE_SECONDS = 150  # a sweep comes once a minute
_NEWS = "[data-live-region=messages] tbody tr"
# (question, answer) that is ticked; one of each row after the other, as people are not of one mind.
_WHOLE = ((("overall", "5"), ("intention", "c1")), (("overall", "4"), ("intention", "c2")), (("overall", "5"),))
_PARTS = ((("matching", "5"), ("sectors", "c1"), ("sectors", "c2")), (("matching", "4"), ("sectors", "c2")))

Shoot = Callable[[Camera], None]


def _in_both(world: World, installation: Installation, shoot: Shoot) -> None:
    """At a desktop in each language."""
    for language, locale in LANGUAGES.items():
        host = signed_in(world, installation, locale=locale)
        shoot(Camera(world, host.page, f"{language}-desktop"))
        host.page.context.close()


def _drag(page: Page, address: str) -> None:
    """Ten minutes later, by the keyboard; ends when the page says what it saved."""
    page.goto(address)
    page.wait_for_selector("[data-live-state][data-live=ok]")
    grip = page.locator(f".planner-card[data-key={_ITEM}] .planner-grip")
    grip.wait_for()
    grip.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("[data-planner-bar]:not([hidden])")


def shoot_planner(world: World, installation: Installation, base: str) -> None:
    """An item that was moved, and can be moved back; afterwards it is where it was."""

    def shoot(camera: Camera) -> None:
        page = camera.page
        _drag(page, f"{world.url}{base}/planner")
        page.evaluate("scrollTo(0, 0)")  # the line that says what was saved stays in sight, over the hours below
        camera.take("conference-planner", ready="[data-planner-bar]:not([hidden])")
        with page.expect_response(re.compile(r"/agenda/\w+/spot$")):
            page.click("[data-planner-undo]")

    _in_both(world, installation, shoot)


def shoot_publishing(world: World, installation: Installation, base: str) -> None:
    """What is asked before a change is published: what differs, and who is told."""
    host = signed_in(world, installation)
    _drag(host.page, f"{world.url}{base}/planner")
    _in_both(world, installation, lambda camera: camera.take("conference-publish", f"{base}/publish", ready="#notices"))
    publish(host.page, f"{world.url}{base}")
    host.page.context.close()


def shoot_robot(world: World, installation: Installation, base: str, service: RobotService) -> None:
    """A robot whose secret was wrong, and the message that was sent again once it was right."""
    page = signed_in(world, installation).page
    page.goto(f"{world.url}{base}/robots/new/dingtalk")
    for field, text in (("name", "会务组 Team"), ("address", service.url), ("secret", SECRET[::-1])):
        page.fill(f"#{field}", text)
    page.click("main form .btn-primary")
    page.click("form[action$='/test'] button")
    page.wait_for_url("**/log")
    log = page.url
    page.wait_for_selector(_NEWS)
    page.goto(log.removesuffix("/log"))
    page.fill("#secret", SECRET)
    page.click("main form .btn-primary")
    page.goto(log)
    page.click("form[action$='/again'] button")
    page.locator(_NEWS).nth(1).wait_for()
    page.context.close()
    path = log.removeprefix(world.url)
    _in_both(world, installation, lambda camera: camera.take("conference-robot", path, ready=_NEWS))


def shoot_survey(world: World, installation: Installation, desk: Desk, people: list[str]) -> None:
    """The results of an anonymous survey that these addresses were sent."""
    page, base = desk.host.page, f"{world.url}/conferences/{desk.base}/surveys"
    page.goto(f"{base}/new?template=investment")
    page.check("input[name=reach][value=confirmed]")
    page.click("main form .btn-primary")
    page.click("form[action$='/start'] button")
    survey = page.url
    for number, address in enumerate(people):
        _answer(world, address, (*_WHOLE[number % len(_WHOLE)], *_PARTS[number % len(_PARTS)]))
    path = survey.removeprefix(world.url)
    _in_both(world, installation, lambda camera: camera.take("conference-survey", f"{path}/results", ready="svg"))


def _answer(world: World, address: str, ticked: Sequence[tuple[str, str]]) -> None:
    page = world.machine()
    link = wait_until(lambda: mailed_link(page, world.url, address, "survey"), _PATIENCE_SECONDS, what="its mail")
    page.goto(link)
    for key, value in ticked:
        page.check(f"input[name=q_{key}][value='{value}']")
    page.click("main form .btn-primary")
    page.wait_for_url("**/done")
    page.context.close()
