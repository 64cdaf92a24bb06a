"""The model case in the live room, from the links to the report: six people, a host who leads by the cue sheet, a
witness, the stage, the leader's monitor, the page for the press and an interpreter; and lines that are cut."""

from __future__ import annotations

import json
import random
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from core import paths
from tests.journeys.conftest import peaceful
from tests.journeys.cuts import Cut, Cutter, drawn, spread
from tests.journeys.people import DESKTOP, PATIENCE_MS, PHONE, Host, Signer, Stage, World, expect_count
from tests.support import outside
from tests.support.databases import SQLITE, Databases
from tests.support.forks import ForkedProcesses
from tests.support.lines import Line, line
from tests.support.server import Server, steady_port
from tests.support.waiting import wait_until
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
EXAMPLE = paths.examples() / "shuangliu-signing.json"
MACHINES = {"baobeicang": PHONE, "taobao_live": PHONE, "xianyu": {"timezone_id": "America/Los_Angeles"}}
SEED = 20261123  # another one cuts elsewhere
CUTS = 20
ACTS = 37  # two for each of six who enter, two for each of seven cues, the end, ten signatures
SUCCESS_OR_PAD = "[data-view=success]:not([hidden]), [data-view=sign]:not([hidden])"
# What a browser says of a line that is cut or a server that is gone; a second sending is refused by its number.
OF_CUTS = {"ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET", "ERR_CONNECTION_REFUSED", "ERR_FAILED", "409"}
OF_CUTS |= {
    "ERR_EMPTY_RESPONSE",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_CONNECTION_CLOSED",
    "ERR_CONTENT_LENGTH_MISMATCH",
    "ERR_SOCKET_NOT_CONNECTED",
}


