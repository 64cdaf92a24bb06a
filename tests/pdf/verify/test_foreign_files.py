"""Files that others made: what is sound passes, what a shadow prepared fails, what we do not vouch for is doubted."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from asn1crypto import crl
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import DocumentSecurityStore

from pdf import sign
from pdf.verify import Indication, Level, Sub
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign, tampering
from tests.pdf.verify.test_good_files import codes, judged


def certified() -> bytes:
    base = foreign.with_fields(foreign.one_page(), "Platform", "A", "B")
    return foreign.signed(base, "Platform", certify=True)


def with_store(pdf: bytes) -> bytes:
    """Validation data appended by pyHanko as a revision of its own."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    certificates = [foreign.asn1(each) for each in world.world().ca.path]
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, certs=certificates, crls=[crl.CertificateList.load(each) for each in world.world().crls]
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archived(pdf: bytes) -> bytes:
    out = io.BytesIO()
    stamper = signers.PdfTimeStamper(foreign.LoopbackTimeStamper())
    stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256", output=out)
    return out.getvalue()


def test_a_file_certified_signed_and_archived_by_pyhanko_passes() -> None:
    pdf = archived(with_store(foreign.signed(foreign.signed(certified(), "A"), "B")))
    verdict = judged(pdf)
    assert (codes(verdict), verdict.verdict) == ([], Indication.TOTAL_PASSED)
    assert {each.level for each in verdict.signatures} == {Level.B_LTA, Level.DOCUMENT_TIMESTAMP}
    assert verdict.signatures[1].key_custody == "external"


def test_a_signature_on_a_file_with_object_and_reference_streams_passes() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(world.blank_pdf())) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/ObjStm" in out.getvalue()
    pdf = foreign.signed(foreign.signed(foreign.with_fields(out.getvalue(), "A", "B"), "A"), "B")
    assert judged(pdf).verdict is Indication.TOTAL_PASSED


def test_validation_data_that_nothing_signs_leaves_doubt() -> None:
    verdict = judged(with_store(certified()))
    assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["end-not-covered"])


def test_a_visible_field_added_by_a_later_signer_of_an_uncertified_file_leaves_doubt() -> None:
    first = foreign.signed(foreign.with_fields(foreign.one_page(), "A"), "A")
    pdf = foreign.signed(first, "B", spec=fields.SigFieldSpec("B", box=(20, 20, 300, 300)))
    verdict = judged(pdf)
    assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["field-added"])


def test_a_shadow_reference_that_a_later_revision_fills_fails() -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [4 0 R 40 0 R] >>"
    base = foreign.with_fields(foreign.one_page(page=page), "A", "B")
    first = foreign.signed(base, "A")
    assert judged(first).verdict is Indication.TOTAL_PASSED
    filled = tampering.with_objects(first, {40: foreign.CONTENT})
    verdict = judged(foreign.signed(filled, "B"))
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert {"change-not-allowed"} == set(codes(verdict))


def with_metadata(page: bytes) -> bytes:
    """A file with two empty fields whose catalog names stream 4 as its metadata."""
    stream = b"<< /Type /Metadata /Subtype /XML /Length 4 >>\nstream\n0 g \nendstream"
    field = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /P 3 0 R >>"
    return foreign.hand_made(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R /AcroForm 7 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [5 0 R 6 0 R] %s >>" % page,
            4: stream,
            5: field % b"A",
            6: field % b"B",
            7: b"<< /Fields [5 0 R 6 0 R] /SigFlags 3 >>",
        }
    )


def test_page_content_that_passes_as_metadata_fails_when_it_changes() -> None:
    other = b"<< /Type /Metadata /Subtype /XML /Length 4 >>\nstream\n1 g \nendstream"
    found = []
    for page in (b"", b"/Contents 4 0 R"):
        first = world_signed(with_metadata(page), "A")
        assert judged(first).verdict is Indication.TOTAL_PASSED
        found.append(judged(world_signed(tampering.with_objects(first, {4: other}), "B")))
    assert [verdict.verdict for verdict in found] == [Indication.TOTAL_PASSED, Indication.TOTAL_FAILED]
    assert codes(found[1]) == ["change-not-allowed"]


def world_signed(pdf: bytes, field: str) -> bytes:
    """Signed by our own writer, which leaves metadata alone."""
    who, here = foreign.stranger(), world.world()
    waiting = sign.prepare(pdf, field=field, leaf=who.leaf, at=world.NOW, appearance=None, name="", reason="",
                           location="")  # fmt: skip
    raw = sign.sign_attributes(who.key, waiting.attributes)
    return sign.finish(pdf, waiting, signature=raw, leaf=who.leaf, chain=here.ca.path, timestamper=here.timestamper)


