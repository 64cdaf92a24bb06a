"""The live room in pictures for the guides: before, in the lobby, while it is led, and what screens show meanwhile."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.live_pages import LiveRoom, live_room
from tests.support.databases import Databases
from tests.support.forks import ForkedProcesses, Forks
from tests.support.stages import Stages
from tests.web.browsing import chromium
from tools.pictures import LANGUAGES, OUT, Camera

_HALL = {"width": 1920, "height": 1080}
# name → who looks, at which address, and what must be there; in this order, while the roll is called.
_LOOKS = {
    "room-plan": ("host", "/ceremonies/{draft}", "h1"),
    "room-preflight": ("host", "/ceremonies/{room}/preflight", "tbody"),
    "room-screens": ("host", "/ceremonies/{room}/screens", "#monitor"),
    "room-lobby": ("host", "/ceremonies/{room}/lobby", ".here-mark[data-state=here]"),
    "room-cues": ("host", "/ceremonies/{room}/cues", "[data-cue-state=live]"),
    "room-monitor": ("screen", "/monitor/{room}", "[data-live-state][data-live=ok]"),
    "room-stage": ("screen", "/stage/{room}", ".st-roll-party[data-state=signed]"),
    "room-seat": ("signer", "/seat/{seat}", "[data-view]:not([hidden])"),
}
KEPT = {
    f"{name}-{language}": (f"{name}-{language}-desktop", 780 if name == "room-seat" else 1200)
    for name in _LOOKS
    for language in LANGUAGES
}


def play() -> list[str]:
    """Photograph the furnished room in both languages; returns what pages complained about."""
    OUT.mkdir(parents=True, exist_ok=True)
    forks = Forks()
    with tempfile.TemporaryDirectory(prefix="yunqian-pictures-") as place, chromium() as browser:
        folder = Path(place)
        for name in ("databases", *LANGUAGES):
            (folder / name).mkdir(mode=0o700)
        databases, processes = Databases(folder / "databases"), ForkedProcesses(folder, forks)
        stages = Stages(databases, folder / "stages")
        try:
            for language, locale in LANGUAGES.items():
                with live_room(stages, processes, folder / language, browser) as room:
                    room.world.complaints.allowed |= {"409"}
                    _lead(room)
                    _shoot(room, language, locale)
            return []  # a complaint ends it
        finally:
            processes.end_all()
            databases.stop()
            forks.stop()


def _lead(room: LiveRoom) -> None:
    """As far as the roll call, with two parties there."""
    page = room.visitors().page("host")
    page.goto(room.address("/ceremonies/{room}/cues"))
    page.wait_for_selector("[data-live-state][data-live=ok]")
    for state in ("standby", "live", "standby", "done"):
        _press(page, " ", f"[data-cue-state={state}]")
    for number in (1, 2):
        page.keyboard.press(str(number))
        page.locator("[data-ticks-done]", has_text=re.compile(rf"^\s*{number}\b")).wait_for()
    page.context.close()


def _press(page: Page, key: str, until: str) -> None:
    page.wait_for_selector("body:not([data-leading])")
    page.keyboard.press(key)
    page.wait_for_selector(until)


def _shoot(room: LiveRoom, language: str, locale: str) -> None:
    visitors = room.visitors(locale=locale)
    visitors.page("signer").goto(room.address("/seat/{seat}"))
    for name, (who, address, ready) in _LOOKS.items():
        page = visitors.page(who)
        if who == "screen":
            page.set_viewport_size(_HALL)  # type: ignore[arg-type]
        camera = Camera(room.world, page, f"{language}-desktop")
        camera.take(name, room.address(address).removeprefix(room.world.url), ready=ready, whole=who == "host")
    room.world.close()
