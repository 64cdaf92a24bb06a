"""What a trail tells about runs and holds: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from signing.reports.rules import Act, Hold, Run, difference, holds, runs, span

START = datetime(2026, 7, 1, 2, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def acts(*told: tuple[float, str, str]) -> list[Act]:
    return [Act(at(minute), action, cue) for minute, action, cue in told]


def test_each_cue_ends_where_the_next_one_begins() -> None:
    found = runs(acts((0, "cue.stood_by", "a"), (1, "cue.went", "a"), (3, "cue.went", "b"), (4, "cues.over", "")))
    assert found == [Run("a", at(1), at(3), "next"), Run("b", at(3), at(4), "over")]


def test_a_cue_that_is_gone_back_to_has_two_runs() -> None:
    found = runs(acts((0, "cue.went", "a"), (1, "cue.went", "b"), (2, "cue.went_back", "a"), (5, "cue.went", "b")))
    assert [(run.cue_id, run.end) for run in found] == [("a", "next"), ("b", "back"), ("a", "next"), ("b", "")]
    assert found[-1].took is None


def test_what_is_over_can_be_opened_again() -> None:
    found = runs(acts((0, "cue.went", "a"), (1, "cues.over", ""), (9, "cue.went_back", "a")))
    assert found == [Run("a", at(0), at(1), "over"), Run("a", at(9))]


def test_skipping_ends_the_live_cue_alone() -> None:
    told = acts((0, "cue.went", "a"), (1, "cue.skipped", "c"), (2, "cue.skipped", "a"), (3, "cue.went", "b"))
    assert runs(told) == [Run("a", at(0), at(2), "skipped"), Run("b", at(3))]


def test_a_hold_lasts_until_it_is_resumed_or_left() -> None:
    told = acts((1, "cues.held", "a"), (2, "cues.resumed", "a"), (4, "cues.held", "b"))
    assert holds(told) == [Hold("a", at(1), at(2)), Hold("b", at(4))]
    assert holds([*told, Act(at(6), "cue.went_back", "a")])[-1] == Hold("b", at(4), at(6))


@pytest.mark.parametrize(("seconds", "said"), [(5, "+0:05"), (-65, "−1:05"), (0.3, "0:00"), (3725, "+1:02:05")])
def test_differences_say_which_way(seconds: float, said: str) -> None:
    assert difference(timedelta(seconds=seconds)) == said
    assert span(timedelta(seconds=seconds)) == said.lstrip("+−")
