"""What a phone asks and is answered: pairing, the signed list, uploads, walk-ins."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask

from core import clock, tokens
from core.i18n import t
from events.checkin import lists, phones
from events.conferences.queries import ConferenceView
from events.registration import question_service
from tests.support import doors
from tests.support.doors import CLERK, nonce

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the statements are tried in test_service.py

JSON = "application/json"
DEVICE = "secret-of-a-phone-in-a-test-of-its-api"


class Phone:
    """A browser without a cookie that holds a door's link."""

    def __init__(self, app: Flask, draft: ConferenceView, *, is_kiosk: bool = False) -> None:
        door_id = draft.venue("chengdu").doors[0].id
        self.id = phones.open_door(draft.id, door_id, label="Phone", is_kiosk=is_kiosk, by=CLERK)
        self.token = tokens.find_newest(phones.PURPOSE, self.id)
        self.client = app.test_client()

    def ask(
        self, path: str, body: Mapping[str, Any] | None = None, *, device: str = DEVICE, token: str | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {token or self.token}", "X-Door-Device": device, "Accept": JSON}
        method = "GET" if body is None else "POST"
        return self.client.open(f"/door/api/{path}", method=method, json=body, headers=headers)


@pytest.fixture
def phone(app: Flask, draft: ConferenceView) -> Phone:
    made = Phone(app, draft)
    assert made.ask("pair", {}).status_code == 200
    return made


def upload(*scans: Mapping[str, Any]) -> dict[str, Any]:
    return {"sent_at": clock.iso(clock.now()), "waiting": 0, "scans": list(scans)}


def scan(registration: str, **more: Any) -> dict[str, Any]:
    now = clock.iso(clock.now())
    return {"nonce": nonce(), "kind": "name", "direction": "in", "at": now, "registration": registration, **more}


def read(answer: Any) -> dict[str, Any]:
    """The list, its signature checked with the key that it names."""
    signed = answer.get_json()
    text: dict[str, Any] = json.loads(signed["list"])
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text["keys"][signed["key"]]))
    key.verify(base64.b64decode(signed["signature"]), lists.CONTEXT + signed["list"].encode())
    return text


def test_a_list_names_who_may_come_by_this_door_and_nobody_elses_guests(draft: ConferenceView, phone: Phone) -> None:
    own, elsewhere = doors.register(draft, "张三"), doors.register(draft, "李四", venue="london")
    people = {each["id"]: each for each in read(phone.ask("list"))["people"]}
    assert people[own]["name"] == "张三"
    assert people[own]["find"].startswith("zs")
    assert people[elsewhere] == {
        "id": elsewhere,
        "code": people[elsewhere]["code"],
        "state": "confirmed",
        "venue": draft.venue("london").id,
    }
    assert "guests.example" not in phone.ask("list").text  # no mail address leaves for a phone


def test_what_changed_since_is_all_that_comes_the_second_time(draft: ConferenceView, phone: Phone) -> None:
    doors.register(draft, "先到")
    with clock.frozen(clock.now() + 2 * lists.OVERLAP):
        first = read(phone.ask("list"))
        later = doors.register(draft, "后到")
        doors.phone(draft, 1).scan(later)
        delta = read(phone.ask(f"list?since={first['made_at']}"))
    assert [each["name"] for each in delta["people"]] == ["后到"]
    assert [(each["id"], each["in"]) for each in delta["inside"]] == [(later, True)]


def test_scans_are_answered_in_their_order(draft: ConferenceView, phone: Phone) -> None:
    guest = doors.register(draft)
    body = upload(scan(guest), scan(guest), scan(guest, direction="out"))
    answer = phone.ask("scans", body).get_json()
    assert [each["decision"] for each in answer["answers"]] == ["admitted", "already_in", "left"]
    assert answer["clock_off_ms"] == 0
    assert phone.ask("scans", body).get_json()["answers"] == answer["answers"]


def test_a_foreign_code_of_any_kind_is_kept_and_nothing_breaks(draft: ConferenceView, phone: Phone) -> None:
    scans = [
        scan("", kind=kind, code=code) for kind in ("badge", "code") for code in ("\0" * 9, "🎫" * 400, "YQ1.", "YQ9.x")
    ]
    answers = phone.ask("scans", upload(*scans)).get_json()["answers"]
    assert {each["decision"] for each in answers} == {"unknown"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("nonce", "short"), ("kind", "ticket"), ("direction", "up"), ("at", "yesterday"), ("at", "2026-07-01T09:00:00")],
)
def test_a_scan_that_cannot_be_read_is_named_by_its_place(
    draft: ConferenceView, phone: Phone, field: str, value: str
) -> None:
    answer = phone.ask("scans", upload(scan(doors.register(draft)), scan("", **{field: value})))
    assert answer.status_code == 422
    assert [each["path"] for each in answer.get_json()["error"]["problems"]] == [f"$.scans[1].{field}"]


