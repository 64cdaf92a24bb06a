"""The model case in real browsers, from the file to the proof: a host, a hall, six signers, a stranger."""

from __future__ import annotations

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
    fetches: list[float] = field(default_factory=list)

    def sign(self, key: str) -> None:
        self.signers[key].sign()
        self.fetches.append(self.host.page.evaluate(FETCH))


def _gather(world: World) -> Hall:
    """The host imports the file, fills in the parties and invites; stage and signers open their links."""
    host = Host(world)
    host.sign_in()
    host.import_file(EXAMPLE)
    host.page.wait_for_selector("[data-missing] li")
    assert host.page.locator("[data-missing] li").count() == 6
    run = host.ceremony_id[-6:]
    addresses = host.fill_in_parties(lambda key: f"{key}.{run}@signers.example")
    assert set(addresses) == set(MACHINES)
    host.invite()
    stage = Stage(world, host.stage_link()).page
    for page, selector in ((host.page, ON_BOARD), (stage, ON_STAGE)):
        page.evaluate(WATCH, selector)
    signers = {key: Signer(world, addresses[key], **machine) for key, machine in MACHINES.items()}
    for key, signer in signers.items():
        if key == "baobeicang":
            signer.open_link_in_mailbox()
            signer.prove_and_consent()
        else:
            signer.enter()
        host.page.wait_for_selector(f"[data-party={key}][data-step=reading]")
    return Hall(host, stage, signers)


def _sign_everything(hall: Hall) -> None:
    """The park agreement first; the four others open at once, on every page, without a reload."""
    for key in ("shuangliu", "baobeicang"):
        hall.signers[key].page.wait_for_selector(".agreement-card[data-mine=open]")
    others = [signer for key, signer in hall.signers.items() if key not in {"shuangliu", "baobeicang"}]
    for signer in others:
        expect_count(signer.page, ".agreement-card[data-mine=waiting]", 1)
        signer.page.evaluate("window.__same = true")
    hall.sign("shuangliu")
    assert hall.signers["baobeicang"].page.locator(".agreement-card[data-mine=open]").count() == 1
    hall.sign("baobeicang")
    for signer in others:
        expect_count(signer.page, ".agreement-card[data-mine=open]", 1)
        assert signer.page.evaluate("window.__same") is True
    expect_count(hall.stage, ".st-slot[data-state=open]", 8)
    for key in ("xianyu", "taobao_live", "jimi", "qidi"):
        hall.sign(key)
    for _ in range(4):
        hall.signers["baobeicang"].to_list()
        hall.sign("baobeicang")


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
    assert len(moments) == 10
    for page in (hall.stage, hall.host.page):
        lags = _lags(page, moments)
        assert statistics.median(lags) < max(1, 5 * max(hall.fetches)), (lags, hall.fetches)


@pytest.mark.parametrize(
    "world", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True, ids=str
)
def test_six_people_sign_five_agreements_and_a_stranger_can_check_them(world: World, tmp_path: Path) -> None:
    hall = _gather(world)
    _sign_everything(hall)
    hall.stage.wait_for_selector("[data-finale]:not([hidden])")
    hall.host.page.wait_for_selector("#complete")
    _check_liveness(hall)
    hall.stage.wait_for_selector("body[data-phase=sealed]")
    assert hall.stage.locator(".st-qr svg").is_visible()
    assert hall.stage.locator(".st-finale-party").count() == 6

    files = _download(hall, tmp_path)
    _check_outside(files, tmp_path)
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


def _check_outside(files: dict[str, Path], folder: Path) -> None:
    kit = outside.unpacked(files["kit"], folder / "unpacked")
    (anchors,) = (kit / "pki").glob("*anchor*.pem")
    database = outside.nss(folder / "nss", anchors)
    papers = sorted((kit / "agreements").glob("*.pdf"))
    assert len(papers) == 5
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
    expect_count(page, ".trail > li", 10)
    assert page.locator(".trail .raw").first.inner_text()
    seat = hall.signers["xianyu"].page
    seat.goto(seat.url.split("#")[0] + "/trail")
    seat.select_option("#action", "agreement.signed")
    seat.click(".trail-filter [type=submit]")
    expect_count(seat, ".trail > li", 2)


def _let_a_stranger_check(world: World, file: Path) -> None:
    """On a machine that nobody signed in at."""
    page = world.machine()
    page.goto(f"{world.url}/verify")
    page.set_input_files("input[type=file]", file)
    page.click("main form [type=submit]")
    page.wait_for_selector(".verdict-passed h1")
    assert page.locator(".signature-card").count() >= 2
