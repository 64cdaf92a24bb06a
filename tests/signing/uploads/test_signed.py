"""A paper that came from elsewhere is signed, sealed and judged like one of our own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from core import storage
from pdf.verify import verify_file
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.rules import AgreementState
from signing.ceremonies import inviting
from signing.trust import service as trust
from tests.pdf.documents import picture
from tests.pdf.foreign import changed, drawn, words
from tests.support import ceremony, papers, quick
from tests.support.ceremony import ADDRESS, HOST
from tests.support.quick import Quick, QuickWorld

pytestmark = pytest.mark.slow


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, parties=2, follow=0) as made:
        yield made


def packed_and_turned() -> bytes:
    """As newer programs write it: objects in streams, a turned and cropped page among them."""

    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].obj.Rotate = 90
        pdf.pages[1].obj.MediaBox = pikepdf.Array([-20, -20, 620, 860])
        pdf.pages[1].obj.CropBox = pikepdf.Array([0, 0, 595, 842])

    plain = drawn(words("Clause one"), words("Clause two"), size=(595, 842))
    return changed(plain, turn, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)


@pytest.mark.parametrize("paper", [packed_and_turned(), picture("JPEG", size=(595, 842))], ids=["pdf", "scan"])
def test_everybody_signs_it_and_the_sealed_file_passes(draft: Quick, paper: bytes) -> None:
    made = papers.bring(draft.id, draft.first, paper, name="paper")
    inviting.print_and_invite(draft.id, by=HOST)
    ceremony.do_jobs()
    for person in draft.people.values():
        ceremony.enter(person)
        for page in range(1, len(made.pages) + 2):
            agreement_service.note_read(person.seat_id, draft.first, page, address=ADDRESS)
        quick.finish(person, quick.prepared(person, draft.first))
    with quick.small_evidence():
        ceremony.do_jobs()
    agreement = agreements.get_agreement(draft.first)
    assert agreement.state is AgreementState.SEALED
    assert agreement.page_count == len(made.pages) + 1
    final = storage.read(agreement.head_digest or "")
    verdict = verify_file(final, name="final", anchors=trust.published_anchors())
    assert str(verdict.verdict) == "TOTAL-PASSED", verdict.reasons
    assert {signature.level for signature in verdict.signatures} >= {"B-LTA"}
    with pikepdf.open(io.BytesIO(final)) as pdf:
        assert [len(page.get("/Annots", [])) for page in pdf.pages][-1] >= 2
