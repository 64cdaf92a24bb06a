"""What a cue sheet allows, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict
from signing.cues import rules
from signing.cues.rules import CueState, SheetState, Standing

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def cues(states: str) -> list[Standing]:
    """One letter per cue: p(lanned) b(y: stands by) l(ive) d(one) s(kipped), S: it had begun; ids are their numbers."""
    by_letter = {"b": CueState.STANDBY} | {str(state)[0]: state for state in CueState if state != CueState.STANDBY}
    return [
        Standing(str(number), CueState.SKIPPED if letter in "sS" else by_letter[letter], letter in "ldS")
        for number, letter in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("ppp", "0"),
        ("lpp", "1"),
        ("dlp", "2"),
        ("dsp", "2"),
        ("dpl", None),
        ("ddd", None),
        ("", None),
        ("lsp", "2"),
        ("pSp", "2"),
    ],
)
def test_next_is_what_stands_behind_everything_that_was_touched(states: str, expected: str | None) -> None:
    assert rules.next_cue(cues(states)) == expected


@pytest.mark.parametrize(
    ("states", "expected"), [("lpsp", "1"), ("dlpps", "2"), ("pps", "0"), ("sp", "1"), ("lss", None)]
)
def test_what_is_skipped_before_its_turn_takes_nothing_else_with_it(states: str, expected: str | None) -> None:
    assert rules.next_cue(cues(states)) == expected


@pytest.mark.parametrize(
    ("states", "live", "expected"),
    [
        ("dlp", "1", "0"),
        ("dsl", "2", "0"),
        ("lpp", "0", None),
        ("ddd", None, "2"),
        ("ddp", None, "1"),
        ("ppp", None, None),
    ],
)
def test_back_leads_to_the_last_cue_that_was_done(states: str, live: str | None, expected: str | None) -> None:
    assert rules.cue_to_return_to(cues(states), live) == expected


def test_only_the_live_cue_of_a_running_sheet_calls_and_a_sheet_that_is_over_calls_everything() -> None:
    assert rules.called(SheetState.RUNNING, ["a"]) == {"a"}
    assert rules.called(SheetState.HELD, ["a"]) == frozenset()
    assert rules.called(SheetState.PLANNED, []) == frozenset()
    assert rules.called(SheetState.OVER, []) is None


def test_another_number_than_the_one_looked_at_is_refused() -> None:
    rules.check_seq(now_at=3, looked_at=3)
    for looked_at in (2, 4):
        with pytest.raises(Conflict) as refused:
            rules.check_seq(now_at=3, looked_at=looked_at)
        assert refused.value.code == "cue_sheet_moved"


@pytest.mark.parametrize(("state", "code"), [(CueState.LIVE, "cue_is_live"), (CueState.DONE, "cue_is_done")])
def test_what_is_live_or_done_is_not_called_anew(state: CueState, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        rules.check_to_come(state)
    assert refused.value.code == code


def test_the_expected_end_moves_with_a_live_cue_that_is_overdue() -> None:
    left = [2 * MINUTE, MINUTE]
    on_time = rules.expected_end(left, live_began_at=NOON - MINUTE, live_length=3 * MINUTE, now=NOON)
    late = rules.expected_end(left, live_began_at=NOON - 9 * MINUTE, live_length=3 * MINUTE, now=NOON)
    assert on_time == NOON + 5 * MINUTE
    assert late == NOON + 3 * MINUTE
    assert rules.expected_end(left, live_began_at=None, live_length=timedelta(), now=NOON) == NOON + 3 * MINUTE
