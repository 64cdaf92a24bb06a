"""The report of a ceremony: its figures on both databases, its page in both languages, its PDF, and when it goes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from accounts.rules import Role
from core import clock, i18n, storage
from core.db import db
from core.errors import Conflict
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import queries as ceremonies
from signing.cues import service as cues
from signing.cues.rules import CueKind, Verb
from signing.cues.tick_page_queries import spoken
from signing.evidence import forgetting
from signing.presence import service as presence
from signing.presence.rules import Beat, Device
from signing.reports import board, figures, paper, queries, service
from signing.seats import queries as seats
from tests.signing.cues.test_leading import do, go_to, sheet
from tests.signing.cues.test_ticks import declared, tick
from tests.support import ceremony as played
from tests.support import quick
from tests.support.ceremony import ADDRESS, HOST
from tests.support.pages import get_page, post
from tests.support.quick import Quick, QuickWorld, host


def led(world: Quick) -> Quick:
    """Welcome, roll call, a hold, the code with a witness, back and on again, one signature, and the end."""
    cues.make_sheet(world.id, by=HOST)
    witness = declared(world)
    go_to(world, CueKind.ROLL_CALL)
    tick(world, "party_a")
    do(world, Verb.HOLD)
    do(world, Verb.RESUME)
    go_to(world, CueKind.RECORD_CODE)
    tick(world, "party_b")
    tick(world, "party_b", by=witness)
    do(world, Verb.BACK, anyway=True)
    go_to(world, CueKind.SIGNING)
    person = next(iter(world.people.values()))
    quick.finish(person, quick.prepared(person, world.first))
    following = sheet(world).next
    assert following is not None
    do(world, Verb.SKIP, following.id)
    do(world, Verb.OVER, anyway=True)
    return world


@pytest.fixture
def world(entered: Quick) -> Quick:
    return led(entered)


@pytest.fixture
def served(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """The same, with nobody inside an application context."""
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as made:
        with made.app.app_context():
            led(made)
        yield made


def report(world: Quick, locale: str = "en") -> dict[str, Any]:
    db.session.remove()
    with i18n.use_locale(locale):
        return board.page(figures.read(ceremonies.get_ceremony(world.id)))


def table(page: dict[str, Any], caption: str) -> list[dict[str, str]]:
    found = [each for section in page["sections"] for each in section["tables"] if each["caption"] == caption]
    return list(found[0]["rows"]) if found else []


def row_of(world: Quick, party: str) -> dict[str, str]:
    """The row of a party among the signers, found by who signs for it."""
    name = seats.get_seat(world.people[party].seat_id).name
    return next(row for row in table(report(world), "Signers") if row["signer"] == name)


def test_it_tells_plan_and_as_run_earlier_runs_and_holds(world: Quick) -> None:
    page = report(world)
    rows = {row["cue"]: row for row in table(page, "Cues")}
    assert rows["1. Welcome"]["cue-state"] == "done"
    assert rows["1. Welcome"]["planned"] != rows["2. Roll call"]["planned"]
    assert rows["2. Roll call"]["took"] != board.NONE
    assert rows["5. 样例后续协议0"]["took"] == board.NONE
    earlier = [(row["cue"], row["how"]) for row in table(page, "Earlier runs of cues that were gone back to")]
    assert earlier == [("Roll call", "On to the next cue"), ("Same-record code", "Gone back")]
    assert [row["cue"] for row in table(page, "On hold")] == ["Roll call"]
    assert page["interim"]


def test_it_tells_who_ticked_on_the_last_run_and_how_the_witness_is_known(world: Quick) -> None:
    do(world, Verb.BACK, anyway=True)
    go_to_code = sheet(world).cues[2]
    page = report(world)
    assert go_to_code.kind is CueKind.RECORD_CODE
    assert [row["by-host"] for row in table(page, "Roll call")] == [board.NONE] * 3
    assert [row["by-host"] for row in table(page, "Same-record code")] == [board.NONE] * 3
    witnesses = table(page, "Witnesses")
    assert witnesses[0]["witness"] == "见证人甲"
    assert "nothing else was checked" in witnesses[0]["known"]


def test_what_was_confirmed_before_a_cue_was_gone_back_to_stays_told(world: Quick) -> None:
    page = report(world)
    tables = {each["caption"]: each["rows"] for section in page["sections"] for each in section["tables"]}
    assert [row["by-host"] for row in tables["Same-record code"]] == [board.NONE] * 3, "the newest run by itself"
    earlier = {name.split(" (")[0]: rows for name, rows in tables.items() if "(earlier run, from " in name}
    assert [row["by-host"] != board.NONE for row in earlier["Roll call"]] == [True, False, False]
    assert [row["by-host"] != board.NONE for row in earlier["Same-record code"]] == [False, True, False]
    assert [row["by-witness"] != board.NONE for row in earlier["Same-record code"]] == [False, True, False]


def test_the_code_of_an_agreement_that_was_declined_later_stays_among_what_was_compared(entered: Quick) -> None:
    cues.make_sheet(entered.id, by=HOST)
    go_to(entered, CueKind.RECORD_CODE)
    code = spoken(agreements.get_agreement(entered.first).record_code)
    db.session.rollback()
    tick(entered, "party_a")
    agreement_service.decline(
        entered.people["party_b"].seat_id, entered.first, reason="附件有误", address=played.ADDRESS
    )
    rows = table(report(entered), "Same-record code")
    ticked = next(row for row in rows if row["by-host"] != board.NONE)
    assert code in ticked["code"]


def test_it_tells_signatures_with_their_times_and_digests(world: Quick) -> None:
    page = report(world)
    section = next(each for each in page["sections"] if each["id"] == "agreements")
    first = section["tables"][0]
    assert [row["signer-state"] for row in first["rows"]].count("Signed") == 1
    assert len(dict(first["facts"])["SHA-256"]) == 64


def test_it_tells_who_came_when_on_what_and_how_often_a_device_was_away(world: Quick) -> None:
    seat, start = world.people["party_b"].seat_id, clock.now()
    proved = Beat("device-1", Device.PHONE, is_proved=True)
    stranger = Beat("device-2", Device.TABLET, is_proved=False)
    for seconds, beat in ((0, proved), (10, proved), (20, stranger), (130, proved)):
        with clock.frozen(start + timedelta(seconds=seconds)):
            presence.note_beat(seat, beat, link_id="lnk_1", address="192.0.2.9")
    row = row_of(world, "party_b")
    assert (row["device"], row["drops"], row["away"]) == ("Phone", "1", "2:00")
    assert row["first"].startswith(i18n.format_time(start, "Asia/Shanghai", seconds=True))
    assert row_of(world, "party_a")["device"] == board.NONE


def test_codes_may_stand_below_each_other_on_paper_and_each_stands_whole(world: Quick) -> None:
    page = board.page(figures.read(ceremonies.get_ceremony(world.id)))
    table: dict[str, Any] = {"caption": "", "facts": [], "columns": [{"key": "code", "label": "", "head": False}]}
    table["rows"] = [{"code": "9661 7514, 4287 7812"}]
    page["sections"] = [{"id": "confirmed", "title": "", "note": "", "tables": [table]}]
    printed = paper.report_html(page, made_at=clock.now())
    assert "9661\u00a07514, 4287\u00a07812" in printed
    assert 'class="short">9661' not in printed


def test_parties_stand_in_the_order_of_the_plan_whatever_their_ids(
    world: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Named as the seats are, whichever language the test before this one left.
    planned = [each.organisation["zh-CN"] for each in ceremonies.get_ceremony(world.id).parties]
    found = sorted(seats.list_seats(world.id), key=lambda seat: planned.index(seat.organisation), reverse=True)
    monkeypatch.setattr(seats, "list_seats", lambda _: found)
    page = report(world, "zh-CN")
    assert [row["party"] for row in page["parties"]["rows"]] == planned
    assert [row["party"] for row in table(page, "签署人")] == planned


def test_where_a_signer_was_leaves_the_report_with_the_personal_values(world: Quick) -> None:
    seat = world.people["party_a"].seat_id
    said = str(report(world))
    assert "Personal values deleted" not in said
    forgetting.forget(world.id, seat=seat, by=HOST)
    assert row_of(world, "party_a")["where"] == "Personal values deleted as retention asks"
    assert "Personal values" not in row_of(world, "party_b")["where"]


def test_it_tells_why_somebody_declined_until_personal_values_are_deleted(world: Quick) -> None:
    do(world, Verb.BACK)
    seat = world.people["party_b"].seat_id
    agreement_service.decline(seat, world.first, reason="股东会还没有批准", address=ADDRESS)
    told = next(each for each in report(world)["sections"] if each["id"] == "agreements")["tables"][0]
    assert dict(told["facts"])["Reason given"] == "股东会还没有批准"
    forgetting.forget(world.id, seat=seat, by=HOST)
    assert "股东会还没有批准" not in str(report(world))


def test_a_printed_report_goes_after_a_day_and_once_values_were_deleted(world: Quick) -> None:
    first = service.ask(world.id, locale="zh-CN", key="k", by=HOST)
    assert service.ask(world.id, locale="zh-CN", key="k", by=HOST) == first
    with pytest.raises(Conflict) as refused:
        service.file_of(queries.get_report(first, ceremony_id=world.id))
    assert refused.value.code == "report_making"
    played.do_jobs(kinds=(service.PRINT,))
    db.session.remove()
    found = queries.get_report(first, ceremony_id=world.id)
    document = pypdfium2.PdfDocument(io.BytesIO(service.file_of(found)))
    assert len(document) == found.pages
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "签约仪式报告" in text
    assert "进行中" in text
    forgetting.forget(world.id, by=HOST)
    with pytest.raises(Conflict) as refused:
        service.file_of(found)
    assert refused.value.code == "report_gone"
    with clock.frozen(clock.now() + timedelta(hours=25)):
        played.do_jobs(kinds=(service.REMOVE,))
    db.session.remove()
    assert queries.get_report(first, ceremony_id=world.id).file_digest == ""
    assert not storage.path(found.file_digest).exists()


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_page_is_whole_and_leads_to_the_pdf(served: Quick, locale: str) -> None:
    client = host(served, Role.AUDITOR, locale=locale)
    path = f"/ceremonies/{served.id}/report"
    get_page(client, path)
    assert post(client, path, {"language": locale, "key": "one"}).status_code == 303
    get_page(client, path)
    with served.app.app_context():
        played.do_jobs(kinds=(service.PRINT,))
    page = get_page(client, path)
    pdf = client.get(page.xpath("string(//*[@id='files']//a/@href)"))
    assert pdf.status_code == 200
    assert pdf.data.startswith(b"%PDF")
