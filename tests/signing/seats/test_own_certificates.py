"""A signer's own certificate: brought by the API, checked, signed with, sealed, and shown for what it is."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from core import clock, config, storage
from core.db import db
from core.errors import Refusal
from pdf import pki
from pdf.verify import Anchors, Indication, verify_file
from signing.agreements import preparing, queries, signing
from signing.evidence import words
from signing.evidence.rules import Entry
from signing.seats import bringing, rules
from signing.seats import queries as seats
from signing.trust import external
from signing.trust import service as trust
from tests.signing.evidence import test_readme
from tests.support import ceremony, foreign_ca, quick, trail
from tests.support.ceremony import ADDRESS, Person
from tests.support.foreign_ca import ForeignCA, Own
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld

A, B = "party_a", "party_b"


@pytest.fixture(scope="module")
def ca() -> ForeignCA:
    return ForeignCA()


@pytest.fixture
def entered(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", "sqlite", data_dir) as made:
        yield made


def entries(world: Quick, action: str) -> list[dict[str, Any]]:
    return [line for line in trail.entries(world.app, world.id) if line["action"] == action]


@pytest.fixture
def open_to_own(entered: Quick, ca: ForeignCA, tmp_path: Path) -> Iterator[Quick]:
    """An installation that accepts the authority's certificates, without its lists."""
    with foreign_ca.accepted(tmp_path, ca):
        yield entered


def bring(person: Person, own: Own, *, proof: bytes | None = None) -> seats.CertificateView:
    said = bringing.statement(person.seat_id, own.digest)
    made = foreign_ca.sign_raw(own.key, said) if proof is None else proof
    return bringing.bring(person.seat_id, own.der, own.above_der, proof=made, address=ADDRESS)


def prepare(world: Quick, own: Own, *, party: str = A, act: str = "act-external-1") -> preparing.Preparation:
    person = world.people[party]
    found = preparing.prepare(
        person.seat_id, world.first, idempotency_key=act, appearance=quick.typed(person), own_certificate=own.digest
    )
    assert isinstance(found, preparing.Preparation)
    return found


def finish(world: Quick, own: Own, prepared: preparing.Preparation, *, party: str = A) -> preparing.Signed:
    raw = foreign_ca.sign_raw(own.key, prepared.signed_attributes)
    return signing.finish(world.people[party].seat_id, prepared.signing_id, signature=raw, address=ADDRESS)


def sign(world: Quick, own: Own, *, party: str = A) -> preparing.Signed:
    bring(world.people[party], own)
    return finish(world, own, prepare(world, own, party=party), party=party)


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def complete(world: Quick, own: Own, *, small: bool = True) -> queries.AgreementView:
    """Party A with the certificate, the others with keys of their devices; sealed."""
    sign(world, own)
    for party, person in world.people.items():
        if party != A:
            quick.sign(person, world.first)
    with quick.small_evidence() if small else nullcontext():
        ceremony.do_jobs()
    db.session.rollback()
    return queries.get_agreement(world.first)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_a_signature_with_an_own_certificate_is_kept_as_external(open_to_own: Quick, ca: ForeignCA, kind: str) -> None:
    signed = sign(open_to_own, ca.issue(kind=kind))
    assert (signed.level, signed.key_custody) == ("B-T", "external")
    (line,) = entries(open_to_own, "agreement.signed")
    assert line["data"]["key_custody"] == "external"


def test_what_was_accepted_stands_in_the_trail_without_a_name(open_to_own: Quick, ca: ForeignCA) -> None:
    own = ca.issue(foreign_ca.subject("样例甲", "某公司"))
    bring(open_to_own.people[A], own)
    (line,) = entries(open_to_own, "certificate.brought")
    assert line["data"]["certificate"] == own.digest
    assert line["data"]["anchor"] == hashlib.sha256(ca.root.public_bytes(foreign_ca.Encoding.DER)).hexdigest()
    assert (line["data"]["holder"], line["data"]["revocation"]) == ("person", "unknown")
    assert "某公司" not in json.dumps(line, ensure_ascii=False)


