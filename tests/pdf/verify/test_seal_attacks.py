"""Specimen seals under attack: only their own signer's revision may show them, all at once and as certified."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pdf.sign import person, syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import seal_world as seals
from tests.pdf import signing_world as w
from tests.pdf.verify import tampering

PAGES = [seals.Page()] * 3
Change = Callable[[bytes], bytes]
Mark = dict[bytes, bytes]


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="seals.pdf", anchors=[w.world().root.certificate])


def codes(pdf: bytes) -> set[tuple[str, object]]:
    """Why the file fails, and whose seal it is about."""
    verdict = judged(pdf)
    assert verdict.verdict is Indication.TOTAL_FAILED, verdict.reasons
    return {
        (reason.code, reason.params.get("field"))
        for reason in verdict.reasons
        if reason.indication is Indication.TOTAL_FAILED
    }


def frozen() -> bytes:
    return seals.frozen(PAGES, seals.spec(1, row=0, rows=2), seals.spec(2, row=1, rows=2))


def marks(pdf: bytes, slot: int = 1) -> list[int]:
    head = Head(pdf)
    return head.array(head.dictionary(head.fields[f"Signer-{slot}-seal"])[b"Kids"])


def test_two_signers_who_draw_their_seals_and_one_who_draws_none_pass() -> None:
    head = seals.signed(seals.signed(frozen(), 2), 1)

    verdict = judged(w.sealed(seals.signed(head, 3, draws_seal=False)))

    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    drawn = [change.params["n"] for row in verdict.revisions for change in row.changes if change.what == "seal-drawn"]
    assert drawn == [4, 4]


def test_a_signer_may_leave_the_seal_out() -> None:
    head = frozen()
    for slot in (1, 2, 3):
        head = seals.signed(head, slot, draws_seal=False)

    assert judged(w.sealed(head)).verdict is Indication.TOTAL_PASSED


def test_pyhanko_takes_the_marks_for_the_filling_in_of_a_form() -> None:
    pdf = w.sealed(seals.signed(seals.signed(frozen(), 1), 2))

    assert all(status.valid and status.intact and status.docmdp_ok for status in w.judged(pdf)[:-1])


def showing(monkeypatch: pytest.MonkeyPatch, change: Callable[[Update], None]) -> None:
    """Let the next revision do `change` where a signer's seal is shown."""
    monkeypatch.setattr(person, "_show_seal", lambda update, _field: change(update))


def put(update: Update, number: int, entries: Mark) -> None:
    update.put(number, syntax.write_dictionary({**update.head.dictionary(number), **entries}))


SHOWN: Mark = {b"V": b"/Used", b"AS": b"/Used"}


def show(update: Update, numbers: list[int]) -> None:
    for number in numbers:
        put(update, number, SHOWN)


def test_a_seal_in_anothers_revision_fails_by_its_owners_name(monkeypatch: pytest.MonkeyPatch) -> None:
    head = frozen()
    showing(monkeypatch, lambda update: show(update, marks(head)))

    assert codes(w.sealed(seals.signed(head, 2))) == {("seal-changed", "Signer-1")}


def test_a_seal_on_some_of_its_places_only_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    head = frozen()
    showing(monkeypatch, lambda update: show(update, marks(head)[1:]))

    assert codes(w.sealed(seals.signed(head, 1))) == {("seal-changed", "Signer-1")}


@pytest.mark.parametrize(
    "entries",
    [
        {b"Rect": b"[0 0 500 500]"},
        {b"AP": b"<< /N << /Off 5 0 R /Used 5 0 R >> >>"},
        {b"F": b"4"},
        {b"AS": b"/Off"},
        {b"V": b"/Other"},
        {b"P": b"1 0 R"},
    ],
    ids=["moved", "another picture", "unlocked", "unseen", "other value", "other page"],
)
def test_a_mark_changed_in_its_own_signers_revision_fails(monkeypatch: pytest.MonkeyPatch, entries: Mark) -> None:
    head = frozen()

    def change(update: Update) -> None:
        first, *others = marks(head, 1)
        put(update, first, {**SHOWN, **entries})
        show(update, others)

    showing(monkeypatch, change)
    assert ("seal-changed", "Signer-1") in codes(w.sealed(seals.signed(head, 1)))


def test_another_picture_written_over_the_certified_one_in_the_signers_own_revision_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head = frozen()
    form = _picture(head)

    def change(update: Update) -> None:
        show(update, marks(head))
        update.put_stream(form, {b"Type": b"/XObject", b"Subtype": b"/Form", b"BBox": b"[0 0 9 9]"}, b"0 0 9 9 re f")

    showing(monkeypatch, change)
    assert codes(w.sealed(seals.signed(head, 1))) == {("seal-changed", "Signer-1")}


def _picture(pdf: bytes) -> int:
    """The form that the first mark shows."""
    head = Head(pdf)
    states = syntax.read_dictionary(syntax.read_dictionary(head.dictionary(marks(pdf)[0])[b"AP"], 0)[b"N"], 0)
    number = syntax.reference(states[b"Used"])
    assert number is not None
    return number


def _overwritten(pdf: bytes) -> bytes:
    empty = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream"
    return tampering.with_objects(pdf, {_picture(pdf): empty})


LATER: dict[str, Change] = {
    "hidden again": lambda pdf: tampering.revised(pdf, {marks(pdf)[1]: {b"V": b"/Off", b"AS": b"/Off"}}),
    "moved": lambda pdf: tampering.revised(pdf, {marks(pdf)[0]: {b"Rect": b"[10 10 200 200]"}}),
    "marks taken out": lambda pdf: tampering.revised(pdf, {Head(pdf).fields["Signer-1-seal"]: {b"Kids": b"[]"}}),
    "renamed": lambda pdf: tampering.revised(pdf, {Head(pdf).fields["Signer-1-seal"]: {b"T": b"(Signer-3-seal)"}}),
    "overwritten": _overwritten,
}  # fmt: skip


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("signs_next", [True, False])
def test_a_seal_touched_after_its_signature_fails_by_name(name: str, signs_next: bool) -> None:
    changed = LATER[name](seals.signed(frozen(), 1))
    pdf = seals.signed(changed, 3, draws_seal=False) if signs_next else changed

    assert ("seal-changed", "Signer-1") in codes(w.sealed(pdf))


@pytest.mark.parametrize("sealed", [True, False])
def test_a_seal_shown_without_any_signature_fails_by_name(sealed: bool) -> None:
    head = frozen()
    shown = tampering.revised(head, dict.fromkeys(marks(head), SHOWN))

    found = codes(w.sealed(shown) if sealed else shown)

    assert ("seal-changed" if sealed else "not-whole-file") in {code for code, _ in found}
