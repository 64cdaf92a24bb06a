"""People of a conference at real pages: who plans it and who comes, at an installation that goes from day to day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.journeys.another_day import LATER
from tests.journeys.people import PATIENCE_MS, PHONE, World
from tests.support.forks import ForkedProcesses, Forks
from tests.support.server import Server, steady_port
from tests.support.smtp import Mail, MailServer

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "correct horse of the journey"
ENGLISH: dict[str, Any] = {**PHONE, "locale": "en-US"}
_SERVE = ("tests.journeys.another_day", "serve", "--port", "{port}")
_LINK = re.compile(r"https?://\S+/r/[\w.-]+")
# A phone's clock goes with the server's; the browser has no switch for it that a service worker would bear.
_CLOCK = """{
  const Real = Date;
  const late = SECONDS * 1000;
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + late); }
    static now() { return Real.now() + late; }
  };
}"""


@dataclass
class Installation:
    """A server as it runs for real, its mail on the way to real mailboxes, on a day that a journey chooses."""

    server: Server
    forks: Forks
    mails: MailServer
    later: timedelta = field(default_factory=timedelta)

    @property
    def url(self) -> str:
        return self.server.url

    def begin(self, later: timedelta = timedelta()) -> None:
        """Serve with this much added to the clock; a server that runs is ended first, as at an update."""
        for running in self.server.running:
            running.stop()
        self.later = later
        self.server.env = {**self.server.env, LATER: str(round(later.total_seconds()))}
        self.server.start_all()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def clock(self) -> str:
        """A script that puts a browser's clock right."""
        return _CLOCK.replace("SECONDS", str(round(self.later.total_seconds())))

    def command(self, *words: str) -> str:
        """What `yunqian` with these words prints."""
        done = self.forks.run("web.cli", *words, env=self.server.environment())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def mail(self, address: str, words: str) -> Mail:
        return self.mails.wait_for(to=address, subject=words, timeout=PATIENCE_MS / 1000)[-1]


@contextmanager
def installed(database_url: str, forks: Forks, folder: Path, *, demo: bool = False) -> Iterator[Installation]:
    """An installation on this database with mailboxes of its own; as a `demo` it keeps mails itself."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    processes = ForkedProcesses(folder, forks)
    with MailServer() as mails:
        real = {"YUNQIAN_DEMO": "0", "YUNQIAN_SMTP_URL": mails.url, "YUNQIAN_MAIL_FROM": "no-reply@journey.example"}
        server = Server(processes, data, database_url, steady_port(), parts=(_SERVE,), env={} if demo else real)
        try:
            yield Installation(server, forks, mails)
        finally:
            processes.end_all()


class Organiser:
    """Who plans the conference, at a desk."""

    def __init__(self, world: World, *, email: str) -> None:
        self.world = world
        self.email = email
        self.page = world.machine()
        self.conference = ""

    def set_password(self, link: str) -> None:
        """Signs in as well."""
        self.page.goto(link)
        self.page.fill("#password", PASSWORD)
        self.page.fill("#repeat", PASSWORD)
        self.page.click("main form [type=submit]")
        self.page.wait_for_url(lambda url: "/accounts/" not in url)

    def sign_in(self) -> None:
        self.page.goto(f"{self.world.url}/login")
        self.page.fill("#email", self.email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form [type=submit]")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def leave(self) -> None:
        """Nobody looks at a page while the server is away or another day begins."""
        self.page.goto("about:blank")

    def open(self, path: str = "") -> Page:
        self.page.goto(self.conference + path)
        self.page.wait_for_selector("h1")
        return self.page

    def save(self) -> None:
        """Press the form's own button; ends where the page leads to."""
        here = self.page.url
        self.page.locator("main form:has(.btn-primary) .btn-primary").last.click()
        self.page.wait_for_url(lambda url: url != here)
        assert not self.page.locator(".problems").count(), self.page.inner_text(".problems")

    def begin(self, *, on: date, title: str, english: str) -> None:
        """A new conference from the template of an investment conference."""
        self.page.goto(f"{self.world.url}/conferences/new")
        self.page.fill("#title", title)
        self.page.fill("#title_en", english)
        self.page.check("input[name=kind][value=investment]")
        self.page.fill("#starts_on", on.isoformat())
        self.page.fill("#timezone", ZONE.key)
        self.save()
        self.conference = self.page.url

    def venue(self, name: str, english: str, *, key: str = "", places: int, **typed: str) -> None:
        """Write down a hall or, where `kind` is online, a room of the cloud; `key` names one that is there."""
        self.open(f"/venues/{key}" if key else "/new/venues")
        self.page.check(f"input[name=kind][value={typed.pop('kind', 'onsite')}]")
        fields = {"name": name, "name_en": english, "timezone": ZONE.key, "places_company": str(places), **typed}
        for field_name, text in fields.items():
            self.page.fill(f"#{field_name}", text)
        self.save()

    def item_everywhere(self, key: str) -> None:
        """Let an item of the template happen in all venues at once."""
        self.open(f"/agenda/{key}")
        for box in self.page.locator("input[name=venues]").all():
            box.check()
        self.save()

    def publish(self) -> str:
        """Returns the address of the public page."""
        self.open("/publish")
        if (clashes := self.page.locator("#accept-clashes")).count():
            clashes.check()
        self.save()
        link = self.page.locator("a[href^='/c/']").first.get_attribute("href")
        assert link
        return self.world.url + link

    def print_badges(self, layout: str, folder: Path) -> Path:
        """All badges that are not printed yet, one on a page, as PDF."""
        self.open("/badges")
        self.page.select_option("#layout", layout)
        # A browser without a window hands a PDF to nobody: its address is seen, and it is fetched again.
        with self.page.expect_response(re.compile(r"/badges/runs/\w+\.pdf$")) as shown:
            self.page.click("button[name=which][value=all]")
        return fetched(self.page, shown.value.url, folder / "badges.pdf")

    def open_door(self, door: str, label: str) -> str:
        """A link for one more phone at this door."""
        self.open("/check-in")
        card = self.page.locator("section", has=self.page.locator(f"h3:text-is('{door}')"))
        card.locator("summary", has_text="手机").last.click()
        card.locator("input[name=label]").fill(label)
        card.locator("form[action$='/phones'] .btn-primary").click()
        self.page.wait_for_url("**/check-in/phones/*")
        return (self.page.text_content(".digest") or "").strip()


