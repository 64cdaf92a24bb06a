"""Our reader beside pyHanko's parser: the same value, or none."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import read_object_header

from pdf.verify.document import Document
from pdf.verify.limits import VerifyLimits
from pdf.verify.objects import Name, Plain, Real, Ref, Word, plain
from pdf.verify.reading import read_object
from pdf.verify.verdict import Finding
from tests.pdf.verify import foreign
from tests.pdf.verify.test_attacks import FILES
from tests.pdf.verify.test_foreign_files import archived, certified, with_store
from tests.pdf.verify.test_good_files import sealed

READER = PdfFileReader(io.BytesIO(foreign.one_page()), strict=True)


def slowly(data: bytes, offset: int = 0) -> tuple[Ref, Plain]:
    """What pyHanko reads there. Raises whatever it raises."""
    stream = io.BytesIO(data)
    stream.seek(offset)
    number, generation = read_object_header(stream, strict=True)
    value = generic.read_object(stream, generic.Reference(number, generation, READER))
    generic.read_non_whitespace(stream, seek_back=True)
    if stream.read(6) != b"endobj":
        raise PdfError("no end")
    return Ref(number, generation), plain(value)


def same(data: bytes, offset: int = 0) -> bool:
    """Whether our reader answered; then it must have said what pyHanko says."""
    found = read_object(data, offset)
    if found is None:
        return False
    assert found[:2] == slowly(data, offset)
    assert data[: found[2]].endswith(b"endobj")
    return True


def every_object(pdf: bytes) -> list[int]:
    document = Document(pdf, VerifyLimits())
    return [offset for section in document.sections for offset in section.offsets.values()]


@pytest.mark.parametrize(
    "make", [sealed, lambda: archived(with_store(foreign.signed(certified(), "A")))], ids=["ours", "pyHanko's"]
)
def test_what_programs_write_is_read_to_the_last_object_and_alike(make: Callable[[], bytes]) -> None:
    pdf = make()
    found = [same(pdf, offset) for offset in every_object(pdf)]
    assert len(found) > 20
    assert all(found)


def readable(data: bytes) -> list[int]:
    """Where objects stand that pyHanko's parser can read."""
    found = []
    with suppress(Finding, PdfError, ValueError, TypeError, AssertionError):
        for offset in every_object(data):
            with suppress(PdfError, ValueError, Finding):
                slowly(data, offset)
                found.append(offset)
    return found


def test_the_attack_files_are_read_alike() -> None:
    found = [same(data, offset) for data in (path.read_bytes() for path in FILES) for offset in readable(data)]
    assert len(found) > 100
    assert sum(found) > len(found) / 2


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"<</A 1/B[2 0 R 3 4 5 R]/C(x)/D<6162>/E/F/G true/I -1.5>>", None),
        (b"[]", []),
        (b"<< >>", {}),
        (b"12", 12),
        (b"/Name", Name("/Name")),
        (b"<< /Length 3 >>\nstream\nabc\nendstream", None),
        (b"<< /Length 3 >> stream\r\nabcendstream", None),
        (b"(a(b)c)", b"a(b)c"),
        (b"(a\\)b\\\\)", b"a)b\\"),
        (b"(\\n\\r\\t\\b\\f)", b"\n\r\t\b\f"),
        (b"(\\101\\0534\\7)", b"A+4\7"),
        (b"<61 6\t2>", b"ab"),
        (b"<616>", b"a`"),
        (b"/A#20B#2e", Name("/A B.")),
        (b"% note\n1% another\r", 1),
        (b"[1%a\n2 0 R%b\n]", [1, Ref(2, 0)]),
        (b"[+1 -.5 4. 0012]", [1, Real(Decimal("-0.5")), Real(Decimal(4)), 12]),
        (b"0.30000000000000004", Real(Decimal("0.30000000000000004"))),
    ],
)
def test_well_formed_objects_are_read_as_pyhanko_reads_them(body: bytes, value: Plain) -> None:
    data = b"7 0 obj\n" + body + b"\nendobj\n"
    assert same(data)
    if value is not None:
        assert read_object(data, 0) == (Ref(7, 0), value, len(data) - 1, 0, 0)


@pytest.mark.parametrize("text", [b"a\rb", b"a\r\nb", b"a\\\nb", b"a\\qb", b"a\\400b"])
def test_a_string_that_programs_read_in_two_ways_is_read_by_nobody(text: bytes) -> None:
    """ISO 32000-2 §7.3.4.2 turns each line end into one; pdfium and poppler keep the octets as they stand."""
    assert read_object(b"7 0 obj\n(" + text + b")\nendobj\n", 0) is None


