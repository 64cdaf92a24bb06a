"""What was done to a signed file is found, and named."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from asn1crypto import cms

from pdf import pki, sign
from pdf.sign import syntax
from pdf.sign.revision import Head
from pdf.verify import FileVerdict, Indication, Sub
from tests.pdf import signing_world as world
from tests.pdf.verify import tampering
from tests.pdf.verify.test_good_files import codes, judged, sealed


def failed_by(pdf: bytes, *wanted: str) -> FileVerdict:
    verdict = judged(pdf)
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert set(wanted) <= set(codes(verdict))
    return verdict


def stamped(head: bytes, slot: int) -> bytes:
    return world.signed(head, slot=slot, timestamper=world.world().timestamper)


def part_signed(slots: int = 1) -> bytes:
    head = world.frozen()
    for slot in range(1, slots + 1):
        head = stamped(head, slot)
    return head


def test_a_page_appended_behind_the_seal_fails_by_name() -> None:
    failed_by(tampering.with_new_page(sealed()), "not-whole-file", "page-changed")


def test_an_annotation_appended_behind_the_seal_fails() -> None:
    failed_by(tampering.with_annotation(sealed()), "not-whole-file")


def test_any_byte_behind_the_seal_fails() -> None:
    for tail in (b"\n", b" ", b"%x\n", b"\0"):
        failed_by(sealed() + tail)


@pytest.mark.parametrize("seal", [world.sealed, bytes], ids=["sealed", "open"])
def test_a_file_that_a_signer_certified_in_the_platforms_place_fails(seal: Callable[[bytes], bytes]) -> None:
    here, signer = world.world(), world.world().signer()
    own = pki.Authority(signer.key, signer.leaf, here.ca.path)
    frozen = sign.freeze(
        world.blank_pdf(), fields=world.FIELDS[:1], platform=own, timestamper=here.timestamper, at=world.NOW
    )
    verdict = failed_by(seal(world.signed(frozen, signer=signer, timestamper=here.timestamper)), "not-certified")
    assert codes(verdict) == ["not-certified"]


Change = Callable[[bytes], bytes]


def overwritten_content(pdf: bytes) -> bytes:
    page = Head(pdf).pages()[0]
    return tampering.revised(pdf, {page: {b"MediaBox": b"[0 0 10 10]"}})


def moved_field(pdf: bytes) -> bytes:
    return tampering.revised(pdf, {Head(pdf).fields["Signer-3"]: {b"Rect": b"[0 0 500 800]"}})


def other_appearance(pdf: bytes) -> bytes:
    """The signed field's picture is put onto the one still to be signed."""
    return tampering.revised(pdf, {Head(pdf).fields["Signer-3"]: {b"AP": b"<< /N %d 0 R >>" % Head(pdf).root}})


def removed_from_form(pdf: bytes) -> bytes:
    head = Head(pdf)
    fields = syntax.reference(head.dictionary(head.acroform)[b"Fields"])
    assert fields is not None
    kept = [number for name, number in head.fields.items() if name != "Signer-3"]
    return tampering.with_objects(pdf, {fields: b"[" + b" ".join(map(syntax.ref, kept)) + b"]"})


def javascript(pdf: bytes) -> bytes:
    return tampering.revised(pdf, {Head(pdf).root: {b"OpenAction": b"<< /S /JavaScript /JS (x) >>"}})


def layers(pdf: bytes) -> bytes:
    return tampering.revised(pdf, {Head(pdf).root: {b"OCProperties": b"<< /OCGs [] /D << >> >>"}})


def other_pages(pdf: bytes) -> bytes:
    """A page tree of its own, named by the catalog."""
    head = Head(pdf)
    old = syntax.reference(head.catalog[b"Pages"])
    assert old is not None
    grown = tampering.with_objects(pdf, {head.size: syntax.write_dictionary(head.dictionary(old))})
    return tampering.revised(grown, {head.root: {b"Pages": syntax.ref(head.size)}})


def needs_appearances(pdf: bytes) -> bytes:
    return tampering.revised(pdf, {Head(pdf).acroform: {b"NeedAppearances": b"true"}})


def dropped_certification(pdf: bytes) -> bytes:
    return tampering.revised(pdf, {Head(pdf).root: {b"Perms": b""}})


HIDDEN_BY_A_LATER_SIGNATURE: dict[str, tuple[Change, str]] = {
    "page added": (tampering.with_new_page, "page-changed"),
    "annotation added": (tampering.with_annotation, "change-not-allowed"),
    "field added": (tampering.with_new_field, "change-not-allowed"),
    "page changed": (overwritten_content, "page-changed"),
    "field moved": (moved_field, "annotation-changed"),
    "appearance changed": (other_appearance, "annotation-changed"),
    "field removed": (removed_from_form, "change-not-allowed"),
    "script added": (javascript, "change-not-allowed"),
    "layers added": (layers, "change-not-allowed"),
    "page tree replaced": (other_pages, "change-not-allowed"),
    "appearances asked for": (needs_appearances, "change-not-allowed"),
    "certification dropped": (dropped_certification, "change-not-allowed"),
}


