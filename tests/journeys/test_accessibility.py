"""axe-core on every page, in both languages, wide and narrow: nothing serious, nothing critical."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from core import paths
from tests.journeys.conftest import SmallCase
from tests.journeys.people import DESKTOP, PHONE, Host, Stage, World
from tests.web.browsing import CHROMIUM

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: run make setup"),
]
MACHINES: dict[str, dict[str, Any]] = {"zh-desktop": DESKTOP, "en-phone": {**PHONE, "locale": "en-US"}}


def findings(page: Page) -> list[str]:
    """What axe finds serious or critical, in words; run from the debugger, which the content policy does not bind."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {each['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def test_axe_sees_a_planted_fault(world: World) -> None:
    page = world.machine()
    page.goto(f"{world.url}/demo")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input name=x>')")
    assert [each for each in findings(page) if "label" in each]


@pytest.mark.parametrize("machine", MACHINES)
def test_the_pages_of_host_and_stranger(world: World, machine: str) -> None:
    world.complaints.allowed |= {"404", "422"}
    host = Host(world, **MACHINES[machine])
    host.sign_in()
    page = host.page
    said = []
    for path in (
        "/demo",
        "/demo/mailbox",
        "/verify",
        "/ceremonies",
        "/ceremonies/import",
        "/ceremonies/none",
        "/account",
        "/accounts/",
    ):
        page.goto(f"{world.url}/{path}")
        said += findings(page)
    host.import_file(Path(__file__))
    page.wait_for_selector(".problems")
    said += findings(page)
    host.import_file(paths.examples() / "shuangliu-signing.json")
    page.wait_for_selector("[data-missing]")
    said += findings(page)
    plan = page.url
    for path in ("plan", "look", "screens", "new-agreement", "new-party", "parties/qidi/remove", "invite"):
        page.goto(f"{plan}/{path}")
        said += findings(page)
    page.goto(plan)
    page.locator("a[href*='/agreements/agr_']:not([href$='/preview'])").first.click()
    page.check("#after-1")
    page.click("main form .btn-primary")
    page.wait_for_selector("#after-error")
    said += findings(page)
    page.goto(plan)
    page.locator("[data-missing] a").first.click()
    page.fill("#representative_name", "样例甲")
    page.fill("#email", "a@b")
    page.click("main form .btn-primary")
    page.wait_for_selector(".problems")
    said += findings(page)
    assert said == []


@pytest.mark.parametrize("machine", MACHINES)
def test_the_live_pages_and_a_signers_way(small_case: SmallCase, machine: str) -> None:
    host = small_case.host(**MACHINES[machine])
    said = findings(host.page)
    board = host.page.url
    host.page.goto(f"{board}/trail")
    said += findings(host.page)
    host.page.goto(board)
    link = host.stage_link()
    said += findings(Stage(small_case.world, link, **MACHINES[machine]).page)
    signer = small_case.signer("shuangliu", **MACHINES[machine])
    signer.open_link()
    said += findings(signer.page)
    signer.prove()
    said += findings(signer.page)
    signer.consent()
    said += findings(signer.page)
    host.page.goto(f"{board}/lobby")
    host.page.wait_for_selector(".here-mark[data-state=here]")
    said += findings(host.page)
    host.page.locator("tr:has(.here-mark[data-state=here]) a.btn").click()
    host.page.click("button[value=soon]")
    said += findings(host.page)
    signer.page.wait_for_selector(".seat-message")
    said += findings(signer.page)
    signer.open_text()
    said += findings(signer.page)
    signer.read()
    signer.to_pad()
    said += findings(signer.page)
    signer.draw()
    signer.press_sign()
    signer.view("success")
    said += findings(signer.page)
    assert said == []


@pytest.mark.parametrize("machine", MACHINES)
def test_the_pages_of_a_witness_the_report_and_the_thanks(small_case: SmallCase, machine: str) -> None:
    host = small_case.host(**MACHINES[machine]).page
    board = f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}"
    host.goto(f"{board}/witnesses")
    said = findings(host)
    host.fill("#name", "见证人甲")
    host.fill("#organisation", "样例公证处")
    host.locator("#add .btn-primary").click()
    link = host.locator("[data-copy]").get_attribute("data-copy")
    said += findings(host)
    witness = small_case.world.machine(**MACHINES[machine])
    witness.goto(link or "")
    said += findings(witness)
    witness.click("#who .btn-primary")
    witness.locator("[data-live=ok]").wait_for()
    said += findings(witness)
    for page in ("report", "thanks"):
        host.goto(f"{board}/{page}")
        host.locator("[data-live=ok]").wait_for()
        said += findings(host)
    assert said == []
