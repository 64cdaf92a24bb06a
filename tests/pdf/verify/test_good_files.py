"""Files as they should be: passed, at the right level, also long after the signers' certificates have ended."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.xref import TrailerDictionary

from pdf import pki, sign
from pdf.tsa import LocalTimestamper
from pdf.verify import FileVerdict, Indication, Level, Sub, verify_file
from pdf.verify.document import Document
from pdf.verify.limits import VerifyLimits
from tests.pdf import signing_world as world


@lru_cache(maxsize=1)
def sealed() -> bytes:
    return world.everything_signed()


ROOT = {
    "subject": "CN=测试根 Test Root,O=云签测试",
    "sha256": hashlib.sha256(world.world().root.certificate.public_bytes(Encoding.DER)).hexdigest(),
}


def judged(pdf: bytes, **options: object) -> FileVerdict:
    given: dict[str, object] = {"anchors": [world.world().root.certificate], **options}
    return verify_file(pdf, name="agreement.pdf", **given)  # type: ignore[arg-type]


def codes(verdict: FileVerdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_a_sealed_file_passes_and_says_who_signed_when_and_with_whose_clock() -> None:
    verdict = judged(sealed())
    assert verdict.verdict is Indication.TOTAL_PASSED
    assert verdict.reasons == ()
    signer = verdict.to_json()["signatures"][1]  # type: ignore[index]
    assert signer.pop("signed_at").endswith("Z")
    assert signer == {
        "field": "Signer-1",
        "signer": "林晓云",
        "organisation": "示例产业发展有限公司",
        "level": "B-LTA",
        "timestamp_authority": "测试授时 Test TSA",
        "key_custody": "client",
        "covers": "ENTIRE_REVISION",
        "verdict": "TOTAL-PASSED",
        "sub_indication": None,
        "anchor": ROOT,
        "timestamp_anchor": ROOT,
        "signed_at_source": "signature-timestamp",
    }
    assert verdict.to_json()["anchors"] == [ROOT]
    assert [each.level for each in verdict.signatures] == [*[Level.B_LTA] * 4, Level.DOCUMENT_TIMESTAMP]
    assert verdict.signatures[-1].covers == "ENTIRE_FILE"


def test_a_path_is_read_like_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(sealed())
    from_path = verify_file(tmp_path / "a.pdf", name="agreement.pdf", anchors=[world.world().root.certificate])
    assert from_path == judged(sealed())


def test_a_file_passes_years_after_the_signers_certificates_ended() -> None:
    assert judged(sealed(), at=world.NOW + timedelta(days=2000)).verdict is Indication.TOTAL_PASSED


def signed_by_all(timestamper: LocalTimestamper | None) -> bytes:
    head = world.frozen()
    for slot in (1, 2, 3):
        head = world.signed(head, slot=slot, timestamper=timestamper)
    return head


@pytest.mark.parametrize("days", [0, 2000])
def test_a_file_cut_back_to_before_its_seal_is_indeterminate_and_its_signatures_are_not(days: int) -> None:
    pdf = signed_by_all(world.world().timestamper)
    verdict = judged(pdf, at=datetime.now(UTC) + timedelta(days=days))  # the clock of its timestamps
    assert (verdict.verdict, verdict.sub_indication) == (Indication.INDETERMINATE, Sub.SIG_CONSTRAINTS_FAILURE)
    assert codes(verdict) == ["unsealed"]
    assert {(each.level, each.verdict) for each in verdict.signatures} == {(Level.B_T, Indication.TOTAL_PASSED)}


def test_a_document_timestamp_over_everybodys_signature_closes_the_file() -> None:
    pdf = sign.stamp(signed_by_all(world.world().timestamper), timestamper=world.world().timestamper)
    assert judged(pdf).verdict is Indication.TOTAL_PASSED


def test_a_signature_without_timestamp_counts_only_while_its_certificate_lasts() -> None:
    pdf = signed_by_all(None)
    now, later = judged(pdf), judged(pdf, at=world.NOW + timedelta(days=30))
    assert {each.verdict for each in now.signatures} == {Indication.TOTAL_PASSED}
    assert [each.level for each in now.signatures[1:]] == [Level.B_B] * 3
    assert now.signatures[1].signed_at is None
    assert (later.verdict, later.sub_indication) == (Indication.INDETERMINATE, Sub.OUT_OF_BOUNDS_NO_POE)


def test_nothing_passes_once_the_last_timestamp_authority_has_ended() -> None:
    verdict = judged(sealed(), at=world.NOW + timedelta(days=4000))
    assert verdict.verdict is Indication.INDETERMINATE
    assert "out-of-bounds" in codes(verdict)


def test_a_second_seal_is_no_fault() -> None:
    assert judged(world.sealed(sealed())).verdict is Indication.TOTAL_PASSED


def test_without_an_anchor_of_its_own_a_file_is_indeterminate() -> None:
    stranger = pki.create_root(
        pki.SubjectName("Other Root"), not_before=world.NOW, not_after=world.NOW + timedelta(days=9)
    )
    for anchors in ([], [stranger.certificate]):
        verdict = judged(sealed(), anchors=anchors)
        assert (verdict.verdict, verdict.sub_indication) == (Indication.INDETERMINATE, Sub.NO_CERTIFICATE_CHAIN_FOUND)
        assert {each.key_custody for each in verdict.signatures} == {None}
        assert {each.anchor for each in verdict.signatures} == {None}
        assert [each.name for each in verdict.anchors] == ["Other Root"] * len(anchors)


def test_an_unfinished_file_is_indeterminate_and_its_signatures_are_not() -> None:
    verdict = judged(world.signed(world.frozen(), timestamper=world.world().timestamper))
    assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["unfinished"])
    assert [each.verdict for each in verdict.signatures] == [Indication.TOTAL_PASSED] * 2


def test_an_unsigned_file_is_indeterminate() -> None:
    verdict = judged(world.blank_pdf())
    assert (verdict.verdict, verdict.sub_indication) == (Indication.INDETERMINATE, Sub.SIGNED_DATA_NOT_FOUND)


def revoked_at(hours: float, reason: str = "unspecified") -> FileVerdict:
    """A file whose second signer's certificate stands revoked, `hours` from now, in the list that the seal carries."""
    here, who = world.world(), world.world().signer()
    head = signed_by_one(who)
    item = pki.Revoked(who.leaf.serial_number, world.NOW + timedelta(hours=hours), x509.ReasonFlags[reason])
    when = {"this_update": world.NOW, "next_update": world.NOW + timedelta(days=30)}
    crls = [here.crls[0], pki.make_crl(here.ca, [item], number=2, **when)]
    sealing = {"chain": here.ca.path, "crls": crls, "timestamper": here.timestamper, "at": world.NOW}
    return judged(sign.seal(head, **sealing))  # type: ignore[arg-type]


