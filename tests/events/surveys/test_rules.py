"""When a survey is sent, and which groups nobody sees on their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.surveys import rules
from events.surveys.rules import Facts, Phase, Times

NOW = datetime(2026, 7, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 20, "b": 3}, {"a", "b"}),  # 23 less 20 would tell the three
        ({"a": 20, "b": 3, "c": 2}, {"b", "c"}),  # five together: nobody is told
        ({"a": 20, "b": 6, "c": 1}, {"b", "c"}),  # the smaller one goes with it
        ({"a": 20, "b": 0}, {"b"}),
        ({"a": 5, "b": 5}, set()),
        ({"a": 4}, {"a"}),
    ],
)
def test_small_groups_of_an_anonymous_survey_cannot_be_found_by_subtracting(
    counts: dict[str, int], hidden: set[str]
) -> None:
    assert rules.hidden_groups(counts, anonymous=True) == hidden
    assert rules.hidden_groups(counts, anonymous=False) == frozenset()


def test_a_survey_stands_where_its_times_say() -> None:
    before, after = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    assert Times(None, None, None).phase(NOW) is Phase.DRAFT
    assert Times(before, None, None).phase(NOW) is Phase.WAITING
    assert Times(before, before, after).phase(NOW) is Phase.OPEN
    assert Times(before, before, NOW).phase(NOW) is Phase.CLOSED


def test_it_is_sent_so_long_after_the_last_item_and_never_without_one() -> None:
    facts = Facts({}, {}, anonymous=True, delay=90)
    assert rules.moment(facts, NOW) == NOW + timedelta(minutes=90)
    assert rules.moment(facts, None) is None


def test_who_is_known_to_have_come_later_is_looked_for_less_and_less_often() -> None:
    hours = (0, 1, 2, 3, 4, 8, 300)
    assert [rules.round_of(NOW, NOW + timedelta(hours=each)) for each in hours] == [0, 1, 2, 2, 3, 4, 9]


def test_no_venues_and_no_audiences_stand_for_all() -> None:
    facts = Facts({}, {}, anonymous=True)
    assert facts.is_for("v", "a")
    assert not Facts({}, {}, anonymous=True, venues=("w",)).is_for("v", "a")
    assert not Facts({}, {}, anonymous=True, audiences=("b",)).is_for("v", "a")
