"""What a seat's page sends about itself, through the server, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import db
from signing.presence import queries
from signing.presence.rules import Device
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("invited", database_kind, data_dir, inside=False) as made:
        yield made


def come(world: Quick) -> FlaskClient:
    client = world.app.test_client()
    assert client.get(world.link("party_a")).status_code == 303
    return client


def here(world: Quick, client: FlaskClient, body: Any = None, agent: str = PHONE) -> int:
    path = f"/api/seat/{world.people['party_a'].seat_id}/here"
    headers = {"X-CSRFToken": csrf_token(client), "User-Agent": agent}
    return client.post(path, json={} if body is None else body, headers=headers).status_code


def stays(world: Quick) -> list[queries.StayView]:
    with world.app.app_context():
        found = queries.list_stays(world.id)
        db.session.remove()
    return found


def test_one_browser_is_one_device_and_another_another(world: Quick) -> None:
    mine, other = come(world), come(world)
    for client in (mine, mine, other):
        assert here(world, client, {"delay_ms": 42.4, "clock_offset_ms": -3100, "visible": True}) == 200
    found = stays(world)
    assert len({stay.device_id for stay in found}) == len(found) == 2
    assert {(stay.device, stay.delay_ms, stay.clock_offset_ms, stay.is_proved) for stay in found} == {
        (Device.PHONE, 42, -3100, False)
    }


@pytest.mark.parametrize(
    "body",
    [
        {"delay_ms": 1e999, "clock_offset_ms": -1e999},
        {"delay_ms": -5, "clock_offset_ms": 10**400},
        {"delay_ms": "fast", "clock_offset_ms": [], "visible": "yes", "touch": 1, "leaving": "no"},
        {"delay_ms": True, "device_id": "of somebody else", "is_proved": True},
    ],
)
def test_whatever_a_page_sends_it_is_there_and_nothing_else(world: Quick, body: dict[str, object]) -> None:
    client = come(world)
    assert here(world, client, body) in {200, 422}
    here(world, client)
    (stay,) = stays(world)
    assert not stay.is_proved
    assert stay.device_id != "of somebody else"
    assert stay.delay_ms in {None, 0}


def test_who_holds_no_link_is_nowhere(world: Quick) -> None:
    assert here(world, world.app.test_client()) == 403
    assert stays(world) == []