def test_on_either_database_a_second_bringing_gives_the_same(
    quick_world: QuickWorld, data_dir: Path, database_kind: str, ca: ForeignCA, tmp_path: Path
) -> None:
    own = ca.issue()
    with quick_world.at("entered", database_kind, data_dir) as world, foreign_ca.accepted(tmp_path, ca):
        assert bring(world.people[A], own) == bring(world.people[A], own)
        assert len(entries(world, "certificate.brought")) == 1
        assert finish(world, own, prepare(world, own)).key_custody == "external"


def test_a_certificate_in_one_name_serves_no_other_seat(open_to_own: Quick, ca: ForeignCA) -> None:
    own = ca.issue(foreign_ca.subject("样例甲"))
    bring(open_to_own.people[A], own)
    assert code_of(lambda: bring(open_to_own.people[B], own)) == "external_other_name"


def test_the_whole_agreement_completes_with_the_issuers_lists_to_the_highest_level(
    entered: Quick, ca: ForeignCA, tmp_path: Path
) -> None:
    with foreign_ca.accepted(tmp_path, ca, lists=ca.lists()):
        agreement = complete(entered, ca.issue(kind="rsa2048"))
        verdict = verify_file(
            storage.read(agreement.head_digest or ""), name="a.pdf", anchors=trust.published_anchors()
        )
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert [each.key_custody for each in verdict.signatures[:4]] == ["server", "external", "client", "client"]
    assert {each.level for each in verdict.signatures[:4]} == {"B-LTA"}
    assert {signer.level for signer in agreement.signers} == {"B-LTA"}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdfsig") or not shutil.which("certutil"), reason="poppler-utils, libnss3-tools")
def test_a_stranger_checks_the_kit_by_its_readme_and_reads_external_in_it(
    entered: Quick, ca: ForeignCA, tmp_path: Path
) -> None:
    with foreign_ca.accepted(tmp_path, ca, lists=ca.lists()):
        agreement = complete(entered, ca.issue(kind="rsa2048"), small=False)
        anchors = trust.published_anchors()
    kit, packed = tmp_path / "kit", storage.read(agreement.kit_digest or "")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(kit)
    (kit / "anchors.pem").write_bytes(anchors.dump())
    said = "".join(test_readme.only(test_readme.follow(kit), "pdfsig"))
    assert (said.count("Signature is Valid."), said.count("Certificate is Trusted.")) == (4, 4), said
    assert "自有证书" in (kit / "report.html").read_text(encoding="utf-8")
    verdict = verify_file(packed, name="kit.zip", anchors=anchors)
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert "external" in {each.key_custody for each in verdict.signatures}


def test_without_its_issuers_word_the_agreement_completes_and_the_level_is_not_claimed(
    open_to_own: Quick, ca: ForeignCA
) -> None:
    agreement = complete(open_to_own, ca.issue())
    levels = {signer.key_custody: signer.level for signer in agreement.signers}
    assert levels == {"external": "B-T", "client": "B-LTA"}
    (line,) = entries(open_to_own, "agreement.sealed")
    assert line["data"]["lower"] == [agreement.signer_of(open_to_own.people[A].seat_id).field]
    assert "其中 1 个为 B-T" in words.note(Entry.read(json.dumps(line)), zone="UTC")
    verdict = verify_file(storage.read(agreement.head_digest or ""), name="a.pdf", anchors=trust.published_anchors())
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert [each.level for each in verdict.signatures if each.key_custody == "external"] == ["B-T"]