def test_an_entry_that_is_null_is_read_by_nobody() -> None:
    """It is no entry by ISO 32000-1 §7.3.7; to pdfium a page's /CropBox null hides the one that it inherits."""
    assert read_object(b"7 0 obj\n<< /Type /Page /CropBox null >>\nendobj\n", 0) is None


def test_names_that_differ_in_one_octet_are_two() -> None:
    found = read_object(b"7 0 obj\n[/#C3#A9 /#E9]\nendobj\n", 0)
    assert found is not None
    assert found.value == [Name("/\xc3\xa9"), Name("/\xe9")]


@pytest.mark.parametrize("octet", [0x80, 0xE9, 0xFF])
def test_a_name_with_an_octet_past_ascii_is_read_by_nobody(octet: int) -> None:
    """pdfium takes 0x80 and 0xff for white space: what stands behind would be a value to it."""
    assert read_object(b"7 0 obj\n<< /Contents%c5 null >>\nendobj\n" % octet, 0) is None


def test_a_length_that_stands_elsewhere_is_asked_for() -> None:
    data = b"7 0 obj\n<< /Length 9 0 R >>\nstream\nabc\nendstream\nendobj\n"
    found = read_object(data, 0, {Ref(9, 0): 3}.get)
    assert found is not None
    assert data[found.begin : found.stop] == b"abc"
    for lengths in ({}, {Ref(9, 0): 2}, {Ref(9, 0): Word(True)}, {Ref(9, 0): Ref(8, 0)}):
        assert read_object(data, 0, lengths.get) is None


def test_a_length_that_stands_elsewhere_ends_at_the_first_end() -> None:
    data = b"7 0 obj\n<< /Length 9 0 R >>\nstream\na\nendstream\nendobj\nb\nendstream\nendobj\n"
    assert read_object(data, 0, {Ref(9, 0): 1}.get) is not None
    assert read_object(data, 0, {Ref(9, 0): data.rindex(b"\nendstream") - data.index(b"a\n")}.get) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<< /A 1 /A 2 >>", b"<< /A#20 1 /A#20 2 >>", b"(a(b)", b"(a\\)", b"/A#42", b"/A#4", b"/A#00",
        b"/" + b"A" * 128,
        b"<61%x\n62>", b"<6g>", b"<61\v>", b"<61", b"% endobj\n1", b"%\xff\n1", b"%" + b"x" * 200 + b"\n1", b"1 2",
        b"1\v", b"2147483648", b"-2147483649", b"0 0 R", b"8388608 0 R", b"1 65536 R", b"[1 %\n0 R]", b"[1     0 R]",
        b"<< /A << >x >>", b"<< /A << > > >>", b"{1}", b"truefalse", b"[1 0R]", b"1e3",
        b"<< /A >>", b"<< 1 2 >>", b"[1", b"<< /A 1", b"1 0 Rx", b"truer", b"1.2.3", b"--1", b"/",
        b"<< /Length 2 >>\nstream\nabc\nendstream",
        b"<< /Length 1 0 R >>\nstream\nabc\nendstream", b"<< /Length 3 >>\nstream\rabc\nendstream",
        b"<< /Length 9999 >>\nstream\nabc\nendstream", b"<< /Length true >>\nstream\nabc\nendstream",
        b"[" * 80 + b"]" * 80,
    ],
)  # fmt: skip
def test_anything_else_is_not_read(body: bytes) -> None:
    assert read_object(b"7 0 obj\n" + body + b"\nendobj\n", 0) is None


def test_an_object_ends_with_its_own_word() -> None:
    for data in (b"7 0 obj\n1\n", b"7 0 obj\n1\nendobject", b"7 0 obj 1 endob", b"7 obj 1 endobj", b""):
        assert read_object(data, 0) is None


PIECES = st.sampled_from(
    [b"<<", b">>", b"[", b"]", b"/A", b"/B", b"/Length", b"1", b"-2", b"0.5", b"3 0 R", b"(x)", b"(\\))", b"<41>",
     b"(a(b\\)c)\\101)", b"<4 1>", b"/A#20", b"null", b"true", b"%c\n", b"\nstream\n", b"\nendstream", b"abc", b"R",
     b"(", b"<", b" ", b"\n", b"\0"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=14), st.booleans())
def test_whatever_is_read_is_what_pyhanko_reads(pieces: list[bytes], spaced: bool) -> None:
    same(b"7 0 obj " + (b" " if spaced else b"").join(pieces) + b"\nendobj\n")