def test_a_page_tree_that_turns_in_a_circle_fails() -> None:
    looped = foreign.one_page(pages=b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 1 >>")
    first = foreign.with_fields(foreign.one_page(), "A")
    assert judged(world_signed(first, "A")).verdict is Indication.TOTAL_PASSED
    broken = foreign.with_fields(looped, "A")
    verdict = judged(world_signed(broken, "A"))
    assert codes(verdict) == ["page-tree-loop"]


def test_a_table_that_points_behind_the_signed_bytes_fails() -> None:
    """A shadow: the object is written later, at the place that the signed table names already."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        4: foreign.CONTENT,
    }
    pdf = world_signed(foreign.with_fields(foreign.hand_made(objects, offsets={4: 60_000}), "A", "B"), "A")
    padded = pdf + b"%" * (60_000 - len(pdf) - 1) + b"\n4 0 obj\n" + foreign.CONTENT + b"\nendobj\n"
    verdict = judged(padded + pdf[pdf.rindex(b"startxref") :])
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert judged(pdf).verdict is Indication.TOTAL_FAILED


@pytest.mark.parametrize("more", [b"/X <41%\n>", b"/Contents [4 0 R % endobj\n]"])
def test_a_base_that_programs_read_differently_leaves_doubt_once_something_follows(more: bytes) -> None:
    """A pointer may stand in it that our reading does not show, to be filled later."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>" % more
    first = foreign.hand_made(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 7 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: page,
            4: foreign.CONTENT,
            5: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /F 132 /Rect [0 0 0 0] /P 3 0 R >>",
            6: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (B) /F 132 /Rect [0 0 0 0] /P 3 0 R >>",
            7: b"<< /Fields [5 0 R 6 0 R] /SigFlags 3 >>",
        }
    )
    one = world_signed(first, "A")
    two = judged(world_signed(one, "B"))
    assert judged(one).verdict is Indication.TOTAL_PASSED
    assert (two.verdict, codes(two)) == (Indication.INDETERMINATE, ["base-read-differently"])


def test_a_stream_whose_length_stands_elsewhere_is_read_in_the_base() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 7 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        4: foreign.CONTENT.replace(b"/Length 8", b"/Length 8 0 R"),
        5: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /F 132 /Rect [0 0 0 0] /P 3 0 R >>",
        6: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (B) /F 132 /Rect [0 0 0 0] /P 3 0 R >>",
        7: b"<< /Fields [5 0 R 6 0 R] /SigFlags 3 >>",
        8: b"8",
    }
    two = judged(world_signed(world_signed(foreign.hand_made(objects), "A"), "B"))
    assert (two.verdict, codes(two)) == (Indication.TOTAL_PASSED, [])


def test_an_encrypted_file_is_doubted_not_accused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(world.blank_pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    verdict = judged(out.getvalue())
    assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["encrypted"])


def test_a_locked_field_that_is_signed_all_the_same_fails() -> None:
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
    base = foreign.with_fields(foreign.one_page(), "B")
    spec = fields.SigFieldSpec("A", box=(20, 200, 90, 290), field_mdp_spec=lock)
    first = foreign.signed(base, "A", spec=spec)
    assert judged(first).verdict is Indication.TOTAL_PASSED
    assert codes(judged(world_signed(first, "B"))) == ["change-not-allowed"]


def test_a_weak_digest_leaves_doubt() -> None:
    pdf = foreign.signed(foreign.with_fields(foreign.one_page(), "A"), "A", stamped=False, md_algorithm="sha1")
    verdict = judged(pdf)
    assert (verdict.verdict, verdict.sub_indication) == (Indication.INDETERMINATE, Sub.CRYPTO_CONSTRAINTS_FAILURE)


def test_a_stream_that_unpacks_without_end_fails_within_limits() -> None:
    bomb = zlib.compress(zlib.compress(b"\0" * 300_000_000, 9), 9)
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream"
    objects = {2: stream % (len(bomb), bomb)}
    table = zlib.compress(bytes([0, 0, 0, 0, 2, 0, 2, 0, 1, 0, 15, 0]))
    head = foreign.hand_made(objects)[: foreign.hand_made(objects).index(b"xref")]
    xref = b"<< /Type /XRef /Size 4 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    pdf = head + b"3 0 obj\n" + xref % (len(table), table) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)
    verdict = judged(pdf)
    assert verdict.verdict is Indication.TOTAL_FAILED
