"""Badges are numbered, printed and printed again: each print is kept, and the file is what was printed."""

from __future__ import annotations

import io

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageOps

from core import audit, claims, clock, storage
from core.claims import Claim
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from core.jobs import Job
from events.badges import faces, prints, queries, rules, service, work
from events.badges.queries import RunView
from events.badges.rules import BadgeLayout, BadgeState
from events.conferences.queries import ConferenceView
from events.registration import service as registration
from signing.trust import door_keys
from tests.support.conference import ORGANISER, someone
from tests.support.databases import SQLITE
from tests.support.trail import with_private

# What the database has to do with it is in test_prints_at_once.py.
pytestmark = pytest.mark.parametrize("database_kind", [SQLITE])
SHEET = BadgeLayout.SHEET_90


def come(conference: ConferenceView, count: int = 1, **named: str) -> list[str]:
    """So many people who are confirmed in Chengdu."""
    return [
        registration.register(conference.id, someone(conference, number, **named), by=ORGANISER).id
        for number in range(1, count + 1)
    ]


def ask(conference: ConferenceView, ids: list[str], **named: object) -> RunView:
    return prints.ask(conference.id, ids, layout=SHEET, by=ORGANISER, **named)  # type: ignore[arg-type]


def codes(pdf: bytes) -> set[str]:
    pages = (page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf))
    return {each.text for page in pages for each in zxingcpp.read_barcodes(page)}


def entries(conference: ConferenceView) -> list[dict[str, object]]:
    db.session.rollback()
    return [each for each in with_private(conference.id) if each["action"] == "badge.printed"]


def states(conference: ConferenceView) -> list[BadgeState]:
    db.session.rollback()
    return [each.state for each in faces.list_wearers(conference)]


def test_a_printed_badge_is_a_row_an_entry_and_a_file_whose_code_a_door_reads(conference: ConferenceView) -> None:
    (one,) = come(conference)
    assert states(conference) == [BadgeState.UNPRINTED]
    run = ask(conference, [one])
    (text,) = codes(service.file_of(run))
    found = service.check(text, conference_id=conference.id)
    assert (found.registration_id, found.number) == (one, 1)
    assert queries.newest_prints([one]) == queries.newest_prints_of(conference.id) == {one: 1}
    assert states(conference) == [BadgeState.PRINTED]
    (entry,) = entries(conference)
    assert entry["subject"] == {"kind": "registration", "id": one}
    assert entry["data"] == {"number": 1, "layout": "a4-90x54", "run": run.id}


def test_a_badge_is_printed_again_with_a_reason_only_and_its_number_says_so(conference: ConferenceView) -> None:
    (one,) = come(conference)
    first = codes(service.file_of(ask(conference, [one])))
    with pytest.raises(Refusal, match="badge_reason_needed"):
        ask(conference, [one])
    again = ask(conference, [one], reason="胸卡遗失")
    (text,) = codes(service.file_of(again))
    assert {text} != first
    assert service.check(text, conference_id=conference.id).number == 2
    assert [(each.number, each.reason) for each in queries.list_prints(one)] == [(1, ""), (2, "胸卡遗失")]
    assert [each["data"].get("reason") for each in entries(conference)] == [None, "胸卡遗失"]  # type: ignore[attr-defined]
    assert "胸卡遗失" not in "".join(audit.list_lines(conference.id))


def test_a_badge_whose_words_have_changed_is_printed_again_without_a_reason(conference: ConferenceView) -> None:
    (one,) = come(conference)
    run = ask(conference, [one])
    db.session.rollback()
    registration.change(one, registration.Changes(name="样例改名"), by=ORGANISER)
    assert states(conference) == [BadgeState.CHANGED]
    with pytest.raises(Conflict, match="badges_changed"):
        service.file_of(run)
    assert queries.newest_prints([ask(conference, [one]).registrations[0]]) == {one: 2}
    assert states(conference) == [BadgeState.PRINTED]


def test_the_file_is_the_same_however_often_it_is_fetched_also_after_the_key_was_replaced(
    conference: ConferenceView,
) -> None:
    ids = come(conference, 3)
    run = ask(conference, ids)
    pdf = service.file_of(run)
    assert service.file_of(run) == pdf
    texts = codes(pdf)
    door_keys.rotate_door_key()
    assert {service.check(text, conference_id=conference.id).number for text in texts} == {1}


def test_the_same_request_prints_once(conference: ConferenceView) -> None:
    (one,) = come(conference)
    assert ask(conference, [one], request_key="k") == ask(conference, [one], request_key="k")
    assert queries.newest_prints([one]) == {one: 1}


def test_who_is_not_confirmed_is_online_or_elsewhere_gets_no_badge(conference: ConferenceView) -> None:
    (gone,) = come(conference)
    registration.withdraw(gone, by=ORGANISER)
    online = registration.register(conference.id, someone(conference, 5, venue="cloud"), by=ORGANISER).id
    with pytest.raises(Conflict, match="badges_none"):
        ask(conference, [gone, online, "reg_nobody"])


