"""For whom a field was made, certified with the file: nobody else's certificate counts in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pdf import external, sign
from pdf.errors import PkiError
from pdf.pki.anchors import Anchors
from pdf.pki.oids import KeyCustody
from pdf.verify import FileVerdict, Indication, Sub, verify_pdf
from tests.pdf import signing_world as w
from tests.support import foreign_ca
from tests.support.foreign_ca import ForeignCA, Own

OURS = "示例产业发展有限公司"
NAMES = ("林晓云", "O’Brien — Sample…", "样例丙")


def judged(pdf: bytes, *more: ForeignCA) -> FileVerdict:
    anchors = Anchors((w.world().root.certificate,), signers=tuple(each.root for each in more))
    return verify_pdf(pdf, name="persons.pdf", anchors=anchors)


def bound(*organisations: str) -> bytes:
    fields = [
        replace(field, signer=sign.FieldSigner(name, organisations or (OURS,)))
        for field, name in zip(w.FIELDS, NAMES, strict=True)
    ]
    here = w.world()
    return sign.freeze(w.blank_pdf(), fields=fields, platform=here.platform, timestamper=here.timestamper, at=w.NOW)


def signed_by(head: bytes, *names: str) -> bytes:
    for slot, name in enumerate(names, start=1):
        head = w.signed(head, slot=slot, signer=w.world().signer(name), timestamper=w.world().timestamper)
    return head


def stating(custody: KeyCustody) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(custody.policy, None)])


def why(verdict: FileVerdict) -> list[tuple[str, object]]:
    return [(reason.code, reason.params.get("field")) for reason in verdict.reasons]


def test_everybody_in_their_own_field_passes_whatever_their_names_hold() -> None:
    verdict = judged(w.sealed(signed_by(bound(), *NAMES)))

    assert (why(verdict), verdict.verdict) == ([], Indication.TOTAL_PASSED)


def test_a_partys_certificate_in_anothers_field_fails_by_both_names() -> None:
    verdict = judged(w.sealed(signed_by(bound(), NAMES[0], NAMES[0], NAMES[2])))

    assert verdict.verdict is Indication.TOTAL_FAILED
    assert why(verdict) == [("other-signer", "Signer-2")]
    assert verdict.reasons[0].params["expected"] == f"{OURS} · {NAMES[1]}"
    assert [each.field for each in verdict.signatures if each.verdict is Indication.TOTAL_FAILED] == ["Signer-2"]


def test_the_right_name_for_another_organisation_fails() -> None:
    verdict = judged(w.sealed(signed_by(bound("另一家有限公司"), *NAMES)))

    assert why(verdict) == [("other-signer", f"Signer-{slot}") for slot in (1, 2, 3)]


@pytest.mark.parametrize(("common_name", "fits"), [("041@林晓云@1", True), (OURS, True), ("样例丙", False)])
def test_a_certificate_of_ones_own_counts_as_it_does_at_signing(common_name: str, fits: bool) -> None:
    ca = ForeignCA()
    head = _signed_own(bound(), ca, ca.issue(common_name))
    verdict = judged(head, ca)

    assert (("other-signer", "Signer-1") in why(verdict)) is not fits
    assert verdict.signatures[1].key_custody == "external"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"extra": (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),)}, "key-usage"),
        ({"extra": (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),)}, "key-usage"),
        ({"extra": (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]),)}, "key-usage"),
        ({"ca": True, "usage": ("digital_signature",)}, "key-usage"),
        ({"extra": (stating(KeyCustody.CLIENT),)}, "foreign-policy"),
    ],
    ids=["for servers", "for clocks", "for OCSP", "an authority's", "our policy"],
)
def test_a_certificate_of_ones_own_that_signing_refuses_does_not_pass(given: dict[str, Any], code: str) -> None:
    ca = ForeignCA()
    own = ca.issue(NAMES[0], **given)
    with pytest.raises(PkiError):
        external.check_alone(own.leaf, at=ca.now)
    head = _signed_own(bound(), ca, own)
    for slot, name in enumerate(NAMES[1:], start=2):
        head = w.signed(head, slot=slot, signer=w.world().signer(name), timestamper=w.world().timestamper)

    verdict = judged(w.sealed(head), ca)

    assert (why(verdict), verdict.sub_indication) == ([(code, "Signer-1")], Sub.CHAIN_CONSTRAINTS_FAILURE)
    assert verdict.signatures[1].key_custody == "external"


def _signed_own(head: bytes, ca: ForeignCA, own: Own) -> bytes:
    waiting = sign.prepare(head, field="Signer-1", leaf=own.leaf, at=w.NOW, appearance=None, name="林晓云")
    raw = foreign_ca.sign_raw(own.key, waiting.attributes)
    chain = [ca.certificate, ca.root]
    return sign.finish(head, waiting, signature=raw, leaf=own.leaf, chain=chain, timestamper=w.world().timestamper)


def test_one_key_in_two_fields_fails_where_the_file_does_not_say_for_whom_they_are() -> None:
    who, head = w.world().signer(), w.frozen()
    for slot, signer in ((1, who), (2, None), (3, who)):
        head = w.signed(head, slot=slot, signer=signer, timestamper=w.world().timestamper)

    verdict = judged(w.sealed(head))

    assert why(verdict) == [("same-key", "Signer-3")]
    assert verdict.verdict is Indication.TOTAL_FAILED


def test_freezing_twice_gives_the_same_fields() -> None:
    first, second = (pdf[: pdf.index(b"/Type /Sig ")] for pdf in (bound(), bound()))

    assert first == second
    assert b"YUNQ_Signer" in first
