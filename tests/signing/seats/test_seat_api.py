"""The JSON of a signer's page, from the link to the signature, as a browser that checks everything calls it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient

from core import clock, storage
from pdf import sign as pdf_sign
from signing.agreements import queries as agreements
from tests.support import ceremony, quick
from tests.support.pages import csrf_token, get_page
from tests.support.quick import Quick, QuickWorld

MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d01090431220420")
NAMES = {"party_a": "样例甲", "party_b": "样例乙", "party_c": "样例丙"}


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("invited", database_kind, data_dir, inside=False) as made:
        yield made


class Browser:
    """One signer's browser: a session, a key, and the seat's addresses."""

    def __init__(self, world: Quick, party: str = "party_a") -> None:
        self.world, self.party = world, party
        self.client: FlaskClient = world.app.test_client()
        self.seat_id = world.people[party].seat_id
        self.api = f"/api/seat/{self.seat_id}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        assert self.client.get(world.link(party)).headers["Location"] == f"/seat/{self.seat_id}"
        self._headers = {"X-CSRFToken": csrf_token(self.client)}

    def state(self) -> dict[str, Any]:
        return dict(self.client.get(self.api).get_json())

    def post(self, path: str, body: object = None, status: int = 200) -> dict[str, Any]:
        answer = self.client.post(f"{self.api}/{path}", json=body, headers=self._headers)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json()
        return found["error"] if status >= 400 else found

    def enter(self) -> None:
        self.post("code")
        self.post("code/check", {"code": self.world.code(self.party)})
        self.post("consent", {"accepted": True, "place": "成都", "timezone": "Asia/Shanghai"})
        request = base64.b64encode(ceremony.certificate_request(self.key)).decode()
        self.post("certificate", {"csr": request})

    def read(self, agreement_id: str) -> None:
        for page in range(1, quick.PAGES + 1):
            self.post(f"agreements/{agreement_id}/read", {"page": page})

    def prepare(self, agreement_id: str, status: int = 200, **changes: object) -> dict[str, Any]:
        look = {"kind": "typed", "text": NAMES[self.party]}
        body = {"idempotency_key": f"act-{self.party}", "custody": "client", "appearance": look, **changes}
        return self.post(f"agreements/{agreement_id}/signature/prepare", body, status)

    def sign(self, prepared: dict[str, Any], frozen: dict[str, Any]) -> dict[str, Any]:
        """Check what was prepared as the browser's code does, and only then sign it."""
        content = self.client.get(prepared["content_url"]).data
        zero, first, second, length = prepared["byte_range"]
        assert (zero, second + length) == (0, len(content))
        digest = hashlib.sha256(content[:first] + content[second:]).digest()
        attributes = base64.b64decode(prepared["signed_attributes"])
        assert digest.hex() == prepared["digest"]
        assert MESSAGE_DIGEST + digest in attributes
        assert hashlib.sha256(content[: frozen["frozen_length"]]).hexdigest() == frozen["frozen_digest"]
        signature = base64.b64encode(pdf_sign.sign_attributes(self.key, attributes)).decode()
        return self.post(f"signatures/{prepared['signing_id']}/finish", {"signature": signature})


