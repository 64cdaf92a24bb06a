"""States of a conference, the rights of its team, and doors that keep their identity: no database."""

from __future__ import annotations

import pytest

from core.errors import Conflict, Forbidden
from events.conferences.rules import (
    EVERYTHING,
    ConferenceAction,
    ConferenceState,
    Door,
    Duty,
    Membership,
    Rights,
    change,
    is_url,
    keep_doors,
    rights,
)

LEAD, HALL = Membership(Duty.LEAD), Membership(Duty.VENUE, venue_id="hall")
DOOR = Membership(Duty.CLERK, door_id="east")


def test_a_draft_is_published_and_stays_editable() -> None:
    state = change(ConferenceState.DRAFT, ConferenceAction.PUBLISH)
    assert change(state, ConferenceAction.EDIT) is ConferenceState.PUBLISHED


@pytest.mark.parametrize("action", ConferenceAction)
def test_what_was_cancelled_stays_as_it_was(action: ConferenceAction) -> None:
    with pytest.raises(Conflict) as refusal:
        change(ConferenceState.CANCELLED, action)
    assert refusal.value.code == "conference_cancelled"


def test_an_administrator_and_a_lead_may_do_everything() -> None:
    assert rights([], administers=True) == rights([LEAD], organises=True) == EVERYTHING


def test_a_duty_without_its_role_counts_for_nothing() -> None:
    assert rights([LEAD, HALL, DOOR]) == Rights()


def test_who_plans_a_venue_changes_what_is_in_it_alone() -> None:
    found = rights([HALL], organises=True)
    assert (found.reads, found.plans, found.leads) == (True, True, False)
    assert found.may_plan(["hall"])
    assert not found.may_plan(["hall", "other"])
    with pytest.raises(Forbidden) as refusal:
        found.check_plans([])
    assert refusal.value.code == "not_your_venue"


def test_a_clerk_sees_a_door_and_no_plan() -> None:
    found = rights([DOOR], clerks=True)
    assert found.doors == frozenset({"east"})
    assert (found.reads, found.plans) == (False, False)


def test_an_auditor_reads_and_plans_nothing() -> None:
    found = rights([], audits=True)
    assert (found.reads, found.plans) == (True, False)


def doors(*names: str) -> list[Door]:
    return [Door("", {"zh-CN": name}) for name in names]


def kept(before: list[Door], *names: str) -> list[str]:
    return [door.key for door in keep_doors(before, doors(*names))]


BEFORE = [Door("door_1", {"zh-CN": "东门"}), Door("door_2", {"zh-CN": "西门"})]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["东门", "西门"], ["door_1", "door_2"]),
        (["西门", "东门"], ["door_2", "door_1"]),
        (["西门"], ["door_2"]),
        (["东门", "北门"], ["door_1", "door_2"]),  # renamed in its place
        (["北门", "东门", "西门"], ["door_3", "door_1", "door_2"]),
    ],
)
def test_a_door_stays_the_same_door(names: list[str], keys: list[str]) -> None:
    assert kept(BEFORE, *names) == keys


@pytest.mark.parametrize("text", ["https://a.example/b?c=d", "http://样例.example/"])
def test_addresses_are_taken(text: str) -> None:
    assert is_url(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "https:// a", "ftp://a.example", "//a.example", "https://"])
def test_what_no_browser_should_open_is_no_address(text: str) -> None:
    assert not is_url(text)
