"""`--trust`: files of another installation, signed by pyHanko with RSA and other curves, judged by its anchor alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign import fields
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

from pdf.verify import FileVerdict, Indication, Level, Sub
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign, tampering
from tests.pdf.verify.strangers import elsewhere, signed, validation_context
from tests.pdf.verify.test_foreign_files import with_store
from tests.pdf.verify.test_good_files import codes
from tests.pdf.verify.test_good_files import judged as judged_by
from tests.pdf.verify.test_tampering import javascript

HERE = elsewhere()
WHO = HERE.signer("Elsewhere Signer")
STAMP = Level.DOCUMENT_TIMESTAMP


def judged(pdf: bytes, anchor: x509.Certificate = HERE.root.certificate) -> FileVerdict:
    return judged_by(pdf, anchors=[anchor])


def two_fields() -> bytes:
    return foreign.with_fields(foreign.one_page(), "A", "B")


def kept(**options: object) -> dict[str, object]:
    """What pyHanko is told for validation data in the file, without its own extra revision behind the end."""
    settings = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
    return {
        "embed_validation_info": True, "validation_context": validation_context(), "dss_settings": settings, **options,
    }  # fmt: skip


def b_lta(pdf: bytes, field: str = "A") -> bytes:
    return signed(pdf, field, WHO, **kept(use_pades_lta=True))


SOUND: dict[str, tuple[Callable[[], bytes], list[Level]]] = {
    "B-B": (lambda: signed(two_fields(), "A", WHO, stamped=False), [Level.B_B]),
    "B-T": (lambda: signed(two_fields(), "A", WHO), [Level.B_T]),
    "B-T by two": (
        lambda: signed(signed(two_fields(), "A", WHO), "B", HERE.signer("Another")), [Level.B_T, Level.B_T],
    ),
    "B-LT": (lambda: signed(two_fields(), "A", WHO, **kept()), [Level.B_LT]),
    "B-LTA": (lambda: b_lta(two_fields()), [Level.B_LTA, STAMP]),
    "B-LTA, then another": (lambda: b_lta(b_lta(two_fields()), "B"), [Level.B_LTA, STAMP, Level.B_LTA, STAMP]),
    "RSASSA-PSS": (lambda: signed(two_fields(), "A", WHO, pss=True), [Level.B_T]),
    "P-384": (lambda: signed(two_fields(), "A", HERE.signer("Curve", curve=ec.SECP384R1())), [Level.B_T]),
    "SHA-512": (lambda: signed(two_fields(), "A", WHO, md_algorithm="sha512"), [Level.B_T]),
    "the older subfilter": (
        lambda: signed(two_fields(), "A", WHO, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED), [Level.B_T],
    ),
    "certified by its author": (lambda: signed(two_fields(), "A", WHO, certify=True), [Level.B_T]),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_of_others_passes_by_their_anchor_and_by_no_other(name: str) -> None:
    make, levels = SOUND[name]
    pdf = make()
    verdict = judged(pdf)
    assert (verdict.verdict, codes(verdict)) == (Indication.TOTAL_PASSED, [])
    assert [each.level for each in verdict.signatures] == levels
    assert {each.key_custody for each in verdict.signatures} == {None}
    ours = judged(pdf, world.world().root.certificate)
    assert (ours.verdict, ours.sub_indication) == (Indication.INDETERMINATE, Sub.NO_CERTIFICATE_CHAIN_FOUND)


@pytest.mark.parametrize("name", ["B-B", "B-T by two", "B-LTA"])
@pytest.mark.parametrize("change", [javascript, tampering.with_new_page], ids=["script", "page"])
def test_the_same_file_changed_behind_its_end_fails(name: str, change: Callable[[bytes], bytes]) -> None:
    out = change(SOUND[name][0]())
    assert judged(out).verdict is Indication.TOTAL_FAILED


def test_validation_data_behind_the_last_signature_leaves_doubt_with_its_level_told() -> None:
    """signing.md 6: the last signature or document timestamp covers the file. Many programs append data behind it."""
    pdf = signed(
        two_fields(),
        "A",
        WHO,
        **kept(dss_settings=DSSContentSettings(placement=SigDSSPlacementPreference.SEPARATE_REVISION)),
    )
    for each in (pdf, with_store(SOUND["B-T"][0]())):
        verdict = judged(each)
        assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["end-not-covered"])
        assert [row.kind for row in verdict.revisions][-1] == "validation-data"
    assert judged(pdf).signatures[0].level is Level.B_LT


def test_the_issuing_authority_alone_is_anchor_enough() -> None:
    assert judged(SOUND["B-T"][0](), HERE.ca.certificate).verdict is Indication.TOTAL_PASSED
