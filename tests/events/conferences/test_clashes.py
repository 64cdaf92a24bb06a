"""What cannot happen as planned: venue or speaker twice, too little time between cities, outside the days."""

from __future__ import annotations

from datetime import UTC, date, datetime

from events.conferences.clash_rules import Clash, Place, Slot, find_clashes

PLACES = {
    "chengdu": Place("成都", "Asia/Shanghai"),
    "chengdu_2": Place("成都", "Asia/Shanghai"),
    "chongqing": Place("重庆", "Asia/Shanghai"),
    "cloud": Place("", "Asia/Shanghai"),
    "london": Place("London", "Europe/London"),
}
DAY = date(2026, 7, 1)


def slot(key: str, start: str, end: str, *venues: str, speakers: dict[str, str] | None = None) -> Slot:
    """Times of day in China, on the first of July."""
    at, until = (datetime.fromisoformat(f"2026-07-01T{each}:00+08:00").astimezone(UTC) for each in (start, end))
    return Slot(key, at, until, venues, tuple((speakers or {}).items()))


def clashes(
    *slots: Slot, travel: int = 90, last: date = DAY, own: dict[frozenset[str], int] | None = None
) -> list[Clash]:
    return find_clashes(slots, PLACES, starts_on=DAY, ends_on=last, travel_minutes=travel, travel=own)


def test_one_after_the_other_in_one_venue_is_no_clash() -> None:
    assert clashes(slot("a", "09:00", "10:00", "chengdu"), slot("b", "10:00", "11:00", "chengdu")) == []


def test_two_items_in_one_venue_at_once_clash_also_when_one_is_joint() -> None:
    found = clashes(slot("a", "09:00", "10:00", "chengdu", "cloud"), slot("b", "09:59", "11:00", "chengdu"))
    assert found == [Clash("venue_twice", ("a", "b"), venue="chengdu")]


def test_a_long_item_clashes_with_everything_inside_it() -> None:
    found = clashes(
        slot("long", "09:00", "12:00", "chengdu"),
        slot("b", "09:30", "10:00", "chengdu"),
        slot("c", "11:00", "11:30", "chengdu"),
    )
    assert [each.items for each in found] == [("long", "b"), ("long", "c")]


def test_a_speaker_cannot_be_in_two_halls_at_once() -> None:
    found = clashes(
        slot("a", "09:00", "10:00", "chengdu", speakers={"x": "chengdu"}),
        slot("b", "09:30", "10:30", "chongqing", speakers={"x": "chongqing"}),
    )
    assert found == [Clash("speaker_twice", ("a", "b"), speaker="x")]


def test_a_speaker_needs_the_time_to_travel_between_cities() -> None:
    first = slot("a", "09:00", "10:00", "chengdu", speakers={"x": "chengdu"})
    late = slot("b", "11:29", "12:00", "chongqing", speakers={"x": "chongqing"})
    in_time = slot("b", "11:30", "12:00", "chongqing", speakers={"x": "chongqing"})
    assert clashes(first, late) == [Clash("speaker_travel", ("a", "b"), speaker="x", minutes=89, needed=90)]
    assert clashes(first, in_time) == []


def test_a_pair_of_halls_with_its_own_way_goes_before_the_usual_one() -> None:
    first = slot("a", "09:00", "10:00", "chengdu", speakers={"x": "chengdu"})
    far = slot("b", "11:29", "12:00", "chongqing", speakers={"x": "chongqing"})
    own = {frozenset(("chongqing", "chengdu")): 80}
    assert clashes(first, far, own=own) == []
    assert [
        each.needed for each in clashes(far, slot("c", "12:50", "13:00", "chengdu", speakers={"x": "chengdu"}), own=own)
    ] == [80]
    assert [
        each.needed for each in clashes(first, slot("b", "11:29", "12:00", "london", speakers={"x": "london"}), own=own)
    ] == [90]


def test_two_halls_of_one_city_may_lie_apart() -> None:
    first = slot("a", "09:00", "10:00", "chengdu", speakers={"x": "chengdu"})
    near = slot("b", "10:10", "12:00", "chengdu_2", speakers={"x": "chengdu_2"})
    assert clashes(first, near) == []
    [found] = clashes(first, near, own={frozenset(("chengdu", "chengdu_2")): 20})
    assert (found.code, found.minutes, found.needed) == ("speaker_travel", 10, 20)


def test_nobody_travels_within_a_city_or_to_a_room_online() -> None:
    first = slot("a", "09:00", "10:00", "chengdu", speakers={"x": "chengdu"})
    assert clashes(first, slot("b", "10:00", "11:00", "chengdu_2", speakers={"x": "chengdu_2"})) == []
    assert clashes(first, slot("b", "10:00", "11:00", "cloud", speakers={"x": "cloud"})) == []


def test_at_a_joint_item_it_counts_where_the_speaker_stands() -> None:
    joint = slot("a", "09:00", "10:00", "chengdu", "chongqing", speakers={"x": "chongqing"})
    assert clashes(joint, slot("b", "10:05", "11:00", "chongqing", speakers={"x": "chongqing"})) == []
    [found] = clashes(joint, slot("b", "10:05", "11:00", "chengdu", speakers={"x": "chengdu"}))
    assert found.code == "speaker_travel"


def test_the_days_are_those_of_each_venues_own_zone() -> None:
    # 02:00 in China is 19:00 of the day before in London.
    assert clashes(slot("a", "02:00", "03:00", "chengdu")) == []
    [found] = clashes(slot("a", "02:00", "03:00", "chengdu", "london"))
    assert (found.code, found.venue) == ("outside_dates", "london")


def test_what_ends_at_midnight_ends_on_its_day() -> None:
    late = Slot(
        "a",
        datetime.fromisoformat("2026-07-01T22:00:00+08:00"),
        datetime.fromisoformat("2026-07-02T00:00:00+08:00"),
        ("chengdu",),
        (),
    )
    assert clashes(late) == []
