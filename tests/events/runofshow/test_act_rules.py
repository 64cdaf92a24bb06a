"""What acts do with a show: joint cues, halls that go their own ways, two cities that press at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.errors import Conflict, NotFound
from events.runofshow import act_rules
from events.runofshow.rules import CueState, Outcome
from events.runofshow.show_rules import Act, After, Cue, Lane, Run, Show, Verb

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LANES = ("chengdu", "chongqing", "cloud")


def show() -> Show:
    """Opened together, then each hall for itself, then together again."""
    cues = [
        Cue("opening", LANES, 10 * MINUTE, starts_at=NOON),
        Cue("film", ("chengdu",), 5 * MINUTE),
        Cue("talk", ("chongqing", "cloud"), 8 * MINUTE),
        Cue("signing", LANES, 20 * MINUTE),
    ]
    lanes = [Lane("chengdu"), Lane("chongqing"), Lane("cloud", needs_ack=False)]
    return Show({lane.id: lane for lane in lanes}, {cue.id: cue for cue in cues})


def seqs(of: Show) -> dict[str, int]:
    return {lane.id: lane.seq for lane in of.lanes.values()}


def act(verb: Verb, of: Show, cue: str = "", lane: str = "", **more: object) -> Act:
    return replace(Act(verb, seqs(of), cue_id=cue, lane=lane), **more)


def after(of: Show, verb: Verb, cue: str = "", lane: str = "", *, minute: float = 0, **more: object) -> After:
    return act_rules.do(of, act(verb, of, cue, lane, **more), now=NOON + minute * MINUTE)


def play(of: Show, cue: str, *, minute: float = 0) -> Show:
    """Stand by and go, with the halls' word."""
    of = after(of, Verb.STAND_BY, cue, minute=minute).show
    for lane in act_rules.missing_acknowledgements(of, of.cues[cue]):
        of = after(of, Verb.ACKNOWLEDGE, cue, lane, minute=minute).show
    return after(of, Verb.GO, cue, minute=minute).show


def live(of: Show) -> list[str | None]:
    return [of.lanes[lane].cue_id for lane in LANES]


def test_a_joint_cue_goes_live_in_all_its_lanes_at_once() -> None:
    assert live(play(show(), "opening")) == ["opening"] * 3


def test_go_waits_until_each_hall_is_ready() -> None:
    of = after(show(), Verb.STAND_BY, "opening").show
    of = after(of, Verb.ACKNOWLEDGE, "opening", "chengdu").show
    with pytest.raises(Conflict) as refused:
        after(of, Verb.GO, "opening")
    assert (refused.value.code, refused.value.params) == ("show_cue_unacknowledged", {"n": 1})
    went = after(of, Verb.GO, "opening", anyway=True, reason="no answer")
    assert went.facts == {"unacknowledged": ["chongqing"], "reason": "no answer"}


def test_a_hall_that_gets_ready_makes_no_go_late() -> None:
    of = after(show(), Verb.STAND_BY, "opening").show
    seen = act(Verb.GO, of, "opening", anyway=True)
    of = after(of, Verb.ACKNOWLEDGE, "opening", "chengdu").show
    assert live(act_rules.do(of, seen, now=NOON).show) == ["opening"] * 3


def test_standing_by_anew_asks_the_halls_anew() -> None:
    of = after(show(), Verb.STAND_BY, "opening").show
    of = after(of, Verb.ACKNOWLEDGE, "opening", "chengdu").show
    of = after(of, Verb.STAND_BY, "opening", minute=1).show
    assert act_rules.missing_acknowledgements(of, of.cues["opening"]) == ["chengdu", "chongqing"]


def test_a_go_that_was_said_in_both_cities_counts_once() -> None:
    of = after(show(), Verb.STAND_BY, "opening").show
    said = act(Verb.GO, of, "opening", anyway=True)
    of = act_rules.do(of, said, now=NOON).show
    with pytest.raises(Conflict, match="lane_moved"):
        act_rules.do(of, said, now=NOON)


def test_a_late_go_from_the_other_city_is_refused() -> None:
    of = play(show(), "opening")
    of = after(of, Verb.STAND_BY, "talk").show
    late = act(Verb.GO, of, "talk", anyway=True)
    of = after(of, Verb.STAND_BY, "signing").show
    with pytest.raises(Conflict, match="lane_moved"):
        act_rules.do(of, late, now=NOON)


def test_a_hall_goes_its_own_way_while_the_others_stay() -> None:
    of = play(play(show(), "opening"), "film", minute=10)
    assert live(of) == ["film", "opening", "opening"]
    assert of.cues["opening"].state is CueState.LIVE
    of = play(of, "talk", minute=11)
    assert of.cues["opening"].state is CueState.DONE


def test_a_page_need_not_know_of_lanes_that_an_act_leaves_alone() -> None:
    of = play(show(), "opening")
    film = after(of, Verb.STAND_BY, "film").show
    of = play(film, "talk")
    went = act_rules.do(of, Act(Verb.GO, {"chengdu": film.lanes["chengdu"].seq}, "film", anyway=True), now=NOON)
    assert went.touched == ("chengdu",)


def test_who_stands_by_for_one_hall_ends_the_joint_stand_by_everywhere() -> None:
    of = play(show(), "opening")
    of = after(of, Verb.STAND_BY, "signing").show
    stood = after(of, Verb.STAND_BY, "film")
    assert stood.show.cues["signing"].state is CueState.PLANNED
    assert stood.touched == LANES  # an old page of the other hall must not say go to what no longer stands by


