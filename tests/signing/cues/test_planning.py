"""A cue sheet is made, changed and taken away, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.db import db
from core.errors import Conflict, NotFound, Refusal
from signing.cues import leading, queries, service
from signing.cues.rules import Act, CueKind, CuePlan, Verb
from tests.support.ceremony import HOST
from tests.support.quick import Quick

SPEECH = CuePlan(CueKind.SPEECH, {"zh-CN": "区长致辞", "en": "Speech"}, timedelta(minutes=4), speaker="演示区长")


def sheet(world: Quick) -> queries.SheetView:
    db.session.remove()
    return queries.get_sheet(world.id)


def kinds(world: Quick) -> list[str]:
    return [str(cue.kind) for cue in sheet(world).cues]


def add(world: Quick, plan: CuePlan = SPEECH, *, after: str) -> str:
    return service.add_cue(world.id, plan, after=after, looked_at=sheet(world).seq, by=HOST)


def plan_of(cue: queries.CueView) -> CuePlan:
    return CuePlan(
        cue.kind, cue.title, cue.length, cue.agreements, cue.party_key, cue.speaker, cue.script, cue.stage_text
    )


def refusal(world: Quick, act: Callable[[], object]) -> str:
    """The code with which something is refused; the sheet is as it was."""
    before = sheet(world)
    with pytest.raises(Refusal) as refused:
        act()
    db.session.rollback()
    assert sheet(world) == before
    return refused.value.code


@pytest.fixture
def planned(drafted: Quick) -> Quick:
    service.make_sheet(drafted.id, by=HOST)
    return drafted


def test_a_cue_is_put_behind_another_or_first_of_all(planned: Quick) -> None:
    welcome = sheet(planned).cues[0]
    add(planned, after=welcome.id)
    first = add(planned, after="")
    assert kinds(planned)[:4] == ["speech", "welcome", "speech", "roll_call"]
    assert sheet(planned).cue(first).speaker == "演示区长"
    assert [cue.position for cue in sheet(planned).cues] == list(range(9))


def test_a_cue_is_moved_and_where_it_stands_already_nothing_is_done(planned: Quick) -> None:
    welcome, roll_call = sheet(planned).cues[:2]
    seq = sheet(planned).seq
    service.move_cue(planned.id, roll_call.id, after=welcome.id, looked_at=seq, by=HOST)
    assert sheet(planned).seq == seq
    service.move_cue(planned.id, roll_call.id, after="", looked_at=seq, by=HOST)
    assert kinds(planned)[:2] == ["roll_call", "welcome"]
    assert sheet(planned).seq == seq + 1


def test_what_happens_on_a_cue_is_said_anew_and_saved_alike_it_is_no_change(planned: Quick) -> None:
    cue = sheet(planned).cues[0]
    plan = replace(
        plan_of(cue), length=timedelta(seconds=90), script={"zh-CN": "欢迎各位"}, stage_text={"en": "Welcome"}
    )
    service.change_cue(planned.id, cue.id, plan, looked_at=sheet(planned).seq, by=HOST)
    changed = sheet(planned)
    assert (changed.cues[0].planned_seconds, changed.cues[0].script) == (90, {"zh-CN": "欢迎各位"})
    service.change_cue(planned.id, cue.id, plan, looked_at=changed.seq, by=HOST)
    assert sheet(planned) == changed


def test_a_cue_is_removed_and_the_last_one_stays(planned: Quick) -> None:
    for cue in sheet(planned).cues[1:]:
        service.remove_cue(planned.id, cue.id, looked_at=sheet(planned).seq, by=HOST)
    last = sheet(planned).cues[0].id
    seq = sheet(planned).seq
    assert refusal(planned, lambda: service.remove_cue(planned.id, last, looked_at=seq, by=HOST)) == "last_cue"


def test_an_agreement_is_called_by_one_cue(planned: Quick) -> None:
    again = CuePlan(CueKind.SIGNING, {"en": "Again"}, timedelta(minutes=1), agreements=(planned.agreements["main"],))
    first = sheet(planned).cues[0].id
    assert refusal(planned, lambda: add(planned, again, after=first)) == "agreement_called_twice"
    nowhere = replace(again, agreements=("agr_nowhere",))
    assert refusal(planned, lambda: add(planned, nowhere, after=first)) == "agreement_not_found"


def test_whoever_looked_at_an_older_sheet_changes_nothing(planned: Quick) -> None:
    first = sheet(planned).cues[0].id
    seq = sheet(planned).seq
    add(planned, after=first)
    calls = (
        lambda: service.add_cue(planned.id, SPEECH, after=first, looked_at=seq, by=HOST),
        lambda: service.change_cue(planned.id, first, SPEECH, looked_at=seq, by=HOST),
        lambda: service.move_cue(planned.id, first, after="", looked_at=seq, by=HOST),
        lambda: service.remove_cue(planned.id, first, looked_at=seq, by=HOST),
        lambda: service.remove_sheet(planned.id, looked_at=seq, by=HOST),
    )
    assert {refusal(planned, call) for call in calls} == {"cue_sheet_moved"}


def test_what_is_live_or_done_stays_as_it_is(invited: Quick) -> None:
    service.make_sheet(invited.id, by=HOST)
    for cue in sheet(invited).cues[:2]:
        for verb in (Verb.STAND_BY, Verb.GO):
            leading.lead(invited.id, Act(verb, sheet(invited).seq, cue.id), by=HOST)
    done, live, coming = sheet(invited).cues[:3]
    seq = sheet(invited).seq
    assert refusal(invited, lambda: service.remove_cue(invited.id, done.id, looked_at=seq, by=HOST)) == "cue_is_done"
    assert (
        refusal(invited, lambda: service.change_cue(invited.id, live.id, SPEECH, looked_at=seq, by=HOST))
        == "cue_is_live"
    )
    assert (
        refusal(invited, lambda: service.move_cue(invited.id, coming.id, after="", looked_at=seq, by=HOST))
        == "cue_is_done"
    )
    added = add(invited, after=live.id)
    assert sheet(invited).cues[2].id == added


def test_a_sheet_is_taken_away_before_it_is_begun_and_not_after(invited: Quick) -> None:
    service.make_sheet(invited.id, by=HOST)
    service.remove_sheet(invited.id, looked_at=0, by=HOST)
    assert queries.find_sheet(invited.id) is None
    assert queries.is_called(invited.id, invited.first)
    service.make_sheet(invited.id, by=HOST)
    first = sheet(invited).cues[0].id
    leading.lead(invited.id, Act(Verb.STAND_BY, 0, first), by=HOST)
    leading.lead(invited.id, Act(Verb.GO, 1), by=HOST)
    assert refusal(invited, lambda: service.remove_sheet(invited.id, looked_at=2, by=HOST)) == "cue_sheet_begun"


def test_a_ceremony_without_a_sheet_has_none_to_change(drafted: Quick) -> None:
    with pytest.raises(NotFound):
        queries.get_sheet(drafted.id)
    with pytest.raises(NotFound):
        service.remove_sheet(drafted.id, looked_at=0, by=HOST)


def test_a_sheet_has_an_upper_limit(planned: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signing.cues.rules.MAX_CUES", 7)
    with pytest.raises(Conflict) as refused:
        add(planned, after="")
    assert refused.value.code == "too_many_cues"