class Guest:
    """Who comes, on a phone of their own."""

    def __init__(self, world: World, installation: Installation, *, name: str, email: str, **options: Any) -> None:
        self.installation = installation
        self.name = name
        self.email = email
        self.page = world.machine(**{**PHONE, **options})

    def register(self, public: str, *, venue: str) -> None:
        """From the public page to the page of their own."""
        self.page.goto(public)
        self.page.click("a[href$='/register']")
        self.page.check(f"input[name=venue][value={venue}]")
        self.page.fill("#name", self.name)
        self.page.fill("#email", self.email)
        self.page.fill("#company_name", "演示云帆智能制造有限公司")
        self.page.check("input[name=privacy]")
        self.page.click("form[data-register] .btn-primary")
        self.page.wait_for_url("**/registration/**")

    def state(self, name: str) -> None:
        """Wait until the page says so."""
        self.page.wait_for_selector(f".state-card[data-state={name}]")

    def open_mail(self, words: str) -> None:
        """By the link in the newest mail with these words."""
        link = _LINK.search(self.installation.mail(self.email, words).text)
        assert link, self.installation.mail(self.email, words).text
        self.page.goto(link[0])
        self.page.wait_for_selector(".state-card")

    def prove(self, words: str) -> None:
        """That the address is theirs, as the mail asks for."""
        self.open_mail(words)
        self.press("prove")
        self.page.wait_for_selector("#proof", state="detached")

    def press(self, act: str) -> None:
        self.page.click(f"form[action$='/{act}'] button")

    def withdraw(self) -> None:
        self.page.click("a[href$='/withdraw']")
        self.press("withdraw")
        self.page.wait_for_selector(".state-card")

    def move(self, venue: str) -> None:
        """One click on the row of the other venue."""
        row = self.page.locator("#move .question-row", has_text=venue)
        row.locator("button").click()
        self.page.wait_for_selector(f"#what dd:text-is('{venue}')")


def fetched(page: Page, address: str, file: Path) -> Path:
    """What is at this address for whoever sits at the page."""
    answer = page.request.get(address)
    assert answer.ok, (address, answer.status)
    file.write_bytes(answer.body())
    return file


def until_morning(day: date, at: time) -> timedelta:
    """How far it is from now to this time of a day in the conference's zone."""
    return datetime.combine(day, at, ZONE).astimezone(UTC) - datetime.now(UTC)
