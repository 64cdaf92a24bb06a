"""The host's page says what failed and to whom, and its buttons do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from accounts.rules import Role
from core import claims, i18n
from core.db import db, transaction
from core.outbox import OutboxMessage
from signing.seats import queries as seats
from tests.support import apps
from tests.support.pages import csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld

NEW = "right@signers.example"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.fixture
def failed(world: Quick) -> str:
    """The id of the invitation of party A, which died of its address."""
    with world.app.app_context():
        for claim in claims.take(OutboxMessage, worker="test", limit=9):
            seat_id = db.session.get_one(OutboxMessage, claim.id).payload["seat"]
            if seat_id == seat_of(world):
                claims.give_back(claim, error="550", reason="address_unknown", retry=False)
                found = claim.id
            else:
                with transaction():
                    claims.finish(claim)
        return found


def seat_of(world: Quick) -> str:
    return world.people["party_a"].seat_id


def staff(world: Quick, role: Role = Role.HOST) -> FlaskClient:
    account = apps.add_account(world.app, role, email=f"{role}@x.test", organisation_id=world.played.organisation_id)
    return apps.sign_in(world.app, account)


def board(world: Quick) -> str:
    return f"/ceremonies/{world.id}"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_board_says_what_failed_to_whom_and_why(world: Quick, failed: str, locale: str) -> None:
    client = staff(world)
    client.set_cookie("locale", locale)
    page = get_page(client, board(world))
    [item] = page.xpath("//*[@data-live-region='troubles']//li")
    words = " ".join(str(item.xpath("string()")).split())
    with i18n.use_locale(locale):
        assert i18n.t("trouble-why-address_unknown") in words
        assert i18n.t("trouble-do-address") in words
    assert "样例甲" in words
    assert "party-a@signers.example" in words
    assert item.get("data-reason") == "address_unknown"


def test_a_board_without_troubles_has_room_for_them(world: Quick) -> None:
    [region] = get_page(staff(world), board(world)).xpath("//*[@data-live-region='troubles']")
    assert not str(region.xpath("string()")).strip()


def test_an_auditor_sees_the_trouble_and_no_button(world: Quick, failed: str) -> None:
    page = get_page(staff(world, Role.AUDITOR), board(world))
    assert page.xpath("//*[@data-live-region='troubles']//li")
    assert not page.xpath("//*[@data-live-region='troubles']//button")


def test_trying_again_leads_back_to_a_board_without_it(world: Quick, failed: str) -> None:
    client = staff(world)
    [action] = get_page(client, board(world)).xpath("//*[@data-live-region='troubles']//form/@action")
    answer = post(client, action)
    assert (answer.status_code, answer.headers["Location"]) == (303, board(world))
    assert not get_page(client, board(world)).xpath("//*[@data-live-region='troubles']//li")
    assert post(client, action).status_code == 409


def test_a_wrong_address_is_corrected_from_the_board(world: Quick, failed: str) -> None:
    client = staff(world)
    [link] = get_page(client, board(world)).xpath("//*[@data-live-region='troubles']//a/@href")
    page = get_page(client, link)
    assert page.xpath("//input[@name='email']/@value") == ["party-a@signers.example"]
    for wrong in ("", "nobody@", "x" * 65 + "@b.example"):
        again = post(client, link, {"email": wrong})
        assert again.status_code == 422
        assert 'aria-invalid="true"' in again.text
    answer = post(client, link, {"email": NEW})
    assert answer.status_code == 303
    assert "/s/ey" in client.get(answer.headers["Location"]).text
    with world.app.app_context():
        assert seats.get_seat(seat_of(world)).email == NEW
    assert not get_page(client, board(world)).xpath("//*[@data-live-region='troubles']//li")


def test_an_address_in_any_script_can_be_typed(world: Quick) -> None:
    client = staff(world)
    path = f"{board(world)}/seats/{seat_of(world)}/address"
    # A browser's type=email takes no mailbox name outside ASCII.
    assert get_page(client, path).xpath("//input[@name='email']/@type") == ["text"]
    assert post(client, path, {"email": "用户@例子.中国"}).status_code == 303
    with world.app.app_context():
        assert seats.get_seat(seat_of(world)).email == "用户@例子.中国"


def test_the_page_of_a_proved_address_says_why_it_stays(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as entered:
        client = staff(entered)
        path = f"{board(entered)}/seats/{seat_of(entered)}/address"
        assert not get_page(client, board(entered)).xpath(f"//a[@href='{path}']")
        page = get_page(client, path)
        assert not page.xpath("//input[@name='email']")
        assert post(client, path, {"email": NEW}).status_code == 409


def test_programs_read_and_mend_the_same(world: Quick, failed: str) -> None:
    client = staff(world)
    path, headers = f"/api{board(world)}", {"X-CSRFToken": csrf_token(client)}
    [found] = client.get(f"{path}/troubles").get_json()["troubles"]
    assert (found["id"], found["kind"], found["reason"]) == (failed, "invitation", "address_unknown")
    assert (found["given_up"], found["seat"]) == (True, seat_of(world))
    answer = client.post(f"{path}/troubles/{failed}/again", headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"troubles": []})
    assert client.post(f"{path}/troubles/{failed}/again", headers=headers).get_json()["error"]["code"] == "trouble_over"
    mended = client.post(f"{path}/seats/{seat_of(world)}/address", json={"email": NEW}, headers=headers)
    assert "/s/" in mended.get_json()["url"]
    with world.app.app_context():
        assert seats.get_seat(seat_of(world)).email == NEW
