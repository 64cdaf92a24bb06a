"""Fields, then the platform, then person after person, then the archive: each step leaves the earlier ones whole."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc

import pikepdf
import pytest
from asn1crypto import cms as asn1
from asn1crypto import parser
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from pdf import pki, sign
from pdf.errors import (
    AlreadySigned,
    FieldProblem,
    HeadMismatch,
    PdfError,
    PlaceholderTooSmall,
    SignatureMismatch,
    StructureUnsupported,
)
from tests.pdf import signing_world as w

SET = 17


def strictly_read(data: bytes) -> None:
    """Read every value inside every value: shortest lengths, none indefinite, sets in order, nothing left over."""
    parts = members(data)
    for value in parts:
        _, method, tag, header, content, trailer = parser.parse(value, strict=True)
        assert not trailer, "indefinite length"
        assert value == parser.emit(header[0] >> 6, method, tag, content), "not the shortest length"
        if method == 1:
            strictly_read(content)
            assert tag != SET or members(content) == sorted(members(content)), "a SET OF out of order"


def members(content: bytes) -> list[bytes]:
    found = []
    while content:
        _, _, _, header, inside, trailer = parser.parse(content)
        length = len(header) + len(inside) + len(trailer)
        found.append(content[:length])
        content = content[length:]
    return found


def contents_of(pdf: bytes, field: str) -> bytes:
    """The CMS in a field, without its padding."""
    reader = PdfFileReader(io.BytesIO(pdf))
    found = next(each for each in reader.embedded_signatures if each.field_name == field)
    return asn1.ContentInfo.load(found.pkcs7_content).dump()


def test_freezing_makes_all_fields_and_allows_filling_in_only() -> None:
    frozen = w.frozen()

    with pikepdf.open(io.BytesIO(frozen)) as document:
        names = {str(field.T) for field in document.Root.AcroForm.Fields}
        assert names == {"Signer-1", "Signer-2", "Signer-3", sign.PLATFORM_FIELD}
        certification = document.Root.Perms.DocMDP
        assert int(certification.Reference[0].TransformParams.P) == 2
        assert int(document.Root.AcroForm.SigFlags) == 3
        assert {str(widget.T) for widget in document.pages[0].Annots} == names
    (status,) = w.judged(frozen)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_a_signature_is_judged_good_and_covers_the_whole_file() -> None:
    signed = w.signed(w.frozen(), timestamper=w.world().timestamper)

    platform, person = sorted(w.judged(signed), key=lambda each: each.coverage)
    assert platform.bottom_line
    assert person.bottom_line
    assert person.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert person.timestamp_validity.valid
    assert person.signing_cert.subject.native["common_name"] == "林晓云"


def test_every_signature_stays_good_when_others_follow_and_the_file_is_sealed() -> None:
    *signatures, archive = w.judged(w.everything_signed())

    assert len(signatures) == 4
    assert all(each.bottom_line and each.intact and each.valid and each.trusted for each in signatures)
    assert archive.intact
    assert archive.valid
    assert archive.trusted
    assert archive.coverage is SignatureCoverageLevel.ENTIRE_FILE
    levels = {each.modification_level for each in signatures}
    assert levels <= {ModificationLevel.FORM_FILLING, ModificationLevel.LTA_UPDATES}


def test_sealing_again_years_later_keeps_the_older_seal_good() -> None:
    once = w.everything_signed()

    twice = w.sealed(once)

    *rest, newest = w.judged(twice)
    assert all(each.intact and each.valid and each.trusted for each in rest)
    assert newest.coverage is SignatureCoverageLevel.ENTIRE_FILE
    with pikepdf.open(io.BytesIO(once)) as before, pikepdf.open(io.BytesIO(twice)) as after:
        assert [each.objgen for each in after.Root.DSS.Certs] == [each.objgen for each in before.Root.DSS.Certs]
        assert len(after.Root.DSS.VRI.keys()) == len(before.Root.DSS.VRI.keys()) + 1


def test_the_store_holds_every_certificate_and_list_and_an_entry_for_each_signature() -> None:
    here = w.world()
    head = w.signed(w.frozen())

    sealed = w.sealed(head)

    with pikepdf.open(io.BytesIO(sealed)) as document:
        store = document.Root.DSS
        kept = {bytes(stream.read_bytes()) for stream in store.Certs}
        wanted = {hashlib.sha256(each.public_bytes(w.Encoding.DER)).digest() for each in here.ca.path}
        assert wanted <= {hashlib.sha256(each).digest() for each in kept}
        assert {bytes(stream.read_bytes()) for stream in store.CRLs} == set(here.crls)
        keys = {name.removeprefix("/") for name in store.VRI.keys()}  # noqa: SIM118
    reader = PdfFileReader(io.BytesIO(head))
    digests = {
        hashlib.sha1(each.pkcs7_content.hex().encode(), usedforsecurity=False).hexdigest().upper()
        for each in reader.embedded_signatures
    }
    assert keys == digests


def test_the_cms_is_strict_der_with_exactly_the_attributes_that_pades_wants() -> None:
    signed = w.signed(w.frozen(), timestamper=w.world().timestamper)

    info = asn1.ContentInfo.load(contents_of(signed, "Signer-1"), strict=True)

    strictly_read(contents_of(signed, "Signer-1"))
    (signer,) = info["content"]["signer_infos"]
    kinds = [attribute["type"].native for attribute in signer["signed_attrs"]]
    assert sorted(kinds) == ["cms_algorithm_protection", "content_type", "message_digest", "signing_certificate_v2"]
    assert [attribute["type"].native for attribute in signer["unsigned_attrs"]] == ["signature_time_stamp_token"]
    assert info["content"]["encap_content_info"]["content"].native is None
    assert len(info["content"]["certificates"]) == 3


def test_the_attributes_name_the_digest_where_the_browser_looks_for_it() -> None:
    head, signer = w.frozen(), w.world().signer()

    waiting = w.prepared(head, signer)

    whole = head + waiting.increment
    _, first, second, rest = waiting.byte_range
    digest = hashlib.sha256(whole[:first] + whole[second : second + rest]).digest()
    assert second + rest == len(whole)
    assert whole[first : first + 1] + whole[second - 1 : second] == b"<>"
    assert set(whole[first + 1 : second - 1]) == {ord("0")}
    assert digest.hex() == waiting.digest
    assert bytes.fromhex("06092a864886f70d01090431220420") + digest in waiting.attributes


def test_preparing_and_finishing_twice_gives_the_same_bytes() -> None:
    head, signer = w.frozen(), w.world().signer()
    look = sign.Appearance(drawing=w.drawn_png(), captions=("林晓云",), font=w.FONT)
    first = w.prepared(head, signer, appearance=look)
    raw = sign.sign_attributes(signer.key, first.attributes)

    second = sign.Prepared.from_dict(json.loads(json.dumps(w.prepared(head, signer, appearance=look).to_dict())))

    assert second == first
    chain = w.world().ca.path
    files = [
        sign.finish(head, each, signature=raw, leaf=signer.leaf, chain=chain, timestamper=None)
        for each in (first, second)
    ]
    assert files[0] == files[1]


def test_what_is_kept_between_the_steps_is_small() -> None:
    waiting = w.prepared(w.frozen(600_000), w.world().signer())

    assert len(json.dumps(waiting.to_dict())) < 60_000


def test_a_signature_by_another_key_is_refused_before_it_is_embedded() -> None:
    head, signer, other = w.frozen(), w.world().signer(), w.world().signer()
    waiting = w.prepared(head, signer)
    raw = sign.sign_attributes(other.key, waiting.attributes)

    with pytest.raises(SignatureMismatch):
        sign.finish(head, waiting, signature=raw, leaf=signer.leaf, chain=(), timestamper=None)


@pytest.mark.parametrize("raw", [b"", b"\0" * 63, b"\0" * 64, b"\xff" * 64, b"\1" * 65])
def test_a_signature_of_no_sense_is_refused(raw: bytes) -> None:
    head, signer = w.frozen(), w.world().signer()

    with pytest.raises(SignatureMismatch):
        sign.finish(head, w.prepared(head, signer), signature=raw, leaf=signer.leaf, chain=(), timestamper=None)


def test_a_head_that_moved_on_is_refused_and_prepared_again_without_loss() -> None:
    head, slow = w.frozen(), w.world().signer()
    waiting = w.prepared(head, slow, slot=1)
    moved = w.signed(head, slot=2)
    raw = sign.sign_attributes(slow.key, waiting.attributes)

    with pytest.raises(HeadMismatch):
        sign.finish(moved, waiting, signature=raw, leaf=slow.leaf, chain=(), timestamper=None)

    assert len(w.judged(w.signed(moved, slot=1, signer=slow))) == 3


def test_a_head_of_the_same_length_with_other_bytes_is_refused() -> None:
    head, signer = w.frozen(), w.world().signer()
    waiting = w.prepared(head, signer)
    raw = sign.sign_attributes(signer.key, waiting.attributes)
    other = head[:100] + bytes([head[100] ^ 1]) + head[101:]

    with pytest.raises(HeadMismatch):
        sign.finish(other, waiting, signature=raw, leaf=signer.leaf, chain=(), timestamper=None)


def test_attributes_that_were_exchanged_between_the_steps_are_refused() -> None:
    head, signer = w.frozen(), w.world().signer()
    kept = w.prepared(head, signer).to_dict()
    others = w.prepared(head, w.world().signer()).to_dict()
    swapped = sign.Prepared.from_dict({**kept, "attributes": others["attributes"]})
    raw = sign.sign_attributes(signer.key, swapped.attributes)

    with pytest.raises(HeadMismatch):
        sign.finish(head, swapped, signature=raw, leaf=signer.leaf, chain=(), timestamper=None)


def test_a_field_takes_one_signature_only() -> None:
    signed = w.signed(w.frozen())

    with pytest.raises(FieldProblem) as refused:
        w.prepared(signed, w.world().signer())

    assert refused.value.code == "field_taken"


def test_a_field_that_was_not_made_by_freezing_is_missing() -> None:
    with pytest.raises(FieldProblem) as refused:
        w.prepared(w.frozen(), w.world().signer(), slot=9)

    assert refused.value.code == "field_missing"


def test_a_placeholder_that_is_too_small_is_named_with_both_sizes() -> None:
    head, signer = w.frozen(), w.world().signer()
    waiting = sign.prepare(
        head, field="Signer-1", leaf=signer.leaf, at=w.NOW, appearance=None, name="林晓云", reserve=500
    )
    raw = sign.sign_attributes(signer.key, waiting.attributes)

    with pytest.raises(PlaceholderTooSmall) as refused:
        sign.finish(head, waiting, signature=raw, leaf=signer.leaf, chain=w.world().ca.path, timestamper=None)

    assert refused.value.params["reserved"] == 500
    assert int(str(refused.value.params["needed"])) > 500


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ([sign.FieldSpec("A b", 0, (10, 10, 100, 60))], "field_name"),
        ([sign.FieldSpec(sign.PLATFORM_FIELD, 0, (10, 10, 100, 60))], "field_name"),
        ([sign.FieldSpec("A", 0, (10, 10, 100, 60)), sign.FieldSpec("A", 1, (10, 10, 100, 60))], "field_doubled"),
        ([sign.FieldSpec("A", 2, (10, 10, 100, 60))], "field_page"),
        ([sign.FieldSpec("A", -1, (10, 10, 100, 60))], "field_page"),
        ([sign.FieldSpec("A", 0, (500, 10, 700, 60))], "field_box"),
        ([sign.FieldSpec("A", 0, (100, 10, 10, 60))], "field_box"),
        ([sign.FieldSpec("A", 0, (10, 10, 10, 60))], "field_box"),
    ],
)
def test_fields_that_cannot_stand_are_refused_by_name(fields: list[sign.FieldSpec], code: str) -> None:
    with pytest.raises(FieldProblem) as refused:
        sign.freeze(w.blank_pdf(), fields=fields, platform=w.world().platform, timestamper=None, at=w.NOW)

    assert refused.value.code == code


def test_a_file_that_is_signed_already_is_not_frozen() -> None:
    with pytest.raises(AlreadySigned):
        sign.freeze(w.frozen(), fields=w.FIELDS, platform=w.world().platform, timestamper=None, at=w.NOW)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\n", b"hello" * 100])
def test_junk_is_not_frozen(junk: bytes) -> None:
    with pytest.raises(StructureUnsupported):
        sign.freeze(junk, fields=w.FIELDS, platform=w.world().platform, timestamper=None, at=w.NOW)


def rewritten(**options: object) -> bytes:
    with pikepdf.open(io.BytesIO(w.frozen())) as document:
        out = io.BytesIO()
        document.save(out, **options)
        return out.getvalue()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(w.frozen()[:-30], id="cut off"),
        pytest.param(rewritten(object_stream_mode=pikepdf.ObjectStreamMode.generate), id="cross-reference stream"),
        pytest.param(w.frozen().replace(b"/Prev", b"/Size"), id="no way back"),
        pytest.param(w.frozen().replace(b" 00000 n", b" 00000 x"), id="entries of no kind"),
    ],
)
def test_a_head_that_is_not_ours_is_refused_by_name(head: bytes) -> None:
    with pytest.raises(PdfError):
        w.prepared(head, w.world().signer())


def test_the_second_identifier_changes_and_the_first_stays() -> None:
    signed = w.signed(w.frozen())

    with pikepdf.open(io.BytesIO(w.frozen())) as before, pikepdf.open(io.BytesIO(signed)) as after:
        assert bytes(before.trailer.ID[0]) == bytes(after.trailer.ID[0])
        assert bytes(before.trailer.ID[1]) != bytes(after.trailer.ID[1])


def test_reason_place_and_name_are_read_back_as_written() -> None:
    signed = w.signed(w.frozen())

    with pikepdf.open(io.BytesIO(signed)) as document:
        value = next(field.V for field in document.Root.AcroForm.Fields if str(field.T) == "Signer-1")
        assert (str(value.Name), str(value.Reason), str(value.Location)) == ("林晓云", "签署 Signing", "成都 Chengdu")
        assert str(value.M) == f"D:{w.NOW:%Y%m%d%H%M%S}Z"


def test_custody_can_be_read_from_the_file_alone() -> None:
    signer = w.world().signer(custody=pki.KeyCustody.SERVER)
    signed = w.signed(w.frozen(), signer=signer)

    info = asn1.ContentInfo.load(contents_of(signed, "Signer-1"))

    certificates = [w.x509.load_der_x509_certificate(each.chosen.dump()) for each in info["content"]["certificates"]]
    (leaf,) = [each for each in certificates if each.serial_number == signer.leaf.serial_number]
    assert pki.custody_of(leaf) is pki.KeyCustody.SERVER


def test_signing_does_not_hold_the_file_many_times_over() -> None:
    head, signer = w.frozen(3_000_000), w.world().signer()
    tracemalloc.start()

    waiting = w.prepared(head, signer)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert waiting.base_length == len(head)
    assert peak < len(head) / 2
