"""Strokes from a phone that draws for a computer: on the computer's agreement, for as long as its pad holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from signing.drawpads import rules as pads
from signing.ink import api, rules
from tests.signing.ink.test_drawing import Hand, everything_else, refused, shown
from tests.support import quick
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("entered", database_kind, data_dir, inside=False) as made:
        yield made


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


@dataclass
class Phone:
    """A phone that joined the pad of a computer."""

    world: Quick
    shown_on: str | None = ""
    computer: Hand = field(init=False)
    pad_id: str = field(init=False)
    client: FlaskClient = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.computer = Hand(self.world)
        agreement = self.world.first if self.shown_on == "" else self.shown_on
        offer = self.tell("", {"agreement": agreement}).get_json()
        self.pad_id = offer["id"]
        self.client = self.world.app.test_client()
        path = "/draw/open/" + offer["url"].rpartition("/")[2]
        self.client.get(path)
        self.headers = {"X-CSRFToken": csrf_token(self.client)}
        assert self.client.post(path, headers=self.headers).status_code == 303

    def tell(self, path: str, body: object) -> Any:
        """From the computer."""
        address = f"/api/seat/{self.computer.seat_id}/drawpad{path}"
        return self.computer.client.post(address, json=body, headers=self.computer.headers)

    def draw(self, seq: int = 1, **changes: object) -> tuple[int, str]:
        batch = self.computer.batch(seq, **changes)
        if "agreement" not in changes:
            del batch["agreement"]
        return self.send(json.dumps(batch))

    def send(self, text: str) -> tuple[int, str]:
        path = f"/api/draw/{self.pad_id}/ink"
        answer = self.client.post(path, data=text, content_type="application/json", headers=self.headers)
        return answer.status_code, answer.get_json()["error"]["code"] if answer.status_code >= 400 else ""


def test_strokes_of_the_phone_are_shown_as_the_seats_on_the_computers_agreement(world: Quick) -> None:
    phone = Phone(world)
    before = everything_else(world)
    assert [phone.draw(1), phone.draw(2)] == [(200, "")] * 2
    assert everything_else(world) == before
    assert [(each["seat"], each["agreement"]) for each in shown(world)] == [(phone.computer.seat_id, world.first)] * 2


def test_where_the_computer_shows_nothing_the_phone_shows_nothing(world: Quick) -> None:
    phone = Phone(world, shown_on=None)
    refused(world, phone.draw(), status=409, code="ink_not_shown")


def test_a_phone_names_no_agreement_and_a_computer_only_one_of_its_own(world: Quick) -> None:
    refused(world, Phone(world).draw(agreement=world.first), status=422, code="invalid_input")
    refused(world, Phone(world, shown_on="agr_forged").draw(), status=404, code="agreement_not_found")
    refused(world, Phone(world, shown_on=world.agreements["next_0"]).draw(), status=409, code="not_your_turn")
    for forged in ("a\u0000", 7, "a" * 41):
        assert Phone.tell(Phone(world), "", {"agreement": forged}).status_code == 422


def test_a_stranger_draws_nothing_and_a_phone_only_while_its_pad_holds(world: Quick) -> None:
    phone = Phone(world)
    stranger = world.app.test_client()
    path, headers = f"/api/draw/{phone.pad_id}/ink", {"X-CSRFToken": csrf_token(stranger)}
    assert stranger.post(path, json={}, headers=headers).status_code == 403
    assert phone.draw() == (200, "")
    assert phone.tell(f"/{phone.pad_id}/close", {}).status_code == 200
    told = shown(world)
    assert [each["over"] for each in told] == [False, True]
    refused(world, phone.draw(2), status=410, code="drawpad_over", before=2)


def test_a_pad_that_ran_out_takes_no_strokes(world: Quick) -> None:
    phone = Phone(world)
    with clock.frozen(clock.now() + pads.PAD_LIFE + timedelta(seconds=1)):
        refused(world, phone.draw(), status=410, code="drawpad_over")


def test_what_has_become_a_signature_stays_when_the_pad_is_closed(world: Quick) -> None:
    phone = Phone(world)
    assert phone.draw() == (200, "")
    with world.app.app_context():
        quick.sign(world.people["party_a"], world.first)
    assert phone.tell(f"/{phone.pad_id}/close", {}).status_code == 200
    assert [each["over"] for each in shown(world)] == [False]


def test_a_flood_of_the_phone_is_counted_with_its_computers(world: Quick) -> None:
    phone = Phone(world)
    assert [phone.draw(seq) for seq in range(1, rules.BATCHES + 1)] == [(200, "")] * rules.BATCHES
    refused(world, phone.draw(rules.BATCHES + 1), status=429, code="ink_too_fast", before=rules.BATCHES)
    refused(world, phone.computer.draw(rules.BATCHES + 1), status=429, code="ink_too_fast", before=rules.BATCHES)


def test_repeated_and_huge_strokes_of_a_phone_are_refused_by_name(
    world: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(world)
    assert phone.draw(5) == (200, "")
    refused(world, phone.draw(5), status=409, code="ink_out_of_order", before=1)
    refused(world, phone.draw(6, parts=[[0, [[1, 1, 1, -1]]]]), status=422, code="invalid_input", before=1)
    monkeypatch.setattr(api, "json_body", lambda: pytest.fail("it was read"))
    refused(world, phone.send(" " * (rules.MOST_BYTES + 1)), status=413, code="ink_too_large", before=1)