def test_held_time_is_not_counted() -> None:
    of = play(show(), "opening")
    of = after(of, Verb.HOLD, "opening", minute=2).show
    of = after(of, Verb.RESUME, "opening", minute=5).show
    of = after(of, Verb.HOLD, "opening", minute=6).show
    [run, *_] = after(of, Verb.OVER, lane="chengdu", minute=8).runs
    assert run == Run("opening", "chengdu", NOON, NOON + 8 * MINUTE, 5 * MINUTE, Outcome.DONE)


def test_what_came_together_goes_back_together() -> None:
    of = play(play(show(), "opening"), "signing", minute=10)
    back = after(of, Verb.BACK, lane="chongqing", minute=11)
    assert live(back.show) == ["opening"] * 3
    assert back.show.cues["signing"].state is CueState.PLANNED
    assert {run.outcome for run in back.runs} == {Outcome.TAKEN_BACK}


def test_who_went_alone_goes_back_alone() -> None:
    of = play(play(play(show(), "opening"), "film"), "talk")
    assert live(after(of, Verb.BACK, lane="chengdu").show) == ["opening", "talk", "talk"]


def test_a_cue_that_is_skipped_while_live_leaves_its_halls_free() -> None:
    of = after(play(show(), "opening"), Verb.SKIP, "opening").show
    assert live(of) == [None] * 3
    assert live(play(of, "film")) == ["film", None, None]


@pytest.mark.parametrize(
    ("verb", "cue", "lane", "code"),
    [
        (Verb.STAND_BY, "opening", "", "show_cue_is_live"),
        (Verb.STAND_BY, "none", "", "show_cue_not_found"),
        (Verb.GO, "film", "", "show_cue_not_standing_by"),
        (Verb.ACKNOWLEDGE, "film", "cloud", "show_lane_not_in_cue"),
        (Verb.ACKNOWLEDGE, "film", "chengdu", "show_cue_not_standing_by"),
        (Verb.ACKNOWLEDGE, "film", "paris", "lane_not_found"),
        (Verb.HOLD, "film", "", "show_nothing_live"),
        (Verb.RESUME, "opening", "", "show_not_held"),
        (Verb.BACK, "", "chengdu", "show_nothing_before"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(verb: Verb, cue: str, lane: str, code: str) -> None:
    of = play(show(), "opening")
    with pytest.raises((Conflict, NotFound)) as refused:
        after(of, verb, cue, lane)
    assert refused.value.code == code


ACTS = some.tuples(
    some.sampled_from(Verb),
    some.sampled_from(["opening", "film", "talk", "signing"]),
    some.sampled_from(LANES),
    some.integers(-4000, 40_000),
    some.integers(0, 3),  # how many acts ago its person looked
    some.integers(-5, 300),  # seconds that pass; a machine's clock may be set back
)


@settings(max_examples=150, deadline=None)
@given(some.lists(ACTS, max_size=40))
def test_whatever_people_press_and_however_late_a_show_stays_whole(pressed: list[tuple[object, ...]]) -> None:
    of, now, seen = show(), NOON, [seqs(show())]
    for verb, cue, lane, seconds, ago, passed in pressed:
        now += timedelta(seconds=int(str(passed)))
        looked = seen[max(0, len(seen) - 1 - int(str(ago)))]
        asked = Act(Verb(str(verb)), looked, str(cue), str(lane), int(str(seconds)), anyway=True)
        try:
            done = act_rules.do(of, asked, now=now)
        except Conflict:
            continue
        check(of, done)
        assert all(looked[each] == of.lanes[each].seq for each in taken_lanes(of, done))
        of = done.show
        seen.append(seqs(of))


def taken_lanes(before: Show, done: After) -> list[str]:
    """The lanes whose picture changed, but for those that only no longer stand by."""
    return [
        lane for lane in done.touched if replace(done.show.lanes[lane], seq=0) != replace(before.lanes[lane], seq=0)
    ]


def check(before: Show, done: After) -> None:
    of = done.show
    for lane in of.lanes.values():
        changed = replace(lane, seq=0) != replace(before.lanes[lane.id], seq=0)
        assert lane.seq - before.lanes[lane.id].seq == (lane.id in done.touched) >= changed
        assert lane.cue_id is None or lane.id in of.cues[lane.cue_id].lanes
        assert (lane.cue_id is None) == (lane.began_at is None)
        assert lane.began_at is not None or (lane.held_at is None and not lane.held)
        assert not (lane.over_at and lane.cue_id)
        assert sum(cue.state is CueState.STANDBY for cue in of.cues.values() if lane.id in cue.lanes) <= 1
    for cue in of.cues.values():
        assert (cue.state is CueState.LIVE) == bool(of.where_live(cue.id))
        assert cue.ready <= set(cue.lanes)
        assert cue.state is CueState.STANDBY or not cue.ready
    for run in done.runs:
        was = before.lanes[run.lane]
        assert (run.cue_id, run.began_at) == (was.cue_id, was.began_at)
    left = [lane for lane in before.lanes.values() if lane.cue_id and of.lanes[lane.id].began_at != lane.began_at]
    assert {lane.id for lane in left} <= {run.lane for run in done.runs}
