"""A draft's paper, really printed: as the final one will be, and not to be taken for it."""

from __future__ import annotations

import io
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from core import config, storage
from core.config import Settings
from core.db import db, transaction
from pdf.preview import PageImage, page_images
from signing.agreements import preview_service
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.seals import service as seals
from signing.seals.rules import SealUse
from signing.uploads.models import AgreementUpload
from tests.pdf.seal_world import encoded, mark
from tests.support import quick
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    preview_service._kept.clear()
    with quick_world.at("draft", "sqlite", data_dir) as made:
        yield made


def stored_files() -> set[Path]:
    return set((config.settings().data_dir / "files").rglob("*"))


def test_every_page_says_draft_and_none_has_the_number(draft: Quick) -> None:
    before = stored_files()
    made = preview_service.make_preview(draft.first)
    number = agreements.get_agreement(draft.first).number
    assert len(made.pages) > 3
    for page in made.pages:
        assert "草稿 · 非最终文本，不得签署" in page.text
        assert "not the final text" in page.text
        assert number not in page.text
    assert "样例甲公司" in made.pages[0].text
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert "/AcroForm" not in document.Root  # no field that anything could be put into
    found = agreements.get_agreement(draft.first)
    assert (found.is_draft, found.frozen_digest, found.page_count) == (True, None, 0)
    assert stored_files() == before


def test_a_paper_of_the_host_s_own_is_marked_too(draft: Quick) -> None:
    text = storage.put(quick.blank_pdf())
    with transaction():
        row = AgreementUpload(agreement_id=draft.first, name="样例.pdf", kind="pdf", uploaded_by="acc_x")
        row.original_digest, row.original_bytes, row.rebuilt_digest = text, 1, text
        row.pages = [{"image": text, "width": 1, "height": 1, "text": "Clause one"}] * quick.PAGES
        row.uploaded_at = agreements.clock.now()
        db.session.add(row)
    made = preview_service.make_preview(draft.first)
    assert [page.text == "Clause one" for page in made.pages] == [True] * quick.PAGES + [False]
    marked = page_images(made.pdf)
    assert len(marked) == quick.PAGES + 1
    assert all("草稿" in page.text for page in marked)


def test_the_seals_that_will_be_drawn_are_drawn_and_change_the_preview(draft: Quick) -> None:
    bare = preview_service.make_preview(draft.first)
    party = ceremonies.get_ceremony(draft.id).party("party_a")
    seal = seals.upload_seal(draft.id, party.key, encoded(mark(300)), by=HOST)
    seals.choose_use(draft.id, draft.first, party.key, SealUse.EDGES, by=HOST)
    waiting = preview_service.make_preview(draft.first)
    seals.approve_seal(draft.id, party.key, seal.digest, by=HOST)

    made = preview_service.make_preview(draft.first)

    assert waiting.digest == bare.digest  # a seal that nobody approved is not printed
    assert made.digest != bare.digest
    for before, after in zip(bare.pages, made.pages, strict=True):
        assert reds_at_the_edge(before.png) < 100 < reds_at_the_edge(after.png)
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert "/AcroForm" not in document.Root


def reds_at_the_edge(png: bytes) -> int:
    """How many dots of the last centimetre at the right have the colour of the seal's ink."""
    with Image.open(io.BytesIO(png)) as page:
        edge = page.convert("RGB").crop((page.width - page.width // 21, 0, page.width, page.height))
    counts = edge.getcolors(1 << 24) or []
    return sum(count for count, (red, green, blue) in counts if red > 160 and green < 80 and blue < 80)


@pytest.fixture
def kept(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collection[str]]:
    """The agreements whose previews lie on the disk, where there is room for 25 bytes."""
    config.use(Settings(data_dir=data_dir))
    monkeypatch.setattr(preview_service, "_MOST_KEPT_BYTES", 25)
    preview_service._kept.clear()
    yield preview_service._kept
    preview_service._kept.clear()


def keep(agreement: str, size: int, digest: str = "d") -> preview_service.Preview:
    return preview_service._keep(agreement, preview_service.shelve(digest, b"0" * size, ()))


def test_the_disk_keeps_the_previews_looked_at_last(kept: Collection[str]) -> None:
    for name in "abc":
        keep(name, 10)
    assert list(kept) == ["b", "c"]
    assert preview_service._find("b", "d")
    keep("d", 10)
    assert list(kept) == ["b", "d"]


def test_two_papers_stay_whole_however_large_they_are(kept: Collection[str]) -> None:
    for name in "abab":
        if preview_service._find(name, "d") is None:
            keep(name, 100)
    assert list(kept) == ["a", "b"]


def test_what_was_printed_before_a_change_makes_room_first(kept: Collection[str]) -> None:
    keep("a", 10)
    for digest in ("first", "second"):
        keep("b", 10, digest)
    assert list(kept) == ["a", "b"]
    assert preview_service._find("b", "first") is None
    assert preview_service._find("b", "second")


def test_what_nobody_looked_at_for_an_hour_is_dropped(kept: Collection[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        keep(name, 10)
    hour = preview_service._LONGEST_KEPT_SECONDS
    half, later = (time.monotonic() + part for part in (hour / 2, hour + 1))
    monkeypatch.setattr(preview_service.time, "monotonic", lambda: half)
    assert preview_service._find("a", "d")
    monkeypatch.setattr(preview_service.time, "monotonic", lambda: later)
    assert preview_service._find("b", "d") is None
    assert list(kept) == ["a"]


def test_who_is_reading_reads_on_when_a_paper_makes_room_and_no_file_is_left(kept: Collection[str]) -> None:
    images = [PageImage(png, 3, 4, text) for png, text in ((b"first", "一"), (b"second", "二"))]
    reading = preview_service._keep("a", preview_service.shelve("d", b"paper", images))
    for name in "bc":
        keep(name, 20)

    assert list(kept) == ["b", "c"]
    assert reading.pdf == b"paper"
    assert [(page.png, page.text) for page in reading.pages] == [(b"first", "一"), (b"second", "二")]
    assert reading.page(2).png == b"second"
    assert not [path for path in config.settings().data_dir.iterdir() if path.is_file()]
