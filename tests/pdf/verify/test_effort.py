"""However a file is made, judging it costs what its size explains: no part of it is walked again and again."""

from __future__ import annotations

import pytest

from pdf import sign
from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, changes, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked


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