def test_a_phone_whose_clock_began_anew_sends_on_what_it_kept(draft: ConferenceView, phone: Phone) -> None:
    kept = scan(doors.register(draft), at="1970-01-01T00:03:00.000Z")
    assert phone.ask("scans", upload(kept)).get_json()["answers"][0]["decision"] == "admitted"


def test_a_link_is_needed_and_is_one_phones(draft: ConferenceView, phone: Phone) -> None:
    assert (
        phone.client.get("/door/api/list", headers={"Accept": JSON}).get_json()["error"]["code"] == "door_link_needed"
    )
    assert phone.ask("list", token="x" * 60).get_json()["error"]["code"] == "link_invalid"
    assert phone.ask("list", device="another-phone-that-saw-the-same-code").status_code == 410
    assert phone.ask("pair", {}, device="another-phone-that-saw-the-same-code").status_code == 410
    assert phone.ask("pair", {}).status_code == 200
    phones.close_door(draft.id, phone.id, by=CLERK)
    answer = phone.ask("scans", upload())
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (410, "door_link_revoked")


def walk_in(draft: ConferenceView, **more: Any) -> dict[str, Any]:
    about = {"name": "演示访客", "audience": draft.audience("company").id, "company": "演示公司", "agreed": True}
    return scan("", kind="walk-in", person=about | more)


def test_a_walk_in_is_registered_with_the_scan_that_lets_them_in(draft: ConferenceView, phone: Phone) -> None:
    body = upload(walk_in(draft))
    answer = phone.ask("scans", body).get_json()
    assert [each["decision"] for each in answer["answers"]] == ["admitted"]
    assert answer["troubles"] == []
    assert phone.ask("scans", body).get_json()["answers"] == answer["answers"]
    [listed] = read(phone.ask("list"))["people"]
    assert (listed["id"], listed["name"]) == (answer["answers"][0]["registration"], "演示访客")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"name": " "}, "empty_text"), ({"email": "no address"}, "bad_email"), ({"agreed": False}, "consent_needed")],
)
def test_a_walk_in_that_cannot_be_taken_holds_up_nobody_else(
    draft: ConferenceView, phone: Phone, wrong: dict[str, Any], code: str
) -> None:
    bad, good = walk_in(draft, **wrong), scan(doors.register(draft))
    answer = phone.ask("scans", upload(bad, good)).get_json()
    assert [each["nonce"] for each in answer["answers"]] == [good["nonce"]]
    assert [(each["nonce"], each["code"]) for each in answer["troubles"]] == [(bad["nonce"], "invalid_input")]
    assert answer["troubles"][0]["message"] == t(f"problem-{code}", value="no address")


def test_who_belongs_to_another_hall_changes_to_this_one_at_the_door(draft: ConferenceView, phone: Phone) -> None:
    guest = doors.register(draft, "演示贵宾", venue="london")
    moved = phone.ask("moves", {"registration": guest})
    assert moved.status_code == 200
    assert moved.get_json()["person"]["name"] == "演示贵宾"
    assert phone.ask("scans", upload(scan(guest))).get_json()["answers"][0]["decision"] == "admitted"
    assert phone.ask("moves", {"registration": "reg_00000000000000000000000000"}).status_code == 404


def test_a_kiosk_only_scans(app: Flask, draft: ConferenceView) -> None:
    kiosk = Phone(app, draft, is_kiosk=True)
    kiosk.ask("pair", {})
    guest = doors.register(draft, venue="london")
    assert kiosk.ask("moves", {"registration": guest}).get_json()["error"]["code"] == "door_is_kiosk"
    [trouble] = kiosk.ask("scans", upload(walk_in(draft))).get_json()["troubles"]
    assert trouble["code"] == "door_is_kiosk"


def test_the_list_says_what_walk_ins_are_told_of_their_data(draft: ConferenceView, phone: Phone) -> None:
    told = {"controller": {"zh-CN": "演示主办方"}, "purpose": {"zh-CN": "组织大会"}}
    question_service.set_notice(draft.id, **told, retention_days=30, by=CLERK)
    assert read(phone.ask("list"))["notice"] == {**told, "days": 30}


def test_the_pages_of_the_app_say_nothing_of_people_and_may_run_the_reader(app: Flask, draft: ConferenceView) -> None:
    doors.register(draft, "张三")
    client = app.test_client()
    assert "'wasm-unsafe-eval'" not in client.get("/sign-in").headers["Content-Security-Policy"]
    page = client.get("/door/")
    assert "张三" not in page.text
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    worker = client.get("/door/worker.js")
    assert worker.mimetype == "text/javascript"
    [build] = [line for line in page.text.split() if line.startswith("data-build=")]
    assert build.split('"')[1] in worker.text
    manifest = json.loads(client.get("/door/app.webmanifest").text)
    assert (manifest["start_url"], manifest["display"]) == ("/door/", "standalone")
