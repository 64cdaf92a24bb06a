"""A phone at a door whose camera is Chromium's own, and films the pictures of printed badges."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from tests.journeys.conference import Installation
from tests.journeys.people import PHONE, World
from tests.web.browsing import ARGUMENTS, CHROMIUM

_CAMERA_WIDTH, _CAMERA_HEIGHT, _BADGE_HEIGHT = 640, 480, 440


class Door:
    """A phone at a door. Its camera is Chromium's own, which films what `hold` puts before it."""

    def __init__(self, world: World, installation: Installation, film: Path, link: str, **options: Any) -> None:
        self.film = film
        usual = {**PHONE, "permissions": ["camera"]}
        self.page = world.machine(script=installation.clock(), **{**usual, **options})
        self.page.goto(link)
        self.wait_open()

    def wait_open(self) -> None:
        self.page.wait_for_selector("[data-view=door]:not([hidden])")
        self.page.wait_for_selector("[data-camera-hint]:not([hidden])")

    def answer(self, name: str, word: str) -> str:
        """What the door says about somebody, once it does; taken away like a clerk would."""
        told = f'[data-answer]:has([data-answer-name]:text-is("{name}")):has([data-answer-word]:text-is("{word}"))'
        self.page.wait_for_selector(told, state="attached")
        more = self.page.text_content("[data-answer-more]") or ""
        self.page.evaluate("document.querySelector('[data-answer-close]').click()")
        return more

    def show(self, badge: Path) -> None:
        """Hold another badge before the camera, which is opened anew with the page: that needs no network."""
        here = self.page.url
        self.put_away()
        hold(badge, self.film)
        self.page.goto(here)
        self.wait_open()

    def put_away(self) -> None:
        """Close the app, and with it the camera: a browser has one, and all of its pages see the same."""
        self.page.goto("about:blank")

    def wait_said(self, words: str) -> None:
        """Until the line below the door's name has these words."""
        self.page.wait_for_selector(f'[data-door-state]:has-text("{words}")')


@contextmanager
def filming(browser: Browser, film: Path) -> Iterator[Browser]:
    """A Chromium of its own whose camera shows `film`."""
    fake = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    made = browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, *fake])
    try:
        yield made
    finally:
        made.close()


def hold(badge: Path, film: Path) -> None:
    """Write a picture as a film of one frame (YUV4MPEG2, 4:2:0), all of it in view on white, as a camera sees it."""
    picture = Image.open(badge).convert("L")
    width = round(picture.width * _BADGE_HEIGHT / picture.height)
    if width > _CAMERA_WIDTH:
        raise ValueError(f"{badge} is too wide")
    frame = Image.new("L", (_CAMERA_WIDTH, _CAMERA_HEIGHT), 255)
    left, top = (_CAMERA_WIDTH - width) // 2, (_CAMERA_HEIGHT - _BADGE_HEIGHT) // 2
    frame.paste(picture.resize((width, _BADGE_HEIGHT), Image.Resampling.LANCZOS), (left, top))
    grey = bytes([128]) * (_CAMERA_WIDTH * _CAMERA_HEIGHT // 2)
    head = f"YUV4MPEG2 W{_CAMERA_WIDTH} H{_CAMERA_HEIGHT} F20:1 Ip A1:1 C420jpeg\nFRAME\n".encode()
    # At once: whoever films now goes on with the old picture.
    made = film.with_suffix(".new")
    made.write_bytes(head + frame.tobytes() + grey)
    made.replace(film)


def pictures(pdf: Path, folder: Path, names: list[str]) -> dict[str, Path]:
    """The page of each person as a picture, made by poppler; every name stands on one page."""
    found = {}
    pages = len(re.findall(r"(?m)^Page .* size:", _run("pdfinfo", "-l", "999", str(pdf))))
    for number in range(1, pages + 1):
        at = ("-f", str(number), "-l", str(number))
        text = re.sub(r"\s", "", _run("pdftotext", *at, str(pdf), "-"))
        (name,) = [each for each in names if re.sub(r"\s", "", each) in text]
        target = folder / f"badge-{number}"
        _run("pdftoppm", *at, "-r", "200", "-png", "-singlefile", str(pdf), str(target))
        found[name] = target.with_suffix(".png")
    assert sorted(found) == sorted(names)
    return found


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
