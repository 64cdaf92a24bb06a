"""A conference on other days: local times stay, and what the clocks forbid there is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import Invalid
from events.conferences import moving_rules
from events.conferences.moving_rules import Timed
from events.conferences.plan_file import ConferenceFile
from tests.support import conference

TITLE = {"zh-CN": "样例"}
NOW = datetime(2026, 7, 20, 12, tzinfo=UTC)


def timed(zone: str, starts_at: datetime, hours: int = 1) -> Timed:
    return Timed(TITLE, starts_at, starts_at + timedelta(hours=hours), zone)


def test_the_local_time_stays_where_the_clocks_have_changed_between() -> None:
    summer = timed("Europe/London", datetime(2026, 7, 1, 8, tzinfo=UTC))
    [span] = moving_rules.moved([summer], timedelta(days=184))
    assert (span.starts_at, span.ends_at) == (
        datetime(2027, 1, 1, 9, tzinfo=UTC),
        datetime(2027, 1, 1, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("starts_at", "days", "code", "time"),
    [
        (datetime(2026, 3, 7, 7, 30, tzinfo=UTC), 1, "move_no_such_time", "02:30"),
        (datetime(2026, 10, 31, 5, 30, tzinfo=UTC), 1, "move_time_twice", "01:30"),
    ],
)
def test_a_time_that_the_clocks_leave_out_or_have_twice_is_named(
    starts_at: datetime, days: int, code: str, time: str
) -> None:
    with pytest.raises(Invalid) as refused:
        moving_rules.moved([timed("America/New_York", starts_at)], timedelta(days=days))
    [problem] = refused.value.problems
    assert (problem.code, problem.params["time"], problem.params["item"]) == (code, time, TITLE)


def test_an_item_of_a_whole_day_is_not_made_longer_by_the_clocks() -> None:
    whole_day = timed("America/New_York", datetime(2026, 10, 30, 4, tzinfo=UTC), hours=24)
    with pytest.raises(Invalid) as refused:
        moving_rules.moved([whole_day], timedelta(days=2))
    assert [each.code for each in refused.value.problems] == ["move_changes_length"]


def test_a_conference_is_past_when_its_last_day_is_over_where_it_is() -> None:
    midnight = datetime(2026, 7, 1, 16, tzinfo=UTC)  # in Shanghai
    assert not moving_rules.is_past(date(2026, 7, 1), "Asia/Shanghai", now=midnight - timedelta(seconds=1))
    assert moving_rules.is_past(date(2026, 7, 1), "Asia/Shanghai", now=midnight)


def test_a_demonstration_shows_a_plan_of_long_ago_some_weeks_ahead_on_the_same_day_of_the_week() -> None:
    plan = ConferenceFile.read(conference.example())
    shown = moving_rules.shown(plan, now=NOW)
    ahead = shown.facts.starts_on - NOW.date()
    assert timedelta(days=14) <= ahead < timedelta(days=21)
    assert shown.facts.starts_on.weekday() == plan.facts.starts_on.weekday()
    by = shown.facts.starts_on - plan.facts.starts_on
    assert [each.starts_at for each in shown.items] == [each.starts_at + by for each in plan.items]


def test_a_plan_of_days_to_come_is_shown_as_it_is() -> None:
    data = {**conference.plan(), "date": "2026-07-20"}
    plan = ConferenceFile.read(data)
    assert moving_rules.shown(plan, now=NOW) == plan
