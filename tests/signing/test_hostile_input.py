"""Input that no page of ours sends, at every door of the signing rooms: a named refusal, never a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.rules import Role
from tests.signing.test_access import signer, signing_rules, staff
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld

pytestmark = pytest.mark.slow
PARTY = {
    "organisation": "样例公司",
    "organisation_en": "Sample",
    "representative_name": "样例甲",
    "representative_title": "董事长",
    "email": "a@signers.example",
    "locale": "zh-CN",
    "place": "成都",
    "timezone": "Asia/Shanghai",
}
AGREEMENT = {
    "title": "样例",
    "title_en": "Sample",
    "kind": "cooperation",
    "amount": "1",
    "currency": "CNY",
    "between": ["party_a", "party_b"],
    "after": [],
}
# endpoint → what its own page sends.
BODIES: dict[str, dict[str, Any]] = {
    "seat_api.check_code": {"code": "123456"},
    "seat_api.give_consent": {"accepted": True, "place": "成都", "timezone": "Asia/Shanghai"},
    "seat_api.enrol": {"csr": "AAAA"},
    "agreement_api.note_read": {"page": 1},
    "agreement_api.prepare": {
        "idempotency_key": "abcdefgh",
        "custody": "client",
        "appearance": {"kind": "typed", "text": "样例"},
    },
    "agreement_api.finish": {"signature": "A" * 86 + "=="},
    "agreement_api.decline": {"reason": "样例"},
    "ink_api.draw": {
        "agreement": "agr_1",
        "drawing": 1,
        "seq": 1,
        "shape": 4000,
        "gone": [],
        "parts": [[0, [[1, 2, 3, 4]]]],
        "over": False,
    },
    "interpreter_api.say": {"id": "client-0001", "text": "样例", "typed_at": "2026-07-01T02:00:00Z", "replaces": None},
    "plan_api.change_party": PARTY,
    "plan_api.add_party": {**PARTY, "key": "party_z", "is_host": True},
    "plan_api.change_agreement": AGREEMENT,
    "plan_api.add_agreement": {**AGREEMENT, "key": "agreement_z"},
    "plan_api.change_ceremony": {
        "title": "样例",
        "title_en": "Sample",
        "date": "2027-01-01",
        "time": "10:00",
        "timezone": "Asia/Shanghai",
        "minutes": 15,
        "tool": "样例",
        "amount": "1",
        "currency": "CNY",
        "note": "样例",
    },
}
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    "",
    "a\x00b",
    "\ud800",
    "a\u202eb",
    "x" * 70_000,
    [],
    {},
    ["\ud800"],
    {"\ud800": 1},
    {"kind": "\ud800"},
    {"kind": "typed", "text": "a\x00b"},
    {"kind": "drawn", "png": "iVBORw0KGgo="},
)
RAW = (
    b"",
    b"null",
    b"[]",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"timezone":' + b"[" * 600 + b"]" * 600 + b"}",
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"page":' + b"9" * 5_000 + b"}",
    b'{"page":NaN}',
    b'{"\\ud800":1,"\\ud800":2}',
)
PLACES = ("%00", "a%00b", "%ED%A0%80", "..%2f..%2f", "x" * 3_000, "9" * 24, "%0d%0aX:y")
QUERIES = ("actor=%00", "action=a%00b", "agreement=%00&page=%00", "page=999999", "page=-1", "actor=%ff")


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("invited", database_kind, data_dir, inside=False) as made:
        # What goes wrong is answered as it would be to a stranger.
        made.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
        yield made


@pytest.fixture(params=["signer", "administrator"])
def visitor(request: pytest.FixtureRequest, world: Quick) -> FlaskClient:
    return signer(world) if request.param == "signer" else staff(world, Role.ADMINISTRATOR)


def paths(world: Quick, **other: str) -> list[tuple[str, str, str, str]]:
    """(endpoint, method, rule, path) of every route with this ceremony's ids, but those that end something."""
    ids = {
        "ceremony_id": world.id,
        "agreement_id": world.first,
        "party_key": "party_a",
        "seat_id": world.people["party_a"].seat_id,
        "signing_id": "sig_nothing",
        "token": "nonsense",
        "digest": "0" * 64,
        "name": "ca",
        "number": "1",
        **other,
    }
    found = []
    for endpoint, method, rule in signing_rules(world):
        path = rule
        for name, value in ids.items():
            path = path.replace(f"<{name}>", value).replace(f"<int:{name}>", value)
        if not endpoint.endswith((".cancel", ".invite_again")):
            found.append((endpoint, method, rule, path))
    return found


def check_named(answer: TestResponse, *asked: object) -> None:
    """Anything but a crash: what is refused has a name and a sentence."""
    assert answer.status_code < 500 or answer.get_json()["error"]["code"] != "unexpected", asked
    if answer.status_code >= 400 and answer.is_json:
        error = answer.get_json()["error"]
        assert error["code"] not in {"refused", "unexpected"}, asked
        assert error["message"], asked


@pytest.mark.parametrize("database_kind", ["sqlite"])  # no such body comes as far as the database
def test_no_body_crashes_a_door(world: Quick, visitor: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf_token(visitor), "Accept": "application/json"}
    posts = [(endpoint, path) for endpoint, method, _, path in paths(world) if method == "POST"]
    assert set(BODIES) < {endpoint for endpoint, _ in posts}
    json_kind, form_kind = "application/json", "multipart/form-data; boundary=x"
    for endpoint, path in posts:
        # A form's door does not look into JSON, nor the other way round: one body says that.
        read, other = (json_kind, form_kind) if path.startswith("/api/") else (form_kind, json_kind)
        for raw, kind in (*((raw, read) for raw in RAW), (RAW[2], other)):
            answer = visitor.post(path, data=raw, content_type=kind, headers=headers)
            check_named(answer, endpoint, kind, raw[:40])


# The database that refuses more: a zero byte is no part of a text, and of both a number that is too long is none.
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_no_value_in_a_body_crashes_a_door(world: Quick, visitor: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf_token(visitor), "Accept": "application/json"}
    for endpoint, _, _, path in paths(world):
        good = BODIES.get(endpoint, {})
        for name in good:
            for value in VALUES:
                # As ASCII, so that half a surrogate pair arrives as the escape that a hostile program would send.
                body = json.dumps({**good, name: value})
                answer = visitor.post(path, data=body, content_type="application/json", headers=headers)
                check_named(answer, endpoint, name, repr(value)[:40])


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_no_address_crashes_a_door(world: Quick, visitor: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf_token(visitor), "Accept": "application/json"}
    names = ("ceremony_id", "agreement_id", "party_key", "seat_id", "signing_id", "token", "digest", "name", "number")
    asked = [
        (method, path)
        for name in names
        for strange in PLACES
        for _, method, rule, path in paths(world, **{name: strange})
        if f"{name}>" in rule
    ]
    asked += [("GET", f"{path}?{query}") for _, method, _, path in paths(world) if method == "GET" for query in QUERIES]
    for method, path in asked:
        check_named(visitor.open(path, method=method, headers=headers), method, path[:120])