def say(line: str) -> None:
    """Seen when the test fails, and with -s."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Room:
    """Everybody who is there, and the cutter that stands between what they press and what comes of it."""

    host: Host
    monitor: Page
    observer: Page
    witness: Page
    interpreter: Page
    signers: dict[str, Signer]
    between: dict[str, list[str]]  # who signs, by the agreement's title
    cutter: Cutter

    def enter(self, key: str) -> None:
        signer = self.signers[key]
        signer.open_link()
        signer.view("identity")
        self.cutter.act(
            signer.page, lambda: signer.page.click("[data-send-code]"), lambda _: _see_code(signer), what=f"{key} asks"
        )
        signer.page.fill("#code", signer.read_code())
        signer.view("consent")
        self.cutter.act(signer.page, lambda: _agree(signer), lambda _: _see_list(signer), what=f"{key} agrees")

    def press_space(self) -> None:
        """Stand by, go, or over: whatever the page offers; ends when the page shows what came of it."""
        page = self.host.page
        page.wait_for_selector("body:not([data-leading])")
        before = _number(page)

        def press() -> None:
            page.keyboard.press(" ")

        def settle(cut: Cut | None) -> None:
            # Loaded again before it was sent: who looks sees that nothing came of it.
            if cut is Cut.TAB and _number(page) == before:
                press()
            page.wait_for_function(f"() => {NUMBER} > {before}")

        self.cutter.act(page, press, settle, what="the host leads")
        self._see_monitor()

    def _see_monitor(self) -> None:
        """The leader's screen shows the cue that the host's page shows."""
        title = self.host.page.locator("[data-now-title]")
        if title.count():
            expect(self.monitor.locator("[data-live-title]")).to_have_text(title.inner_text(), timeout=PATIENCE_MS)

    def let_witness_tick(self) -> None:
        """At the roll call and at the same-record code: the witness hears one place after the other."""
        kinds = self.host.page.locator("[data-ticks-kind]")
        if not kinds.count():
            return
        rows = f"[data-ticks-kind={kinds.get_attribute('data-ticks-kind')}] [data-tick-row]"
        places = self.host.page.locator(rows).count()
        for row in range(places):
            party = self.witness.locator(rows).nth(row)
            party.locator("button[aria-pressed=false]").click()
            expect(party).to_have_attribute("data-ticked", "", timeout=PATIENCE_MS)
        expect_count(self.host.page, f"{rows} span.tick-word", places)

    def tick_everybody(self) -> None:
        """At the roll call and at the same-record code: one party after the other, by the buttons."""
        page = self.host.page
        for party in page.locator("[data-tick-row]").evaluate_all("rows => rows.map((row) => row.dataset.tickRow)"):
            page.click(f"[data-tick-row={party}] button[aria-pressed=false]")
            page.wait_for_selector(f"[data-tick-row={party}][data-ticked]")

    def interpret(self) -> None:
        """What the interpreter types is seen on the stage and at a seat whose signer reads it. A line goes by itself
        after some seconds: what was shown is noted by the pages, and who was not seen in time says it once more."""
        reader = self.signers["xianyu"].page
        reader.select_option("[data-captions-language]", "en")
        for page in (self.cutter.stage, reader):
            page.evaluate(HEAR)

        def say_it() -> bool:
            self.interpreter.fill("[data-line]", SAID)
            self.interpreter.keyboard.press("Enter")
            expect_count(self.interpreter, "[data-line-state=waiting]", 0)
            try:
                for page in (self.cutter.stage, reader):
                    page.wait_for_function("said => window.__heard.includes(said)", arg=SAID, timeout=20_000)
            except TimeoutError:
                return False
            return True

        assert any(say_it() for _ in range(3)), "stage and seat show the captions"

    def sign_what_is_called(self) -> None:
        """Everybody signs what the live cue calls, as it becomes their turn."""
        called = self.host.page.locator(".lead-called li > span:first-child").all_inner_texts()
        for title in called or [self.host.page.inner_text("[data-now-title]")]:
            for key in self.between.get(title, []):
                self._sign(key, title)

    def _sign(self, key: str, title: str) -> None:
        signer = self.signers[key]
        signer.to_list()
        signer.page.locator(".agreement-card[data-mine=open]", has_text=title).locator(".btn-primary").click()
        signer.view("reader")
        signer.read()
        signer.to_pad()
        signer.draw()

        def settle(_: Cut | None) -> None:
            # The page was loaded again before the drawing was kept: it is drawn once more.
            if signer.page.wait_for_selector(SUCCESS_OR_PAD).get_attribute("data-view") == "sign":  # type: ignore[union-attr]
                signer.draw()
                signer.press_sign()
            signer.view("success")

        self.cutter.act(signer.page, signer.press_sign, settle, what=f"{key} signs")


SAID = "Good morning, ladies and gentlemen: welcome to the signing ceremony, which we open in four places at once."
# Notes each line of captions that the page shows, from now on.
HEAR = """() => {
  window.__heard = [];
  const look = () => {
    for (const line of document.querySelectorAll("[data-caption]")) window.__heard.push(line.textContent);
  };
  look();
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true});
}"""
NUMBER = "Number(document.querySelector('[data-act] input[name=seq]')?.value ?? 1e9)"


def _number(page: Page) -> int:
    return int(page.evaluate(NUMBER))


def _see_code(signer: Signer) -> None:
    """The form for the code; asked for again where the page was loaded again before it was asked for."""
    page = signer.page
    page.wait_for_selector("[data-code-form]:not([hidden]), [data-send-code]:not([hidden], [aria-busy=true])")
    if page.locator("[data-code-form]:not([hidden])").count() == 0:
        page.click("[data-send-code]:not([hidden])")
    page.wait_for_selector("[data-code-form]:not([hidden])")


def _agree(signer: Signer) -> None:
    signer.page.check("#accepted")
    signer.page.click("[data-give-consent]")


def _see_list(signer: Signer) -> None:
    signer.page.wait_for_selector("[data-view=list]:not([hidden]), [data-view=consent]:not([hidden])")
    if signer.page.locator("[data-view=consent]:not([hidden])").count() and not signer.page.is_checked("#accepted"):
        _agree(signer)
    signer.view("list")


def _gather(world: World, server: Server, line: Line) -> Room:
    case = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    host = Host(world)
    host.sign_in()
    host.import_file(EXAMPLE)
    run = host.ceremony_id[-6:]
    addresses = host.fill_in_parties(lambda key: f"{key}.{run}@signers.example")
    ceremony = host.page.url
    host.page.goto(f"{ceremony}/cues")
    host.page.click("form[action$='/cues'] .btn-primary")
    host.page.wait_for_selector("[data-cue]")
    host.page.goto(ceremony)
    host.invite()
    stage = Stage(world, host.stage_link().replace(f":{server.port}/", f":{line.port}/")).page
    monitor = world.machine(viewport={"width": 1920, "height": 1080})
    monitor.goto(_screen_link(host, ceremony, "monitor"))
    observer = world.machine(**PHONE)
    observer.goto(_screen_link(host, ceremony, "observe-0"))
    witness, interpreter = _witness(world, host, ceremony), _interpreter(world, host, ceremony)
    signers = {key: Signer(world, to, **MACHINES.get(key, DESKTOP)) for key, to in addresses.items()}
    host.page.goto(f"{ceremony}/cues")
    host.page.wait_for_selector("[data-live-state][data-live=ok]")
    between = {each["title"]["zh-CN"]: each["between"] for each in case["agreements"]}
    cutter = Cutter(server, drawn(random.Random(SEED), ACTS, CUTS), stage, line, say)
    return Room(host, monitor, observer, witness, interpreter, signers, between, cutter)


def _screen_link(host: Host, ceremony: str, screen: str) -> str:
    host.page.goto(f"{ceremony}/screens")
    host.page.click(f"#{screen} form .btn")
    return _copied(host.page.locator(f"#{screen}"))


def _copied(part: Locator) -> str:
    link = part.locator("[data-copy]").first.get_attribute("data-copy")
    assert link
    return link


def _witness(world: World, host: Host, ceremony: str) -> Page:
    """Declared by the host, and says who he is by a link that the host hands over."""
    page = host.page
    page.goto(f"{ceremony}/witnesses")
    page.fill("#name", "样例见证人")
    page.fill("#organisation", "样例公证处")
    page.click("#add .btn-primary")
    own = world.machine(**PHONE)
    own.goto(_copied(page.locator("main")))
    own.click("#who .btn-primary")
    own.wait_for_selector("[data-live-state][data-live=ok]")
    return own


def _interpreter(world: World, host: Host, ceremony: str) -> Page:
    """Into English, by a link that the host hands over."""
    page = host.page
    page.goto(f"{ceremony}/captions")
    page.select_option("#add select", "en")
    page.click("#add .btn")
    own = world.machine()
    own.goto(_copied(page.locator("main")))
    own.wait_for_selector("[data-live-state][data-live=ok]")
    return own


def test_twenty_cuts_in_a_full_ceremony_lose_and_double_nothing(
    browser: Browser, databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port())
    server.start_all()
    with line(server.port) as to_stage, peaceful(browser, server.url) as world:
        world.complaints.allowed |= OF_CUTS
        room = _gather(world, server, to_stage)
        for key in room.signers:
            room.enter(key)
        page = room.host.page
        while page.get_attribute("[data-sheet-state]", "data-sheet-state") != "over":
            room.press_space()
            if page.locator("[data-cue-state=live]").count() and page.locator("[data-cue-state=standby]").count() == 0:
                if page.locator("[data-cue-state=done]").count() == 0:
                    room.interpret()
                room.let_witness_tick()
                room.tick_everybody()
                room.sign_what_is_called()
        assert room.cutter.done == ACTS
        say(f"the stage was right again after: {spread(room.cutter.until_right)}")
        assert statistics.median(room.cutter.until_right) < 3

        room.cutter.stage.wait_for_selector("body[data-phase=sealed]")
        room.observer.wait_for_selector("body[data-phase=sealed]")
        ceremony = page.url.removesuffix("/cues")
        page.goto(f"{ceremony}/trail?action=agreement.signed")
        expect_count(page, ".trail > li", sum(map(len, room.between.values())))
        page.goto(ceremony)
        page.wait_for_selector("#complete")
        _read_report(page, len(room.signers))
        _thank(page, ceremony, [signer.address for signer in room.signers.values()])
        page.goto(ceremony)
        _check_kit(room.host.download("[data-live-region=progress] a[href$='/kit.zip']", tmp_path), tmp_path)


def _read_report(page: Page, parties: int) -> None:
    """Of the whole ceremony, with who was there; and the PDF once it is printed."""
    page.goto(f"{page.url}/report")
    page.wait_for_selector("#course, #presence")
    expect_count(page, ".report-section:first-of-type tbody tr", parties)
    page.locator("form[action$='/report'] .btn").first.click()
    page.wait_for_selector("#files a[href$='.pdf']")


def _thank(page: Page, ceremony: str, addresses: list[str]) -> None:
    """Everybody who signed gets one letter, however often the host presses."""
    page.goto(f"{ceremony}/thanks")
    page.click("#send .btn-primary")
    page.wait_for_selector("#sent")
    for address in addresses:
        listed = f"{ceremony.partition('/ceremonies')[0]}/demo/mailbox.json?to={address}"

        def count(listed: str = listed) -> int:
            found = page.request.get(listed).json()["messages"]
            return sum("感谢您的参与" in message["subject"] for message in found)

        wait_until(count, PATIENCE_MS / 1000, what=f"a letter of thanks to {address}")
        assert count() == 1


def _check_kit(kit: Path, folder: Path) -> None:
    """Two people signed each agreement, says a program that is not ours."""
    found = outside.unpacked(kit, folder / "kit")
    (anchors,) = (found / "pki").glob("*anchor*.pem")
    database = outside.nss(folder / "nss", anchors)
    for paper in sorted((found / "agreements").glob("*.pdf")):
        names = outside.signers_by_pdfsig(paper, database)
        assert sum(name.startswith("样例") for name in names) == 2, names
