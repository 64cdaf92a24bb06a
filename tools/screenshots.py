"""`python -m tools.screenshots`: plays the model case, the live room and a conference in Chromium and photographs every
page on the way.

All pictures go to var/screenshots as <page>-<zh|en>-<phone|desktop|hall|hall4k>.png; those of the documents, scaled
down, to docs/pictures.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import paths
from tests.journeys.people import HALL, Host, Signer, Stage, World
from tests.web.browsing import chromium
from tools import conference_pictures, room_pictures
from tools.pictures import LANGUAGES, MACHINES, OUT, Camera, keep_for_documents, on_each_machine
from web import own_server
from web.replay import host as replay
from web.replay.client import Browser as Client
from web.replay.play import Play

EXAMPLE = paths.examples() / "shuangliu-signing.json"
HALLS: dict[str, dict[str, Any]] = {"hall": HALL, "hall4k": {**HALL, "device_scale_factor": 2}}
# page → (picture of var/screenshots, width in the documents)
IN_DOCUMENTS = {
    "stage": ("stage-signing-zh-hall", 1200),
    "stage-finale": ("stage-finale-zh-hall", 1200),
    "host": ("board-signing-zh-desktop", 1200),
    "signer": ("seat-sign-zh-phone", 780),
    "verify": ("verified-zh-desktop", 1200),
}
_PARTY = {"key": "a", "representative_title": "总经理", "place": "成都", "timezone": "Asia/Shanghai"}
BAD_PLAN = {
    "title": {"zh-CN": ""},
    "date": "2020-02-31",
    "host_timezone": "Asia/Chengdu",
    "limit_minutes": 0,
    "colour": "red",
    "planned_investment": {"amount": "5e8", "currency": "XXX"},
    "parties": [{**_PARTY, "organisation": "甲方"}, {**_PARTY, "organisation": "乙方", "timezone": "Mars/Base"}],
    "agreements": [
        {"key": "p", "title": "一", "between": ["a", "zz"], "after": ["q"]},
        {"key": "q", "title": "二", "between": ["a", "a"], "after": ["p"]},
    ],
}


def shoot_beginning(camera: Camera, host: Host) -> None:
    """Before anything was imported."""
    camera.take("list-empty", "/ceremonies")
    camera.take("demo-empty", "/demo")
    camera.take("mailbox-empty", "/demo/mailbox?to=nobody@signers.example")
    camera.take("import", "/ceremonies/import")
    camera.take("not-found", "/ceremonies/cer_0")
    camera.take("verify", "/verify")
    Camera(camera.world, camera.world.machine(**host.options), camera.suffix).take("login", "/login")
    bad = OUT / "bad-plan.json"
    bad.write_text(json.dumps(BAD_PLAN), encoding="utf-8")
    host.import_file(bad)
    camera.take("import-problems", ready=".problems")


def shoot_plan(ceremony_id: str) -> Callable[[Camera, Host], None]:
    def shoot(camera: Camera, host: Host) -> None:
        base = f"/ceremonies/{ceremony_id}"
        camera.take("list", "/ceremonies")
        camera.take("plan", base)
        camera.take("agreement", f"{base}/agreements/{_agreement(host, ceremony_id)}")
        camera.take("party", f"{base}/parties/xianyu")
        for name, value in (("representative_name", "样例丙"), ("email", "a@b"), ("timezone", "Mars/Base")):
            host.page.fill(f"#{name}", value)
        host.page.click("main form .btn-primary")
        camera.take("party-problems", ready=".problems")

    return shoot


def shoot_ready(ceremony_id: str) -> Callable[[Camera, Host], None]:
    """A draft that could be finalised, and what is asked before anything of it is."""

    def shoot(camera: Camera, host: Host) -> None:
        base = f"/ceremonies/{ceremony_id}"
        camera.take("plan-ready", base)
        camera.take("invite", f"{base}/invite")
        camera.take("discard", f"{base}/discard")
        camera.take("party-needed", f"{base}/parties/jimi/remove")
        camera.take("preview", f"{base}/agreements/{_agreement(host, ceremony_id)}/preview", ready=".paper-pages img")
        host.page.keyboard.press("Home")
        host.page.focus("[data-enlarge]")
        host.page.keyboard.press("Enter")
        camera.take("preview-large", ready=".paper-pages[data-large] img", whole=False)

    return shoot


def _agreement(host: Host, ceremony_id: str) -> str:
    answer = host.page.request.get(f"{host.world.url}/api/ceremonies/{ceremony_id}")
    return str(answer.json()["agreements"][0]["id"])


def shoot_host(name: str, ceremony_id: str) -> Callable[[Camera, Host], None]:
    def shoot(camera: Camera, host: Host) -> None:
        base = f"/ceremonies/{ceremony_id}"
        camera.take(f"board-{name}", base, ready="[data-live-state][data-live=ok]")
        camera.take(f"trail-{name}", f"{base}/trail")
        camera.take(f"demo-{name}", "/demo")
        camera.take(f"mailbox-{name}", "/demo/mailbox")
        camera.page.locator("tbody th a").first.click()
        camera.take(f"message-{name}", ready=".letter")
        if name == "signing":
            host.page.goto(host.world.url + base)
            host.page.click("form[action$='/stage'] .btn")
            camera.take("stage-link", ready="[data-copy]")

    return shoot


def shoot_stage(world: World, ceremony_id: str, name: str, ready: str) -> None:
    client = replay.Host(Client(world.url, patience=60), say=lambda _: None)
    client.sign_in()
    client.ceremony_id = ceremony_id
    link = client.stage_link()
    for language, locale in LANGUAGES.items():
        for size, options in HALLS.items():
            stage = Stage(world, link, **{**options, "locale": locale, "reduced_motion": "reduce"})
            Camera(world, stage.page, f"{language}-{size}").take(f"stage-{name}", ready=ready, whole=False)
            world.close()


def shoot_signer(world: World, address: str, suffix: str, *, sign: bool) -> None:
    """From the link to the drawing, in the language and on the machine that `suffix` names; `sign` also presses."""
    language, machine = suffix.split("-")
    signer = Signer(world, address, **{**MACHINES[machine], "locale": LANGUAGES[language]})
    camera = Camera(world, signer.page, suffix)
    signer.open_link()
    signer.view("identity")
    camera.take("seat-identity")
    signer.page.click("[data-send-code]")
    camera.take("seat-code", ready="[data-code-form]:not([hidden])")
    signer.page.fill("#code", signer.read_code())
    signer.view("consent")
    camera.take("seat-consent")
    signer.consent()
    camera.take("seat-list", ready=".agreement-card")
    signer.open_text()
    signer.page.wait_for_selector("[data-page-end='1']", state="attached")
    camera.take("seat-reader", ready=".sheet img", whole=False)
    signer.read()
    signer.to_pad()
    signer.draw(steps=60)
    camera.take("seat-sign", ready="[data-view=sign]:not([hidden])", whole=False)
    if sign:
        signer.press_sign()
        signer.view("success")
        signer.page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
        camera.take("seat-success", ready="[data-success-next]", whole=False)
        signer.to_list()
        camera.take("seat-signed", ready=".agreement-card", whole=False)
    world.close()


def shoot_verified(file: Path) -> Callable[[Camera, Host], None]:
    def shoot(camera: Camera, host: Host) -> None:
        for name, content in (("verified", file.read_bytes()), ("verified-changed", _changed(file.read_bytes()))):
            host.page.goto(host.world.url + "/verify")
            upload = {"name": file.name, "mimeType": "application/pdf", "buffer": content}
            host.page.set_input_files("input[type=file]", upload)  # type: ignore[arg-type]
            host.page.click("main form [type=submit]")
            camera.take(name, ready=".verdict", whole=False)

    return shoot


def _changed(pdf: bytes) -> bytes:
    """One byte of the signed text is another."""
    at = pdf.index(b"/MediaBox") + 12
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def new_ceremony(url: str, *, invited: bool = True) -> tuple[str, dict[str, str]]:
    """A model case made by the replay's host: its id, and its signers' addresses by party."""
    host = replay.Host(Client(url, patience=60), say=lambda _: None)
    host.sign_in()
    state = host.import_file(EXAMPLE.read_bytes())
    state = host.invite() if invited else state
    return host.ceremony_id, {party["key"]: party["seat"]["email"] for party in state["parties"]}


def import_by_page(world: World) -> str:
    """The model case as the file has it, names and addresses lacking; returns its id."""
    host = Host(world)
    host.sign_in()
    host.import_file(EXAMPLE)
    host.page.wait_for_selector("[data-missing]")
    made = host.ceremony_id
    world.close()
    return made


def shoot_everything(world: World, out: Path) -> None:
    """The whole case, page by page."""
    on_each_machine(world, shoot_beginning)
    on_each_machine(world, shoot_plan(import_by_page(world)))
    ready, _ = new_ceremony(world.url, invited=False)
    on_each_machine(world, shoot_ready(ready))
    main, people = new_ceremony(world.url)
    shoot_stage(world, main, "open", ".st-slot[data-state=open]")
    on_each_machine(world, shoot_host("invited", main))
    spare, others = new_ceremony(world.url)
    for language, key in (("zh", "shuangliu"), ("en", "baobeicang")):
        shoot_signer(world, others[key], f"{language}-desktop", sign=False)
        shoot_signer(world, people[key], f"{language}-phone", sign=True)
    _sign_one_more(world, people["xianyu"])
    shoot_stage(world, main, "signing", ".st-slot[data-state=signed]")
    on_each_machine(world, shoot_host("signing", main))
    Play(world.url, out=out, say=lambda _: None, led=False).run_existing(main)
    shoot_stage(world, main, "finale", "[data-finale]:not([hidden])")
    on_each_machine(world, shoot_host("complete", main))
    on_each_machine(world, shoot_verified(out / "01-park.pdf"))
    _cancel(world, spare)
    on_each_machine(world, lambda camera, _: camera.take("board-cancelled", f"/ceremonies/{spare}"))


def _sign_one_more(world: World, address: str) -> None:
    # The device is where the invitation says: elsewhere the place would be asked.
    signer = Signer(world, address, timezone_id="America/Los_Angeles")
    signer.enter()
    signer.sign()
    world.close()


def _cancel(world: World, ceremony_id: str) -> None:
    host = Host(world)
    host.sign_in()
    host.page.goto(f"{world.url}/ceremonies/{ceremony_id}")
    host.page.click("summary:has-text('取消仪式')")
    host.page.fill("#reason", "改期举行")
    host.page.click("form[action$='/cancel'] .btn-danger")
    world.close()


def play_ceremony() -> list[str]:
    """Photograph the model case; returns what pages complained about."""
    with (
        tempfile.TemporaryDirectory(prefix="yunqian-pictures-") as folder,
        own_server.running(Path(folder) / "data", port=own_server.free_port()) as server,
        chromium() as browser,
    ):
        world = World(browser, server.url)
        world.complaints.allowed |= {"404", "422", "403"}
        shoot_everything(world, Path(folder) / "out")
        return world.complaints.said


PARTS = {
    "ceremony": (play_ceremony, IN_DOCUMENTS),
    "room": (room_pictures.play, room_pictures.KEPT),
    "conference": (conference_pictures.play, conference_pictures.KEPT),
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--no-documents", action="store_true", help="leave docs/pictures as it is")
    options.add_argument("--only", choices=sorted(PARTS), help="leave out the other one")
    chosen = options.parse_args()
    begun = time.monotonic()
    said: list[str] = []
    for name in [chosen.only] if chosen.only else PARTS:
        play, in_documents = PARTS[name]
        said += play()
        if not chosen.no_documents:
            keep_for_documents(in_documents)
    print("\n".join(f"a page complained: {complaint}" for complaint in said))
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT} after {time.monotonic() - begun:.0f} s")
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main())
