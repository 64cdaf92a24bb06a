"""The trail page, the downloads and the verify page, as each role sees them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from accounts.rules import Role
from core import audit, storage
from core.db import db
from pdf import pki
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence import verify_views
from signing.papers import colons
from signing.trust import service as trust
from tests.support import apps
from tests.support.ceremony import Played, link_token, mailed_code
from tests.support.pages import check_page, csrf_token, get_page, post

World = tuple[Flask, Played]


def staff(world: World, role: Role, *, elsewhere: bool = False) -> FlaskClient:
    app, played = world
    organisation = "" if elsewhere else played.organisation_id
    account = apps.add_account(app, role, email=f"{role}@example.test", organisation_id=organisation)
    return apps.sign_in(app, account)


def visitor(world: World, party: str) -> tuple[FlaskClient, str]:
    """A browser that came by this party's personal link, and the seat."""
    app, played = world
    seat_id = played.people[party].seat_id
    client = app.test_client()
    assert client.get(f"/s/{link_token(seat_id)}").status_code == 303
    return client, seat_id


def signer(world: World, party: str) -> tuple[FlaskClient, str]:
    """Like `visitor`, and the person proved the address by the mailed code in this browser."""
    client, seat_id = visitor(world, party)
    headers = {"X-CSRFToken": csrf_token(client)}
    assert client.post(f"/api/seat/{seat_id}/code", json={}, headers=headers).status_code == 200
    answer = client.post(f"/api/seat/{seat_id}/code/check", json={"code": mailed_code(seat_id)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return client, seat_id


def words_of(page: object) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", [Role.HOST, Role.ADMINISTRATOR, Role.AUDITOR])
def test_host_and_auditor_read_the_whole_trail(sealed_once: World, role: Role) -> None:
    _, played = sealed_once
    page = get_page(staff(sealed_once, role), f"/ceremonies/{played.ceremony_id}/trail")
    said = words_of(page)
    length = audit.find_head(played.ceremony_id)[0]
    assert len(page.xpath("//ol[contains(@class,'trail')]/li")) == min(length, 100)
    assert "样例乙" in said
    assert "签署协议" in said
    assert "192.0.2.7" in said
    assert not page.xpath("//*[contains(@class,'notice-problem')]")


@pytest.mark.parametrize("role", [Role.CLERK, Role.ORGANISER])
def test_other_roles_do_not_see_the_trail(sealed_once: World, role: Role) -> None:
    _, played = sealed_once
    get_page(staff(sealed_once, role), f"/ceremonies/{played.ceremony_id}/trail", status=403)


def test_the_host_of_another_organisation_finds_nothing(sealed_once: World) -> None:
    _, played = sealed_once
    client = staff(sealed_once, Role.HOST, elsewhere=True)
    park = played.agreements["park"]
    for path in (
        f"/ceremonies/{played.ceremony_id}/trail",
        f"/ceremonies/{played.ceremony_id}/trail.jsonl",
        f"/ceremonies/{played.ceremony_id}/kit.zip",
        *(f"/agreements/{park}/{name}" for name in ("final.pdf", "certificate.pdf", "kit.zip")),
    ):
        get_page(client, path, status=404)


def test_the_filter_leaves_what_it_asks_for(sealed_once: World) -> None:
    _, played = sealed_once
    client = staff(sealed_once, Role.HOST)
    person = played.people["xianyu"].seat_id
    query = f"?actor={person}&action=agreement.signed&agreement={played.agreements['xianyu']}"
    page = get_page(client, f"/ceremonies/{played.ceremony_id}/trail{query}")
    entries = page.xpath("//ol[contains(@class,'trail')]/li")
    assert len(entries) == 1
    assert "样例丙" in words_of(page)
    nothing = get_page(client, f"/ceremonies/{played.ceremony_id}/trail?actor=nobody&page=7")
    assert not nothing.xpath("//ol[contains(@class,'trail')]/li")


def test_the_raw_line_stands_beside_its_words_with_its_digest(sealed_once: World) -> None:
    _, played = sealed_once
    page = get_page(staff(sealed_once, Role.HOST), f"/ceremonies/{played.ceremony_id}/trail")
    shown = page.xpath("//ol[contains(@class,'trail')]/li[1]//details/p/text()")
    entry = json.loads(shown[0])
    assert entry["seq"] == 1
    assert shown[1].endswith(entry["digest"])
    assert audit.digest_of(entry) == entry["digest"]


def test_a_signer_sees_the_ceremony_oneself_and_ones_own_agreements_and_no_other(sealed_once: World) -> None:
    _, played = sealed_once
    client, seat_id = signer(sealed_once, "xianyu")
    page = get_page(client, f"/seat/{seat_id}/trail")
    raw = [json.loads(line) for line in page.xpath("//ol[contains(@class,'trail')]/li//details/p[1]/text()")]
    subjects = {(entry["subject"]["kind"], entry["subject"]["id"]) for entry in raw}
    assert subjects == {
        ("ceremony", played.ceremony_id),
        ("seat", seat_id),
        ("agreement", played.agreements["xianyu"]),
    }
    assert not page.xpath("//a[contains(@href,'trail.jsonl')]")


def test_nobody_comes_to_a_seats_files_without_its_link_and_the_code(sealed_once: World) -> None:
    app, played = sealed_once
    seat_id = played.people["xianyu"].seat_id
    stranger, (other, _), (forwarded, _) = (
        app.test_client(),
        signer(sealed_once, "shuangliu"),
        visitor(sealed_once, "xianyu"),
    )
    for client in (stranger, other, forwarded):
        get_page(client, f"/seat/{seat_id}/trail", status=403)
        get_page(client, f"/seat/{seat_id}/agreements/{played.agreements['xianyu']}/kit.zip", status=403)


def test_a_signer_downloads_the_own_agreement_and_not_the_others(sealed_once: World) -> None:
    _, played = sealed_once
    client, seat_id = signer(sealed_once, "xianyu")
    own = agreements.get_agreement(played.agreements["xianyu"])
    for name, digest in (
        ("final.pdf", own.head_digest),
        ("certificate.pdf", own.certificate_digest),
        ("kit.zip", own.kit_digest),
    ):
        answer = client.get(f"/seat/{seat_id}/agreements/{own.id}/{name}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).hexdigest() == digest
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        get_page(client, f"/seat/{seat_id}/agreements/{played.agreements['park']}/{name}", status=404)


def test_the_host_downloads_everything(sealed_once: World) -> None:
    _, played = sealed_once
    client = staff(sealed_once, Role.HOST)
    ceremony = ceremonies.get_ceremony(played.ceremony_id)
    kit = client.get(f"/ceremonies/{played.ceremony_id}/kit.zip")
    assert hashlib.sha256(kit.data).hexdigest() == ceremony.kit_digest
    stem = agreements.get_agreement(played.agreements["park"]).number.removesuffix("-01")
    assert f"{stem}-kit.zip" in kit.headers["Content-Disposition"]
    trail = client.get(f"/ceremonies/{played.ceremony_id}/trail.jsonl").data
    with zipfile.ZipFile(io.BytesIO(kit.data)) as archive:
        assert trail.startswith(archive.read("trail.jsonl"))
    for agreement_id in played.agreements.values():
        for name in ("final.pdf", "certificate.pdf", "kit.zip"):
            assert client.get(f"/agreements/{agreement_id}/{name}").status_code == 200


def test_a_file_that_is_not_made_yet_is_refused_with_what_to_do(signed: World) -> None:
    _, played = signed
    client, seat_id = signer(signed, "shuangliu")
    page = get_page(client, f"/seat/{seat_id}/agreements/{played.agreements['park']}/final.pdf", status=404)
    assert "还没有生成" in words_of(page)


def test_a_broken_chain_is_told_while_it_is_shown(sealed: World) -> None:
    _app, played = sealed
    client = staff(sealed, Role.AUDITOR)
    # Somebody with the database in hands takes the trigger away first.
    if db.engine.dialect.name == "sqlite":
        unlock = ["DROP TRIGGER audit_entry_no_update"]
    else:
        unlock = ["DROP TRIGGER audit_entry_no_change ON audit_entry"]
    db.session.remove()
    with db.engine.connect() as connection:
        for statement in unlock:
            connection.execute(text(statement))
        changed = "UPDATE audit_entry SET line = replace(line, '\"kind\"', '\"kin\"') WHERE chain = :chain AND seq = 9"
        connection.execute(text(changed), {"chain": played.ceremony_id})
        connection.commit()
    page = get_page(client, f"/ceremonies/{played.ceremony_id}/trail")
    banner = " ".join(page.xpath("//*[contains(@class,'notice-problem')]//text()"))
    assert "第 9 条" in banner


def test_verify_asks_for_a_file_and_shows_the_anchors_fingerprint(sealed_once: World) -> None:
    app, _ = sealed_once
    page = get_page(app.test_client(), "/verify")
    assert colons(trust.trust().fingerprint) in words_of(page)
    assert page.xpath("//input[@type='file' and @name='file']")
    english = get_page(app.test_client(), "/verify", headers={"Accept-Language": "en"})
    assert "Anybody can check" in words_of(english)


def upload(app: Flask, data: bytes, name: str, *, language: str = "zh-CN") -> object:
    client = app.test_client()
    fields = {"file": (io.BytesIO(data), name), "csrf_token": csrf_token(client, "/verify")}
    answer = client.post("/verify", data=fields, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text[:2000]
    return check_page(answer)


def test_a_genuine_agreement_passes_and_its_signers_are_named_with_their_clock(sealed_once: World) -> None:
    app, played = sealed_once
    park = agreements.get_agreement(played.agreements["park"])
    page = upload(app, storage.read(park.head_digest or ""), "协议.pdf")
    said = words_of(page)
    assert page.xpath("string(//h1)") == "核验通过"  # type: ignore[attr-defined]
    assert "样例甲" in said
    assert "成都市双流区人民政府" in said
    assert "未经第三方授时" in said
    assert "服务器从未持有" in said
    root = colons(trust.trust().fingerprint)
    shown = page.xpath("//*[@data-anchors]//*[@class='digest']/text()")  # type: ignore[attr-defined]
    assert shown == [f"{root[:11]}…{root[-11:]}", root]
    signers = page.xpath("//section[contains(@class, 'signature-card')]")  # type: ignore[attr-defined]
    assert all(root in " ".join(each.itertext()) for each in signers)
    assert f"协议 {park.number} 的最终文件" in said
    assert "协议.pdf" in said


def test_a_kit_passes_in_english_too(sealed_once: World) -> None:
    app, played = sealed_once
    kit = storage.read(ceremonies.get_ceremony(played.ceremony_id).kit_digest or "")
    page = upload(app, kit, "kit.zip", language="en")
    said = words_of(page)
    assert page.xpath("string(//h1)") == "Passed"  # type: ignore[attr-defined]
    assert "the evidence kit of the whole ceremony" in said
    assert "not a third party’s time" in said


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"%PDF-1.7\nnothing", "核验不通过"),
        (b"PK\x03\x04 broken", "核验不通过"),
        (b"", "核验不通过"),
        (b"hello", "核验不通过"),
    ],
    ids=["broken PDF", "broken ZIP", "empty", "text"],
)
def test_a_broken_file_is_a_verdict_and_never_a_fault_of_ours(sealed_once: World, data: bytes, verdict: str) -> None:
    app, _ = sealed_once
    page = upload(app, data, "x.bin")
    assert page.xpath("string(//h1)") == verdict  # type: ignore[attr-defined]
    assert page.xpath("//ul[@class='reasons']/li")  # type: ignore[attr-defined]


def test_a_changed_agreement_fails_with_a_reason_and_was_not_issued_here(sealed_once: World) -> None:
    app, played = sealed_once
    park = agreements.get_agreement(played.agreements["park"])
    data = bytearray(storage.read(park.head_digest or ""))
    data[20_000] ^= 1
    page = upload(app, bytes(data), "changed.pdf")
    assert page.xpath("string(//h1)") == "核验不通过"  # type: ignore[attr-defined]
    assert not page.xpath("//*[@class='verdict-known']")  # type: ignore[attr-defined]


def test_no_file_is_a_refusal_that_says_what_to_do(sealed_once: World) -> None:
    app, _ = sealed_once
    answer = post(app.test_client(), "/verify", {})
    assert answer.status_code == 422
    assert "请选择要核验的文件" in words_of(check_page(answer))


def test_when_all_places_are_taken_the_answer_says_to_come_back(
    sealed_once: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = sealed_once
    monkeypatch.setattr(verify_views, "_PATIENCE_SECONDS", 0.01)
    client = app.test_client()
    fields = {"file": (io.BytesIO(b"%PDF-1.7"), "x.pdf"), "csrf_token": csrf_token(client, "/verify")}
    with verify_views._CHILDREN, verify_views._CHILDREN:
        answer = client.post("/verify", data=fields)
    assert answer.status_code == 503
    assert "请过一会儿再上传" in words_of(check_page(answer))


def test_the_digest_alone_tells_what_was_issued_here(sealed_once: World) -> None:
    app, played = sealed_once
    park = agreements.get_agreement(played.agreements["park"])
    known = {
        park.head_digest: "final",
        park.frozen_digest: "frozen",
        park.certificate_digest: "certificate",
        park.kit_digest: "kit",
        park.signers[0].signed_digest: "revision",
        ceremonies.get_ceremony(played.ceremony_id).kit_digest: "ceremony_kit",
        "0" * 64: None,
    }
    answers = {digest: app.test_client().get(f"/api/verify/{digest}").get_json() for digest in known}
    assert {digest: answer["what"] for digest, answer in answers.items()} == known
    assert [answer["issued"] for answer in answers.values()] == [True] * 6 + [False]
    assert app.test_client().get("/api/verify/short").status_code == 404


def test_the_anchors_and_the_lists_are_public(sealed_once: World) -> None:
    app, _ = sealed_once
    client = app.test_client()
    published = pki.load_certificates(client.get("/pki/anchors.pem").data)
    assert published == trust.trust().anchors
    for name in ("issuing", "root"):
        done = subprocess.run(
            ["openssl", "crl", "-inform", "DER", "-noout", "-issuer"],
            input=client.get(f"/pki/{name}.crl").data,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0
    assert client.get("/pki/other.crl").status_code == 404


def test_the_timestamp_responder_answers_openssl_over_http(sealed_once: World, tmp_path: Path) -> None:
    app, _ = sealed_once
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "file").write_bytes(b"what is stamped")
    (tmp_path / "anchors.pem").write_bytes(trust.published_anchors().dump())
    subprocess.run(
        ["openssl", "ts", "-query", "-data", "file", "-sha256", "-cert", "-out", "query"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    answer = app.test_client().post(
        "/tsa", data=(tmp_path / "query").read_bytes(), content_type="application/timestamp-query"
    )
    assert answer.mimetype == "application/timestamp-reply"
    (tmp_path / "reply").write_bytes(answer.data)
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "file", "-in", "reply", "-CAfile", "anchors.pem"],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout + done.stderr
    assert app.test_client().post("/tsa", data=b"nonsense").status_code == 200
