"""A plan leaves as a file and comes again as the same plan, by JSON and as a workbook; what is wrong is told by row."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from core import i18n
from core.db import db, transaction
from core.errors import Invalid
from signing.ceremonies import ink_service, plan_writing, queries
from signing.ceremonies.models import Ceremony
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.rules import TimePolicy
from signing.cues import queries as cues
from signing.cues import service as cue_service
from tests.signing.ceremonies.plan_changes import problems_of
from tests.support import quick
from tests.support.ceremony import HOST
from tests.support.pages import check_page, csrf_token, get_page
from tests.support.quick import Quick, QuickWorld, host

FORMULA = '=HYPERLINK("http://evil.example","样例")'


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        with made.app.app_context():
            cue_service.make_sheet(made.id, by=HOST)
        yield made


def send(client: FlaskClient, content: bytes, name: str) -> Any:
    data = {"csrf_token": csrf_token(client), "file": (io.BytesIO(content), name)}
    return client.post("/ceremonies/import", data=data, content_type="multipart/form-data")


def plan_of(world: Quick, ceremony_id: str) -> dict[str, Any]:
    with world.app.app_context():
        return plan_writing.to_data(plan_writing.whole_plan(queries.get_ceremony(ceremony_id)))


def kinds(world: Quick, ceremony_id: str) -> list[str]:
    with world.app.app_context():
        return [str(cue.kind) for cue in cues.get_sheet(ceremony_id).cues]


def newest(answer: Any) -> str:
    assert answer.status_code == 303, answer.text[:3000]
    return str(answer.location.rsplit("/", 1)[1])


def changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    book, out = load_workbook(io.BytesIO(content)), io.BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def in_file(data: dict[str, Any]) -> list[tuple[str, str]]:
    return problems_of(lambda: CeremonyFile.read(data))


def told(answer: Any) -> str:
    assert answer.status_code == 422
    return " ".join(" ".join(check_page(answer).xpath("//main//text()")).split())


def test_a_plan_with_its_cue_sheet_comes_again_from_its_json(world: Quick) -> None:
    client = host(world)
    content = client.get(f"/ceremonies/{world.id}/plan.json").data
    made = newest(send(client, content, "plan.json"))
    assert plan_of(world, made) == plan_of(world, world.id) == json.loads(content)
    assert kinds(world, made) == kinds(world, world.id)


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_plan_comes_again_from_its_workbook_whatever_language_wrote_it(world: Quick, locale: str) -> None:
    content = host(world, locale=locale).get(f"/ceremonies/{world.id}/plan.xlsx").data
    other = host(world, locale="en" if locale == "zh-CN" else "zh-CN")
    made = newest(send(other, content, "plan.xlsx"))
    assert plan_of(world, made) == plan_of(world, world.id)


def test_what_looks_like_a_formula_is_written_as_a_text(world: Quick) -> None:
    data = {**quick.plan(), "note": FORMULA}
    client = host(world)
    made = client.post("/api/ceremonies", json=data, headers={"X-CSRFToken": csrf_token(client)}).get_json()["id"]
    book = load_workbook(io.BytesIO(client.get(f"/ceremonies/{made}/plan.xlsx").data))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_every_wrong_row_is_named_with_its_sheet(world: Quick) -> None:
    client = host(world, locale="en")
    content = client.get(f"/ceremonies/{world.id}/plan.xlsx").data

    def spoil(book: Workbook) -> None:
        book["Parties"]["C3"] = "Mars/Olympus"
        book["Agreements"]["C2"] = "party_a, nobody"
        book["Cue sheet"]["C4"] = "soon"
        book["Cue sheet"]["A5"] = "Autographs"

    said = told(send(client, changed(content, spoil), "plan.xlsx"))
    assert "Parties, row 3 · Time zone" in said
    assert "Agreements, row 2 · Between" in said
    assert "Cue sheet, row 4 · Minutes" in said
    sentence = said.partition("Autographs")[2][:120]
    assert "Roll call" in sentence, "the kinds as the workbook writes them"
    assert "roll_call" not in sentence


def test_formulas_merged_cells_a_lacking_sheet_and_too_many_rows_are_refused_by_name(world: Quick) -> None:
    client = host(world, locale="en")
    content = client.get(f"/ceremonies/{world.id}/plan.xlsx").data

    def spoil(book: Workbook) -> None:
        book["Parties"]["B2"] = "=1+1"
        book["Agreements"].merge_cells("A2:B2")
        del book["Ceremony"]
        for number in range(2000):
            book["Cue sheet"].append(["Speech", f"S{number}", 1])

    said = told(send(client, changed(content, spoil), "plan.xlsx"))
    assert "Parties, row 2" in said
    assert "formula" in said
    assert "Agreements, row 2" in said
    assert "merged" in said
    assert "the sheet “Ceremony” is lacking" in said
    assert "2,007 rows" in said or "2007 rows" in said, said
    assert told(send(client, b"PK\x03\x04 no workbook", "plan.xlsx"))


def test_cues_of_a_file_are_held_to_the_plan() -> None:
    speech = {"kind": "speech", "title": "致辞", "minutes": 2.5}
    signing = {"kind": "signing", "title": "签署", "minutes": 3, "agreements": ["main"]}
    data = {**quick.plan(), "cues": [speech, signing]}
    assert [cue.seconds for cue in CeremonyFile.read(data).cues] == [150, 180]
    bad = [
        {**speech, "agreements": ["main"]},
        {**signing, "agreements": []},
        {**signing, "minutes": 0, "place": "nowhere"},
        {**signing, "agreements": ["gone"]},
        {"kind": "dance", "title": "x", "minutes": True},
        signing,
        signing,
    ]
    found = {(path, code) for path, code in in_file({**quick.plan(), "cues": bad, "format": "yunqian-ceremony-9"})}
    assert {
        ("$.cues[0].agreements", "only_signing_calls"),
        ("$.cues[1].agreements", "cue_without_agreement"),
        ("$.cues[2].minutes", "bad_cue_length"),
        ("$.cues[2].place", "unknown_party"),
        ("$.cues[3].agreements[0]", "unknown_agreement"),
        ("$.cues[4].kind", "not_an_option"),
        ("$.cues[4].minutes", "bad_cue_length"),
        ("$.cues[5].agreements", "agreement_called_twice"),
        ("$.format", "not_an_option"),
    } <= found


def test_the_page_of_a_draft_leads_to_both_files(world: Quick) -> None:
    page = get_page(host(world), f"/ceremonies/{world.id}")
    assert page.xpath("count(//a[contains(@href, '/plan.')][@download])") == 2


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_plan_without_live_ink_stays_one_through_file_workbook_and_template(world: Quick, kind: str) -> None:
    client = host(world)
    with world.app.app_context():
        ink_service.show_ink(world.id, shown=False, by=HOST)
    content = client.get(f"/ceremonies/{world.id}/plan.{kind}").data
    made = newest(send(client, content, f"plan.{kind}"))
    assert plan_of(world, made)["live_ink"] is False
    with world.app.app_context():
        ink_service.show_ink(made, shown=True, by=HOST)
    assert "live_ink" not in plan_of(world, made)


def test_what_is_neither_yes_nor_no_for_live_ink_is_told(world: Quick) -> None:
    client = host(world)
    with pytest.raises(Invalid) as refused, i18n.use_locale("zh-CN"):
        CeremonyFile.read({**plan_of(world, world.id), "live_ink": "也许"})
    assert [problem.path for problem in refused.value.problems] == ["$.live_ink"]
    content = client.get(f"/ceremonies/{world.id}/plan.xlsx").data

    def write(book: Workbook) -> None:
        for row in book.worksheets[0].iter_rows():
            if row[0].value == "实时笔迹":
                row[1].value = "也许"

    assert send(client, changed(content, write), "plan.xlsx").status_code == 422


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_what_becomes_of_a_signature_without_its_time_is_written_in_words_and_read_again(
    world: Quick, locale: str
) -> None:
    client = host(world, locale=locale)
    usual = client.get(f"/ceremonies/{world.id}/plan.xlsx").data
    assert "installation" not in " ".join(str(each) for each in values(usual))
    with world.app.app_context(), transaction():
        db.session.get_one(Ceremony, world.id).time_policy = TimePolicy.REFUSE
    content = client.get(f"/ceremonies/{world.id}/plan.xlsx").data
    assert {"拒绝签名", "Refuse the signature"}.intersection(values(content))
    assert plan_of(world, newest(send(client, content, "plan.xlsx")))["time_policy"] == "refuse"


def values(content: bytes) -> list[Any]:
    return [cell.value for sheet in load_workbook(io.BytesIO(content)) for row in sheet.rows for cell in row]


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_script_in_both_languages_comes_again_and_one_from_before_that_was_one_text_too(
    world: Quick, kind: str
) -> None:
    client, both = host(world), {"zh-CN": "各位来宾\n欢迎", "en": "Ladies and gentlemen\nwelcome"}
    with world.app.app_context():
        sheet = cues.get_sheet(world.id)
        told = replace(sheet.cues[0].plan, script=both)
        cue_service.change_cue(world.id, sheet.cues[0].id, told, looked_at=sheet.seq, by=HOST)
    content = client.get(f"/ceremonies/{world.id}/plan.{kind}").data
    made = newest(send(client, content, f"plan.{kind}"))
    assert plan_of(world, made)["cues"][0]["script"] == both
    older = plan_of(world, made)
    older["cues"][0]["script"] = "各位来宾"
    again = newest(send(client, json.dumps(older).encode(), "plan.json"))
    assert plan_of(world, again)["cues"][0]["script"] == {"zh-CN": "各位来宾"}
