"""Every state of a registration with everything that can be done with it, and as what somebody is registered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import Conflict
from events.registration.rules import (
    Admission,
    Count,
    RegistrationAction,
    RegistrationState,
    accept,
    admit,
    change,
    check_live,
    check_open,
    clean_code,
    clean_email,
    may,
    move,
)

PENDING, CONFIRMED, WAITLISTED, WITHDRAWN, REJECTED = RegistrationState
NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
# What may be done in each state, and what the state is afterwards; everything else is refused.
TABLE = {
    PENDING: {
        "approve": CONFIRMED,
        "wait": WAITLISTED,
        "move": PENDING,
        "reject": REJECTED,
        "withdraw": WITHDRAWN,
    },
    CONFIRMED: {"move": CONFIRMED, "reject": REJECTED, "withdraw": WITHDRAWN},
    WAITLISTED: {
        "offer": WAITLISTED,
        "lapse": WAITLISTED,
        "accept": CONFIRMED,
        "move": CONFIRMED,
        "reject": REJECTED,
        "withdraw": WITHDRAWN,
    },
    WITHDRAWN: {},
    REJECTED: {},
}


@pytest.mark.parametrize("state", RegistrationState)
@pytest.mark.parametrize("action", RegistrationAction)
def test_each_state_allows_what_the_table_says(state: RegistrationState, action: RegistrationAction) -> None:
    after = TABLE[state].get(str(action))
    assert may(state, action) is (after is not None)
    if after is not None:
        assert change(state, action) is after
    else:
        with pytest.raises(Conflict) as refusal:
            change(state, action)
        assert refusal.value.code == f"registration_{state}"


def admission(*, needs_approval: bool = False, state: str = "published") -> Admission:
    starts_at = NOW + timedelta(days=3)
    return Admission(state, needs_approval, "Asia/Shanghai", date(2026, 7, 4), starts_at)


def admitted(
    count: Count,
    waiting: int = 0,
    *,
    approval: bool = False,
    held: bool = False,
    decided: bool = False,
    waits: bool = True,
    now: datetime = NOW,
) -> RegistrationState:
    return admit(
        admission(needs_approval=approval),
        count,
        waiting,
        has_held_place=held,
        is_decided=decided,
        may_wait=waits,
        now=now,
    )


def test_a_free_place_goes_to_who_comes_unless_somebody_waits_before_the_beginning() -> None:
    assert admitted(Count(2, 1)) is CONFIRMED
    assert admitted(Count(2, 1), waiting=1) is WAITLISTED
    assert admitted(Count(2, 1), waiting=1, now=NOW + timedelta(days=3)) is CONFIRMED
    assert admitted(Count(2, 2)) is WAITLISTED
    assert admitted(Count(1, 5)) is WAITLISTED


def test_who_is_decided_on_is_asked_first_and_needs_no_place_yet() -> None:
    assert admitted(Count(2, 2), approval=True) is PENDING
    assert admitted(Count(2, 1), approval=True, decided=True) is CONFIRMED
    assert admitted(Count(2, 2), approval=True, decided=True) is WAITLISTED


def test_a_held_place_is_there_whatever_the_count_says() -> None:
    assert admitted(Count(2, 2), waiting=5, approval=True, held=True) is CONFIRMED


@pytest.mark.parametrize(("count", "waits"), [(Count(0, 0), True), (Count(2, 2), False)])
def test_without_places_or_without_waiting_it_is_full(count: Count, waits: bool) -> None:
    with pytest.raises(Conflict) as refusal:
        admitted(count, waits=waits)
    assert refusal.value.code == "venue_full_no_waiting"


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_only_a_published_conference_is_open(state: str) -> None:
    check_open(admission(), is_open=True, now=NOW)
    with pytest.raises(Conflict):
        check_open(admission(state=state), is_open=True, now=NOW)
    with pytest.raises(Conflict):
        check_open(admission(), is_open=False, now=NOW)


def test_it_is_over_when_its_last_day_has_passed_where_it_is_held() -> None:
    last_moment = datetime(2026, 7, 4, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    check_open(admission(), is_open=True, now=last_moment)
    with pytest.raises(Conflict) as refusal:
        check_open(admission(), is_open=True, now=last_moment + timedelta(minutes=1))
    assert refusal.value.code == "registration_closed"


def test_an_offer_is_accepted_until_it_runs_out_and_not_without_one() -> None:
    assert accept(WAITLISTED, NOW + timedelta(seconds=1), NOW) is CONFIRMED
    for until, code in ((NOW, "offer_over"), (None, "no_offer")):
        with pytest.raises(Conflict) as refusal:
            accept(WAITLISTED, until, NOW)
        assert refusal.value.code == code


def test_nobody_moves_into_a_venue_before_those_who_wait_there() -> None:
    assert move(Count(2, 1), 0, has_begun=False) == 2
    assert move(Count(2, 1), 3, has_begun=True) == 2
    for count, waiting in ((Count(2, 1), 1), (Count(2, 2), 0)):
        with pytest.raises(Conflict) as refusal:
            move(count, waiting, has_begun=False)
        assert refusal.value.code == "venue_full"


def test_what_has_ended_is_not_live() -> None:
    for state in (PENDING, CONFIRMED, WAITLISTED):
        check_live(state)
    for state in (WITHDRAWN, REJECTED):
        with pytest.raises(Conflict):
            check_live(state)


def test_codes_and_addresses_have_one_written_form() -> None:
    assert clean_code(" ab3d-ｅ7gh ") == "AB3DE7GH"
    assert clean_email(" Ａnna@Example.COM ") == "anna@example.com"
