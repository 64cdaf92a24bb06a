"""The words of a cue sheet follow when somebody else takes a seat; what a host wrote stays and is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import i18n
from core.db import db
from signing.ceremonies import understudy
from signing.ceremonies.understudy import Understudy
from signing.cues import leading, queries, service
from signing.cues import rewording_service as rewording
from signing.cues.queries import CueView
from signing.cues.rules import Act, CueKind, Verb
from signing.seats import queries as seats
from tests.support.ceremony import HOST
from tests.support.pages import get_page
from tests.support.quick import Quick, QuickWorld, host
from tests.support.trail import with_private

LETTER = b"%PDF-1.7\nLetter of authority\n%%EOF\n"
OLD, NEW = "样例乙", "替补戊"


def replace_b(world: Quick, name: str = NEW) -> None:
    seat = seats.get_seat(world.people["party_b"].seat_id)
    person = Understudy(
        name, {"zh-CN": "副总经理", "en": "Vice president"}, "sub@signers.example", "zh-CN", LETTER, "pdf"
    )
    db.session.rollback()
    understudy.replace_signer(world.id, seat.id, person, looked_at=understudy.seen(seat), by=HOST)
    db.session.remove()


def cue(world: Quick, kind: CueKind) -> CueView:
    db.session.remove()
    return next(each for each in queries.get_sheet(world.id).cues if each.kind is kind)


def actions(world: Quick) -> list[str]:
    found = [str(entry["action"]) for entry in with_private(world.id)]
    db.session.remove()
    return found


def lead(world: Quick, verb: Verb) -> None:
    sheet = queries.get_sheet(world.id)
    cue_id = sheet.next.id if verb is Verb.STAND_BY and sheet.next else ""
    db.session.rollback()
    leading.lead(world.id, Act(verb, sheet.seq, cue_id, anyway=True), by=HOST)
    db.session.remove()


def write(world: Quick, kind: CueKind, **words: object) -> None:
    found = cue(world, kind)
    seq = queries.get_sheet(world.id).seq
    db.session.rollback()
    service.change_cue(world.id, found.id, replace(found.plan, **words), looked_at=seq, by=HOST)  # type: ignore[arg-type]


@pytest.fixture
def worded(invited: Quick) -> Quick:
    service.make_sheet(invited.id, by=HOST)
    service.propose_words(invited.id, looked_at=0, by=HOST)
    return invited


def test_words_that_nobody_edited_name_who_signs_now_in_both_languages(worded: Quick) -> None:
    before = queries.get_sheet(worded.id)
    assert all(OLD in said for said in cue(worded, CueKind.ROLL_CALL).script.values())
    replace_b(worded)
    called = cue(worded, CueKind.ROLL_CALL)
    assert [said.count(NEW) for said in called.script.values()] == [1, 1]
    assert f"{OLD}）" not in called.script["zh-CN"]
    assert f"{OLD})" not in called.script["en"]
    assert "副总经理" in called.script["zh-CN"]
    assert "Vice president" in called.script["en"]
    after = queries.get_sheet(worded.id)
    assert after.seq == before.seq + 1
    others = [(one, other) for one, other in zip(before.cues, after.cues, strict=True) if one.id != called.id]
    assert all(one == other for one, other in others), "what names nobody is left alone"
    assert actions(worded).count("cues.reworded") == 1
    assert rewording.list_outdated(worded.id) == []


@pytest.mark.parametrize("is_done", [False, True])
def test_the_roll_call_that_is_being_read_follows_and_one_that_was_read_stays(worded: Quick, is_done: bool) -> None:
    for verb in (Verb.STAND_BY, Verb.GO) * (3 if is_done else 2):
        lead(worded, verb)
    replace_b(worded)
    assert (NEW in cue(worded, CueKind.ROLL_CALL).script["zh-CN"]) is not is_done


def test_what_a_host_wrote_stays_and_is_named_before_and_afterwards(worded: Quick) -> None:
    write(worded, CueKind.ROLL_CALL, script={"zh-CN": f"请{OLD}先生应答"})
    write(worded, CueKind.PHOTOGRAPH, speaker=OLD)
    outlook = rewording.look_at_name(worded.id, OLD)
    assert [each.kind for each in outlook.kept] == [CueKind.ROLL_CALL, CueKind.PHOTOGRAPH]
    assert outlook.followed == ()
    db.session.rollback()
    replace_b(worded)
    assert cue(worded, CueKind.ROLL_CALL).script == {"zh-CN": f"请{OLD}先生应答"}
    told = rewording.list_outdated(worded.id)
    assert [(each.kind, name) for each, name in told] == [(CueKind.ROLL_CALL, OLD), (CueKind.PHOTOGRAPH, OLD)]


def test_the_language_that_a_host_left_alone_follows_beside_the_one_that_was_written(worded: Quick) -> None:
    own = {**cue(worded, CueKind.ROLL_CALL).script, "zh-CN": f"请{OLD}先生应答"}
    write(worded, CueKind.ROLL_CALL, script=own)
    replace_b(worded)
    kept = cue(worded, CueKind.ROLL_CALL).script
    assert kept["zh-CN"] == own["zh-CN"]
    assert NEW in kept["en"]


def test_a_longer_name_of_who_is_there_now_is_no_old_name(worded: Quick) -> None:
    write(worded, CueKind.ROLL_CALL, script={"zh-CN": f"请{OLD}明应答"})
    replace_b(worded, f"{OLD}明")
    assert rewording.list_outdated(worded.id) == []


@pytest.mark.parametrize("has_sheet", [False, True])
def test_without_a_sheet_or_words_nothing_is_written(invited: Quick, has_sheet: bool) -> None:
    if has_sheet:
        service.make_sheet(invited.id, by=HOST)
    replace_b(invited)
    assert "cues.reworded" not in actions(invited)


@pytest.fixture
def shown(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_pages_lead_to_each_cue_that_still_has_the_old_name(shown: Quick, locale: str) -> None:
    with shown.app.app_context():
        service.make_sheet(shown.id, by=HOST)
        service.propose_words(shown.id, looked_at=0, by=HOST)
        write(shown, CueKind.CLOSING, script={"zh-CN": f"感谢{OLD}"})
        closing = cue(shown, CueKind.CLOSING).id
        seat = shown.people["party_b"].seat_id
    client = host(shown, locale=locale)
    link = f"/ceremonies/{shown.id}/cues/{closing}#words"
    before = get_page(client, f"/ceremonies/{shown.id}/seats/{seat}/understudy")
    assert before.xpath("//*[@id='words-kept']//a/@href") == [link]
    assert not get_page(client, f"/ceremonies/{shown.id}/cues").xpath("//*[@id='outdated']")
    with shown.app.app_context():
        replace_b(shown)
    after = get_page(client, f"/ceremonies/{shown.id}/cues")
    assert after.xpath("//*[@id='outdated']//a/@href") == [link]
    assert OLD in "".join(after.xpath("//*[@id='outdated']//li//text()"))
