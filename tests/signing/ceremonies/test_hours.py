"""One time axis for several zones: whose night it is, and hours that suit everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from signing.ceremonies import hours
from signing.ceremonies.hours import Part, Suit

CHENGDU, LONDON, ANGELES, KATHMANDU = "Asia/Shanghai", "Europe/London", "America/Los_Angeles", "Asia/Kathmandu"
QUARTER_HOUR = timedelta(minutes=15)


def first(at: str, zone: str = CHENGDU) -> datetime:
    return hours.first_hour(datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone)), zone)


def windows(best: hours.Best, zone: str = CHENGDU) -> list[str]:
    there = ZoneInfo(zone)
    return [f"{each.first.astimezone(there):%H:%M}–{each.last.astimezone(there):%H:%M}" for each in best.windows]


def test_the_axis_begins_on_the_hosts_hour_before_the_ceremony() -> None:
    assert first("2026-07-01T10:20") == datetime(2026, 6, 30, 17, tzinfo=UTC)


def test_an_hour_that_is_everybodys_working_day_is_found() -> None:
    best = hours.best_hours(first("2026-07-01T10:00"), [CHENGDU, LONDON], QUARTER_HOUR)
    # London is at work from 9:00, 16:00 in Chengdu, which goes home at 18:00.
    assert (best.suit, windows(best), best.at_night) == (Suit.DAY, ["16:00–18:00"], ())


def test_where_no_hour_is_at_work_for_all_one_is_taken_that_is_nobodys_night() -> None:
    best = hours.best_hours(first("2026-07-01T10:00"), [CHENGDU, ANGELES], QUARTER_HOUR)
    # Los Angeles goes to bed at 13:00 in Chengdu and is up from 22:00, when Chengdu goes.
    assert (best.suit, windows(best)) == (Suit.AWAKE, ["07:00–13:00"])


def test_where_somebody_has_night_at_any_hour_the_fewest_do_and_are_named() -> None:
    best = hours.best_hours(first("2026-07-01T10:00"), [CHENGDU, LONDON, ANGELES], QUARTER_HOUR)
    assert best.suit is Suit.NIGHT
    assert len(best.at_night) == 1


def test_a_weekend_is_second_to_a_working_day_and_first_before_a_night() -> None:
    saturday = hours.best_hours(first("2026-07-04T14:00"), [CHENGDU], QUARTER_HOUR)
    assert (saturday.suit, windows(saturday)[0]) == (Suit.WEEKEND, "07:00–22:00")
    # Friday afternoon in Los Angeles is Saturday in Chengdu.
    friday = hours.best_hours(first("2026-07-03T10:00"), [CHENGDU, ANGELES], QUARTER_HOUR)
    assert friday.suit is Suit.AWAKE


def test_a_long_ceremony_has_to_fit_as_a_whole() -> None:
    best = hours.best_hours(first("2026-07-01T10:00"), [CHENGDU, LONDON], timedelta(hours=3))
    assert best.suit is Suit.AWAKE
    start = datetime(2026, 7, 1, 16, tzinfo=ZoneInfo(CHENGDU))
    assert best.holds(start, timedelta(hours=3))
    assert not best.holds(start + timedelta(hours=4), timedelta(hours=3))


def test_the_night_in_which_clocks_are_put_back_is_an_hour_longer_and_forward_an_hour_shorter() -> None:
    def night(day: str) -> int:
        found = hours.stretches(first(f"{day}T06:00", LONDON), LONDON)
        return sum(each.minutes for each in found if each.part is Part.NIGHT and each.start < 600)

    assert (night("2026-10-24"), night("2026-10-25"), night("2026-03-29")) == (540, 600, 480)
    assert sum(each.minutes for each in hours.stretches(first("2026-03-29T07:00", LONDON), LONDON)) == 24 * 60


def test_a_zone_between_the_hours_keeps_its_quarters() -> None:
    found = hours.stretches(first("2026-07-01T10:00"), KATHMANDU)
    # 5:45 ahead of UTC, 2:15 behind Chengdu: night ends there at 9:15 in Chengdu, 8 hours 15 minutes from the first.
    assert found[1].part is Part.NIGHT or found[0].part is Part.NIGHT
    night = next(each for each in found if each.part is Part.NIGHT)
    assert night.start + night.minutes == 8 * 60 + 15


def test_a_place_may_be_a_day_behind_or_ahead() -> None:
    at = datetime(2020, 2, 11, 10, tzinfo=ZoneInfo(CHENGDU))
    assert hours.days_apart(at, ANGELES, CHENGDU) == -1
    assert hours.days_apart(at, LONDON, CHENGDU) == 0
    assert hours.days_apart(at, "Pacific/Auckland", ANGELES) == 1


def test_on_a_weekend_the_next_working_day_is_said_to_suit_better() -> None:
    better = hours.better_day(first("2026-07-04T14:00"), [CHENGDU, LONDON], QUARTER_HOUR).best
    assert better is not None
    assert better.suit is Suit.DAY
    # The Saturday's next hours at work for both: Monday afternoon in Chengdu.
    assert {each.start.astimezone(ZoneInfo(CHENGDU)).date().isoformat() for each in better.windows} == {"2026-07-06"}


def test_where_no_day_is_better_that_is_known_and_a_good_day_is_not_asked_about() -> None:
    no_better = hours.better_day(first("2026-07-01T10:00"), [CHENGDU, LONDON, ANGELES], QUARTER_HOUR)
    assert (no_better.was_asked, no_better.best) == (True, None)
    assert not hours.better_day(first("2026-07-01T10:00"), [CHENGDU, LONDON], QUARTER_HOUR).was_asked
