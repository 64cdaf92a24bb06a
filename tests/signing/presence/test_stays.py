"""Devices in seats, on both databases: they come, fall silent, come back; and what a flood of them does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from core import clock, live
from core.db import db
from core.errors import TooMany
from signing.ceremonies import service as ceremonies
from signing.presence import queries, rules, service
from signing.presence.models import Stay
from signing.presence.rules import Beat, Device, Pace
from tests.support.ceremony import ADDRESS, HOST
from tests.support.meeting import Meeting
from tests.support.quick import Quick
from tests.support.trail import with_private


def beat(device: str = "one", *, proved: bool = True, **more: object) -> Beat:
    return Beat(device, Device.COMPUTER, proved, **more)  # type: ignore[arg-type]


def seat_of(world: Quick) -> str:
    return world.people["party_a"].seat_id


def tell(world: Quick, found: Beat, *, link: str = "lnk_a") -> None:
    service.note_beat(seat_of(world), found, link_id=link, address=ADDRESS)
    db.session.remove()


@contextmanager
def after(seconds: float) -> Iterator[None]:
    with clock.frozen(START + timedelta(seconds=seconds)):
        yield


START = clock.now()


def stays(world: Quick) -> list[queries.StayView]:
    db.session.remove()
    return queries.list_stays(world.id)


def acts(world: Quick) -> list[tuple[str, object]]:
    found = [(str(each["action"]), each["data"].get("away_seconds")) for each in with_private(world.id)]
    db.session.remove()
    return [each for each in found if each[0] in {"seat.arrived", "seat.returned"}]


def told(world: Quick) -> int:
    found = live.find_seq(f"ceremony:{world.id}")
    db.session.rollback()
    return found


def test_a_device_that_beats_stays_and_tells_the_host_once(entered: Quick) -> None:
    before = told(entered)
    for seconds in range(0, 70, 10):
        with after(seconds):
            tell(entered, beat(delay_ms=80 + seconds, clock_offset_ms=-40))
    (stay,) = stays(entered)
    assert (stay.began_at, stay.last_at) == (START, START + timedelta(seconds=60))
    assert (stay.delay_ms, stay.worst_delay_ms, stay.clock_offset_ms) == (140, 140, -40)
    assert told(entered) - before == 1
    assert acts(entered) == [("seat.arrived", None)]
    with after(80):
        where = queries.where_are(entered.id)[seat_of(entered)]
        assert (where.is_here, where.since, where.drops) == (True, START, 0)


def test_silence_is_told_once_and_a_return_is_another_stay(entered: Quick) -> None:
    with after(0):
        tell(entered, beat())
    before = told(entered)
    with after(29):
        service.tell_silent()
        assert told(entered) == before
    with after(31):
        service.tell_silent()
        service.tell_silent()
        assert told(entered) - before == 1
        where = queries.where_are(entered.id)[seat_of(entered)]
        assert (where.is_here, where.dropped_at, where.has_left) == (False, START, False)
    with after(95):
        tell(entered, beat())
        where = queries.where_are(entered.id)[seat_of(entered)]
        assert (where.is_here, where.drops, where.since) == (True, 1, START + timedelta(seconds=95))
    assert [gap for _, gap in queries.pauses(stays(entered))] == [timedelta(seconds=95)]
    assert acts(entered) == [("seat.arrived", None), ("seat.returned", 95)]


def test_a_return_before_the_silence_was_told_is_another_stay_too(entered: Quick) -> None:
    """The server was away, say: nobody told of the end."""
    for seconds in (0, 60):
        with after(seconds):
            tell(entered, beat())
    first, second = stays(entered)
    assert (first.last_at, first.gone_at) == (START, START + timedelta(seconds=60))
    assert second.gone_at is None


def test_a_page_that_is_loaded_anew_or_hidden_is_no_drop(entered: Quick) -> None:
    beats: list[tuple[int, dict[str, object]]] = [(0, {}), (5, {"is_leaving": True}), (7, {})]
    for seconds, more in [*beats, (12, {"is_visible": False}), (72, {"is_visible": False})]:
        with after(seconds):
            tell(entered, beat(**more))
            service.tell_silent()
    assert len(stays(entered)) == 1


def test_who_closes_the_page_is_gone_a_moment_later(entered: Quick) -> None:
    with after(0):
        tell(entered, beat())
    with after(5):
        tell(entered, beat(is_leaving=True))
    with after(21):
        where = queries.where_are(entered.id)[seat_of(entered)]
        assert (where.is_here, where.has_left) == (False, True)


def test_the_hall_hears_of_nobody_who_comes_or_drops(entered: Quick) -> None:
    before = live.find_seq(f"stage:{entered.id}")
    db.session.rollback()
    for seconds in (0, 10, 100):
        with after(seconds):
            tell(entered, beat())
            service.tell_silent()
    assert live.find_seq(f"stage:{entered.id}") == before


def test_a_second_device_is_seen_and_whether_it_proved_anything(entered: Quick) -> None:
    with after(0):
        tell(entered, beat("one"))
        tell(entered, beat("two", proved=False))
        where = queries.where_are(entered.id)[seat_of(entered)]
        assert [(stay.device_id, stay.is_proved) for stay in where.here] == [("one", True), ("two", False)]
    assert acts(entered) == [("seat.arrived", None)], "a link alone may be a machine that looks"
    with after(10):
        tell(entered, beat("two"))
    assert acts(entered) == [("seat.arrived", None)] * 2


def test_a_thousand_joins_by_one_link_leave_thirty_and_harm_nobody(entered: Quick) -> None:
    with after(0):
        tell(entered, beat("mine"))
    refused = 0
    with after(1):
        for number in range(1000):
            try:
                tell(entered, beat(f"stranger {number}", proved=False))
            except TooMany:
                refused += 1
                db.session.rollback()
    assert refused == 970
    with after(9):
        tell(entered, beat("mine", delay_ms=40))
        where = queries.where_are(entered.id)[seat_of(entered)]
        assert [stay.device_id for stay in where.proved] == ["mine"]
    with after(60):
        tell(entered, beat("mine"))
    assert acts(entered)[-1] == ("seat.returned", 51)


def test_a_device_that_beats_all_the_time_is_refused_by_name(entered: Quick) -> None:
    with after(0):
        tell(entered, beat())
    before = told(entered)
    with after(0.5), pytest.raises(TooMany):
        for number in range(70):
            tell(entered, beat(is_visible=bool(number % 2)))
    assert told(entered) - before == 60, "what it has to tell is not told more often either"


def test_nothing_is_kept_of_a_ceremony_that_is_over(entered: Quick) -> None:
    ceremonies.cancel(entered.id, reason="样例", by=HOST)
    tell(entered, beat())
    assert stays(entered) == []


@pytest.mark.parametrize("locked", [True, False])
def test_two_first_beats_at_once_are_one_stay(
    entered: Quick, database_kind: str, locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the seat's lock one of them waits for the other; without it both begin a stay."""
    if not locked and database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time, lock or not")
    both, look = Meeting(locked=locked), queries.take_running

    def look_together(seat_id: str, device_id: str) -> Stay | None:
        found = look(seat_id, device_id)
        both.wait()
        return found

    def come() -> None:
        with entered.app.app_context():
            service.note_beat(seat_id, beat(), link_id="lnk_a", address=ADDRESS)

    monkeypatch.setattr(queries, "take_running", look_together)
    if not locked:
        monkeypatch.setattr(service.seats, "take_seat", service.seats._get)
    seat_id = seat_of(entered)
    beats = [threading.Thread(target=come) for _ in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert len(stays(entered)) == (1 if locked else 2)


AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148": Device.PHONE,
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile Safari/537.36": Device.PHONE,
    "Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/130 Safari/537.36": Device.TABLET,
    "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)": Device.TABLET,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130": Device.COMPUTER,
    "": Device.COMPUTER,
}


@pytest.mark.parametrize("agent", list(AGENTS))
def test_a_device_is_told_coarsely(agent: str) -> None:
    assert rules.device(agent, hinted_mobile=False, touches=False) is AGENTS[agent]


def test_an_ipad_that_calls_itself_a_mac_is_told_by_its_fingers() -> None:
    agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15"
    assert rules.device(agent, hinted_mobile=False, touches=True) is Device.TABLET
    assert rules.device(agent, hinted_mobile=False, touches=False) is Device.COMPUTER


def test_words_for_figures() -> None:
    assert [rules.pace(each) for each in (None, 0, 499, 500)] == [Pace.UNKNOWN, Pace.GOOD, Pace.GOOD, Pace.SLOW]
    assert [rules.is_clock_off(each) for each in (None, 1999, -2000)] == [False, False, True]
    assert rules.bounded(1e300) == 2**31 - 1