def test_a_signer_goes_from_the_link_to_the_signature(world: Quick) -> None:
    browser = Browser(world)
    state = browser.state()
    assert (state["step"], state["identity"]["proved"], state["identity"]["sent_to"]) == (
        "identity",
        False,
        "p***@signers.example",
    )
    assert [(item["mine"], item["blocked_by"]) for item in state["agreements"]] == [
        ("open", "identity_not_proved"),
        ("waiting", "not_your_turn"),
    ]
    get_page(browser.client, f"/seat/{browser.seat_id}")
    browser.post("code")
    code = world.code("party_a")
    assert browser.post("code/check", {"code": f"{code[:3]} {code[3:]}"})["step"] == "consent"
    given = browser.post("consent", {"accepted": True, "place": " 成都 ", "timezone": "Asia/Shanghai"})
    assert (given["step"], given["consent"]["place"]) == ("agreements", "成都")
    request = base64.b64encode(ceremony.certificate_request(browser.key)).decode()
    assert browser.post("certificate", {"csr": request})["key_custody"] == "client"
    item = browser.state()["agreements"][0]
    assert (item["blocked_by"], item["read_to"], item["pages"]) == ("not_read_to_the_end", 0, quick.PAGES)
    page = browser.client.get(f"/seat/{browser.seat_id}/agreements/{world.first}/pages/1.png")
    assert (page.mimetype, page.data) == ("image/png", quick.picture())
    get_page(browser.client, f"/seat/{browser.seat_id}/agreements/{world.first}/text")
    browser.read(world.first)
    signed = browser.sign(browser.prepare(world.first), item)
    assert (signed["status"], signed["level"], signed["key_custody"]) == ("signed", "B-T", "client")
    after = browser.state()["agreements"][0]
    assert (after["mine"], after["signed"], after["signers"], after["level"]) == ("signed", 1, 3, "B-T")
    assert browser.prepare(world.first) == signed  # the answer was lost: the same again
    with world.app.app_context():
        assert hashlib.sha256(storage.read(signed["digest"])).hexdigest() == signed["digest"]


def test_what_would_end_with_a_decline_is_told_to_who_proved_who_she_is(world: Quick) -> None:
    browser = Browser(world)
    assert [item["ends_with"] for item in browser.state()["agreements"]] == [[], []]
    browser.enter()
    first, second = browser.state()["agreements"]
    assert (first["ends_with"], second["ends_with"]) == ([second["title"]], [])


def test_who_signed_before_is_told_to_who_proved_who_she_is(world: Quick) -> None:
    earlier = Browser(world, "party_b")
    earlier.enter()
    earlier.read(world.first)
    earlier.sign(earlier.prepare(world.first), earlier.state()["agreements"][0])
    with world.app.app_context():
        signed_at = agreements.get_agreement(world.first).signer_of(earlier.seat_id).shown_at
        assert signed_at
    browser = Browser(world)
    forwarded = browser.state()["agreements"]
    browser.enter()

    first, second = browser.state()["agreements"]

    assert [item["signed_by"] for item in forwarded] == [[], []]
    [other] = first["signed_by"]
    assert (other["name"], other["organisation"], other["at"]) == ("样例乙", "样例乙公司", clock.iso(signed_at))
    assert second["signed_by"] == []


def test_two_browsers_at_once_and_the_slower_prepares_again_by_itself(world: Quick) -> None:
    one, other = Browser(world), Browser(world, "party_b")
    for browser in (one, other):
        browser.enter()
        browser.read(world.first)
    frozen = one.state()["agreements"][0]
    slow = other.prepare(world.first)
    one.sign(one.prepare(world.first), frozen)
    signature = base64.b64encode(
        pdf_sign.sign_attributes(other.key, base64.b64decode(slow["signed_attributes"]))
    ).decode()
    error = other.post(f"signatures/{slow['signing_id']}/finish", {"signature": signature}, 409)
    assert error["code"] == "revision_moved"
    again = other.prepare(world.first)
    assert (again["signing_id"], again["revision"]) == (slow["signing_id"], 1)
    assert other.sign(again, frozen)["revision"] == 2


def test_without_webcrypto_the_server_signs_and_says_so(world: Quick) -> None:
    browser = Browser(world)
    browser.enter()
    browser.read(world.first)
    signed = browser.prepare(world.first, custody="server")
    assert (signed["status"], signed["key_custody"]) == ("signed", "server")
    assert browser.state()["agreements"][0]["key_custody"] == "server"


