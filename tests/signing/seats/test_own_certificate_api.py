"""Own certificates from outside: the names in them, the JSON that brings them, the anchors that are published."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import config
from pdf.pki.holding import Holder, Named, holder
from pdf.verify import Anchors
from signing.seats import bringing
from signing.trust import external
from signing.trust import service as trust
from tests.signing.seats.own_certificates import A
from tests.support import foreign_ca
from tests.support.foreign_ca import ForeignCA, Own
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld

# Names.


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("样例甲", "样例甲"),
        ("样 例甲", "样例甲"),
        ("051@样例甲@110101@1", "样例甲"),
        ("Jane Q. Sample", "SAMPLE Jane Q"),
        ("ＪＡＮＥ Sample", "Jane Sample"),
    ],
)
def test_the_same_name_is_known_as_authorities_write_it(written: str, name: str) -> None:
    assert holder(Named((written,), "", "", ()), name=name, organisations=[]) is Holder.PERSON


@pytest.mark.parametrize(
    ("written", "name"), [("Jane", "Jane Sample"), ("样例", "样例甲"), ("", "样例甲"), ("@@", "x")]
)
def test_part_of_a_name_is_another_name(written: str, name: str) -> None:
    assert holder(Named((written,), "", "", ()), name=name, organisations=[""]) is None


def test_signs_without_letters_name_nobody() -> None:
    assert holder(Named(("—",), "", "", ()), name="·", organisations=["…"]) is None


# Pages and JSON.


@pytest.fixture
def outside(quick_world: QuickWorld, data_dir: Path, ca: ForeignCA, tmp_path: Path) -> Iterator[Quick]:
    with (
        quick_world.at("entered", "sqlite", data_dir, inside=False) as made,
        foreign_ca.accepted(tmp_path, ca),
    ):
        yield made


class Browser:
    """A signer's browser that came by the link and proved the address."""

    def __init__(self, world: Quick, party: str = A) -> None:
        self.client = world.app.test_client()
        self.api = f"/api/seat/{world.people[party].seat_id}"
        self.client.get(world.link(party))
        self.headers = {"X-CSRFToken": csrf_token(self.client)}
        self.post("code")
        self.post("code/check", {"code": world.code(party)})

    def post(self, path: str, body: object = None) -> dict[str, Any]:
        return dict(self.client.post(f"{self.api}/{path}", json=body, headers=self.headers).get_json())


def as_json(own: Own, proof: bytes) -> dict[str, Any]:
    text = lambda data: base64.b64encode(data).decode()  # noqa: E731
    return {"certificate": text(own.der), "chain": [text(each) for each in own.above_der], "proof": text(proof)}


def test_a_browser_brings_a_certificate_and_signs_with_it(outside: Quick, ca: ForeignCA) -> None:
    browser, own = Browser(outside), ca.issue(kind="rsa2048")
    assert browser.client.get(browser.api).get_json()["own_certificates"] is True
    said = bringing.statement(outside.people[A].seat_id, own.digest)
    kept = browser.post("certificate/own", as_json(own, foreign_ca.sign_raw(own.key, said)))
    assert (kept["key_custody"], kept["sha256"], kept["holder"]) == ("external", own.digest, "person")
    wish = {"idempotency_key": "act-of-a-browser", "custody": "external", "certificate": own.digest,
            "appearance": {"kind": "typed", "text": "样例甲"}}  # fmt: skip
    prepared = browser.post(f"agreements/{outside.first}/signature/prepare", wish)
    raw = foreign_ca.sign_raw(own.key, base64.b64decode(prepared["signed_attributes"]))
    signed = browser.post(f"signatures/{prepared['signing_id']}/finish", {"signature": base64.b64encode(raw).decode()})
    assert (signed["status"], signed["key_custody"]) == ("signed", "external")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"certificate": 1, "chain": [], "proof": ""},
        {"certificate": "", "chain": [{}], "proof": ""},
        {"certificate": "AA==", "chain": ["AA=="] * 9, "proof": "AA=="},
        {"certificate": "AA==", "chain": [], "proof": "AA=="},
    ],
)
def test_what_is_no_certificate_is_refused_by_name(outside: Quick, body: dict[str, Any]) -> None:
    assert Browser(outside).post("certificate/own", body)["error"]["code"] == "external_unreadable"


@pytest.mark.parametrize("given", [None, "", "x" * 64, 5, ["a"], "A" * 64])
def test_an_own_certificate_is_named_by_its_digest(outside: Quick, given: object) -> None:
    wish = {"idempotency_key": "act-of-a-browser", "custody": "external", "certificate": given,
            "appearance": {"kind": "typed", "text": "样例甲"}}  # fmt: skip
    answer = Browser(outside).post(f"agreements/{outside.first}/signature/prepare", wish)
    assert [each["path"] for each in answer["error"]["problems"]] == ["$.certificate"]


def test_whoever_only_has_the_link_brings_nothing(outside: Quick, ca: ForeignCA) -> None:
    client = outside.app.test_client()
    client.get(outside.link(A))
    body = as_json(ca.issue(), b"x")
    answer = client.post(
        f"/api/seat/{outside.people[A].seat_id}/certificate/own", json=body, headers={"X-CSRFToken": csrf_token(client)}
    )
    assert answer.get_json()["error"]["code"] == "identity_not_proved"


def test_published_anchors_say_what_each_is_for(outside: Quick, ca: ForeignCA) -> None:
    anchors = Anchors.load(outside.app.test_client().get("/pki/anchors.pem").data)
    with outside.app.app_context():
        assert (anchors.platform, anchors.signers) == (trust.trust().anchors, (ca.root,))


def test_an_unreadable_place_of_anchors_is_named(entered: Quick, tmp_path: Path) -> None:
    before = config.settings()
    config.use(before.model_copy(update={"external_anchors": tmp_path / "nowhere.pem"}))
    try:
        with pytest.raises(config.ConfigError, match=r"YUNQIAN_EXTERNAL_ANCHORS.*nowhere"):
            external.anchors()
    finally:
        config.use(before)
