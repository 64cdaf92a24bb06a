"""From scans and heartbeats to stays and shares, on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from events.attendance.rules import (
    Agenda,
    Ending,
    Pass,
    Span,
    Standing,
    common,
    hour_of,
    merged,
    minutes,
    online,
    presence,
    stays,
)

DAY = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
EVENING = DAY + timedelta(hours=12)


def at(hour: int, minute: int = 0) -> datetime:
    """So many hours after nine in the morning."""
    return DAY + timedelta(hours=hour, minutes=minute)


def span(begins: datetime, ends: datetime) -> Span:
    return Span(begins, ends)


HALL = Agenda(ZoneInfo("Asia/Shanghai"), (Span(at(0), at(3)), Span(at(5), at(8))))
HALLS = {"hall": HALL, "other": HALL}


def came(when: datetime, *, door: str = "east", venue: str = "hall", off: bool = False, nonce: str = "") -> Pass:
    return Pass(nonce or f"in-{when}-{door}", venue, door, is_entry=True, at=when, is_clock_off=off)


def went(when: datetime, *, door: str = "east", venue: str = "hall", off: bool = False) -> Pass:
    return Pass(f"out-{when}-{door}", venue, door, is_entry=False, at=when, is_clock_off=off)


def spans(passes: list[Pass], now: datetime = EVENING) -> list[tuple[Span, Ending]]:
    return [(each.span, each.ending) for each in stays(passes, HALLS, now)]


def test_in_at_one_door_and_out_at_another_is_one_stay() -> None:
    assert spans([went(at(2), door="west"), came(at(0))]) == [(span(at(0), at(2)), Ending.SCANNED)]


def test_two_doors_that_both_let_somebody_in_count_from_the_first() -> None:
    assert spans([came(at(0)), came(at(1), door="west"), went(at(2))]) == [(span(at(0), at(2)), Ending.SCANNED)]


def test_who_never_scanned_out_counts_until_the_last_item_ends_and_now_at_the_most() -> None:
    assert spans([came(at(1))]) == [(span(at(1), at(8)), Ending.CLOSED)]
    assert spans([came(at(1))], now=at(2)) == [(span(at(1), at(2)), Ending.GOES_ON)]


def test_who_never_scanned_out_counts_until_all_doors_were_closed_if_that_was_earlier() -> None:
    closed = Agenda(HALL.zone, HALL.items, closed_at=at(6))
    assert stays([came(at(1))], {"hall": closed}, EVENING)[0].span == span(at(1), at(6))
    assert stays([came(at(7))], {"hall": closed}, EVENING)[0].span == span(at(7), at(8))


def test_who_comes_after_the_last_item_was_there_for_no_time() -> None:
    [stay] = stays([came(at(9))], HALLS, EVENING)
    assert stay.span == span(at(9), at(9))
    assert presence([stay.span], HALL.items, threshold=1, now=EVENING).standing is Standing.PARTLY


def test_a_night_ends_a_stay_that_nobody_scanned_out_of() -> None:
    tomorrow = timedelta(days=1)
    found = spans([came(at(1)), went(at(1) + tomorrow), came(at(2) + tomorrow)], now=EVENING + 2 * tomorrow)
    assert found[0] == (span(at(1), at(8)), Ending.CLOSED)
    assert found[1] == (span(at(2) + tomorrow, at(2) + tomorrow), Ending.CLOSED)


def test_coming_into_another_hall_is_leaving_the_first() -> None:
    found = stays([came(at(0)), came(at(2), venue="other"), went(at(3), venue="other")], HALLS, EVENING)
    assert [(each.venue_id, each.span, each.ending) for each in found] == [
        ("hall", span(at(0), at(2)), Ending.ELSEWHERE),
        ("other", span(at(2), at(3)), Ending.SCANNED),
    ]


def test_what_was_taken_back_does_not_count_and_an_exit_alone_says_nothing() -> None:
    undo = Pass("undo", "hall", "east", is_entry=True, at=at(1), undoes="wrong")
    assert spans([came(at(0), nonce="wrong"), undo, went(at(2))]) == []


def test_a_stay_is_marked_where_the_clock_of_either_door_was_off() -> None:
    for first, second in ((True, False), (False, True)):
        assert stays([came(at(0), off=first), went(at(1), off=second)], HALLS, EVENING)[0].is_doubtful
    assert not stays([came(at(0)), went(at(1))], HALLS, EVENING)[0].is_doubtful


def test_overlapping_time_is_counted_once_and_what_touches_is_one() -> None:
    assert merged([span(at(1), at(3)), span(at(0), at(2)), span(at(3), at(4)), span(at(6), at(6))]) == (
        span(at(0), at(4)),
    )
    assert merged([span(at(0), at(4)), span(at(1), at(2))]) == (span(at(0), at(4)),)
    assert minutes([span(at(0), at(2)), span(at(1), at(3))]) == 180
    assert common([span(at(0), at(4))], HALL.items) == (span(at(0), at(3)),)


def test_two_devices_in_one_minute_are_one_minute() -> None:
    hour, first = hour_of(at(1, 5))
    _, again = hour_of(at(1, 5) + timedelta(seconds=40))
    _, last = hour_of(at(1, 59))
    assert online([(hour, first | again | last)]) == (span(at(1, 5), at(1, 6)), span(at(1, 59), at(2)))


def test_all_sixty_minutes_of_two_hours_are_one_span() -> None:
    whole = (1 << 60) - 1
    assert online([(at(0), whole), (at(1), whole)]) == (span(at(0), at(2)),)
    assert whole < 2**63, "a column of eight bytes holds them"


def test_hall_and_online_at_once_are_counted_once() -> None:
    both = merged([span(at(0), at(2)), span(at(1), at(3))])
    assert presence(both, HALL.items, threshold=50, now=EVENING).minutes == 180


def test_present_partly_and_absent_by_the_share_that_is_asked_for() -> None:
    half = [span(at(0), at(3))]
    found = [presence(half, HALL.items, threshold=each, now=EVENING).standing for each in (50, 51)]
    assert found == [Standing.PRESENT, Standing.PARTLY]
    nobody = presence([], HALL.items, threshold=50, now=EVENING)
    assert (nobody.standing, nobody.share) == (Standing.ABSENT, 0)


def test_breaks_do_not_count_and_while_it_goes_on_only_what_has_passed_does() -> None:
    found = presence([span(at(0), at(6))], HALL.items, threshold=50, now=at(6))
    assert (found.minutes, found.of_minutes, found.share) == (240, 240, 100)


def test_who_came_before_anything_began_is_not_yet_present() -> None:
    found = presence([span(at(-1), at(0))], HALL.items, threshold=50, now=at(-1, 30))
    assert (found.share, found.standing) == (None, Standing.PARTLY)


def test_a_venue_without_an_agenda_asks_only_that_somebody_came() -> None:
    assert presence([span(at(0), at(1))], [], threshold=50, now=EVENING).standing is Standing.PRESENT
    assert presence([], [], threshold=50, now=EVENING).standing is Standing.ABSENT