BAD_BODIES: list[tuple[str, object, str, str]] = [
    ("code/check", {}, "$.code", "bad_code"),
    ("code/check", {"code": "12345"}, "$.code", "bad_code"),
    ("code/check", {"code": "１２３４５６"}, "$.code", "bad_code"),
    ("code/check", {"code": ["123456"]}, "$.code", "bad_code"),
    ("code/check", [], "$", "not_an_object"),
    ("code/check", None, "$", "not_an_object"),
    ("consent", {"place": "成都", "timezone": "Asia/Shanghai"}, "$.accepted", "not_accepted"),
    ("consent", {"accepted": "yes", "place": "成都", "timezone": "Asia/Shanghai"}, "$.accepted", "not_accepted"),
    ("consent", {"accepted": True, "place": "", "timezone": "Asia/Shanghai"}, "$.place", "empty_text"),
    ("consent", {"accepted": True, "place": "长" * 81, "timezone": "Asia/Shanghai"}, "$.place", "text_too_long"),
    ("consent", {"accepted": True, "place": ["成都"], "timezone": "Asia/Shanghai"}, "$.place", "not_a_text"),
    ("consent", {"accepted": True, "place": "成都", "timezone": "Mars"}, "$.timezone", "bad_zone"),
    ("read", {"page": 0}, "$.page", "bad_page"),
    ("read", {"page": True}, "$.page", "bad_page"),
    ("read", {"page": "1"}, "$.page", "bad_page"),
    ("decline", {}, "$.reason", "empty_text"),
    ("decline", {"reason": "  "}, "$.reason", "empty_text"),
    ("decline", {"reason": ["x"]}, "$.reason", "not_a_text"),
    ("decline", {"reason": "x" * 501}, "$.reason", "text_too_long"),
    ("decline", {"reason": "a\x00b"}, "$.reason", "control_character"),
    ("prepare", {"idempotency_key": "short"}, "$.idempotency_key", "bad_idempotency_key"),
    ("prepare", {"idempotency_key": "line-end\n"}, "$.idempotency_key", "bad_idempotency_key"),
    ("prepare", {"idempotency_key": None}, "$.idempotency_key", "bad_idempotency_key"),
    ("prepare", {"custody": "borrowed"}, "$.custody", "not_an_option"),
    ("prepare", {"custody": ["client"]}, "$.custody", "not_an_option"),
    ("prepare", {"appearance": None}, "$.appearance", "not_an_object"),
    ("prepare", {"appearance": {"kind": "stamped"}}, "$.appearance.kind", "not_an_option"),
    ("prepare", {"appearance": {"kind": "typed", "text": ""}}, "$.appearance.text", "empty_text"),
    ("prepare", {"appearance": {"kind": "typed", "text": {"a": 1}}}, "$.appearance.text", "not_a_text"),
    ("prepare", {"appearance": {"kind": "typed", "text": "长" * 65}}, "$.appearance.text", "text_too_long"),
    ("prepare", {"appearance": {"kind": "typed", "text": "甲\n乙"}}, "$.appearance.text", "control_character"),
    ("prepare", {"appearance": {"kind": "drawn"}}, "$.appearance.png", "empty_drawing"),
    ("prepare", {"appearance": {"kind": "drawn", "png": "not base64"}}, "$.appearance.png", "not_base64"),
    ("prepare", {"appearance": {"kind": "drawn", "png": "A" * 400_012}}, "$.appearance.png", "drawing_too_large"),
]


def test_what_a_page_sends_wrongly_is_told_by_place_and_name(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as world:
        browser = Browser(world)
        browser.post("code")
        browser.post("code/check", {"code": world.code("party_a")})
        for path, body, place, code in BAD_BODIES:
            if path == "prepare":
                assert isinstance(body, dict)
                error = browser.prepare(world.first, 422, **body)
            else:
                where = f"agreements/{world.first}/{path}" if path in {"read", "decline"} else path
                error = browser.post(where, body, 422)
            told = [(problem["path"], problem["code"]) for problem in error["problems"]]
            assert (place, code) in told, (path, body, told)
            assert all(problem["message"] for problem in error["problems"])
        with world.app.app_context():
            found = agreements.get_agreement(world.first)
        assert (str(found.state), found.signed_count) == ("open", 0)


def test_a_body_that_is_too_large_is_refused(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as world:
        browser = Browser(world)
        assert browser.post("code/check", {"code": "1" * 1_100_000}, 413)["code"] == "too_large"


def test_a_call_without_the_page_s_token_changes_nothing(world: Quick) -> None:
    browser = Browser(world)
    answer = browser.client.post(f"{browser.api}/code", json={})
    assert answer.status_code in (400, 403)
    assert browser.state()["identity"]["code_sent"] is False
