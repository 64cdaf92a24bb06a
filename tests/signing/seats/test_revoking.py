"""A signer's certificate is revoked: lists, OCSP, trail and the signing room know it at once."""

from __future__ import annotations

import base64
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from flask import Flask
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import audit, clock, storage
from core.errors import Conflict, NotFound
from pdf import pki
from pdf.verify import Indication, verify_pdf
from signing.agreements import queries as agreements
from signing.seats import queries, revoking
from signing.trust import authorities
from signing.trust import service as trust
from tests.support import apps, ceremony, quick
from tests.support.pages import csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld
from tests.support.trail import entries

KEY = x509.ReasonFlags.key_compromise


def certificate(entered: Quick, party: str = "party_a") -> queries.CertificateView:
    found = queries.find_certificate(entered.people[party].seat_id, custody="client", now=clock.now())
    assert found is not None
    return found


def leaf(found: queries.CertificateView) -> x509.Certificate:
    return x509.load_der_x509_certificate(found.der)


def issuer() -> x509.Certificate:
    return trust.trust().issuing.certificate


def asked(found: queries.CertificateView, above: x509.Certificate | None = None) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf(found), above or issuer(), hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def ask(app: Flask, request: bytes) -> ocsp.OCSPResponse:
    answer = app.test_client().post("/pki/ocsp", data=request, content_type="application/ocsp-request")
    assert (answer.status_code, answer.mimetype) == (200, "application/ocsp-response")
    return ocsp.load_der_ocsp_response(answer.data)


def listed(app: Flask, above: x509.Certificate) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(app.test_client().get(f"/pki/{trust.key_id(above)}.crl").data)


def test_a_revoked_certificate_stands_in_the_list_and_in_the_trail(entered: Quick) -> None:
    found = certificate(entered)

    revoking.revoke_certificate(found.id, reason=KEY, by=ceremony.HOST)

    entry = listed(entered.app, issuer()).get_revoked_certificate_by_serial_number(leaf(found).serial_number)
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is KEY
    last = entries(entered.app, entered.id)[-1]
    assert (last["action"], last["actor"]["id"]) == ("certificate.revoked", ceremony.HOST.id)
    assert last["data"] == {"certificate": found.digest, "reason": "keyCompromise"}


def test_ocsp_says_good_then_revoked_then_to_a_stranger_nothing(entered: Quick) -> None:
    found, other = certificate(entered), certificate(entered, "party_b")
    before = ask(entered.app, asked(found)).certificate_status

    revoking.revoke_certificate(found.id, reason=KEY, by=ceremony.HOST)

    after = ask(entered.app, asked(found))
    assert before is ocsp.OCSPCertStatus.GOOD
    assert (after.certificate_status, after.revocation_reason) == (ocsp.OCSPCertStatus.REVOKED, KEY)
    assert ask(entered.app, asked(other)).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert ask(entered.app, b"junk").response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_ocsp_knows_the_platform_and_names_no_certificate_that_was_never_issued(entered: Quick) -> None:
    platform = trust.trust().platform
    request = ocsp.OCSPRequestBuilder().add_certificate(platform.certificate, issuer(), hashes.SHA256()).build()
    never = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        *(ocsp.load_der_ocsp_request(asked(certificate(entered))).__getattribute__(name) for name in (
            "issuer_name_hash", "issuer_key_hash")), 77, hashes.SHA1()).build()  # fmt: skip # noqa: S303

    known = ask(entered.app, request.public_bytes(Encoding.DER)).certificate_status
    unknown = ask(entered.app, never.public_bytes(Encoding.DER)).certificate_status

    assert (known, unknown) == (ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.UNKNOWN)


def get(app: Flask, request: bytes) -> TestResponse:
    return app.test_client().get(f"/pki/ocsp/{base64.b64encode(request).decode()}")


