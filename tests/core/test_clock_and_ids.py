from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core import clock, ids


def test_now_is_utc_cut_to_milliseconds() -> None:
    now = clock.now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_an_instant_is_written_in_one_form_and_read_back() -> None:
    at = datetime(2026, 7, 1, 10, 3, 4, 567_000, tzinfo=timezone(timedelta(hours=8)))
    assert clock.iso(at) == "2026-07-01T02:03:04.567Z"
    assert clock.parse_iso("2026-07-01T02:03:04.567Z") == at


def test_a_frozen_clock_stands_and_goes_on_afterwards() -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    with clock.frozen(at):
        assert clock.now() == at
        with clock.frozen(at + timedelta(days=1)):
            assert clock.now() == at + timedelta(days=1)
        assert clock.now() == at
    assert clock.now() != at


def test_ids_name_their_kind_sort_by_age_and_never_meet() -> None:
    made = [ids.new("agr") for _ in range(2000)]
    assert len(set(made)) == 2000
    assert all(re.fullmatch(r"agr_[0-9a-hjkmnp-tv-z]{26}", one) for one in made)
    assert made == sorted(made)


def test_ids_keep_their_order_when_the_clock_of_the_machine_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [ids.new("agr")]
    monkeypatch.setattr(ids.time, "time", lambda: 1.0)
    made += [ids.new("agr") for _ in range(100)]
    assert made == sorted(made)
    assert len({one[-9:] for one in made}) == 101


def test_a_secret_has_256_bits() -> None:
    assert len(ids.secret()) == 43
    assert ids.secret() != ids.secret()
