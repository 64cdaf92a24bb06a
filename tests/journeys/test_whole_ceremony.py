"""The model case in real browsers, from the file to the proof: a host, a hall, the signers, a stranger.

Six people on the embedded database; on the other one, where each page and mail is the same, two of them.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from core import paths
from tests.journeys.people import DESKTOP, PHONE, WATCH, Host, Signer, Stage, World, expect_count, kept
from tests.support import outside
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
EXAMPLE = paths.examples() / "shuangliu-signing.json"
MACHINES: dict[str, dict[str, Any]] = {
    "shuangliu": DESKTOP,
    "baobeicang": PHONE,
    "xianyu": {**DESKTOP, "locale": "en-US", "timezone_id": "America/Los_Angeles"},
    "taobao_live": PHONE,
    "jimi": DESKTOP,
    "qidi": DESKTOP,
}
# How long the board takes to be fetched: on a machine that is busy with other things, nothing is faster than that.
FETCH = """async () => {
  const begun = performance.now();
  await (await fetch(location.href)).text();
  return (performance.now() - begun) / 1000;
}"""
ON_STAGE = ".st-slot[data-state=signed]"
ON_BOARD = ".signers [data-custody=client]"


@dataclass
class Hall:
    """Everybody who is there."""

    host: Host
    stage: Page
    signers: dict[str, Signer]
    agreements: list[list[str]]  # whose pens each needs; the first one's before all others'
    fetches: list[float] = field(default_factory=list)

    @property
    def signatures(self) -> int:
        return sum(map(len, self.agreements))

    def sign(self, key: str) -> None:
        self.signers[key].sign()
        self.fetches.append(self.host.page.evaluate(FETCH))


def _two_people(folder: Path) -> Path:
    """The model case of its first two parties alone, with an agreement that waits for the first one."""
    case = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    case["parties"], case["agreements"] = case["parties"][:2], case["agreements"][:2]
    case["agreements"][1]["between"] = [party["key"] for party in case["parties"]]
    file = folder / "two.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    return file


def _gather(world: World, file: Path) -> Hall:
    """The host imports the file, fills in the parties and invites; stage and signers open their links."""
    case = json.loads(file.read_text(encoding="utf-8"))
    machines = {party["key"]: MACHINES[party["key"]] for party in case["parties"]}
    host = Host(world)
    host.sign_in()
    host.import_file(file)
    expect_count(host.page, "[data-missing] li", len(machines))
    run = host.ceremony_id[-6:]
    addresses = host.fill_in_parties(lambda key: f"{key}.{run}@signers.example")
    assert set(addresses) == set(machines)
    host.invite()
    stage = Stage(world, host.stage_link()).page
    for page, selector in ((host.page, ON_BOARD), (stage, ON_STAGE)):
        page.evaluate(WATCH, selector)
    signers = {key: Signer(world, addresses[key], **machine) for key, machine in machines.items()}
    for key, signer in signers.items():
        if key == "baobeicang":
            signer.open_link_in_mailbox()
            signer.prove_and_consent()
        else:
            signer.enter()
        host.page.wait_for_selector(f"[data-party={key}][data-step=reading]")
    return Hall(host, stage, signers, [agreement["between"] for agreement in case["agreements"]])


def _sign_everything(hall: Hall) -> None:
    """The park agreement first; the others open at once, on every page, without a reload."""
    (first, second), *following = hall.agreements
    waiting = {key: sum(key in between for between in following) for key in hall.signers}
    for key in (first, second):
        hall.signers[key].page.wait_for_selector(".agreement-card[data-mine=open]")
    for key, signer in hall.signers.items():
        expect_count(signer.page, ".agreement-card[data-mine=waiting]", waiting[key])
    others = [signer for key, signer in hall.signers.items() if key not in {first, second}]
    for signer in others:
        signer.page.evaluate("window.__same = true")
    hall.sign(first)
    expect_count(hall.signers[second].page, ".agreement-card[data-mine=open]", 1)
    hall.sign(second)
    for signer in others:
        expect_count(signer.page, ".agreement-card[data-mine=open]", 1)
        assert signer.page.evaluate("window.__same") is True
    expect_count(hall.stage, ".st-slot[data-state=open]", sum(waiting.values()))
    signed = {first, second}
    for key in sorted((key for between in following for key in between), key=signed.__contains__):
        if key in signed:
            hall.signers[key].to_list()
        hall.sign(key)


def _lags(page: Page, signed_at: list[float]) -> list[float]:
    """Seconds from each signature to the moment when the page showed so many."""
    seen: list[tuple[float, int]] = page.evaluate("window.__seen")
    return [
        next(at / 1000 for at, count in seen if count >= number) - moment for number, moment in enumerate(signed_at, 1)
    ]


def _check_liveness(hall: Hall) -> None:
    """Both pages are the ones that were opened, and showed each signature within a second of the act."""
    moments = sorted(
        datetime.fromisoformat(item["signed_at"].replace("Z", "+00:00")).timestamp()
        for signer in hall.signers.values()
        for item in signer.state()["agreements"]
    )
    assert len(moments) == hall.signatures
    for page in (hall.stage, hall.host.page):
        lags = _lags(page, moments)
        assert statistics.median(lags) < max(1, 5 * max(hall.fetches)), (lags, hall.fetches)


@pytest.mark.parametrize(
    ("world", "two_people"),
    [("sqlite", False), pytest.param("postgresql", True, marks=pytest.mark.slow)],
    indirect=["world"],
    ids=["six people, five agreements, sqlite", "two people, two agreements, postgresql"],
)
def test_all_people_sign_all_agreements_and_a_stranger_can_check_them(
    world: World, two_people: bool, tmp_path: Path
) -> None:
    hall = _gather(world, _two_people(tmp_path) if two_people else EXAMPLE)
    _sign_everything(hall)
    hall.stage.wait_for_selector("[data-finale]:not([hidden])")
    hall.host.page.wait_for_selector("#complete")
    _check_liveness(hall)
    hall.stage.wait_for_selector("body[data-phase=sealed]")
    hall.stage.wait_for_selector(".st-qr svg")
    expect_count(hall.stage, ".st-finale-party", len(hall.signers))

    files = _download(hall, tmp_path)
    _check_outside(files, len(hall.agreements), tmp_path)
    _read_trail(hall)
    _let_a_stranger_check(world, files["final"])


def _download(hall: Hall, folder: Path) -> dict[str, Path]:
    """The host takes the kit of the ceremony; a signer, on a phone, the finished file, certificate and kit."""
    host = hall.host
    kit = host.download("[data-live-region=progress] a[href$='/kit.zip']", folder)
    signer = hall.signers["baobeicang"]
    signer.to_list()
    card = signer.page.locator(".agreement-card").first
    files = {"kit": kit}
    for name in ("final.pdf", "certificate.pdf", "kit.zip"):
        link = card.locator(f"a[href$='/{name}']")
        link.wait_for()
        with signer.page.expect_download() as waiting:
            link.click()
        own = folder / name
        own.mkdir()
        files[name.split(".")[0] if name != "kit.zip" else "own kit"] = kept(waiting.value, own)
    assert files["certificate"].read_bytes().startswith(b"%PDF")
    assert files["own kit"].read_bytes().startswith(b"PK")
    return files


def _check_outside(files: dict[str, Path], agreements: int, folder: Path) -> None:
    kit = outside.unpacked(files["kit"], folder / "unpacked")
    (anchors,) = (kit / "pki").glob("*anchor*.pem")
    database = outside.nss(folder / "nss", anchors)
    papers = sorted((kit / "agreements").glob("*.pdf"))
    assert len(papers) == agreements
    people = [outside.signers_by_pdfsig(paper, database) for paper in [*papers, files["final"]]]
    assert all(len(names) >= 3 and sum(name.startswith("样例") for name in names) == 2 for names in people), people
    assert all(outside.is_sound_for_qpdf(paper) for paper in papers)
    assert outside.openssl_accepts_manifest(kit, anchors)
    assert outside.openssl_accepts_time_of_manifest(kit, anchors)
    (kit / "manifest.json").write_bytes(b"{}")
    assert not outside.openssl_accepts_manifest(kit, anchors)


def _read_trail(hall: Hall) -> None:
    """The host reads everything; a signer what concerns the signer's own agreement."""
    page = hall.host.page
    page.goto(f"{page.url}/trail")
    page.select_option("#action", "agreement.signed")
    page.click(".trail-filter [type=submit]")
    expect_count(page, ".trail > li", hall.signatures)
    assert page.locator(".trail .raw").first.inner_text()
    key = hall.agreements[1][1]
    seat = hall.signers[key].page
    seat.goto(seat.url.split("#")[0] + "/trail")
    seat.select_option("#action", "agreement.signed")
    seat.click(".trail-filter [type=submit]")
    expect_count(seat, ".trail > li", sum(len(between) for between in hall.agreements if key in between))


def _let_a_stranger_check(world: World, file: Path) -> None:
    """On a machine that nobody signed in at."""
    page = world.machine()
    page.goto(f"{world.url}/verify")
    page.set_input_files("input[type=file]", file)
    page.click("main form [type=submit]")
    page.wait_for_selector(".verdict-passed h1")
    assert page.locator(".signature-card").count() >= 2
