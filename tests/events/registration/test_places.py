"""Places as counts, what a plan says of them, and companies that nobody owns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.db import db, transaction
from core.errors import Conflict
from events.conferences.queries import ConferenceView
from events.registration import demo, places_service, queries
from events.registration.rules import (
    Count,
    RegistrationAction,
    RegistrationState,
    change,
    give_back,
    offer_ends,
    offers_due,
    take,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_place_is_taken_while_there_is_one() -> None:
    assert take(Count(capacity=2, taken=1)) == 2
    with pytest.raises(Conflict) as refusal:
        take(Count(capacity=2, taken=2))
    assert refusal.value.code == "venue_full"


def test_a_capacity_below_what_is_taken_gives_nobody_a_place() -> None:
    count = Count(capacity=1, taken=3)
    assert (count.free, offers_due(count, waiting=9)) == (0, 0)
    with pytest.raises(Conflict):
        take(count)
    assert give_back(count) == 2


def test_no_more_is_given_back_than_was_taken() -> None:
    with pytest.raises(ValueError, match="2 places given back of 1"):
        give_back(Count(capacity=5, taken=1), 2)


def test_as_many_offers_as_there_are_places_and_people() -> None:
    assert offers_due(Count(capacity=5, taken=2), waiting=2) == 2
    assert offers_due(Count(capacity=5, taken=2), waiting=7) == 3


def test_an_offer_never_outlives_the_beginning() -> None:
    assert offer_ends(NOW, NOW + timedelta(days=3)) == NOW + timedelta(days=1)
    assert offer_ends(NOW, NOW + timedelta(hours=2)) == NOW + timedelta(hours=2)
    assert offer_ends(NOW, NOW - timedelta(hours=2)) == NOW


def test_only_who_waits_accepts_an_offer() -> None:
    assert change(RegistrationState.WAITLISTED, RegistrationAction.ACCEPT) is RegistrationState.CONFIRMED
    for state in set(RegistrationState) - {RegistrationState.WAITLISTED}:
        with pytest.raises(Conflict) as refusal:
            change(state, RegistrationAction.ACCEPT)
        assert refusal.value.code == f"registration_{state}"


def test_made_up_companies_are_always_the_same_and_say_what_they_are() -> None:
    made = demo.companies(demo.MOST)
    assert made == demo.companies(demo.MOST)
    assert len({each.name["en"] for each in made}) == demo.MOST == 220
    assert all(each.name["zh-CN"].startswith("演示") and each.name["en"].startswith("Demo ") for each in made)
    with pytest.raises(ValueError, match="220"):
        demo.companies(demo.MOST + 1)


def test_a_capacity_is_set_and_said_once(draft: ConferenceView) -> None:
    venue, audience = draft.venue("chengdu").id, draft.audience("company").id
    with transaction():
        changed = places_service.set_capacity(draft.id, venue, {audience: 40})
    with transaction():
        again = places_service.set_capacity(draft.id, venue, {audience: 40})
    assert changed == [{"audience": audience, "before": 50, "after": 40}]
    assert again == []
    [places] = [
        each for each in queries.list_places(draft.id) if (each.venue_id, each.audience_id) == (venue, audience)
    ]
    assert places.count == Count(capacity=40, taken=0)
    db.session.rollback()
