"""People at real pages: what a host, a signer and a screen in a hall do and see; for journeys and for pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Download, FloatRect, Page, expect

from tests.support.waiting import wait_until

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)  # five seconds are little on a machine that does other things as well
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
HALL: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
_INVITATION = "邀请|nvit"
_CODE = r"\b(\d{6})\b"
_NETWORK = re.compile(r"Failed to load resource: (?:net::(ERR_\w+)|.*status of (\d+))")
_OF_FILES = "/favicon.ico"  # what Chromium looks for beside a PDF; our pages name another
# Counts what a selector finds whenever the document changes, with the browser's clock: [[ms since 1970, count], …].
WATCH = """selector => {
  const seen = (window.__seen ??= []);
  const look = () => {
    const n = document.querySelectorAll(selector).length;
    if (!seen.length || seen[seen.length - 1][1] !== n) seen.push([Date.now(), n]);
  };
  look();
  const everything = {subtree: true, childList: true, attributes: true, characterData: true};
  new MutationObserver(look).observe(document.body, everything);
}"""


@dataclass
class Complaints:
    """What pages complained about; `allowed` holds statuses and network errors that a journey brings about itself."""

    said: list[str] = field(default_factory=list)
    allowed: set[str] = field(default_factory=set)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if message.location.get("url", "").endswith(_OF_FILES):
            return
        network = _NETWORK.search(message.text)
        if network and (network[1] or network[2]) in self.allowed:
            return
        self.said.append(f"{message.location.get('url', '')}: {message.text}")


class World:
    """One browser and one server, in which people sit at machines of their own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.complaints = Complaints()
        self._contexts: list[BrowserContext] = []

    def machine(self, *, script: str = "", **options: Any) -> Page:
        """A page in a context of its own; `script` runs before every page's own scripts.

        Nothing moves on it unless it is asked for: a stage that breathes keeps a processor busy for a whole journey.
        """
        usual = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce", **DESKTOP}
        context = self.browser.new_context(**{**usual, **options})
        context.set_default_timeout(PATIENCE_MS)
        if script:
            context.add_init_script(script)
        context.on("page", self.complaints.listen)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()


