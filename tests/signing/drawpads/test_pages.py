"""What a phone and a computer see of a pad, and that the phone reaches nothing else of the seat."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import db, transaction
from signing.seats.models import SeatCode
from tests.signing.test_access import seat, signer
from tests.support.pages import csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld, picture

PNG = base64.b64encode(picture()).decode()


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


def send(client: FlaskClient, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    answer = client.post(path, json=body or {}, headers={"X-CSRFToken": csrf_token(client)})
    return answer.status_code, answer.get_json()


def test_from_the_code_to_the_drawing_on_the_computer(world: Quick) -> None:
    computer, phone, other = signer(world), world.app.test_client(), world.app.test_client()
    seat_id = world.people["party_a"].seat_id
    status, offer = send(computer, f"/api/seat/{seat_id}/drawpad")
    assert (status, offer["state"]) == (200, "offered")
    assert offer["qr"].startswith("data:image/svg+xml")
    link = offer["url"].removeprefix("http://127.0.0.1:8600")

    assert phone.head(link).status_code == 200  # a program that looks at links
    get_page(phone, link)
    joined = post(phone, link)
    assert joined.status_code == 303
    pad = joined.headers["Location"]
    get_page(phone, pad)
    assert post(phone, link).headers["Location"] == pad  # sent again, or the code scanned again
    assert phone.get(link).headers["Location"] == pad
    assert "another phone" in other.get(link, headers={"Accept-Language": "en"}).text.lower()
    assert post(other, link).status_code == 409
    assert other.get(pad).status_code == 403

    fetch = f"/api/seat/{seat_id}/drawpad/{offer['id']}"
    assert computer.get(fetch).get_json()["state"] == "joined"
    assert send(phone, f"/api{pad}", {"png": PNG})[0] == 200
    assert computer.get(fetch).get_json()["png"] == PNG
    for path in (f"/seat/{seat_id}", f"/api/seat/{seat_id}", fetch, f"/seat/{seat_id}/trail"):
        assert phone.get(path).status_code == 403
    assert send(computer, f"{fetch}/close")[0] == 200
    assert phone.get(f"/api{pad}").status_code == 410
    assert computer.get(fetch).status_code == 410


def test_without_a_proof_no_code_is_given(world: Quick) -> None:
    assert send(seat(world), f"/api/seat/{world.people['party_a'].seat_id}/drawpad")[0] == 403


def test_another_browser_of_the_same_seat_does_not_get_the_drawing(world: Quick) -> None:
    seat_id = world.people["party_a"].seat_id
    first = signer(world)
    _, offer = send(first, f"/api/seat/{seat_id}/drawpad")
    with world.app.app_context(), transaction():  # another code may be asked for at once
        db.session.query(SeatCode).delete()
    second = signer(world)
    assert second.get(f"/api/seat/{seat_id}/drawpad/{offer['id']}").status_code == 410


@pytest.mark.parametrize("body", [{}, {"png": 1}, {"png": "§"}, {"png": "A" * 300_000}, {"png": "AAAA"}])
def test_what_is_no_picture_is_refused(world: Quick, body: dict[str, Any]) -> None:
    computer, phone = signer(world), world.app.test_client()
    _, offer = send(computer, f"/api/seat/{world.people['party_a'].seat_id}/drawpad")
    pad = post(phone, offer["url"].removeprefix("http://127.0.0.1:8600")).headers["Location"]
    assert send(phone, f"/api{pad}", body)[0] == 422


def test_a_code_that_is_none_is_refused(world: Quick) -> None:
    assert world.app.test_client().get("/draw/open/nonsense").status_code in {400, 403, 404}
    assert world.app.test_client().get("/draw/pad_nothing").status_code == 403
