"""One name and organisation, two people: the identifier in field and certificate keeps them apart."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from pdf import pki, sign
from pdf.errors import PkiError
from pdf.pki.anchors import Anchors
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.support import foreign_ca
from tests.support.foreign_ca import ForeignCA

NAME, OURS = "林晓云", "示例产业发展有限公司"
HERE, ELSEWHERE = "0a" * 16, "0b" * 16


def frozen(identifier: str) -> bytes:
    """One field, for the name and this identifier."""
    here, signer = w.world(), sign.FieldSigner(NAME, (OURS,), identifier)
    fields = [replace(w.FIELDS[0], signer=signer)]
    return sign.freeze(w.blank_pdf(), fields=fields, platform=here.platform, timestamper=here.timestamper, at=w.NOW)


def judged(field: str, certificate: str) -> FileVerdict:
    """A sealed file whose one field was made for one identifier, signed by a certificate with another."""
    here = w.world()
    signed = w.signed(frozen(field), signer=here.signer(NAME, identifier=certificate), timestamper=here.timestamper)
    return verify_pdf(w.sealed(signed), name="namesakes.pdf", anchors=[here.root.certificate])


def test_who_the_field_was_made_for_passes() -> None:
    verdict = judged(HERE, HERE)
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())


def test_a_namesake_fails_and_both_are_told_apart() -> None:
    verdict = judged(HERE, ELSEWHERE)
    assert verdict.verdict is Indication.TOTAL_FAILED
    (reason,) = verdict.reasons
    assert reason.code == "other-signer"
    assert reason.params["expected"] == f"{OURS} · {NAME} [{HERE}]"
    assert reason.params["signer"] == f"{NAME} [{ELSEWHERE}]"


def test_a_certificate_of_ours_that_says_only_a_name_fails_too() -> None:
    verdict = judged(HERE, "")
    assert [each.code for each in verdict.reasons] == ["other-signer"]


def test_a_file_frozen_before_there_were_identifiers_goes_by_names() -> None:
    assert judged("", ELSEWHERE).verdict is Indication.TOTAL_PASSED
    assert b"/Identifier" not in frozen("")


def test_ours_below_a_root_that_is_taken_for_another_authority_is_held_to_it_as_well() -> None:
    """As where a root was rotated and the verifier knows no word between the two: custody comes out as external."""
    span: dict[str, Any] = {"not_before": w.NOW - timedelta(days=1), "not_after": w.NOW + timedelta(days=30)}
    root = pki.create_root(pki.SubjectName("第二根"), **span)
    other = replace(w.world(), ca=pki.issue_ca(root, pki.SubjectName("第二签发"), **span))
    anchors = Anchors((w.world().root.certificate, root.certificate))
    for identifier in (ELSEWHERE, HERE):
        who, head = other.signer(NAME, identifier=identifier), frozen(HERE)
        waiting = w.prepared(head, who)
        raw = sign.sign_attributes(who.key, waiting.attributes)
        clocks = w.world().timestamper
        pdf = sign.finish(head, waiting, signature=raw, leaf=who.leaf, chain=other.ca.path, timestamper=clocks)
        verdict = verify_pdf(w.sealed(pdf), name="rotated.pdf", anchors=anchors)
        assert verdict.signatures[1].key_custody == "external"
        codes = [each.code for each in verdict.reasons]
        assert ("other-signer" in codes) is (identifier == ELSEWHERE)


def test_an_own_certificate_has_no_identifier_and_goes_by_its_name() -> None:
    ca, head = ForeignCA(), frozen(HERE)
    own = ca.issue(NAME)
    waiting = sign.prepare(head, field="Signer-1", leaf=own.leaf, at=w.NOW, appearance=None, name=NAME)
    raw, above = foreign_ca.sign_raw(own.key, waiting.attributes), [ca.certificate, ca.root]
    clocks = w.world().timestamper
    pdf = sign.finish(head, waiting, signature=raw, leaf=own.leaf, chain=above, timestamper=clocks)
    anchors = Anchors((w.world().root.certificate,), signers=(ca.root,))
    verdict = verify_pdf(w.sealed(pdf), name="own.pdf", anchors=anchors)
    assert [each.code for each in verdict.reasons] == []


def test_the_identifier_stands_in_the_subject_where_every_program_shows_it() -> None:
    leaf: x509.Certificate = w.world().signer(identifier=HERE).leaf
    (found,) = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    assert found.value == HERE


@pytest.mark.parametrize("identifier", ["a" * 65, "é", "a b", "a\n"])
def test_an_identifier_is_short_and_plain(identifier: str) -> None:
    with pytest.raises(PkiError) as refusal:
        pki.SubjectName(NAME, identifier=identifier)
    assert refusal.value.code == "subject_name"


def test_the_certified_field_holds_it() -> None:
    with pikepdf.open(io.BytesIO(frozen(HERE))) as document:
        (field, *_) = document.Root.AcroForm.Fields
        assert str(field.YUNQ_Signer.Identifier) == HERE
