"""A host's own paper becomes the text of an agreement, is frozen like any other, and can be set aside again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import audit, config, storage
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from pdf import intake
from pdf.child import Limits
from pdf.preview import page_images
from pdf.sign.values import PLATFORM_FIELD
from pdf.verify import verify_file
from signing.agreements import queries as agreements
from signing.agreements import work
from signing.agreements.paper import AgreementPaper, Attached
from signing.agreements.printing import print_and_freeze
from signing.agreements.work import paper_of
from signing.ceremonies import copying, inviting
from signing.ceremonies import service as ceremonies
from signing.ceremonies.rules import CopyWish
from signing.evidence import making
from signing.evidence.queries import read_material
from signing.seats import queries as seats
from signing.trust import service as trust
from signing.uploads import queries, service, taking
from signing.uploads.models import AgreementUpload
from tests.pdf.foreign import drawn, words
from tests.support import papers, quick
from tests.support.ceremony import HOST, Played, do_jobs
from tests.support.quick import Quick, QuickWorld

PAPER = drawn(words("Clause one"), words("Clause two"), size=(595, 842))


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """On SQLite alone: what these tests ask for does not depend on the database."""
    with quick_world.at("draft", "sqlite", data_dir) as made:
        yield made


def upload(world: Quick, data: bytes = PAPER, name: str = "terms.pdf") -> queries.UploadView:
    return papers.bring(world.id, world.first, data, name=name)


def entries(world: Quick, action: str) -> list[dict[str, object]]:
    return [entry["data"] for entry in map(json.loads, audit.list_lines(world.id)) if entry["action"] == action]


def test_an_uploaded_paper_is_kept_as_it_came_and_as_it_was_rebuilt(drafted: Quick) -> None:
    made = upload(drafted)
    assert made == queries.find_upload(drafted.first)
    assert (made.name, made.kind, made.original_bytes) == ("terms.pdf", "pdf", len(PAPER))
    assert storage.read(made.original_digest) == PAPER
    assert storage.read(made.rebuilt_digest) != PAPER
    assert [(page.number, page.width, page.height) for page in made.pages] == [(1, 1190, 1684), (2, 1190, 1684)]
    assert storage.read(made.pages[1].image).startswith(b"\x89PNG")


def test_the_trail_says_what_came_and_who_brought_it_but_not_its_name(draft: Quick) -> None:
    made = upload(draft, name="样例甲的合同.pdf")
    (entry,) = entries(draft, "agreement.paper_uploaded")
    assert entry == {
        "kind": "pdf",
        "original": made.original_digest,
        "bytes": len(PAPER),
        "rebuilt": made.rebuilt_digest,
        "pages": 2,
    }


def test_another_file_takes_the_place_of_the_first(draft: Quick) -> None:
    upload(draft)
    again = upload(draft, drawn(words("Other terms")), name="other.pdf")
    assert queries.find_upload(draft.first) == again
    assert len(entries(draft, "agreement.paper_uploaded")) == 2


def test_a_paper_that_is_set_aside_is_no_longer_the_text(drafted: Quick) -> None:
    made = upload(drafted)
    service.remove_upload(drafted.id, drafted.first, by=HOST)
    assert queries.find_upload(drafted.first) is None
    assert entries(drafted, "agreement.paper_removed") == [{"original": made.original_digest}]
    with pytest.raises(NotFound):
        service.remove_upload(drafted.id, drafted.first, by=HOST)


def test_after_the_draft_nothing_is_taken_or_set_aside(invited: Quick) -> None:
    with pytest.raises(Conflict, match="ceremony_invited"):
        upload(invited)
    with pytest.raises(Conflict, match="ceremony_invited"):
        service.remove_upload(invited.id, invited.first, by=HOST)
    assert queries.find_upload(invited.first) is None


def test_an_agreement_of_another_ceremony_is_not_found(draft: Quick) -> None:
    with pytest.raises(NotFound):
        service.receive(draft.id, "agr_other", PAPER, name="x", by=HOST)


def test_a_refused_file_leaves_the_old_one(draft: Quick) -> None:
    made = upload(draft)
    with pytest.raises(Refusal) as caught:
        upload(draft, drawn(words("secretly", colour="1 g")))
    assert (caught.value.code, caught.value.status) == ("pdf_hidden", 422)
    assert dict(caught.value.params) == {"page": 1, "text": "secretly"}
    assert queries.find_upload(draft.first) == made


def test_the_settings_say_how_many_pages_are_taken(draft: Quick) -> None:
    config.use(config.settings().model_copy(update={"max_upload_pages": 1}))
    with pytest.raises(Refusal) as caught:
        upload(draft)
    assert (caught.value.code, caught.value.params["limit"]) == ("too_many_pages", 1)


def test_whatever_stops_the_child_is_one_refusal(draft: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LIMITS", Limits(wall_seconds=0.0))
    with pytest.raises(Refusal) as caught:
        upload(draft)
    assert caught.value.code == "upload_too_heavy"


def test_every_code_of_the_intake_has_a_refusal() -> None:
    said = {
        "not_a_pdf",
        "pdf_hidden",
        "page_broken",
        "office_missing",
        "picture_size",
        "pdf_read_differently",
        "second_reader_missing",
    }
    assert {taking._named(code) for code in said} == said
    assert {taking._named(code) for code in ("child_time", "child_memory", "child_crashed")} == {"upload_too_heavy"}


def test_the_printing_job_takes_the_uploaded_paper(draft: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    made, seen = upload(draft), {}

    def freeze(paper: AgreementPaper, fields: dict[str, str], *, attached: Attached | None, **more: Any) -> object:
        seen[paper.number] = attached
        return quick.freeze(paper, fields, **more)

    monkeypatch.setattr(work, "print_and_freeze", freeze)
    inviting.print_and_invite(draft.id, by=HOST)
    do_jobs()
    first, second = agreements.list_agreements(draft.id)
    assert seen[first.number] == Attached(
        made.rebuilt_digest, made.original_digest, 2, {1: "Clause one", 2: "Clause two"}
    )
    assert seen[second.number] is None


def test_the_text_is_frozen_with_a_page_for_the_signatures_behind_it(draft: Quick) -> None:
    made = upload(draft)
    agreement = agreements.get_agreement(draft.first)
    fields = {signer.field: signer.field for signer in agreement.signers}
    attached = work.attached_of(draft.first)
    frozen = print_and_freeze(
        paper_of(agreement), fields, at=datetime.now(UTC), time_policy="installation", attached=attached
    )
    assert [page.text.strip() for page in frozen.pages[:2]] == ["Clause one", "Clause two"]
    assert [page.image_digest for page in frozen.pages[:2]] == [page.image for page in made.pages]
    assert [page.is_picture for page in frozen.pages] == [True, True, False]
    assert [bool(page.text.strip()) for page in page_images(storage.read(frozen.frozen_digest))] == [False, False, True]
    last = frozen.pages[-1].text
    assert "签署页" in last
    assert "样例甲公司" in last
    assert made.original_digest[:4] in last
    verdict = verify_file(storage.read(frozen.frozen_digest), name="f", anchors=trust.published_anchors())
    assert [signature.field for signature in verdict.signatures] == [PLATFORM_FIELD]


def test_the_upload_goes_into_the_kit_under_its_own_kind(sealed_once: tuple[Flask, Played]) -> None:
    _, played = sealed_once
    agreement_id = next(iter(played.agreements.values()))
    digest = storage.put(b"PK a Word file")
    with transaction():
        db.session.add(
            AgreementUpload(
                agreement_id=agreement_id,
                name="terms.docx",
                kind="docx",
                original_digest=digest,
                original_bytes=14,
                rebuilt_digest=digest,
                pages=[],
                uploaded_at=datetime.now(UTC),
                uploaded_by=HOST.id,
            )
        )
    material = read_material(played.ceremony_id, only=agreement_id)
    lists = making.validation(seats.list_revoked(), rehearsal=False)
    files = making.agreement_kit(material, b"certificate", lists=lists, at=datetime.now(UTC))
    (name,) = [name for name in files if "uploaded" in name]
    assert name.endswith("-uploaded.docx")
    assert files[name] == b"PK a Word file"


def test_what_was_not_signed_takes_its_paper_into_the_next_draft(draft: Quick) -> None:
    made = upload(draft)
    ceremonies.cancel(draft.id, reason="改期", by=HOST)
    again = copying.copy_unsigned(draft.id, CopyWish(date(2026, 8, 1), time(10)), by=HOST)
    first, second = agreements.list_agreements(again)
    copied = queries.find_upload(first.id)
    assert copied is not None
    assert (copied.rebuilt_digest, copied.name, copied.pages) == (made.rebuilt_digest, made.name, made.pages)
    assert queries.find_upload(second.id) is None
    lines = [json.loads(line) for line in audit.list_lines(again)]
    (entry,) = [line for line in lines if line["action"] == "agreement.paper_uploaded"]
    assert (entry["subject"]["id"], entry["data"]["copied_from"]) == (first.id, draft.first)


def test_a_page_that_there_is_not_is_not_found(draft: Quick) -> None:
    upload(draft)
    assert queries.get_page(draft.first, 2).number == 2
    for number in (0, 3, 2**40):
        with pytest.raises(NotFound):
            queries.get_page(draft.first, number)