def signed_by_one(who: world.Signer) -> bytes:
    head = world.signed(world.frozen(), slot=1, signer=who, timestamper=world.world().timestamper)
    for slot in (2, 3):
        head = world.signed(head, slot=slot, timestamper=world.world().timestamper)
    return head


@pytest.mark.parametrize("reason", ["unspecified", "key_compromise"])
def test_a_certificate_revoked_before_it_signed_fails_the_file(reason: str) -> None:
    verdict = revoked_at(-1, reason)
    assert (verdict.verdict, verdict.sub_indication) == (Indication.TOTAL_FAILED, Sub.REVOKED)
    assert codes(verdict) == ["revoked"]
    assert verdict.reasons[0].params["field"] == "Signer-1"


def test_a_certificate_revoked_after_it_signed_does_no_harm() -> None:
    assert revoked_at(+5).verdict is Indication.TOTAL_PASSED


def test_a_revocation_list_that_the_issuer_did_not_sign_says_nothing() -> None:
    here, who = world.world(), world.world().signer()
    false_ca = pki.Authority(here.platform.key, here.platform.certificate)
    item = pki.Revoked(who.leaf.serial_number, world.NOW - timedelta(hours=1))
    when = {"this_update": world.NOW, "next_update": world.NOW + timedelta(days=30)}
    crls = [*here.crls, pki.make_crl(false_ca, [item], number=3, **when)]
    head = signed_by_one(who)
    pdf = sign.seal(head, chain=here.ca.path, crls=crls, timestamper=here.timestamper, at=world.NOW)
    assert judged(pdf).verdict is Indication.TOTAL_PASSED


def test_a_specimen_never_passes() -> None:
    span = {"not_before": world.NOW - timedelta(days=1), "not_after": world.NOW + timedelta(days=99)}
    root = pki.create_root(pki.SubjectName("Root"), specimen=True, **span)  # type: ignore[arg-type]
    platform = pki.issue_platform(root, pki.SubjectName("Platform"), **span)  # type: ignore[arg-type]
    tsa = LocalTimestamper(
        pki.issue_tsa(root, pki.SubjectName("TSA"), **span),  # type: ignore[arg-type]
        clock=lambda: world.NOW,
    )
    pdf = sign.freeze(world.blank_pdf(), fields=[], platform=platform, timestamper=tsa, at=world.NOW)
    verdict = judged(pdf, anchors=[root.certificate])
    assert (verdict.verdict, verdict.sub_indication) == (Indication.INDETERMINATE, Sub.CHAIN_CONSTRAINTS_FAILURE)
    assert codes(verdict) == ["specimen"]


def test_custody_is_believed_below_our_own_ca_only() -> None:
    here = world.world()
    assert judged(sealed(), anchors=[here.ca.certificate]).signatures[1].key_custody == "client"
    span = {"not_before": world.NOW - timedelta(days=1), "not_after": world.NOW + timedelta(days=99)}
    root = pki.create_root(pki.SubjectName("Plain Root"), **span)  # type: ignore[arg-type]
    platform = pki.issue_platform(root, pki.SubjectName("Platform"), **span)  # type: ignore[arg-type]
    pdf = sign.freeze(world.blank_pdf(), fields=[], platform=platform, timestamper=None, at=world.NOW)
    assert judged(pdf, anchors=[root.certificate]).signatures[0].key_custody is None


def test_a_file_of_ours_is_read_without_the_objects_and_trailers_that_pyhanko_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("pyHanko was asked")

    pdf = sealed()
    monkeypatch.setattr(Document, "_object", refused)
    monkeypatch.setattr(TrailerDictionary, "flatten", refused)
    document = Document(pdf, VerifyLimits())
    assert document.trailer(document.last)["/Root"] == document.trailer(0)["/Root"]
    assert document.trailer(1) is document.trailer(1)
    assert all(document.is_plain(ref, document.last) for section in document.sections for ref in section.changed)
    assert judged(pdf).verdict is Indication.TOTAL_PASSED