@pytest.mark.parametrize("name", HIDDEN_BY_A_LATER_SIGNATURE)
def test_a_change_between_two_signatures_fails_though_a_later_signature_covers_it(name: str) -> None:
    change, code = HIDDEN_BY_A_LATER_SIGNATURE[name]
    changed = change(part_signed())
    failed_by(world.sealed(stamped(changed, 2)), code)


@pytest.mark.parametrize("name", HIDDEN_BY_A_LATER_SIGNATURE)
def test_a_change_right_after_the_certification_fails(name: str) -> None:
    change, code = HIDDEN_BY_A_LATER_SIGNATURE[name]
    failed_by(world.sealed(stamped(change(world.frozen()), 1)), code)


def test_a_visible_field_added_and_signed_after_certification_fails() -> None:
    added = tampering.with_new_field(part_signed(), "Signer-9")
    who = world.world().signer()
    waiting = sign.prepare(added, field="Signer-9", leaf=who.leaf, at=world.NOW, appearance=None, name="", reason="",
                           location="")  # fmt: skip
    raw = sign.sign_attributes(who.key, waiting.attributes)
    pdf = sign.finish(added, waiting, signature=raw, leaf=who.leaf, chain=world.world().ca.path,
                      timestamper=world.world().timestamper)  # fmt: skip
    failed_by(pdf, "annotation-changed")


def test_one_signature_in_two_fields_fails_by_name() -> None:
    head = part_signed(2)
    value = Head(head).dictionary(Head(head).fields["Signer-2"])[b"V"]
    shared = tampering.revised(head, {Head(head).fields["Signer-3"]: {b"V": value}})
    failed_by(world.sealed(shared), "signature-shared")


def test_a_signature_removed_from_its_field_fails_by_name() -> None:
    head = part_signed(2)
    removed = tampering.revised(head, {Head(head).fields["Signer-1"]: {b"V": b"", b"AP": b""}})
    failed_by(removed, "signature-removed")
    failed_by(world.sealed(removed), "signature-removed")


def test_a_file_cut_back_to_an_earlier_signature_does_not_pass() -> None:
    pdf = sealed()
    places = tampering.ends(pdf)
    assert places[-1] == len(pdf)
    for end in places[1:-2]:
        verdict = judged(pdf[:end])
        assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["unfinished"])


def test_a_certification_cut_off_fails_or_leaves_nothing_signed() -> None:
    verdict = judged(sealed()[: tampering.ends(sealed())[0]])
    assert verdict.sub_indication is Sub.SIGNED_DATA_NOT_FOUND


def test_every_bit_flipped_in_the_signed_bytes_fails() -> None:
    pdf, chance = sealed(), random.Random(20260701)
    start, end = tampering.gaps(pdf)[-1]
    places = [chance.randrange(len(pdf)) for _ in range(30)]
    for at in (place for place in places if not start <= place < end):
        assert judged(tampering.flipped(pdf, at, chance.randrange(8))).verdict is Indication.TOTAL_FAILED, at


def test_a_flipped_bit_in_the_text_is_called_a_changed_hash() -> None:
    pdf = sealed()
    at = pdf.index(b"/MediaBox") + len(b"/MediaBox [ 0 0 5")
    verdict = failed_by(tampering.flipped(pdf, at), "hash-mismatch")
    assert verdict.sub_indication is Sub.HASH_FAILURE


def test_a_changed_signature_value_is_called_so() -> None:
    pdf = world.frozen()
    start, end = tampering.gaps(pdf)[0]
    value = bytes.fromhex(pdf[start + 1 : end - 1].decode())
    info = cms.ContentInfo.load(value)
    signature = info["content"]["signer_infos"][0]["signature"].native
    changed = value.replace(signature, tampering.flipped(signature, len(signature) - 1))
    verdict = failed_by(pdf[: start + 1] + changed.hex().encode() + pdf[end - 1 :], "signature-value")
    assert Sub.SIG_CRYPTO_FAILURE in {reason.sub for reason in verdict.reasons}


def test_bytes_in_the_padding_of_a_signature_fail() -> None:
    pdf = sealed()
    _, end = tampering.gaps(pdf)[-1]
    assert pdf[end - 3 : end - 1] == b"00"
    failed_by(pdf[: end - 3] + b"ff" + pdf[end - 1 :], "padding")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"/ByteRange [0 ", rb"/ByteRange [1 "),
        (rb"/ByteRange [0 ", rb"/ByteRange [0 0 "),
        (rb"/ByteRange [0 ", rb"/ByteRange [-0 "),
    ],
)
def test_a_byte_range_of_another_form_fails(old: bytes, new: bytes) -> None:
    pdf = world.frozen()
    assert pdf.count(old) == 1
    assert judged(pdf.replace(old, new)).verdict is Indication.TOTAL_FAILED


def test_a_gap_that_hides_more_than_the_signature_value_fails() -> None:
    """The signer's own software left out the entry behind /Contents as well."""
    pdf = world.frozen()
    start, end = tampering.gaps(pdf)[0]
    match = pdf[:start].rindex(b"/ByteRange [")
    old = pdf[match : pdf.index(b"]", match)]
    for first, second in ((start - 1, end), (start, end + 1), (start + 1, end - 1)):
        numbers = b"/ByteRange [0 %d %d %d" % (first, second, len(pdf) - second)
        assert len(numbers) <= len(old)
        failed_by(pdf.replace(old, numbers.ljust(len(old))), "gap-malformed")
