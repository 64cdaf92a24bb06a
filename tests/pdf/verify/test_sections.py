"""What cross-reference sections say they hold is counted before the library reads it, however small the file."""

from __future__ import annotations

import io
import zlib

import pytest

from pdf.verify import FileVerdict, VerifyLimits, counting, limits, verify_pdf
from pdf.verify.counting import check_sections
from pdf.verify.document import Document
from pdf.verify.verdict import Finding
from tests.pdf import signing_world as w
from tests.pdf.verify import foreign, kits

FLATE = b"/Filter /FlateDecode"


def sections(*said: bytes, rows: bytes = b"", packing: bytes = FLATE) -> bytes:
    """A file of one page, and a cross-reference stream for each of what they say, all with the same rows."""
    out = foreign.one_page()
    data = zlib.compress(rows) if packing else rows
    prev = b"/Prev %d" % out.rindex(b"xref\n0 ")
    for each in said:
        head = b"9 0 obj\n<< /Type /XRef /Root 1 0 R /ID [<00> <00>] %s %s %s /Length %d >>\nstream\n"
        at = len(out)
        out += head % (each, prev, packing, len(data)) + data + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
        prev = b"/Prev %d" % at
    return out


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="sections.pdf", anchors=[w.world().root.certificate])


def told(pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[str, object]:
    """The verdict's one reason; the library must not have been asked."""
    monkeypatch.setattr("pdf.verify.document.PdfFileReader", lambda *_, **__: pytest.fail("was read"))
    (reason,) = judged(pdf).reasons
    return reason.code, reason.params.get("what", reason.params.get("detail"))


def test_rows_that_unpack_a_thousandfold_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = sections(b"/Size 400000 /W [1 1 1]", rows=b"\1\0\0" * 400_000)
    assert told(pdf, monkeypatch) == ("limits", "objects")


def test_rows_of_all_sections_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    each = b"/Size 60000 /W [0 1 0]"
    check_sections(io.BytesIO(sections(each)), VerifyLimits(), 1_000)
    assert told(sections(each, each), monkeypatch) == ("limits", "objects")


@pytest.mark.parametrize(
    "said",
    [
        b"/Size 9 /W [-1 0 0] /Index [0 1000000000]", b"/Size 9 /W [0 0 0] /Index [0 1000000000]",
        b"/Size 9 /W [0 1 0] /Index [0 900000 900000 -900000]", b"/Size 9 /W [0.5 0 0] /Index [0 1000000000]",
        b"/Size 9 /W [1 99 1]", b"/Size 9.5 /W [1 1 1]",
    ],
)  # fmt: skip
def test_rows_of_no_octet_or_fewer_are_none(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(sections(said), monkeypatch) == ("broken-file", "a malformed cross-reference stream")


def test_a_section_hidden_beside_a_table_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = sections(b"/Size 200000 /W [0 1 0]")
    at = pdf.index(b"9 0 obj")
    table = b"xref\n0 0\ntrailer\n<< /Size 9 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (at, len(pdf))
    assert told(pdf + table, monkeypatch) == ("limits", "objects")


def test_sections_are_counted_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = sections(*[b"/Size 1 /W [0 1 0]"] * 4, rows=b"\0")
    check_sections(io.BytesIO(pdf), VerifyLimits(revisions=5), len(pdf))
    with pytest.raises(Finding) as refused:
        check_sections(io.BytesIO(pdf), VerifyLimits(revisions=4), len(pdf))
    assert refused.value.reason.params == {"what": "revisions", "limit": 4}


@pytest.mark.parametrize("packing", [FLATE, b""])
def test_as_many_rows_as_a_small_file_may_need_are_read(packing: bytes) -> None:
    pdf = sections(b"/Size 90000 /W [1 2 1]", rows=b"\0\0\0\1" * 90_000, packing=packing)
    check_sections(io.BytesIO(pdf), VerifyLimits(), len(pdf))
    assert len(Document(pdf, VerifyLimits()).sections) == 2


def test_rows_are_not_compared_with_all_later_sections_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = sections(b"/Size 4 /W [0 1 0]", *[b"/Size 0 /W [0 1 0] /Index [0 0]"] * 2)
    monkeypatch.setattr(counting, "_MOST_COMPARED", 0)
    check_sections(io.BytesIO(pdf), VerifyLimits(), 14)
    monkeypatch.setattr(counting, "_MOST_COMPARED", -len(pdf) + 11)
    assert told(pdf, monkeypatch) == ("limits", "compared-rows")


def test_sections_agree_where_what_one_frees_is_a_stream_and_what_uses_it_again_a_table() -> None:
    pdf = sections(b"/Size 10 /W [1 1 1] /Index [8 1]", rows=b"\0\0\1", packing=b"")
    at = pdf.rindex(b"9 0 obj")
    pdf += b"8 1 obj\n1\nendobj\n"
    table = b"xref\n8 1\n%010d 00001 n \ntrailer\n<< /Size 10 /Root 1 0 R /ID [<00> <00>] /Prev %d >>\n"
    pdf += table % (len(pdf) - 17, at) + b"startxref\n%d\n%%%%EOF\n" % len(pdf)
    assert [each.code for each in judged(pdf).reasons] == ["unsigned"]


def test_files_of_a_kit_share_the_rows_that_a_file_has_besides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_OBJECTS_BESIDES", 70_000)
    pdf = sections(b"/Size 20000 /W [0 1 0]", rows=b"\x0f" * 20_000)
    alone, beside = ({f"agreements/{n}.pdf": pdf for n in range(count)} for count in (1, 2))
    found = [
        [each.params["path"] for each in kits.judged({**kits.good(), **more}).reasons if each.code == "limits"]
        for more in (alone, beside)
    ]
    assert found == [[], ["agreements/0.pdf", "agreements/1.pdf"]]
