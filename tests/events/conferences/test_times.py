"""Wall clocks of a venue become instants, or are refused by name where the clocks change or run backwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from events.conferences.time_rules import instant, span

NEW_YORK = "America/New_York"
FORWARD, BACK = date(2026, 3, 8), date(2026, 11, 1)  # on which the clocks are changed there


def test_a_wall_clock_is_that_of_its_zone() -> None:
    at, fault = instant(date(2026, 7, 1), time(9, 30), "Asia/Shanghai")
    assert (at, fault) == (datetime(2026, 7, 1, 1, 30, tzinfo=UTC), "")


@pytest.mark.parametrize("clock", [time(2, 0), time(2, 59)])
def test_an_hour_that_is_left_out_is_no_time(clock: time) -> None:
    assert instant(FORWARD, clock, NEW_YORK)[1] == "no_such_time"


@pytest.mark.parametrize("clock", [time(1, 59), time(3, 0)])
def test_before_and_after_the_gap_there_is_a_time(clock: time) -> None:
    assert instant(FORWARD, clock, NEW_YORK)[1] == ""


def test_an_hour_that_comes_twice_is_refused() -> None:
    assert instant(BACK, time(1, 30), NEW_YORK)[1] == "time_twice"
    assert instant(BACK, time(0, 59), NEW_YORK)[1] == instant(BACK, time(2, 0), NEW_YORK)[1] == ""


def test_an_item_over_the_change_has_its_true_length() -> None:
    found = span((FORWARD, time(1)), (FORWARD, time(4)), NEW_YORK)
    assert (found.ends_at - found.starts_at).total_seconds() == 2 * 3600


@pytest.mark.parametrize(
    ("start", "end", "fault", "at"),
    [
        ((FORWARD, time(2, 30)), (FORWARD, time(4)), "no_such_time", "starts"),
        ((BACK, time(0)), (BACK, time(1, 30)), "time_twice", "ends"),
        ((BACK, time(9)), (BACK, time(9)), "ends_before_start", "ends"),
        ((BACK, time(9)), (FORWARD, time(10)), "ends_before_start", "ends"),
        ((date(2026, 7, 1), time(9)), (date(2026, 7, 2), time(9, 1)), "item_too_long", "ends"),
    ],
)
def test_what_is_wrong_has_a_name(start: tuple[date, time], end: tuple[date, time], fault: str, at: str) -> None:
    found = span(start, end, NEW_YORK)
    assert (found.fault, found.at) == (fault, at)
