"""Planned and expected times: what runs late moves what is expected, and never what was planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from events.runofshow import rules, time_rules
from events.runofshow.rules import Planned
from events.runofshow.show_rules import Cue, Lane, Show, Verb
from tests.events.runofshow.test_act_rules import LANES, MINUTE, NOON, after, play, show


def minutes(of: Show, *, at: float) -> dict[str, float]:
    """When each cue that is to come is expected, in minutes after noon."""
    found = time_rules.expected(of, opens_at=NOON, now=NOON + at * MINUTE)
    return {cue: (times.starts_at - NOON) / MINUTE for cue, times in found.items()}


def planned(of: Show) -> dict[str, float]:
    found = time_rules.planned(of.cues.values(), opens_at=NOON)
    return {cue: (times.starts_at - NOON) / MINUTE for cue, times in found.items()}


PLAN = {"opening": 0, "film": 10, "talk": 10, "signing": 18}


def test_a_joint_cue_is_planned_for_when_the_last_of_its_halls_is_free() -> None:
    assert planned(show()) == PLAN


def test_before_the_show_all_is_expected_as_planned() -> None:
    assert minutes(show(), at=-60) == PLAN


def test_who_begins_late_is_late_with_all_that_is_soft() -> None:
    assert minutes(play(show(), "opening", minute=4), at=5) == {"film": 14, "talk": 14, "signing": 22}


def test_overtime_moves_what_comes_with_each_second() -> None:
    of = play(show(), "opening")
    assert minutes(of, at=13)["signing"] == 21
    assert planned(of) == PLAN


def test_a_cue_that_is_held_lasts_so_much_longer() -> None:
    of = after(play(show(), "opening"), Verb.HOLD, "opening", minute=2).show
    assert minutes(of, at=6)["film"] == 14
    of = after(of, Verb.RESUME, "opening", minute=6).show
    assert minutes(of, at=9)["film"] == 14


def test_added_time_is_expected_and_not_planned() -> None:
    of = after(show(), Verb.ADD_TIME, "talk", seconds=180).show
    assert minutes(of, at=-1)["signing"] == 21
    assert planned(of) == PLAN


def test_time_that_is_taken_leaves_ten_seconds() -> None:
    of = after(show(), Verb.ADD_TIME, "talk", seconds=-10_000).show
    assert of.cues["talk"].length + of.cues["talk"].added == timedelta(seconds=10)


def test_a_delay_moves_a_hard_start() -> None:
    of = after(show(), Verb.DELAY, lane="chongqing", seconds=600).show
    assert minutes(of, at=-1) == {"opening": 10, "film": 20, "talk": 20, "signing": 28}


def test_a_hard_start_waits_for_its_time_when_the_halls_are_early() -> None:
    of = show()
    cues = dict(of.cues) | {"signing": replace(of.cues["signing"], starts_at=NOON + 30 * MINUTE)}
    of = play(Show(of.lanes, cues), "opening")
    assert minutes(of, at=1)["signing"] == 30
    assert minutes(of, at=25)["signing"] == 33  # the opening lasts: film and talk are still to come


def test_a_hall_that_is_over_is_waited_for_no_more() -> None:
    of = play(show(), "opening")
    of = play(of, "film", minute=10)
    of = after(of, Verb.OVER, lane="chongqing", minute=11).show
    of = after(of, Verb.OVER, lane="cloud", minute=11).show
    assert minutes(of, at=12) == {"signing": 15}


def test_over_and_under_are_told_for_each_hall() -> None:
    of = play(show(), "opening", minute=4)
    plan = time_rules.planned(of.cues.values(), opens_at=NOON)
    expects = time_rules.expected(of, opens_at=NOON, now=NOON + 5 * MINUTE)
    assert [time_rules.over_under(plan, expects, cues=of.cues, lane=lane) for lane in LANES] == [4 * MINUTE] * 3


@pytest.mark.parametrize(("second_starts", "hard"), [(30, False), (45, True)])
def test_an_item_that_follows_another_begins_when_that_is_over(second_starts: int, hard: bool) -> None:
    items = [
        Planned("a", {"en": "A"}, ("x", "y"), NOON, NOON + 30 * MINUTE),
        Planned("b", {"en": "B"}, ("y",), NOON + second_starts * MINUTE, NOON + 60 * MINUTE),
    ]
    cues = rules.from_agenda(items)
    assert [cue.starts_at is not None for cue in cues] == [True, hard]
    values = [Cue(cue.item_key, cue.lanes, cue.length, cue.starts_at) for cue in cues]
    times = time_rules.planned(values, opens_at=NOON)
    assert [(each.starts_at, each.ends_at) for each in times.values()] == [
        (item.starts_at, item.ends_at) for item in items
    ]


def test_a_lane_without_anything_is_no_trouble() -> None:
    assert time_rules.expected(Show({"x": Lane("x")}, {}), opens_at=NOON, now=NOON) == {}