def test_a_name_that_no_font_can_draw_is_refused_with_its_characters(conference: ConferenceView) -> None:
    (one,) = come(conference, name="样例𐎀")
    with pytest.raises(Refusal, match="badge_no_glyph") as refusal:
        ask(conference, [one])
    assert refusal.value.params == {"name": "样例𐎀", "characters": "𐎀"}
    assert queries.newest_prints([one]) == {}


def test_a_proof_has_no_code_that_a_door_takes(conference: ConferenceView) -> None:
    ids = come(conference, 2)
    pdf = service.preview(conference.id, ids, layout=SHEET, mark="预览")
    (text,) = codes(pdf)
    with pytest.raises(Refusal, match="badge_foreign"):
        service.check(text, conference_id=conference.id)
    assert "预览" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


# Many at once are work for later.


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "DIRECT", 2)
    monkeypatch.setattr(prints, "_CHUNK", 2)


def claimed() -> tuple[Claim, dict[str, str]]:
    (claim,) = claims.take(Job, worker="test")
    job = db.session.get_one(Job, claim.id)
    return claim, job.payload


@pytest.mark.usefixtures("_few")
def test_many_are_numbered_some_at_a_time_and_kept_in_one_file(conference: ConferenceView) -> None:
    ids = come(conference, 5)
    run = ask(conference, ids)
    assert (run.done, run.printed_at) == (0, None)
    with pytest.raises(Conflict, match="badges_printing"):
        service.file_of(run)
    claim, payload = claimed()
    work.print_run(claim, payload)
    run = queries.get_run(run.id, conference_id=conference.id)
    assert (run.done, run.total) == (5, 5)
    found = {service.check(text, conference_id=conference.id).registration_id for text in codes(service.file_of(run))}
    assert found == set(ids)
    assert len(entries(conference)) == 5


@pytest.mark.usefixtures("_few")
def test_a_worker_that_died_between_is_followed_by_one_that_goes_on(
    conference: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = come(conference, 5)
    run = ask(conference, ids)
    claim, payload = claimed()
    number, calls = prints._number, []

    def dies(*given: object, **named: object) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        number(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(prints, "_number", dies)
    with pytest.raises(RuntimeError):
        work.print_run(claim, payload)
    db.session.rollback()
    assert queries.get_run(run.id, conference_id=conference.id).done == 2
    work.print_run(claim, payload)
    assert queries.newest_prints(ids) == dict.fromkeys(ids, 1)
    assert len(entries(conference)) == 5


@pytest.mark.usefixtures("_few")
def test_who_withdraws_while_many_are_printed_gets_none(conference: ConferenceView) -> None:
    ids = come(conference, 3)
    run = ask(conference, ids)
    registration.withdraw(ids[0], by=ORGANISER)
    work.print_run(*claimed())
    run = queries.get_run(run.id, conference_id=conference.id)
    assert run.done == 3
    assert set(queries.newest_prints(ids)) == set(ids[1:])
    assert len(codes(service.file_of(run))) == 2


@pytest.mark.usefixtures("_few")
def test_the_file_full_of_names_is_deleted_when_its_day_is_over(conference: ConferenceView) -> None:
    ids = come(conference, 3)
    run = ask(conference, ids)
    work.print_run(*claimed())
    kept = queries.get_run(run.id, conference_id=conference.id).file_digest
    job = db.session.query(Job).filter_by(kind=prints.REMOVE).one()
    assert job.due_at > clock.now() + prints.KEPT * 0.9
    db.session.rollback()
    with transaction():
        db.session.get_one(Job, job.id).due_at = clock.now()
    work.remove_file(*claimed())
    with pytest.raises(NotFound):
        storage.read(kept)
    with pytest.raises(Conflict, match="badges_file_gone"):
        service.file_of(queries.get_run(run.id, conference_id=conference.id))


def test_a_ticket_says_the_print_that_is_in_use(conference: ConferenceView) -> None:
    (one,) = come(conference)
    assert service.check(service.ticket_text(one), conference_id=conference.id).number == 1
    ask(conference, [one])
    ask(conference, [one], reason="遗失")
    assert service.check(service.ticket_text(one), conference_id=conference.id).number == 2
    picture = service.ticket_png(one)
    shown = Image.open(io.BytesIO(picture)).convert("L")
    (found,) = zxingcpp.read_barcodes(shown)
    assert found.text == service.ticket_text(one)
    assert shown.size == (456, 456)
    assert ImageOps.invert(shown).getbbox() == (32, 32, 424, 424)  # four modules of quiet zone around it
    assert "<title>入场码</title>" in service.ticket_svg(one, words="入场码")
    registration.withdraw(one, by=ORGANISER)
    with pytest.raises(Conflict, match="ticket_not_confirmed"):
        service.ticket_text(one)


def test_another_conferences_badge_is_told_apart(conference: ConferenceView) -> None:
    (one,) = come(conference)
    text = service.ticket_text(one)
    with pytest.raises(Refusal, match="badge_other_conference"):
        service.check(text, conference_id=conference.id[:-1] + ("0" if conference.id[-1] != "0" else "1"))
