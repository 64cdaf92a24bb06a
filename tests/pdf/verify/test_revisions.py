"""The revisions of a file as people are told of them, and pictures of what was signed beside what is there now."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from pdf.errors import PdfError
from pdf.sign.revision import Head
from pdf.verify import Change, Difference, Indication, RevisionKind, draw_differences, last_sound
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign, tampering
from tests.pdf.verify.test_foreign_files import archived, certified, with_store
from tests.pdf.verify.test_good_files import judged, sealed
from tests.pdf.verify.test_tampering import needs_appearances, overwritten_content, part_signed, stamped

TEXT, CERTIFICATION, SIGNATURE, TIMESTAMP, DATA, OTHER = RevisionKind


def rows(pdf: bytes) -> list[tuple[RevisionKind, str | None, list[str], bool]]:
    found = judged(pdf).revisions
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    return [(each.kind, each.field, [change.what for change in each.changes], each.allowed) for each in found]


def test_a_sealed_file_tells_who_did_what_in_which_revision() -> None:
    assert rows(sealed()) == [
        (TEXT, None, [], True),
        (CERTIFICATION, "Yunqian-Platform", [], True),
        (SIGNATURE, "Signer-1", [], True),
        (SIGNATURE, "Signer-2", [], True),
        (SIGNATURE, "Signer-3", [], True),
        (TIMESTAMP, "Yunqian-Timestamp-1", ["fields-added", "validation-data"], True),
    ]
    found = judged(sealed()).revisions
    assert [each.bytes for each in found] == tampering.ends(sealed())
    assert (found[2].signer, found[2].signed_at) == ("林晓云", judged(sealed()).signatures[1].signed_at)
    assert found[5].changes[0] == Change("fields-added", {"n": 1, "names": "Yunqian-Timestamp-1"})
    assert found[5].changes[1].params["lists"] == 2


def test_a_file_of_another_program_tells_of_fields_and_validation_data_in_revisions_of_their_own() -> None:
    found = rows(archived(with_store(foreign.signed(certified(), "A"))))
    assert [kind for kind, *_ in found] == [TEXT, OTHER, CERTIFICATION, SIGNATURE, DATA, TIMESTAMP]
    assert found[1][2] == ["fields-added"]
    assert found[4][2][0] == "validation-data"  # and the time of the change, where a second has passed


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (tampering.with_new_page, ["pages-added"]),
        (tampering.with_annotation, ["annotations-added"]),
        (tampering.with_new_field, ["fields-added"]),
        (overwritten_content, ["pages-changed"]),
        (needs_appearances, []),
        (lambda pdf: tampering.with_objects(pdf, {13: b"<< /Changed true >>"}), ["others"]),
        (lambda pdf: tampering.revised(pdf, {Head(pdf).fields["Signer-3"]: {b"Rect": b"[0 0 9 9]"}}), []),
    ],
    ids=["page", "annotation", "field", "content", "form", "other", "moved field"],
)
def test_what_was_done_behind_the_last_signature_is_told_and_not_allowed(change, what) -> None:  # type: ignore[no-untyped-def]
    assert rows(change(sealed()))[-1] == (OTHER, None, what, False)


def test_only_the_revision_that_changed_what_it_may_not_is_marked() -> None:
    pdf = world.sealed(stamped(tampering.with_new_page(part_signed()), 2))
    assert [(kind, allowed) for kind, _, _, allowed in rows(pdf)] == [
        (TEXT, True), (CERTIFICATION, True), (SIGNATURE, True), (OTHER, False), (SIGNATURE, True), (TIMESTAMP, True),
    ]  # fmt: skip


def test_bytes_behind_the_end_are_no_revision_and_a_broken_file_has_none() -> None:
    assert len(judged(sealed() + b"\n").revisions) == len(judged(sealed()).revisions)
    assert judged(b"%PDF-1.7").revisions == ()


def test_the_picture_of_what_was_signed_stands_beside_what_is_there_now() -> None:
    blot = b"<< /Length 16 >>\nstream\n0 0 300 300 re f\nendstream"
    changed = tampering.with_objects(tampering.with_new_page(sealed()), {12: blot})
    verdict = judged(changed)
    sound = last_sound(verdict)
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert sound is verdict.revisions[5]
    [found] = draw_differences(changed, [sound])
    assert (found.revision, found.more) == (6, 0)
    assert [(pair.page, pair.signed is None, pair.current is None) for pair in found.pages] == [
        (1, False, False), (3, True, False),
    ]  # fmt: skip
    before, after = (Image.open(io.BytesIO(png or b"")) for png in (found.pages[0].signed, found.pages[0].current))
    assert before.size == after.size == (744, 1053)


def test_what_each_signer_saw_differs_only_by_what_came_after() -> None:
    found = draw_differences(sealed(), judged(sealed()).revisions[2:6])
    assert [[pair.page for pair in each.pages] for each in found] == [[1], [1], [], []]
    assert last_sound(judged(sealed())) is None


def test_pages_that_are_too_many_or_too_large_are_told_as_not_compared() -> None:
    few, many = (drawn_of(pages) for pages in (200, 203))
    assert [(each.pages, each.unseen) for each in (few, many)] == [((), 0), ((), 3)]
    assert drawn_of(2, side=3_500).unseen == 2


def drawn_of(pages: int, side: int = 20) -> Difference:
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(side, side))
        out = io.BytesIO()
        document.save(out)
    pdf = out.getvalue()
    [found] = draw_differences(pdf, [replace(judged(sealed()).revisions[0], bytes=len(pdf))])
    return found


def test_a_file_that_cannot_be_drawn_is_refused_by_name() -> None:
    with pytest.raises(PdfError) as caught:
        draw_differences(b"%PDF-1.7 and no more", [judged(sealed()).revisions[0]])
    assert caught.value.code == "page_broken"
