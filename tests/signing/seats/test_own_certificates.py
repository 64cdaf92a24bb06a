"""A signer's own certificate: brought by the API, checked, signed with, sealed, and shown for what it is."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from core import clock, storage
from core.errors import Refusal
from pdf.verify import Indication, verify_file
from signing.agreements import signing
from signing.evidence import words
from signing.evidence.rules import Entry
from signing.seats import bringing
from signing.seats import queries as seats
from signing.trust import external
from signing.trust import service as trust
from tests.signing.evidence import test_readme
from tests.signing.seats.own_certificates import A, B, bring, code_of, complete, entries, finish, prepare, sign
from tests.support import ceremony, foreign_ca
from tests.support.ceremony import ADDRESS
from tests.support.foreign_ca import ForeignCA, Own
from tests.support.quick import Quick, QuickWorld


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


def test_a_certificate_below_a_root_that_has_ended_is_refused_when_it_is_brought(
    entered: Quick, ca: ForeignCA, tmp_path: Path
) -> None:
    with foreign_ca.accepted(tmp_path, ca.with_root_ending(-foreign_ca.DAY)), pytest.raises(Refusal) as refusal:
        bring(entered.people[A], ca.issue())
    assert (refusal.value.code, refusal.value.status) == ("external_anchor_expired", 422)
    assert refusal.value.params["day"] == f"{ca.now - foreign_ca.DAY:%Y-%m-%d}"
    assert entries(entered, "certificate.brought") == []


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
