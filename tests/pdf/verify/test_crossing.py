"""Whose anchor a key leads to must not switch our rules off: cross certificates of strangers, anchors given twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

import pdf.sign as sign
from pdf.pki import KeyCustody
from pdf.verify import Anchor, Anchors, FileVerdict, Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.verify.strangers import Holder, issued
from tests.pdf.verify.test_good_files import codes

ROOT = w.world().root.certificate
STRANGER = issued(None, "Another Root", usage="ca")
BELOW = issued(STRANGER, "Another CA", usage="ca")
ANCHORS = {
    "another's for signers": Anchors(platform=(ROOT,), signers=(STRANGER.certificate,)),
    "another's in everything": Anchors(platform=(STRANGER.certificate, ROOT)),
}


def crossed(by: Holder, *, policies: bool) -> x509.Certificate:
    """Our issuing authority's name and key, certified by another."""
    ours = w.world().ca.certificate
    taken = [x509.SubjectKeyIdentifier, *([x509.CertificatePolicies] if policies else [])]
    builder = (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(by.certificate.subject)
        .public_key(ours.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(w.NOW - timedelta(days=1))
        .not_valid_after(w.NOW + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
    )
    for kind in taken:
        found = ours.extensions.get_extension_for_class(kind)
        builder = builder.add_extension(found.value, critical=found.critical)
    return builder.sign(by.key, hashes.SHA256())


def cut_and_sealed(*chain: x509.Certificate) -> bytes:
    """What is left after the first of three signatures, closed by a stranger with a timestamp that anybody gets."""
    here = w.world()
    head = w.signed(w.frozen(), timestamper=here.timestamper)
    return sign.seal(
        head, chain=chain or here.ca.path, crls=() if chain else here.crls, timestamper=here.timestamper, at=w.NOW
    )


def judged(pdf: bytes, anchors: Anchors) -> FileVerdict:
    return verify_pdf(pdf, name="crossed.pdf", anchors=anchors)


@pytest.mark.parametrize("anchors", ANCHORS)
@pytest.mark.parametrize("policies", [True, False])
def test_no_strangers_path_to_another_anchor_makes_a_cut_file_whole(anchors: str, policies: bool) -> None:
    verdict = judged(cut_and_sealed(crossed(BELOW, policies=policies), BELOW.certificate), ANCHORS[anchors])

    assert verdict.verdict is Indication.INDETERMINATE
    assert "unfinished" in codes(verdict)
    if not policies:
        assert {each.anchor for each in verdict.signatures if each.anchor} == {Anchor.of(ROOT)}


def test_a_file_of_another_platform_ends_complete_as_well() -> None:
    theirs = Anchors(platform=(STRANGER.certificate,), signers=(ROOT,), timestamps=(ROOT,))

    cut, whole = judged(cut_and_sealed(), theirs), judged(w.everything_signed(), theirs)

    assert (cut.verdict, codes(cut)) == (Indication.INDETERMINATE, ["unfinished"])
    assert (whole.verdict, codes(whole)) == (Indication.TOTAL_PASSED, [])
    assert {each.key_custody for each in whole.signatures if each.anchor and each.signer} >= {KeyCustody.EXTERNAL}


def test_the_platforms_own_certificate_beside_its_root_changes_nothing() -> None:
    both = Anchors(platform=(w.world().platform.certificate, ROOT))

    verdict = judged(w.everything_signed(), both)

    assert (verdict.verdict, codes(verdict)) == (Indication.TOTAL_PASSED, [])
    assert verdict.signatures[0].key_custody is KeyCustody.SERVER
