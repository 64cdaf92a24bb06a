"""The counter on a screen: by its link alone, counts and no names, told live."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import audit, clock, live, tokens
from core.db import db
from events.checkin import counters, screens
from events.checkin.rules import Direction
from events.conferences import today_service
from events.conferences.queries import ConferenceView
from tests.support import doors
from tests.support.doors import CLERK

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # the statements are tried in test_service.py


def screen(app: Flask, draft: ConferenceView) -> FlaskClient:
    """A browser in a lobby that has opened the link."""
    token = screens.open_counter(draft.id, by=CLERK)
    client = app.test_client()
    assert client.get(f"/counter/open/{token}").headers["Location"] == f"/counter/{draft.id}"
    return client


def counts(client: FlaskClient, draft: ConferenceView) -> dict[str, list[int]]:
    answer = client.get(f"/counter/{draft.id}/state.json").get_json()
    return {each["id"]: each["counts"] for each in answer["halls"]}


def test_a_screen_counts_who_is_expected_inside_and_came_and_names_nobody(app: Flask, draft: ConferenceView) -> None:
    phone, hall = doors.phone(draft), draft.venue("chengdu").id
    guests = [doors.register(draft, f"演示来宾{number}") for number in range(3)]
    for guest in guests[:2]:
        phone.scan(guest)
    phone.scan(guests[0], Direction.OUT)
    client = screen(app, draft)
    assert counts(client, draft) == {hall: [3, 1, 2], draft.venue("london").id: [0, 0, 0]}  # the online room is no hall
    page = client.get(f"/counter/{draft.id}").text
    assert "演示来宾" not in page
    assert "在场" in page
    assert "Inside now" in page


def test_without_the_link_and_after_it_was_taken_back_no_screen_counts(app: Flask, draft: ConferenceView) -> None:
    path = f"/counter/{draft.id}/state.json"
    assert app.test_client().get(path).status_code == 403
    client = screen(app, draft)
    for _ in range(2):
        screens.close_counter(draft.id, by=CLERK)
    assert client.get(path).status_code == 410
    assert client.get("/counter/open/nothing").status_code == 404
    made = [line for line in audit.list_lines(draft.id) if '"counter.' in line]
    assert ["link_made" in made[0], "link_taken_back" in made[1], len(made)] == [True, True, 2]


def test_the_same_link_opens_every_screen(draft: ConferenceView) -> None:
    first, second = (screens.open_counter(draft.id, by=CLERK) for _ in range(2))
    assert tokens.read(first, screens.PURPOSE).token_id == tokens.read(second, screens.PURPOSE).token_id


def test_a_scan_is_told_to_screens_once_and_says_numbers_alone(draft: ConferenceView) -> None:
    channel = counters.screen_channel(draft.id)
    doors.phone(draft).scan(doors.register(draft))
    db.session.remove()
    for _ in range(3):
        counters.tell_counts()
    assert live.find_seq(channel) == 1
    halls = {draft.venue("chengdu").id: [1, 1, 1], draft.venue("london").id: [0, 0, 0]}
    assert live.find_newest(channel, counters.KIND) == {"halls": halls}


def test_a_conferences_own_page_counts_its_halls_and_is_told_more_calmly(draft: ConferenceView) -> None:
    page = f"conference:{draft.id}"
    assert today_service.halls_today(draft) == []  # no door is at work yet
    phone = doors.phone(draft)
    phone.scan(doors.register(draft))
    db.session.remove()
    assert (today_service.halls_today(draft)[0].inside, len(today_service.halls_today(draft))) == (1, 2)
    counters.tell_counts()
    assert live.find_newest(page, counters.KIND) is None  # it was published a moment ago
    with clock.frozen(clock.now() + timedelta(seconds=11)):
        counters.tell_counts()
        counters.tell_counts()
    told = live.find_newest(page, counters.KIND)
    assert told is not None
    assert told["halls"][draft.venue("chengdu").id] == [1, 1, 1]
