"""Values of different kinds differ, however Python compares them: 1, 1.0 and true are three things to a viewer."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations

import pytest
from pyhanko.pdf_utils import generic

from pdf.sign import syntax
from pdf.sign.revision import Head
from pdf.verify import FileVerdict, Indication, verify_pdf
from pdf.verify.objects import Plain, as_numbers, plain
from pdf.verify.reading import read_value
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked
from tests.pdf.verify.crooked import Crook, CrookedUpdate
from tests.pdf.verify.test_reading import READER

DIFFERENT = [b"0", b"1", b"0.0", b"1.0", b"1.5", b"true", b"false", b"(1)", b"/1", b"1 0 R", b"[1 0]", b"[]", b"<<>>",
             b"()", b"[1]", b"[1.0]", b"[true]", b"<< /A 1 >>", b"<< /A 1. >>", b"<< /A true >>", b"[0 1]"]  # fmt: skip
ALIKE = [(b"1.0", b"1."), (b"1.50", b"1.5"), (b"+1", b"1"), (b"-0.0", b"0.0"), (b"<31>", b"(1)")]


def by_ourselves(written: bytes) -> Plain:
    found = read_value(written + b" ", 0)
    assert found is not None
    return found[0]


def by_pyhanko(written: bytes) -> Plain:
    return plain(generic.read_object(io.BytesIO(written + b" "), generic.Reference(1, 0, READER)))


@pytest.mark.parametrize("read", [by_ourselves, by_pyhanko])
def test_no_two_values_of_different_kinds_are_equal(read: Callable[[bytes], Plain]) -> None:
    values = [read(each) for each in DIFFERENT]
    assert not [(one, other) for one, other in combinations(values, 2) if one == other or other == one]
    assert not {type(each) for each in values} & {bool, float}


@pytest.mark.parametrize("read", [by_ourselves, by_pyhanko])
def test_the_same_value_written_otherwise_is_equal(read: Callable[[bytes], Plain]) -> None:
    assert [read(one) == read(other) for one, other in ALIKE] == [True] * len(ALIKE)


def test_numbers_of_both_kinds_make_a_rectangle() -> None:
    assert [int(each) for each in as_numbers(by_ourselves(b"[0 1.0 2. 3]"))] == [0, 1, 2, 3]
    assert as_numbers(by_ourselves(b"[0 1 true 3]")) == as_numbers(by_ourselves(b"5")) == []


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="kinds.pdf", anchors=[w.world().root.certificate])


def rewritten(number: int, old: bytes, new: bytes) -> bytes:
    """The finished file with one object written anew by a stranger, a word in it of another kind."""
    update = CrookedUpdate(Head(crooked.finished()), Crook())
    body = syntax.write_dictionary(update.head.dictionary(number))
    assert old in body
    update.put(number, body.replace(old, new))
    return crooked.stamped(update)


@pytest.mark.parametrize(("old", "new"), [(b" 595 ", b" 595.0 "), (b"[ 0 0 ", b"[ false 0 "), (b"[ 0 0 ", b"[ 0.0 0 ")])
def test_a_page_with_a_number_of_another_kind_fails_the_file(old: bytes, new: bytes) -> None:
    page = Head(crooked.finished()).pages()[1]
    assert judged(rewritten(page, old, old)).verdict is Indication.TOTAL_PASSED
    verdict = judged(rewritten(page, old, new))
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert "page-changed" in {reason.code for reason in verdict.reasons}


def test_a_field_with_a_flag_of_another_kind_fails_the_file() -> None:
    number = Head(crooked.finished()).fields["Signer-1"]
    for new in (b"/F 132.0", b"/F true"):
        verdict = judged(rewritten(number, b"/F 132", new))
        assert verdict.verdict is Indication.TOTAL_FAILED
        assert "annotation-changed" in {reason.code for reason in verdict.reasons}
