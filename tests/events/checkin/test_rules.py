"""What a door answers, and what a person's scans come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.checkin import rules
from events.checkin.rules import NEVER_SEEN, CodeState, Decision, Direction, Passage, Person, Presence

ZONE = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)  # nine in the morning in Chengdu
BEGAN = rules.day_began(NINE, ZONE)
HERE = Person("reg_1", "ven_here", "confirmed")


def decide(
    person: Person | None = HERE,
    presence: Presence = NEVER_SEEN,
    *,
    code: CodeState = CodeState.GOOD,
    way: Direction = Direction.IN,
    print_number: int | None = None,
) -> Decision:
    return rules.decide(
        code, person, presence, venue_id="ven_here", direction=way, began=BEGAN, print_number=print_number
    )


def passage(
    nonce: str,
    minutes: int,
    way: Direction = Direction.IN,
    *,
    door: str = "east",
    passed: bool = True,
    undoes: str = "",
) -> Passage:
    return Passage(nonce, door, way, NINE + timedelta(minutes=minutes), passed, undoes)


def test_a_confirmed_person_comes_in_once() -> None:
    assert decide() is Decision.ADMITTED
    assert decide(presence=Presence(is_in=True, since=NINE)) is Decision.ALREADY_IN


def test_who_went_out_may_come_in_again() -> None:
    assert decide(presence=Presence(is_in=True, since=NINE), way=Direction.OUT) is Decision.LEFT
    assert decide(presence=Presence(is_in=False, since=NINE)) is Decision.ADMITTED
    assert decide(presence=Presence(is_in=False, since=NINE), way=Direction.OUT) is Decision.NOT_IN


def test_who_forgot_to_scan_out_yesterday_is_not_in_today() -> None:
    assert decide(presence=Presence(is_in=True, since=NINE - timedelta(days=1))) is Decision.ADMITTED


def test_an_evening_that_ends_after_midnight_is_one_day() -> None:
    at_one = datetime(2026, 7, 1, 17, 0, tzinfo=UTC)  # one in the morning of 2 July in Chengdu
    assert rules.day_began(at_one, ZONE) == BEGAN
    assert rules.day_began(at_one + timedelta(hours=3), ZONE) == BEGAN + timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("pending", Decision.WAITING),
        ("waitlisted", Decision.WAITING),
        ("withdrawn", Decision.WITHDRAWN),
        ("rejected", Decision.WITHDRAWN),
    ],
)
def test_who_has_no_place_is_told_why(state: str, answer: Decision) -> None:
    assert decide(Person("reg_1", "ven_here", state)) is answer


def test_another_hall_is_named_and_nobody_is_let_in() -> None:
    assert decide(Person("reg_1", "ven_there", "confirmed")) is Decision.OTHER_VENUE


@pytest.mark.parametrize("code", [CodeState.FORGED, CodeState.OTHER_CONFERENCE, CodeState.UNKNOWN])
def test_a_bad_code_is_refused_whoever_it_names(code: CodeState) -> None:
    assert decide(code=code) == str(code)


def test_a_code_that_nobody_has_is_unknown() -> None:
    assert decide(None) is Decision.UNKNOWN


def test_a_badge_that_was_printed_anew_counts_no_more() -> None:
    reprinted = Person("reg_1", "ven_here", "confirmed", newest_print=2)
    assert decide(reprinted, print_number=1) is Decision.OLDER_PRINT
    assert decide(reprinted, print_number=2) is Decision.ADMITTED
    assert decide(reprinted) is Decision.ADMITTED  # found by name


def test_presence_remembers_the_first_entry_and_the_last_way() -> None:
    found = rules.presence_of(
        [passage("a", 0), passage("b", 30, Direction.OUT, door="west"), passage("c", 60, door="west")]
    )
    assert (found.is_in, found.door_id, found.since) == (True, "west", NINE + timedelta(minutes=60))
    assert (found.first_at, found.first_door_id) == (NINE, "east")


def test_an_exit_that_arrives_late_does_not_put_out_who_came_back() -> None:
    found = rules.presence_of([passage("a", 0), passage("c", 60), passage("b", 30, Direction.OUT)])
    assert found.is_in


def test_who_was_refused_at_the_door_is_not_in() -> None:
    assert rules.presence_of([passage("a", 0, passed=False)]) == NEVER_SEEN


def test_an_undone_scan_counts_for_nothing() -> None:
    taken_back = [passage("a", 0), passage("b", 1, passed=False, undoes="a")]
    assert rules.presence_of(taken_back) == NEVER_SEEN
    assert rules.double_entries([*taken_back, passage("c", 2)], ZONE) == []


def test_two_doors_that_let_in_one_person_are_found_in_whatever_order_they_send() -> None:
    first, second = passage("a", 0), passage("b", 5, door="west")
    for arrived in ([first, second], [second, first]):
        [found] = rules.double_entries(arrived, ZONE)
        assert (found.first, found.second) == (first, second)


def test_in_out_and_in_again_is_no_double_entry() -> None:
    assert rules.double_entries([passage("a", 0), passage("c", 60), passage("b", 30, Direction.OUT)], ZONE) == []


def test_the_next_morning_is_no_double_entry() -> None:
    assert rules.double_entries([passage("a", 0), passage("b", 24 * 60)], ZONE) == []


@pytest.mark.parametrize(("minutes", "off"), [(1.9, False), (2.1, True), (-2.1, True), (-180, True)])
def test_a_clock_is_off_past_two_minutes(minutes: float, off: bool) -> None:
    assert rules.is_off(rules.clock_off(NINE + timedelta(minutes=minutes), NINE)) is off


def test_a_wrong_clock_is_put_right_and_never_points_ahead() -> None:
    fast = timedelta(hours=3)
    assert rules.happened_at(NINE + fast, fast, NINE + timedelta(hours=1)) == NINE
    assert rules.happened_at(NINE + fast, timedelta(0), NINE) == NINE