class Host:
    """The host at a desk."""

    def __init__(self, world: World, **options: Any) -> None:
        self.world = world
        self.options = options
        self.page = world.machine(**options)

    def sign_in(self) -> None:
        """By the demo's own button."""
        self.page.goto(f"{self.world.url}/demo")
        self.page.click("form[action='/demo/sign-in'] .btn-primary")
        self.page.wait_for_url("**/ceremonies")

    def import_file(self, file: Path) -> None:
        self.page.goto(f"{self.world.url}/ceremonies/import")
        self.page.set_input_files("#file", file)
        self.page.click("form[enctype] .btn-primary")

    def fill_in_parties(self, address: Callable[[str], str]) -> dict[str, str]:
        """Follow every link of the list of missing things, one form after the other; returns party key → address."""
        given: dict[str, str] = {}
        stems = iter("甲乙丙丁戊己庚辛壬癸")
        plan = self.page.url
        while (todo := self.page.locator("[data-missing] a").first).count():
            todo.click()
            self.page.wait_for_selector("#representative_name")
            key = self.page.url.rstrip("/").rsplit("/", 1)[1]
            given[key] = address(key)
            self.page.fill("#representative_name", f"样例{next(stems)}")
            self.page.fill("#email", given[key])
            self.page.click("main form .btn-primary")
            self.page.wait_for_url(plan)
        return given

    def invite(self) -> None:
        """Send the invitations and wait, on the page as it is, until they are out."""
        self.page.click("a.btn-primary[href$='/invite']")
        self.page.click("form[action$='/invite'] .btn-primary")
        self.page.wait_for_selector("[data-live-region=seats]")

    @property
    def ceremony_id(self) -> str:
        found = re.search(r"cer_[0-9a-z]+", self.page.url)
        assert found, self.page.url
        return found[0]

    def stage_link(self) -> str:
        """Make a stage link; the page goes back to the ceremony."""
        ceremony = self.page.url
        self.page.click("form[action$='/stage'] .btn")
        link = self.page.get_attribute("[data-copy]", "data-copy")
        self.page.goto(ceremony)
        assert link
        return link

    def download(self, selector: str, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.locator(selector).first.click()
        return kept(waiting.value, folder)


def kept(download: Download, folder: Path) -> Path:
    """A download, kept under the name that the server gave it."""
    target = folder / download.suggested_filename
    download.save_as(target)
    return target


class Stage:
    """The screen in the hall."""

    def __init__(self, world: World, link: str, **options: Any) -> None:
        self.page = world.machine(**{**HALL, **options})
        self.page.goto(link)
        self.page.wait_for_selector("[data-live-state][data-live=ok]")


class Signer:
    """A signer with a machine of his or her own."""

    def __init__(self, world: World, address: str, **options: Any) -> None:
        self.world = world
        self.address = address
        self.page = world.machine(**options)

    def _mail(self, words: str) -> dict[str, str]:
        """The newest mail whose subject has these words, once it has come."""
        listed = f"{self.world.url}/demo/mailbox.json?to={self.address}"

        def find() -> dict[str, str] | None:
            found = self.page.request.get(listed).json()["messages"]
            return next((message for message in found if re.search(words, message["subject"])), None)

        mail = wait_until(find, PATIENCE_MS / 1000, what=f"a mail with {words} to {self.address}")
        assert mail
        return mail

    def open_mail(self, words: str) -> None:
        """The newest mail whose subject has these words, in the demo's mailbox."""
        self._mail(words)
        self.page.goto(f"{self.world.url}/demo/mailbox?to={self.address}")
        self.page.locator("tbody th a", has_text=re.compile(words)).first.click()
        self.page.wait_for_selector(".letter")

    def open_link(self) -> None:
        """By the link in the newest invitation."""
        link = re.search(r"https?://\S+/s/[\w.-]+", self._mail(_INVITATION)["text"])
        assert link
        self.page.goto(link[0])
        self.page.wait_for_selector("[data-view]:not([hidden])")

    def open_link_in_mailbox(self) -> None:
        """As `open_link`, from the pages of the demo's mailbox."""
        self.open_mail(_INVITATION)
        self.page.click(".letter a[href*='/s/']")
        self.page.wait_for_selector("[data-view]:not([hidden])")

    def view(self, name: str) -> None:
        """Wait for a view of the page."""
        self.page.wait_for_selector(f"[data-view={name}]:not([hidden])")

    def read_code(self) -> str:
        """The code from the newest mail that brings one."""
        code = re.search(_CODE, self._mail(_CODE)["subject"])
        assert code
        return code[1]

    def prove(self) -> None:
        self.page.click("[data-send-code]")
        self.page.wait_for_selector("[data-code-form]:not([hidden])")
        self.page.fill("#code", self.read_code())
        self.view("consent")

    def consent(self) -> None:
        self.page.check("#accepted")
        self.page.click("[data-give-consent]")
        self.view("list")

    def enter(self) -> None:
        """From the link to the list of agreements."""
        self.open_link()
        self.prove_and_consent()

    def prove_and_consent(self) -> None:
        self.view("identity")
        self.prove()
        self.consent()

    def open_text(self, number: int = 0) -> None:
        """Open the n-th agreement that waits for this signer."""
        self.page.locator(".agreement-card[data-mine=open] .btn-primary").nth(number).click()
        self.view("reader")

    def read(self) -> None:
        """To the last page, as far as the server knows."""
        last = int(self.page.get_attribute("[data-read-bar]", "max") or 0)
        for number in range(1, last + 1):
            self.page.locator(".sheet figcaption").nth(number - 1).scroll_into_view_if_needed()
            self.page.wait_for_selector(f'[data-page-end="{number}"]', state="attached")
            self.page.locator(f'[data-page-end="{number}"]').scroll_into_view_if_needed()
        self.page.wait_for_selector("[data-to-sign][aria-disabled=false]")

    def to_pad(self) -> None:
        self.page.click("[data-to-sign]")
        self.view("sign")

    def draw(self, *, steps: int = 24) -> None:
        """A flourish with the pointer; many steps make it a round one."""
        pad = self.page.locator("[data-pad]")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box is not None
        points = [_loop(step / steps, box) for step in range(steps + 1)]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def press_sign(self) -> None:
        self.page.click("[data-sign-now]")

    def sign(self, number: int = 0) -> None:
        """Read, draw, sign; ends at the word of success."""
        self.open_text(number)
        self.read()
        self.to_pad()
        self.draw()
        self.press_sign()
        self.view("success")

    def to_list(self) -> None:
        """Back to the list, wherever the page is."""
        self.page.goto(self.page.url.split("#")[0] + "#")
        self.page.reload()
        self.view("list")

    def state(self) -> dict[str, Any]:
        """What the server tells this signer's page."""
        answer = self.page.request.get(self.world.url + (self.page.get_attribute("body", "data-api") or ""))
        assert answer.ok, answer.text()
        found: dict[str, Any] = answer.json()
        return found


def _loop(part: float, box: FloatRect) -> tuple[float, float]:
    """Where the pen is after this part (0 to 1) of a line of loops, each smaller than the one before."""
    turn = 2 * math.pi * 4.5 * part
    across = 0.2 + 0.55 * part + 0.07 * (1 - 0.6 * part) * math.sin(turn)
    down = 0.52 + 0.05 * math.sin(3 * part) - 0.24 * (1 - 0.65 * part) * math.cos(turn * 0.97)
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def expect_count(page: Page, selector: str, count: int) -> None:
    """Wait until this many are there."""
    expect(page.locator(selector)).to_have_count(count, timeout=PATIENCE_MS)


@contextmanager
def offline(page: Page) -> Iterator[None]:
    """The network is gone while the block runs."""
    page.context.set_offline(True)
    try:
        yield
    finally:
        page.context.set_offline(False)
