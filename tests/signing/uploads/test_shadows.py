"""Shadow files sent in by the host's routes: refused by name with nothing kept, or frozen as they were shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name, String

from core import audit, config, storage
from pdf.preview import page_images
from signing.agreements import queries as agreements
from signing.ceremonies import inviting
from tests.pdf.foreign import drawn, layered, words
from tests.pdf.shadows import FIELD, HONEST, SHEET, kept_aside, laid_ready, marked
from tests.support import ceremony
from tests.support.ceremony import HOST
from tests.support.pages import csrf_token, get_page
from tests.support.quick import Quick, QuickWorld, host

SHADOW = "secretly 900 yuan"
READ = "The price is 100 yuan. In words: one hundred"
LOW = words(SHADOW, y=100)
OUTLINES = "0 g " + "".join(f"{x} {y} 6 20 re f " for x in range(40, 340, 14) for y in (100, 140, 180)) + "\n"
REFUSED = {
    "hide: under a sheet": (drawn(LOW + SHEET + HONEST), "pdf_hidden"),
    "hide: outlines under a sheet": (drawn(OUTLINES + SHEET + HONEST), "pdf_covered"),
    "hide: under a stamp": (
        marked(drawn(HONEST + LOW), mark={"Subtype": Name.Stamp}, drawing="1 g 0 0 300 40 re f\n"),
        "pdf_hidden",
    ),
    "replace: a value that each reader draws": (marked(mark={**FIELD, "V": String(SHADOW)}, form={}), "pdf_undrawn"),
    "replace: a value that is not what is drawn": (
        marked(mark={**FIELD, "V": String(SHADOW)}, drawing=words("one hundred", x=2, y=10), form={}),
        "pdf_undrawn",
    ),
    "hide and replace: a layer to be shown": (layered(HONEST + f"/OC /A BDC {LOW} EMC", A={"on": False}), "pdf_layers"),
}
LAID = ("900 yuan not shown", "900 yuan laid ready", "900 yuan kept aside")
DRAWN = "In words: one hundred"


def laid_with_all() -> bytes:
    """An honest paper, with a field that is filled in, with what hides (a field not shown) and what lies ready."""
    hidden, ready, aside = LAID
    paper = marked(mark={**FIELD, "F": 2, "V": String(hidden)}, drawing=words(hidden), form={})
    looks = words(DRAWN, x=2, y=10)
    paper = marked(paper, mark={**FIELD, "T": String("words"), "V": String(DRAWN)}, drawing=looks, form={})
    return kept_aside(aside, laid_ready(ready, paper))


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """On SQLite alone: what these tests ask for does not depend on the database."""
    with quick_world.at("draft", "sqlite", data_dir, parties=2, follow=0, inside=False) as made:
        yield made


def path(world: Quick) -> str:
    return f"/ceremonies/{world.id}/agreements/{world.first}/paper"


def everything_in(pdf: bytes) -> bytes:
    """Each object written out and each stream unpacked, reached from the trailer or not."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        objects = list(opened.objects)
        streams = [each.read_bytes() for each in objects if isinstance(each, pikepdf.Stream) and "/Width" not in each]
        return b"\n".join([*(each.unparse(resolved=True) for each in objects), *streams])


def kept(world: Quick) -> tuple[list[str], list[str]]:
    """The files that are kept, and the papers that the trail knows."""
    with world.app.app_context():
        data_dir = config.settings().data_dir
        files = [*(data_dir / "files").rglob("*"), *(data_dir / "held").rglob("*")]
        lines = [line for line in audit.list_lines(world.id) if '"agreement.paper_uploaded"' in line]
        return sorted(file.name for file in files if file.is_file()), lines


def laid_in(pdf: bytes) -> list[str]:
    everything = everything_in(pdf)
    return [shadow for shadow in LAID if shadow.encode() in everything]


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_a_shadow_that_lies_on_the_page_is_refused_by_name_and_nothing_of_it_is_kept(
    draft: Quick, data: bytes, code: str
) -> None:
    client, address = host(draft), path(draft)
    token = csrf_token(client, address)
    before = kept(draft)

    by_page = client.post(address, data={"csrf_token": token, "file": (io.BytesIO(data), "terms.pdf")})
    by_program = client.post(f"/api{address}?name=terms.pdf", data=data, headers={"X-CSRF-Token": token})

    assert by_page.status_code == 303
    assert by_program.status_code == 202
    with draft.app.app_context():
        ceremony.do_jobs()
    told = client.get(f"/api{address}").get_json()
    assert (told["state"], told["arrival"]["error"]["code"]) == ("refused", code)
    assert "pages" not in told
    assert not get_page(client, address).xpath("//main//img")
    assert kept(draft) == before


def test_what_is_taken_is_frozen_as_it_was_shown_without_the_shadows(draft: Quick) -> None:
    client, address, data = host(draft), path(draft), laid_with_all()
    headers = {"X-CSRF-Token": csrf_token(client, address)}
    client.post(f"/api{address}?name=terms.pdf", data=data, headers=headers)
    with draft.app.app_context():
        ceremony.do_jobs()
    told = client.get(f"/api{address}").get_json()
    shown = [client.get(page["image"]).data for page in told["pages"]]

    with draft.app.app_context():
        inviting.print_and_invite(draft.id, by=HOST)
        ceremony.do_jobs()
        frozen = storage.read(agreements.get_agreement(draft.first).frozen_digest or "")
        pages = agreements.list_pages(draft.first)
        kept_pages = [storage.read(page.image_digest) for page in pages]

    *drawn_again, _ = page_images(frozen)  # the last page is for the signatures
    assert laid_in(data) == [*LAID]
    assert laid_in(frozen) == []
    assert [page.png for page in drawn_again] == kept_pages[:-1] == shown
    assert [page.text for page in drawn_again] == [""]
    assert [(" ".join(page.text.split()), page.is_picture) for page in pages[:-1]] == [(READ, True)]
    assert not pages[-1].is_picture