def test_ocsp_is_answered_by_get_too_also_where_base64_has_slashes(entered: Quick) -> None:
    found = certificate(entered)
    plain = ocsp.OCSPRequestBuilder().add_certificate(leaf(found), issuer(), hashes.SHA256())
    slashes = plain.add_extension(x509.OCSPNonce(b"\xff" * 32), critical=False).build().public_bytes(Encoding.DER)
    assert "//" in base64.b64encode(slashes).decode()

    answers = [get(entered.app, request) for request in (asked(found), slashes)]

    states = [ocsp.load_der_ocsp_response(answer.data).certificate_status for answer in answers]
    assert states == [ocsp.OCSPCertStatus.GOOD] * 2
    assert {answer.headers["Cache-Control"] for answer in answers} == {"public, max-age=1800"}
    broken = ocsp.load_der_ocsp_response(entered.app.test_client().get("/pki/ocsp/%%%").data)
    assert broken.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_openssl_follows_the_addresses_in_the_certificate(entered: Quick, tmp_path: Path) -> None:
    found, client = leaf(certificate(entered)), entered.app.test_client()
    access = found.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    (point,) = found.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    paths = [access[0].access_location.value, (point.full_name or ())[0].value]
    above, crl = (client.get(url.removeprefix("http://127.0.0.1:8600")).data for url in paths)
    (tmp_path / "leaf.pem").write_bytes(pki.dump_certificates([found]))
    (tmp_path / "root.pem").write_bytes(trust.published_anchors().dump())
    (tmp_path / "ca.pem").write_bytes(x509.load_der_x509_certificate(above).public_bytes(Encoding.PEM))
    (tmp_path / "crl.pem").write_bytes(x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM))

    command = ["openssl", "verify", "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "root.pem", "-untrusted", "ca.pem"]
    done = subprocess.run([*command, "leaf.pem"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "leaf.pem: OK", done.stderr


def test_nothing_more_is_signed_with_a_revoked_certificate(entered: Quick) -> None:
    person = entered.people["party_a"]
    prepared = quick.prepared(person, entered.first)
    revoking.revoke_certificate(certificate(entered).id, reason=KEY, by=ceremony.HOST)

    with pytest.raises(Conflict) as refused:
        quick.finish(person, prepared)

    assert refused.value.code == "certificate_missing"
    assert agreements.get_agreement(entered.first).signer_of(person.seat_id).signed_at is None


@pytest.mark.parametrize("reason", [x509.ReasonFlags.superseded, KEY])
def test_what_a_timestamp_puts_before_the_revocation_stays_good(entered: Quick, reason: x509.ReasonFlags) -> None:
    for person in entered.people.values():
        quick.sign(person, entered.first)
    found = agreements.get_agreement(entered.first).signers[0].certificate_id
    assert found is not None
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        revoking.revoke_certificate(found, reason=reason, by=ceremony.HOST)
        ceremony.do_jobs(kinds=("agreement.seal",))

    head = agreements.get_agreement(entered.first).head_digest
    assert head is not None
    judged = verify_pdf(storage.read(head), name="final.pdf", anchors=trust.published_anchors(),
                        at=clock.now() + timedelta(hours=1))  # fmt: skip
    assert judged.verdict is Indication.TOTAL_PASSED, judged.reasons


def test_a_certificate_is_revoked_once(entered: Quick) -> None:
    found = certificate(entered)
    revoking.revoke_by_serial(found.serial, reason=KEY, by=audit.SYSTEM)

    with pytest.raises(Conflict) as refused:
        revoking.revoke_certificate(found.id, reason=KEY, by=audit.SYSTEM)

    assert refused.value.code == "certificate_revoked"
    with pytest.raises(NotFound):
        revoking.revoke_by_serial("77", reason=KEY, by=audit.SYSTEM)


def test_a_certificate_of_a_replaced_issuing_authority_is_revoked_in_its_list(entered: Quick) -> None:
    found, before = certificate(entered), issuer()
    authorities.rotate(authorities.Rotation.ISSUING)

    revoking.revoke_certificate(found.id, reason=KEY, by=audit.SYSTEM)

    assert len(listed(entered.app, before)) == 1
    assert len(listed(entered.app, issuer())) == 0
    assert ask(entered.app, asked(found, before)).certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_a_host_lists_and_revokes_by_the_api(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        account = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)
        client = apps.sign_in(world.app, account)
        headers = {"X-CSRFToken": csrf_token(client)}
        path = f"/api/ceremonies/{world.id}/certificates"
        lines = client.get(path).get_json()["certificates"]
        one = next(line for line in lines if line["seat"] == world.people["party_a"].seat_id)

        bad = client.post(f"{path}/{one['id']}/revoke", json={"reason": "mood"}, headers=headers)
        done = client.post(f"{path}/{one['id']}/revoke", json={"reason": "superseded"}, headers=headers)
        again = client.post(f"{path}/{one['id']}/revoke", json={"reason": "superseded"}, headers=headers)

        assert (len(lines), one["revoked_at"], one["key_custody"]) == (3, None, "client")
        assert (bad.status_code, done.status_code, again.status_code) == (422, 200, 409)
        assert done.get_json()["revocation_reason"] == "superseded"
        assert client.get(path).get_json()["certificates"][0]["revoked_at"] is not None


def test_a_certificate_of_another_ceremony_is_not_there(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        account = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)
        client = apps.sign_in(world.app, account)
        headers = {"X-CSRFToken": csrf_token(client)}
        with world.app.app_context():
            other = quick.draft(quick.plan(), world.played.organisation_id)
            found = certificate(world)

        path = f"/api/ceremonies/{other.ceremony_id}/certificates/{found.id}/revoke"
        answer = client.post(path, json={"reason": "superseded"}, headers=headers)

        assert answer.status_code == 404
        with world.app.app_context():
            assert queries.get_certificate(found.id).revoked_at is None


@pytest.mark.parametrize(
    ("locale", "revoked"), [("zh-CN", "密钥或设备可能落入他人之手"), ("en", "Somebody else may have the key")]
)
def test_a_host_revokes_on_the_page(quick_world: QuickWorld, data_dir: Path, locale: str, revoked: str) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        account = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)
        client = apps.sign_in(world.app, account)
        client.post(
            "/account/preferences",
            data={"locale": locale, "timezone": "Asia/Shanghai", "csrf_token": csrf_token(client)},
        )
        with world.app.app_context():
            found = certificate(world)
        path = f"/ceremonies/{world.id}/certificates"

        before = get_page(client, path)
        answer = post(client, f"{path}/{found.id}/revoke", {"reason": "key-compromise"})
        after = get_page(client, path)

        assert found.serial in "".join(before.itertext())
        assert answer.status_code == 303
        (card,) = after.xpath(f"//section[@id='{found.id}']")
        assert revoked in "".join(card.itertext())
        assert not card.xpath(".//form")
        assert len(before.xpath("//main//form")) - len(after.xpath("//main//form")) == 1
        with world.app.app_context():
            assert queries.get_certificate(found.id).revocation_reason == "keyCompromise"


def test_an_auditor_reads_the_page_and_has_no_button(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        account = apps.add_account(world.app, Role.AUDITOR, organisation_id=world.played.organisation_id)
        client = apps.sign_in(world.app, account)

        page = client.get(f"/ceremonies/{world.id}/certificates").text

        assert "revoke" not in page
