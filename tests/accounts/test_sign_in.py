"""Signing in and out: who gets in, what is kept, and what ends a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from accounts.access import Role
from core import audit, clock, limits
from core.db import db, transaction
from tests.support import trail
from tests.support.apps import PASSWORD, add_account, sign_in, signed_in
from tests.support.databases import KINDS
from tests.support.pages import check_page, csrf_token, get_page, post

on_both = pytest.mark.parametrize("database_kind", KINDS)

NEW = "four brown otters in the reeds"


def fresh_client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_sign_in_page_is_complete_in_both_languages(client: FlaskClient, language: str) -> None:
    page = get_page(client, "/login", headers={"Accept-Language": language})

    assert page.get("lang") == language
    assert page.xpath("//input[@name='password']/@autocomplete") == ["current-password"]


@on_both
def test_staff_signs_in_with_address_and_password(app: Flask) -> None:
    account = add_account(app, Role.HOST)
    client = fresh_client(app)

    answer = post(client, "/login", {"email": "  HOST@Example.test ", "password": PASSWORD, "next": "/account"})

    assert answer.location == "/account"
    assert account.email in "".join(get_page(client, "/account").itertext())
    assert trail.entries(app)[-1]["action"] == "account.signed_in"
    with app.app_context():
        last = trail.with_private(audit.INSTALLATION)[-1]
    assert last["actor"] == {"kind": "account", "id": account.id, "address": "127.0.0.1"}


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app: Flask) -> None:
    add_account(app, Role.HOST)
    bodies = []
    for email in ("host@example.test", "nobody@example.test"):
        client = fresh_client(app)
        answer = post(client, "/login", {"email": email, "password": "not the right one"})
        assert answer.status_code == 401
        page = check_page(answer)
        bodies.append([text.replace(email, "") for text in page.xpath("//main//text()")])
        assert "_user_id" not in _session(client)

    assert bodies[0] == bodies[1]
    assert trail.actions(app)[-2:] == ["account.sign_in_failed"] * 2
    assert "nobody@example.test" not in str(trail.entries(app))


def test_a_deactivated_account_does_not_sign_in(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, email="admin@example.test")
    clerk = add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=admin.organisation_id)
    post(sign_in(app, admin), f"/accounts/{clerk.id}/deactivate")

    answer = post(fresh_client(app), "/login", {"email": clerk.email, "password": PASSWORD})

    assert answer.status_code == 401


def test_an_account_without_a_password_does_not_sign_in(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR)
    post(sign_in(app, admin), "/accounts/", {"email": "new@example.test", "name": "新", "roles": ["host"]})

    for password in ("the password of nobody at all", "x"):
        assert post(fresh_client(app), "/login", {"email": "new@example.test", "password": password}).status_code == 401


def test_the_password_is_never_sent_back(app: Flask) -> None:
    add_account(app, Role.HOST)

    answer = post(fresh_client(app), "/login", {"email": "host@example.test", "password": "typed by mistake"})

    assert "typed by mistake" not in answer.text
    assert 'value="host@example.test"' in answer.text


def test_an_empty_form_says_what_is_missing(client: FlaskClient) -> None:
    answer = post(client, "/login", {})

    assert answer.status_code == 422
    assert len(check_page(answer).xpath("//*[@aria-invalid='true']")) == 2


@on_both
def test_ten_tries_for_one_account_are_enough(app: Flask) -> None:
    account = add_account(app, Role.HOST)
    client = fresh_client(app)
    form = {"csrf_token": csrf_token(client), "email": account.email, "password": "wrong"}
    for _ in range(10):
        assert client.post("/login", data=form).status_code == 401

    refused = client.post("/login", data={**form, "password": PASSWORD})

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert "15" in "".join(check_page(refused).xpath("//main//text()"))
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert client.post("/login", data={**form, "password": PASSWORD}).status_code == 303


def test_a_stranger_who_guesses_does_not_shut_the_owner_out(app: Flask) -> None:
    account = add_account(app, Role.HOST)
    stranger = fresh_client(app)
    stranger.environ_base["REMOTE_ADDR"] = "198.51.100.66"
    form = {"csrf_token": csrf_token(stranger), "email": account.email, "password": "wrong"}
    assert [stranger.post("/login", data=form).status_code for _ in range(11)] == [401] * 10 + [429]

    sign_in(app, account)


def test_a_hundred_tries_for_one_account_are_enough_from_however_many_networks(app: Flask) -> None:
    account = add_account(app, Role.HOST)
    client = fresh_client(app)
    form = {"csrf_token": csrf_token(client), "email": account.email, "password": "wrong"}

    def guess(number: int) -> int:
        network = {"REMOTE_ADDR": f"2001:db8:0:{number:x}::1"}
        return client.post("/login", data=form, environ_base=network).status_code

    assert guess(1) == 401
    with app.app_context(), transaction():
        counted = update(limits.AttemptLimit).filter_by(name="sign-in-everywhere").values(tries=99)
        assert db.session.execute(counted).rowcount == 1
    assert (guess(2), guess(3)) == (401, 429)


def test_thirty_tries_from_one_address_are_enough(app: Flask) -> None:
    client = fresh_client(app)
    token = csrf_token(client)
    for number in range(30):
        form = {"csrf_token": token, "email": f"guess-{number}@example.test", "password": ""}
        assert client.post("/login", data=form).status_code == 422

    last = {"csrf_token": token, "email": "guess@example.test", "password": ""}
    assert client.post("/login", data=last).status_code == 429
    assert client.post("/login", data=last, environ_base={"REMOTE_ADDR": "10.0.0.2"}).status_code == 422


def test_signing_out_needs_a_post_and_ends_the_session(app: Flask) -> None:
    client = signed_in(app, Role.HOST)
    assert client.get("/logout").status_code == 405

    answer = post(client, "/logout")

    assert answer.location == "/login"
    assert client.get("/account").location == "/login?next=/account"
    assert trail.actions(app)[-1] == "account.signed_out"


def test_signing_out_everywhere_ends_the_other_browser_too(app: Flask) -> None:
    account = add_account(app, Role.HOST)
    one, other = sign_in(app, account), sign_in(app, account)

    post(one, "/logout/everywhere")

    assert other.get("/account").status_code == 303
    assert trail.actions(app)[-1] == "account.signed_out_everywhere"


@on_both
def test_changing_the_password_ends_every_other_session(app: Flask) -> None:
    account = add_account(app, Role.HOST)
    one, other = sign_in(app, account), sign_in(app, account)

    answer = post(one, "/account/password", {"current": PASSWORD, "password": NEW, "repeat": NEW})

    assert answer.location == "/account?done=password"
    get_page(one, answer.location)
    assert other.get("/account").status_code == 303
    assert post(fresh_client(app), "/login", {"email": account.email, "password": PASSWORD}).status_code == 401
    sign_in(app, account, NEW)
    assert "account.password_changed" in trail.actions(app)


@pytest.mark.parametrize(
    ("current", "new", "repeat", "status", "field"),
    [
        ("wrong", NEW, NEW, 403, "current"),
        ("", NEW, NEW, 422, "current"),
        (PASSWORD, "short", "short", 422, "password"),
        (PASSWORD, "aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", 422, "password"),
        (PASSWORD, "host is my password", "host is my password", 422, "password"),
        (PASSWORD, NEW, "another text", 422, "repeat"),
        (PASSWORD, "x" * 201, "x" * 201, 422, "password"),
    ],
)
def test_a_password_change_that_does_not_hold_changes_nothing(
    app: Flask, current: str, new: str, repeat: str, status: int, field: str
) -> None:
    account = add_account(app, Role.HOST)
    client = sign_in(app, account)

    answer = post(client, "/account/password", {"current": current, "password": new, "repeat": repeat})

    assert answer.status_code == status
    assert check_page(answer).xpath("//*[@aria-invalid='true']/@name") == [field]
    sign_in(app, account)


def test_a_sign_in_ends_after_the_session_hours_however_busy_the_session(app: Flask) -> None:
    client = signed_in(app, Role.HOST)
    start = clock.now()
    with clock.frozen(start + timedelta(hours=11, minutes=59)):
        assert client.get("/account").status_code == 200
        post(client, "/account/preferences", {"locale": "en", "timezone": "America/Los_Angeles"})

    with clock.frozen(start + timedelta(hours=12, minutes=1)):
        assert client.get("/account").status_code == 303


def test_a_sign_in_gets_a_new_csrf_token(app: Flask) -> None:
    add_account(app, Role.HOST)
    client = fresh_client(app)
    before = csrf_token(client)
    client.post("/login", data={"csrf_token": before, "email": "host@example.test", "password": PASSWORD})

    assert client.post("/logout", data={"csrf_token": before}).status_code == 400


def test_preferences_are_kept_and_used(app: Flask) -> None:
    client = signed_in(app, Role.HOST)

    answer = post(client, "/account/preferences", {"locale": "en", "timezone": "America/Los_Angeles"})

    page = get_page(client, answer.location)
    assert page.get("lang") == "en"
    assert page.xpath("//select[@name='timezone']/option[@selected]/@value") == ["America/Los_Angeles"]
    assert trail.entries(app)[-1]["data"] == {"locale": "en", "timezone": "America/Los_Angeles"}


@pytest.mark.parametrize("fields", [{"locale": "fr", "timezone": "UTC"}, {"locale": "en", "timezone": "Mars/Olympus"}])
def test_preferences_that_do_not_exist_are_refused(app: Flask, fields: dict[str, object]) -> None:
    assert post(signed_in(app, Role.HOST), "/account/preferences", fields).status_code == 422


@pytest.mark.parametrize("header", ["Authentication-Token", "Authorization"])
def test_no_token_in_a_header_or_query_signs_anybody_in(app: Flask, header: str) -> None:
    account = add_account(app, Role.HOST)
    with app.test_request_context():
        from accounts import queries

        token = queries.get_record(account.id).get_auth_token()

    client = fresh_client(app)

    assert client.get("/account", headers={header: token}).status_code == 303
    assert client.get("/account", query_string={"auth_token": token}).status_code == 303


def _session(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction() as session:
        return dict(session)
