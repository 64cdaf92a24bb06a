"""However a file is made, judging it costs what its size explains: no part of it is walked again and again."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf import sign
from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, changes, limits, reading, verify_pdf
from pdf.verify.limits import VerifyLimits
from pdf.verify.objects import Name, Plain
from pdf.verify.packing import ObjectStream
from pdf.verify.reading import Effort, read_object
from pdf.verify.verdict import Finding
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked, kits


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="effort.pdf", anchors=[w.world().root.certificate])


def codes(pdf: bytes) -> set[str]:
    return {reason.code for reason in judged(pdf).reasons}


def with_late_stamps(count: int) -> bytes:
    pdf = crooked.finished()
    for _ in range(count):
        pdf = sign.stamp(pdf, timestamper=w.world().timestamper)
    return pdf


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The revisions as of which the security store was walked."""
    seen: list[int] = []
    reach = changes.IncrementCheck._reach

    def counting(self: changes.IncrementCheck, value: object, revision: int) -> frozenset[object]:
        seen.append(revision)
        return reach(self, value, revision)  # type: ignore[arg-type, return-value]

    monkeypatch.setattr(changes.IncrementCheck, "_reach", counting)
    return seen


def test_revisions_that_leave_the_store_alone_do_not_have_it_walked(walks: list[int]) -> None:
    assert judged(with_late_stamps(0)).verdict is Indication.TOTAL_PASSED
    before = len(walks)
    walks.clear()
    assert judged(with_late_stamps(6)).verdict is Indication.TOTAL_PASSED
    assert len(walks) == before


def test_stores_are_walked_so_often_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_MOST_OF_ALL_STORES", 8)
    assert [each.params["what"] for each in judged(crooked.finished()).reasons] == ["store-visits"]


def test_a_room_of_blanks_without_end_is_not_gone_through() -> None:
    entries: dict[str, Plain] = {"/Type": Name("/ObjStm"), "/N": 2, "/First": 11}
    near, far = (b"7 0 8 %04d " % (3 + blanks) + b"(x)" + b" " * blanks + b"(y)" for blanks in (20, 8_000))
    reader = PdfFileReader(io.BytesIO(crooked.finished()))
    assert ObjectStream(entries, near, reader, Effort(1_000)).read(0, 7) == (b"x", True)
    with pytest.raises(Finding):
        ObjectStream(entries, far, reader, Effort(1_000)).read(0, 7)


def test_a_store_that_loses_something_after_quiet_revisions_fails() -> None:
    update = Update(Head(with_late_stamps(2)))
    number = syntax.reference(update.head.catalog[b"DSS"])
    assert number is not None
    store = update.head.dictionary(number)
    first, *rest = update.head.array(store[b"Certs"])
    store[b"Certs"] = b"[" + b" ".join(syntax.ref(each) for each in rest) + b"]"
    store.pop(b"VRI")
    update.put(number, syntax.write_dictionary(store))
    assert first
    assert codes(crooked.stamped(update)) == {"change-not-allowed"}


def test_a_store_of_more_objects_than_signing_needs_is_not_taken_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_MOST_OF_A_STORE", 5)
    assert codes(crooked.finished()) == {"limits"}


@pytest.mark.parametrize("value", [b"[1 1 1 1 1 1]", b"(()()())", rb"(\\\\\\\\\\\\)", b"<< /A [] /B [[] []] /C 1 >>"])
def test_an_object_of_too_many_words_is_not_read_to_its_end(value: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = b"7 0 obj\n" + value + b"\nendobj\n"
    assert read_object(pdf, 0)
    monkeypatch.setattr(reading, "_MOST_WORDS", 4)
    with pytest.raises(Finding) as refused:
        read_object(pdf, 0)
    assert refused.value.reason.code == "limits"


def test_the_words_of_all_objects_are_counted_together_and_nothing_is_read_behind_the_last() -> None:
    effort, pdf = Effort(5), b"7 0 obj\n[1 1]\nendobj\n"
    assert read_object(pdf, 0, effort=effort)
    assert read_object(pdf, 0, effort=effort)
    for _ in range(2):
        with pytest.raises(Finding):
            read_object(pdf, 0, effort=effort)
    assert read_object(b"7 0 obj\n1\nendobj\n", 0, effort=effort)  # no word within anything


def test_a_file_of_more_words_than_are_taken_on_does_not_pass() -> None:
    pdf = crooked.finished()
    anchors = [w.world().root.certificate]
    verdict = verify_pdf(pdf, name="effort.pdf", anchors=anchors, limits=VerifyLimits(words=100))
    assert {reason.code for reason in verdict.reasons} == {"limits"}


def with_numbers(count: int, *, packed: bool) -> bytes:
    """A file with so many numbers in its catalog."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.Root.Numbers = pikepdf.Array([1] * count)
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        out = io.BytesIO()
        document.save(out, object_stream_mode=mode)
        return out.getvalue()


@pytest.mark.parametrize(("packed", "wanted"), [(False, {"unsigned"}), (True, {"limits"})])
def test_words_are_read_in_proportion_to_the_file(
    packed: bool, wanted: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_WORDS_BESIDES", 1_000)
    assert codes(with_numbers(20_000, packed=packed)) == wanted


@pytest.mark.parametrize(("octets", "is_read"), [(400, True), (8_000, False)])
def test_an_object_that_another_reader_takes_costs_words_as_well(octets: int, is_read: bool) -> None:
    container = b"7 0 << /P#61ges 1 /X (" + b"x" * octets + b") >>"
    entries: dict[str, Plain] = {"/Type": Name("/ObjStm"), "/N": 1, "/First": 4}
    packed = ObjectStream(entries, container, PdfFileReader(io.BytesIO(crooked.finished())), Effort(1_000))
    if is_read:
        assert packed.read(0, 7)[1] is False
        return
    with pytest.raises(Finding) as refused:
        packed.read(0, 7)
    assert refused.value.reason.code == "limits"


def test_files_of_a_kit_share_the_words_that_a_file_has_besides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_WORDS_BESIDES", 70_000)
    alone, beside = (
        {f"agreements/{n}.pdf": with_numbers(20_000, packed=False) for n in range(count)} for count in (1, 2)
    )
    told = [
        [each.params["path"] for each in kits.judged({**kits.good(), **more}).reasons if each.code == "limits"]
        for more in (alone, beside)
    ]
    assert told == [[], ["agreements/0.pdf", "agreements/1.pdf"]]
