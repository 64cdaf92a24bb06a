"""The cue sheet of a ceremony becomes that of another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.db import db
from signing.cues import copy_service as copying
from signing.cues import leading, queries, service
from signing.cues.rules import Act, CueState, SheetState, Verb
from tests.support import quick
from tests.support.ceremony import HOST
from tests.support.quick import Quick


@pytest.fixture
def led(invited: Quick) -> Quick:
    """Two cues were called, one of them with words and a place."""
    service.make_sheet(invited.id, by=HOST)
    first = queries.get_sheet(invited.id).cues[0]
    plan = replace(
        first.plan,
        script={"zh-CN": "各位来宾"},
        speaker="演示主持人",
        stage_text={"zh-CN": "欢迎"},
        party_key="party_a",
    )
    service.change_cue(invited.id, first.id, plan, looked_at=0, by=HOST)
    for number, cue in enumerate(queries.get_sheet(invited.id).cues[:2]):
        leading.lead(invited.id, Act(Verb.STAND_BY, 1 + 2 * number, cue.id), by=HOST)
        leading.lead(invited.id, Act(Verb.GO, 2 + 2 * number), by=HOST)
    return invited


def other(world: Quick, *, parties: int = 3, follow: int = 1) -> Quick:
    played = quick.draft(quick.plan(parties=parties, follow=follow), world.played.organisation_id)
    return Quick(world.app, played)


def sheet(world: Quick) -> queries.SheetView:
    db.session.remove()
    return queries.get_sheet(world.id)


def test_what_is_planned_is_copied_and_how_it_was_run_is_not(led: Quick) -> None:
    copy = other(led)
    assert copying.copy_sheet(led.id, copy.id, by=HOST)
    made, before = sheet(copy), sheet(led)
    assert (made.state, made.seq) == (SheetState.PLANNED, 0)
    assert {cue.state for cue in made.cues} == {CueState.PLANNED}
    assert [replace(cue.plan, agreements=()) for cue in made.cues] == [
        replace(cue.plan, agreements=()) for cue in before.cues
    ]
    called = [each for cue in made.cues for each in cue.agreements]
    assert called == [copy.agreements["main"], copy.agreements["next_0"]]


def test_what_the_other_ceremony_lacks_is_left_out(led: Quick) -> None:
    copy = other(led, follow=0)
    assert copying.copy_sheet(led.id, copy.id, {led.agreements["main"]: copy.agreements["main"]}, by=HOST)
    assert len(sheet(copy).cues) == len(sheet(led).cues) - 1
    gone = [replace(cue, party_key="party_z") for cue in sheet(led).cues[:1]]
    assert copying.copied(gone, {}, parties={"party_a"})[0].party_key == ""


def test_a_sheet_that_is_there_stays_and_where_there_is_none_nothing_is_copied(led: Quick) -> None:
    copy, empty = other(led), other(led)
    assert copying.copy_sheet(led.id, copy.id, by=HOST)
    assert not copying.copy_sheet(led.id, copy.id, by=HOST)
    assert not copying.copy_sheet(empty.id, copy.id, by=HOST)
    assert queries.find_sheet(empty.id) is None
