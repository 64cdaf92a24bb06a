"""When rules fire, whom they reach, and what may stand in their words: every state at every moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Problem
from events.reminders import rules
from events.reminders.rules import Anchor, Group, Moment, Person, Phase, Rule, Scope, Standing, Timing

BEGINS = datetime(2026, 7, 1, 7, tzinfo=UTC)
AT = BEGINS - timedelta(days=1)
LONG_AGO = BEGINS - timedelta(days=30)
MINUTE = timedelta(minutes=1)


def phase(
    now: datetime, *, timed_at: datetime = LONG_AGO, on: bool = True, paused: bool = False, done: bool = False
) -> Phase:
    return rules.phase(Moment(AT, BEGINS, done), now=now, timed_at=timed_at, is_on=on, is_paused=paused)


@pytest.mark.parametrize(
    ("now", "named", "expected"),
    [
        (AT - MINUTE, {}, Phase.PLANNED),
        (AT, {}, Phase.DUE),
        (BEGINS - MINUTE, {}, Phase.DUE),  # late, and still of use
        (BEGINS, {}, Phase.MISSED),
        (BEGINS + MINUTE, {}, Phase.MISSED),
        (AT - MINUTE, {"paused": True}, Phase.PAUSED),
        (AT, {"paused": True}, Phase.PASSED),
        (AT + MINUTE, {"timed_at": AT + MINUTE}, Phase.PASSED),  # set up too late: it does not fire at once
        (AT, {"timed_at": AT}, Phase.DUE),
        (BEGINS + MINUTE, {"timed_at": AT + MINUTE}, Phase.PASSED),
        (AT, {"on": False}, Phase.OFF),
        (AT, {"done": True}, Phase.DONE),
        (BEGINS, {"done": True, "on": False}, Phase.DONE),
    ],
)
def test_a_rule_fires_from_its_moment_until_the_beginning(
    now: datetime, named: dict[str, object], expected: Phase
) -> None:
    assert phase(now, **named) is expected  # type: ignore[arg-type]


def test_a_moment_behind_the_beginning_never_fires_and_one_without_a_plan_waits() -> None:
    def at(found: Moment) -> Phase:
        return rules.phase(found, now=BEGINS + MINUTE, timed_at=LONG_AGO, is_on=True, is_paused=False)

    assert at(Moment(BEGINS, BEGINS)) is Phase.NEVER
    assert at(Moment(BEGINS + MINUTE, BEGINS)) is Phase.NEVER
    assert at(Moment(None, None)) is Phase.UNTIMED


def test_a_moment_is_counted_from_the_venue_the_conference_or_neither() -> None:
    first, fixed = BEGINS - timedelta(hours=3), BEGINS - timedelta(hours=9)

    def of(anchor: Anchor) -> datetime | None:
        return rules.moment(Timing(anchor, 90), begins_at=BEGINS, first_at=first, fixed_at=fixed)

    assert of(Anchor.VENUE) == BEGINS - timedelta(minutes=90)
    assert of(Anchor.CONFERENCE) == first - timedelta(minutes=90)
    assert of(Anchor.FIXED) == fixed
    assert rules.moment(Timing(Anchor.VENUE, 90), begins_at=None, first_at=None, fixed_at=None) is None


@pytest.mark.parametrize(
    ("scope", "hall", "room"),
    [
        (Scope.ALL, True, True),
        (Scope.HALLS, True, False),
        (Scope.ONLINE, False, True),
        (Scope.CHOSEN, False, True),
    ],
)
def test_where_a_rule_reaches(scope: Scope, hall: bool, room: bool) -> None:
    found = Rule(Timing(Anchor.VENUE, 60), scope, venues=("room",))
    assert found.covers("hall", is_online=False) is hall
    assert found.covers("room", is_online=True) is room


NOW = AT - MINUTE
OFFER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "offered_until", "expected"),
    [
        ("confirmed", None, Group.CONFIRMED),
        ("waitlisted", None, Group.WAITLISTED),
        ("waitlisted", OFFER, Group.OFFERED),
        ("waitlisted", NOW, Group.WAITLISTED),  # the offer ran out just now
        ("pending", None, None),
        ("withdrawn", None, None),
        ("rejected", None, None),
    ],
)
def test_what_people_are_to_a_rule(state: str, offered_until: datetime | None, expected: Group | None) -> None:
    assert rules.group(state, offered_until, NOW) is expected


def standing(
    state: str = "confirmed", phase: Phase = Phase.PLANNED, *, address: bool = True, created: datetime = LONG_AGO
) -> Standing:
    person = Person(state, None, address, created)
    return rules.standing(person, [Group.CONFIRMED], AT, phase, now=NOW)


@pytest.mark.parametrize("found", list(Phase))
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("withdrawn", Standing.WITHDRAWN),
        ("rejected", Standing.REJECTED),
        ("pending", Standing.PENDING),
        ("waitlisted", Standing.OTHER_STATE),
    ],
)
def test_who_is_not_reminded_is_told_why_at_every_moment(found: Phase, state: str, expected: Standing) -> None:
    assert standing(state, found) is expected


def test_who_is_reminded_stands_where_the_rule_does() -> None:
    assert {found: standing(phase=found) for found in Phase} == {
        Phase.OFF: Standing.OFF,
        Phase.UNTIMED: Standing.UNTIMED,
        Phase.PAUSED: Standing.PAUSED,
        Phase.PLANNED: Standing.PLANNED,
        Phase.DUE: Standing.SENDING,
        Phase.DONE: Standing.LATER,
        Phase.PASSED: Standing.PASSED,
        Phase.MISSED: Standing.MISSED,
        Phase.NEVER: Standing.NEVER,
    }
    assert standing(address=False) is Standing.NO_ADDRESS
    assert standing(phase=Phase.DUE, created=AT + MINUTE) is Standing.LATER
    assert standing(phase=Phase.DUE, created=AT) is Standing.SENDING


def faults(text: str, *, online: bool = False) -> list[Problem]:
    return list(rules.find_faults(text, "$.words", has_online=online))


def test_placeholders_are_a_closed_list() -> None:
    assert faults("".join("{" + name + "}" for name in rules.PLACEHOLDERS)) == []
    [found] = faults("{name}, {nmae}, {nmae}")
    assert (found.code, found.params["name"]) == ("unknown_placeholder", "{nmae}")
    assert [each.code for each in faults("{name.__class__}")] == ["unknown_placeholder"]
    assert [each.code for each in faults("{}")] == ["unknown_placeholder"]
    assert [each.code for each in faults("{name")] == ["lone_brace"]
    assert [each.code for each in faults("a } b")] == ["lone_brace"]


def test_an_address_or_a_door_is_refused_where_people_go_nowhere() -> None:
    assert [each.code for each in faults("{door} {address}", online=True)] == ["placeholder_of_halls"] * 2
    assert faults("{link}", online=True) == []


def test_values_are_filled_in_once() -> None:
    values = {name: f"<{name}>" for name in rules.PLACEHOLDERS}
    assert rules.fill("{name}: {link}", {**values, "name": "{link}"}) == "{link}: <link>"


def test_words_are_written_in_both_languages_or_in_neither() -> None:
    one = Rule(Timing(Anchor.VENUE, 60), Scope.ALL, subject={"zh-CN": "明天"}, words={"en": "Tomorrow"})
    found = list(rules.find_problems(one, has_online=True))
    assert [(each.path, each.code) for each in found] == [
        ("$.subject_en", "label_missing"),
        ("$.words", "label_missing"),
    ]
    nobody = Rule(Timing(Anchor.VENUE, 60), Scope.CHOSEN, groups=())
    assert [each.code for each in rules.find_problems(nobody, has_online=False)] == [
        "reminder_no_venue",
        "reminder_no_group",
    ]
