"""A ceremony that is led by its cue sheet, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.db import db, transaction
from core.errors import Conflict, NotFound
from signing.agreements import queries as agreements
from signing.ceremonies.models import Ceremony
from signing.cues import leading, queries, service
from signing.cues.models import Cue
from signing.cues.rules import Act, CueKind, CueState, SheetState, Verb
from tests.support import quick
from tests.support.ceremony import HOST, Person
from tests.support.quick import Quick
from tests.support.trail import with_private


def sheet(world: Quick) -> queries.SheetView:
    db.session.remove()
    return queries.get_sheet(world.id)


def do(world: Quick, verb: Verb, cue_id: str = "", *, anyway: bool = False, looked_at: int | None = None) -> None:
    seq = sheet(world).seq if looked_at is None else looked_at
    leading.lead(world.id, Act(verb, seq, cue_id, anyway), by=HOST)


def go_to(world: Quick, kind: CueKind) -> queries.CueView:
    """Stand by and go, cue by cue, until one of this kind is live."""
    while (live := sheet(world).live) is None or live.kind is not kind:
        following = sheet(world).next
        assert following is not None
        do(world, Verb.STAND_BY, following.id)
        do(world, Verb.GO, anyway=True)
    return live


def refusal(world: Quick, verb: Verb, cue_id: str = "", **more: int) -> str:
    """The code with which an act is refused; the sheet is as it was."""
    before = sheet(world)
    with pytest.raises(Conflict) as refused:
        do(world, verb, cue_id, **more)
    db.session.rollback()
    assert sheet(world) == before
    return refused.value.code


def actions(world: Quick) -> list[str]:
    found = [str(entry["action"]) for entry in with_private(world.id)]
    db.session.remove()
    return [action for action in found if action.startswith(("cue.", "cues."))]


def first_signer(world: Quick) -> Person:
    return next(iter(world.people.values()))


@pytest.fixture
def led(entered: Quick) -> Quick:
    """Everybody has read the first agreement, and the host has made a cue sheet."""
    service.make_sheet(entered.id, by=HOST)
    return entered


def test_the_sheet_is_made_by_itself_from_the_plan(led: Quick) -> None:
    found = sheet(led)
    assert [str(cue.kind) for cue in found.cues] == [
        "welcome",
        "roll_call",
        "record_code",
        "signing",
        "signing",
        "photograph",
        "closing",
    ]
    called = [cue.agreements for cue in found.cues if cue.kind is CueKind.SIGNING]
    assert called == [(led.agreements["main"],), (led.agreements["next_0"],)]
    assert all(cue.title["zh-CN"] and cue.title["en"] for cue in found.cues if cue.kind is not CueKind.SIGNING)


def test_made_twice_it_is_one_sheet(led: Quick) -> None:
    before = sheet(led)
    service.make_sheet(led.id, by=HOST)
    assert sheet(led) == before
    assert actions(led) == ["cues.made"]


def test_nobody_signs_before_the_cue_and_everybody_on_it(led: Quick) -> None:
    person = first_signer(led)
    with pytest.raises(Conflict) as refused:
        quick.prepared(person, led.first)
    assert refused.value.code == "cue_not_live"
    go_to(led, CueKind.SIGNING)
    quick.finish(person, quick.prepared(person, led.first))
    assert agreements.get_agreement(led.first).signed_count == 1


def test_what_was_begun_on_its_cue_is_finished_while_the_sheet_is_held(led: Quick) -> None:
    person, other = list(led.people.values())[:2]
    go_to(led, CueKind.SIGNING)
    begun = quick.prepared(person, led.first)
    do(led, Verb.HOLD)
    with pytest.raises(Conflict) as refused:
        quick.prepared(other, led.first)
    assert refused.value.code == "cue_not_live"
    quick.finish(person, begun)
    assert agreements.get_agreement(led.first).signed_count == 1
    do(led, Verb.RESUME)
    quick.finish(other, quick.prepared(other, led.first))


@pytest.mark.parametrize(("ahead", "told"), [(timedelta(hours=13), "cue_early"), (timedelta(hours=11), "")])
def test_a_ceremony_is_begun_long_before_its_time_only_when_that_is_said_twice(
    led: Quick, ahead: timedelta, told: str
) -> None:
    with transaction():
        db.session.get_one(Ceremony, led.id).starts_at = clock.now() + ahead
    do(led, Verb.STAND_BY, sheet(led).cues[0].id)
    if told:
        assert refusal(led, Verb.GO) == told
    do(led, Verb.GO, anyway=bool(told))
    do(led, Verb.STAND_BY, sheet(led).cues[1].id)
    do(led, Verb.GO)  # asked once, not at every cue
    live = sheet(led).live
    assert live is not None
    assert live.kind is CueKind.ROLL_CALL


def test_going_on_without_all_signatures_is_said_twice(led: Quick) -> None:
    go_to(led, CueKind.SIGNING)
    following = sheet(led).next
    assert following is not None
    do(led, Verb.STAND_BY, following.id)
    assert refusal(led, Verb.GO) == "cue_unsigned"
    do(led, Verb.GO, anyway=True)
    live = sheet(led).live
    assert live is not None
    assert live.id == following.id


def test_an_agreement_that_left_the_plan_keeps_nobody_on_its_cue(led: Quick) -> None:
    live = go_to(led, CueKind.SIGNING)
    with transaction():
        db.session.get_one(Cue, live.id).agreements = ["agr_gone"]
    following = sheet(led).next
    assert following is not None
    do(led, Verb.STAND_BY, following.id)
    do(led, Verb.GO)
    assert sheet(led).cue(following.id).state is CueState.LIVE


def test_two_hosts_at_once_do_not_jump_a_cue(led: Quick) -> None:
    first, second = (cue.id for cue in sheet(led).cues[:2])
    do(led, Verb.STAND_BY, first)
    looked_at = sheet(led).seq
    do(led, Verb.GO, looked_at=looked_at)
    assert refusal(led, Verb.GO, looked_at=looked_at) == "cue_sheet_moved"
    assert refusal(led, Verb.STAND_BY, second, looked_at=looked_at) == "cue_sheet_moved"


def test_go_needs_a_cue_that_stands_by(led: Quick) -> None:
    assert refusal(led, Verb.GO) == "cue_none_standing_by"


def test_back_one_makes_the_last_cue_live_again_and_forgets_that_the_next_was(led: Quick) -> None:
    roll_call = go_to(led, CueKind.ROLL_CALL)
    go_to(led, CueKind.RECORD_CODE)
    do(led, Verb.BACK)
    found = sheet(led)
    assert found.live is not None
    assert found.live.id == roll_call.id
    assert [str(cue.state) for cue in found.cues[:3]] == ["done", "live", "planned"]
    assert refusal(led, Verb.STAND_BY, roll_call.id) == "cue_is_live"


def test_there_is_nothing_before_the_first_cue(led: Quick) -> None:
    go_to(led, CueKind.WELCOME)
    assert refusal(led, Verb.BACK) == "cue_none_before"


def test_a_skipped_cue_can_be_called_after_all(led: Quick) -> None:
    welcome = sheet(led).cues[0]
    do(led, Verb.SKIP, welcome.id)
    following = sheet(led).next
    assert following is not None
    assert following.id != welcome.id
    do(led, Verb.STAND_BY, welcome.id)
    do(led, Verb.GO)
    live = sheet(led).live
    assert live is not None
    assert live.id == welcome.id


def test_while_it_is_held_nothing_is_called(led: Quick) -> None:
    go_to(led, CueKind.WELCOME)
    do(led, Verb.HOLD)
    following = sheet(led).next
    assert following is not None
    assert refusal(led, Verb.STAND_BY, following.id) == "cue_sheet_held"
    assert refusal(led, Verb.HOLD) == "cue_sheet_held"
    do(led, Verb.RESUME)
    assert refusal(led, Verb.RESUME) == "cue_sheet_not_held"


def test_when_it_is_over_who_could_not_sign_on_the_cue_signs_later(led: Quick) -> None:
    go_to(led, CueKind.SIGNING)
    do(led, Verb.OVER, anyway=True)
    assert sheet(led).state is SheetState.OVER
    person = first_signer(led)
    quick.finish(person, quick.prepared(person, led.first))
    do(led, Verb.BACK)
    assert sheet(led).state is SheetState.RUNNING


def test_every_act_stands_in_the_trail_with_its_number(led: Quick) -> None:
    welcome = sheet(led).cues[0]
    do(led, Verb.STAND_BY, welcome.id)
    do(led, Verb.GO)
    do(led, Verb.HOLD)
    do(led, Verb.RESUME)
    do(led, Verb.SKIP, welcome.id)
    do(led, Verb.OVER)
    assert actions(led) == [
        "cues.made",
        "cue.stood_by",
        "cue.went",
        "cues.held",
        "cues.resumed",
        "cue.skipped",
        "cues.over",
    ]
    numbers = [entry["data"]["seq"] for entry in with_private(led.id) if "seq" in entry["data"]]
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_ceremony_that_is_not_invited_is_not_led(drafted: Quick) -> None:
    service.make_sheet(drafted.id, by=HOST)
    with pytest.raises(Conflict) as refused:
        leading.lead(drafted.id, Act(Verb.STAND_BY, 0, sheet(drafted).cues[0].id), by=HOST)
    assert refused.value.code == "ceremony_draft"


def test_a_cue_of_nowhere_is_not_found(led: Quick) -> None:
    with pytest.raises(NotFound):
        do(led, Verb.STAND_BY, "cue_nowhere")


def test_a_cue_that_ran_keeps_its_two_instants(led: Quick) -> None:
    go_to(led, CueKind.ROLL_CALL)
    welcome, roll_call = sheet(led).cues[:2]
    assert welcome.state is CueState.DONE
    assert welcome.began_at is not None
    assert welcome.ended_at is not None
    assert roll_call.began_at is not None
    assert welcome.began_at <= welcome.ended_at <= roll_call.began_at
    assert roll_call.ended_at is None