class Issuer(HTTPServer):
    """The authority's web server on loopback: its lists by HTTP, and how often each was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.revoked: dict[int, pki.Revoked] = {}
        self.authority: pki.Authority | None = None

    def responder(self) -> x509.AuthorityInformationAccess:
        url = x509.UniformResourceIdentifier(f"http://127.0.0.1:{self.server_port}/ocsp")
        return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, url)])

    def address(self, name: str) -> x509.CRLDistributionPoints:
        url = f"http://127.0.0.1:{self.server_port}/{name}"
        return x509.CRLDistributionPoints(
            [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)]
        )


class _Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path.lstrip("/"))
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        now = clock.now()
        answer = pki.answer_ocsp(
            asked,
            issuers=[self.server.authority] if self.server.authority else [],
            register=lambda _, serial: pki.Status(self.server.revoked.get(serial)),
            now=now,
            next_update=now + foreign_ca.DAY,
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_issuers_are_asked_only_where_that_is_set(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    own = ca.issue(extra=(issuer.address("personal.crl"),))
    issuer.files["personal.crl"], root_list = ca.lists()
    with foreign_ca.accepted(tmp_path, ca, lists=[root_list]):
        assert not external.check(own.der, own.above_der).is_revocation_known
    assert issuer.asked == []
    with foreign_ca.accepted(tmp_path, ca, lists=[root_list], external_revocation="ask"):
        assert external.check(own.der, own.above_der).is_revocation_known
        external.check(own.der, own.above_der)
    assert issuer.asked == ["/personal.crl"]  # and not again for every signature


def test_a_silent_issuer_is_borne_or_refused_as_it_is_set(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    own = ca.issue(extra=(issuer.address("gone.crl"),))
    with foreign_ca.accepted(tmp_path, ca, external_revocation="ask"):
        assert bring(entered.people[A], own).revocation == "unknown"
    with foreign_ca.accepted(tmp_path, ca, external_revocation="require"):
        assert code_of(lambda: bring(entered.people[A], own)) == "external_revocation_unknown"


def test_a_list_that_names_it_refuses_it_and_another_s_list_does_not(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    one, other = (ca.issue(number=number, extra=(issuer.address("personal.crl"),)) for number in (1, 2))
    with foreign_ca.accepted(tmp_path, ca, external_revocation="ask"):
        issuer.files["personal.crl"] = ForeignCA("另一家").lists(one.leaf)[0]
        external.check(one.der, one.above_der)
        issuer.files["personal.crl"] = ca.lists(other.leaf)[0]
        assert code_of(lambda: bring(entered.people[A], other)) == "external_revoked"


def test_an_ocsp_answer_goes_into_the_file_and_raises_its_level(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    issuer.authority = pki.Authority(ca.key, ca.certificate, (ca.root,))  # type: ignore[arg-type]
    own = ca.issue(extra=(issuer.responder(),))
    with foreign_ca.accepted(tmp_path, ca, lists=[ca.lists()[1]], external_revocation="ask"):
        agreement = complete(entered, own)
        anchors = trust.published_anchors()
    verdict = verify_file(storage.read(agreement.head_digest or ""), name="a.pdf", anchors=anchors)
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert [each.level for each in verdict.signatures if each.key_custody == "external"] == ["B-LTA"]
    assert issuer.asked == ["/ocsp"]


def test_an_ocsp_answer_that_it_is_revoked_refuses_it(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    issuer.authority = pki.Authority(ca.key, ca.certificate, (ca.root,))  # type: ignore[arg-type]
    own = ca.issue(extra=(issuer.responder(),))
    issuer.revoked[own.leaf.serial_number] = pki.Revoked(own.leaf.serial_number, clock.now() - foreign_ca.DAY)
    with foreign_ca.accepted(tmp_path, ca, external_revocation="ask"):
        assert code_of(lambda: bring(entered.people[A], own)) == "external_revoked"


# Misuse.


def test_nothing_is_offered_or_taken_where_no_authority_is_accepted(entered: Quick, ca: ForeignCA) -> None:
    assert not external.is_offered()
    assert code_of(lambda: bring(entered.people[A], ca.issue())) == "external_not_offered"


def test_somebody_else_s_public_certificate_is_not_taken_without_its_key(open_to_own: Quick, ca: ForeignCA) -> None:
    own, other = ca.issue(), ca.issue(number=5)
    said = bringing.statement(open_to_own.people[A].seat_id, own.digest)
    elsewhere = foreign_ca.sign_raw(own.key, bringing.statement(open_to_own.people[B].seat_id, own.digest))
    for proof in (b"", bytes(64), foreign_ca.sign_raw(other.key, said), elsewhere):
        assert code_of(lambda proof=proof: bring(open_to_own.people[A], own, proof=proof)) == "external_possession"
    assert entries(open_to_own, "certificate.brought") == []


def test_another_authority_s_chain_does_not_help(open_to_own: Quick, ca: ForeignCA) -> None:
    stranger = ForeignCA("另一家").issue()
    mixed = Own(stranger.key, stranger.leaf, (ca.certificate, ca.root))
    assert code_of(lambda: bring(open_to_own.people[A], mixed)) == "external_no_chain"


@pytest.mark.parametrize("name", ["样例乙", "样例甲乙", "Somebody Else"])
def test_a_certificate_in_another_name_is_refused(open_to_own: Quick, ca: ForeignCA, name: str) -> None:
    own = ca.issue(foreign_ca.subject(name, "样例甲公司"))
    assert code_of(lambda: bring(open_to_own.people[A], own)) == "external_other_name"


def test_an_organisation_s_certificate_is_taken_for_its_own_signer_and_said_so(
    open_to_own: Quick, ca: ForeignCA
) -> None:
    assert bring(open_to_own.people[A], ca.issue("样例甲公司")).holder == "organisation"
    assert code_of(lambda: bring(open_to_own.people[B], ca.issue("样例甲公司"))) == "external_other_name"


def test_a_certificate_that_was_not_brought_cannot_be_signed_with(open_to_own: Quick, ca: ForeignCA) -> None:
    own = ca.issue()
    assert code_of(lambda: prepare(open_to_own, own)) == "certificate_missing"
    bring(open_to_own.people[A], own)
    assert code_of(lambda: prepare(open_to_own, own, party=B)) == "certificate_missing"


def test_a_signature_over_other_attributes_or_by_another_key_is_not_kept(open_to_own: Quick, ca: ForeignCA) -> None:
    own = ca.issue(kind="rsa2048")
    bring(open_to_own.people[A], own)
    prepared = prepare(open_to_own, own)
    seat_id = open_to_own.people[A].seat_id
    touched = bytearray(prepared.signed_attributes)
    touched[-1] ^= 1
    for raw in (
        foreign_ca.sign_raw(own.key, bytes(touched)),
        foreign_ca.sign_raw(foreign_ca.key("rsa2048", 3), prepared.signed_attributes),
    ):
        act = lambda raw=raw: signing.finish(seat_id, prepared.signing_id, signature=raw, address=ADDRESS)  # noqa: E731
        assert code_of(act) == "signature_mismatch"
    assert entries(open_to_own, "agreement.signed") == []
    assert finish(open_to_own, own, prepared).key_custody == "external"


def test_a_signature_sent_twice_is_one_and_under_another_act_it_is_none(open_to_own: Quick, ca: ForeignCA) -> None:
    own = ca.issue()
    bring(open_to_own.people[A], own)
    prepared = prepare(open_to_own, own)
    assert finish(open_to_own, own, prepared) == finish(open_to_own, own, prepared)
    assert len(entries(open_to_own, "agreement.signed")) == 1
    assert code_of(lambda: prepare(open_to_own, own, act="act-external-2")) == "already_signed"


def test_an_authority_that_is_dropped_signs_nothing_more(entered: Quick, ca: ForeignCA, tmp_path: Path) -> None:
    own = ca.issue()
    with foreign_ca.accepted(tmp_path, ca):
        bring(entered.people[A], own)
    assert code_of(lambda: prepare(entered, own)) == "external_not_offered"


def test_a_certificate_that_ended_meanwhile_signs_nothing_more(
    open_to_own: Quick, ca: ForeignCA, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ca.issue()
    bring(open_to_own.people[A], own)
    later = clock.now() + 400 * foreign_ca.DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    assert code_of(lambda: prepare(open_to_own, own)) == "external_expired"


def test_what_the_host_took_back_is_not_taken_again(open_to_own: Quick, ca: ForeignCA) -> None:
    from signing.seats import revoking

    own = ca.issue()
    brought = bring(open_to_own.people[A], own)
    revoking.revoke_certificate(brought.id, reason=revoking.REASONS["superseded"], by=ceremony.HOST)
    assert code_of(lambda: bring(open_to_own.people[A], own)) == "certificate_revoked"
    # Our own lists never name a certificate of somebody else's.
    assert (seats.list_revoked(), seats.find_by_serial(brought.serial)) == ([], None)


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
    assert rules.holder([written], [], name=name, organisations=[], shown="") is rules.Holder.PERSON


@pytest.mark.parametrize(
    ("written", "name"), [("Jane", "Jane Sample"), ("样例", "样例甲"), ("", "样例甲"), ("@@", "x")]
)
def test_part_of_a_name_is_another_name(written: str, name: str) -> None:
    with pytest.raises(Refusal):
        rules.holder([written], [], name=name, organisations=[""], shown=written)


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
