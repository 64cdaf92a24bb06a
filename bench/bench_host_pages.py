"""What memory the host's pages hold after an hour of a ceremony: board and lobby, with something new all the time."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from bench.common import Result
from tests.web.browsing import chromium
from web import own_server
from web.replay.client import Browser as Client
from web.replay.host import Host

UPDATES = 720  # an hour in which the host sees something new every five seconds
MOST_MEGABYTES = 60.0
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "shuangliu-signing.json"


@dataclass(frozen=True)
class Held:
    """What a page holds after its garbage was collected."""

    megabytes: float
    documents: int
    nodes: int


@dataclass(frozen=True)
class Soaked:
    """A page before and after its updates, each of which it read anew for."""

    name: str
    before: Held
    after: Held


class _Watched:
    """A host's page, and what it holds."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.page.goto(url)
        self.page.wait_for_selector("[data-live-state][data-live=ok]")
        self._url = url
        self._devtools = context.new_cdp_session(self.page)
        self._devtools.send("HeapProfiler.enable")

    def held(self) -> Held:
        self._devtools.send("HeapProfiler.collectGarbage")
        used = self._devtools.send("Runtime.getHeapUsage")["usedSize"]
        counted = self._devtools.send("Memory.getDOMCounters")
        return Held(used / 1024**2, counted["documents"], counted["nodes"])

    def reads_again(self) -> object:
        """A block that ends when the page has been read once more."""
        return self.page.expect_response(self._url)


class _Device:
    """A seat's page that is looked at and looked away from: each time the host sees it."""

    def __init__(self, url: str, link: str) -> None:
        self._browser = Client(url, patience=30.0)
        page = self._browser.open(link)
        self._api = page.partition('data-api="')[2].partition('"')[0]
        self._visible = False
        self.turn()

    def turn(self) -> None:
        self._visible = not self._visible
        self._browser.post(f"{self._api}/here", {"visible": self._visible, "delay_ms": 40})


def soak(updates: int, browser: Browser) -> list[Soaked]:
    """Board and lobby of the model case, open at one host's while its seats bring so many updates."""
    with (
        tempfile.TemporaryDirectory() as folder,
        own_server.running(Path(folder), port=own_server.free_port()) as server,
    ):
        client = Client(server.url, patience=30.0)
        host = Host(client, say=lambda _: None)
        host.sign_in()
        host.import_file(EXAMPLE.read_bytes())
        state = host.invite()
        links = [host.personal_link(party["seat"]["email"]) for party in state["parties"]]
        devices = [_Device(server.url, link) for link in links]
        with browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
            _sign_in(context, server.url)
            base = f"{server.url}/ceremonies/{host.ceremony_id}"
            pages = {"board": _Watched(context, base), "lobby": _Watched(context, f"{base}/lobby")}
            before = {name: page.held() for name, page in pages.items()}
            for number in range(updates):
                with pages["board"].reads_again(), pages["lobby"].reads_again():  # type: ignore[attr-defined]
                    devices[number % len(devices)].turn()
            return [Soaked(name, before[name], page.held()) for name, page in pages.items()]


def _sign_in(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    page.goto(f"{url}/demo")
    page.click("form[action='/demo/sign-in'] .btn-primary")
    page.wait_for_url("**/ceremonies")
    page.close()


def run() -> list[Result]:
    """An hour of updates, one behind the other."""
    with chromium() as browser:
        soaked = soak(UPDATES, browser)
    return [
        Result(
            f"JavaScript heap of the host's {each.name} after {UPDATES} updates",
            each.after.megabytes,
            "MB",
            limit=MOST_MEGABYTES,
            note=f"{each.before.megabytes:.1f} MB before; DOM nodes {each.before.nodes} → {each.after.nodes}",
        )
        for each in soaked
    ]
