"""Logs say what happened and hold no secret: no password, token, code, link or query string."""

from __future__ import annotations

import json
import logging as stdlib_logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import staff
from accounts.access import Role
from core.config import Settings
from tests.support import planted as planted_views
from tests.support.apps import PASSWORD, add_account, sign_in
from tests.support.pages import csrf_token, post
from web import logging


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged so far, each line parsed."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_json_line_with_its_number(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/login", headers={"X-Request-Id": "given-0001"})

    found = [line for line in lines(capsys) if line["event"] == "request"]
    assert len(found) == 1
    assert found[0]["request_id"] == "given-0001"
    assert (found[0]["rule"], found[0]["method"], found[0]["status"]) == ("/login", "GET", 200)


def test_signing_in_leaves_no_password_in_the_log(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    account = add_account(app, Role.HOST)
    sign_in(app, account)
    post(app.test_client(), "/login", {"email": account.email, "password": "a wrong password 4711"})

    written = capsys.readouterr().err

    assert '"endpoint": "accounts.sign_in"' in written
    assert PASSWORD not in written
    assert "a wrong password 4711" not in written
    assert account.email not in written


@pytest.mark.parametrize("path", ["/s/{}", "/stage/open/{}", "/accounts/first/{}", "/accounts/password/{}"])
def test_opening_a_link_leaves_no_token_in_the_log(app: Flask, capsys: pytest.CaptureFixture[str], path: str) -> None:
    with app.app_context():
        token = staff.issue_first_link()
    client = app.test_client()

    client.get(path.format(token))
    client.get(path.format("a-token-that-is-no-jwt-0815") + "?also=in-the-query")

    written = capsys.readouterr().err
    assert token not in written
    assert token.split(".")[2] not in written
    assert "a-token-that-is-no-jwt-0815" not in written
    assert "in-the-query" not in written
    assert '"event": "request"' in written


def test_a_csrf_token_or_session_is_not_logged(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    token = csrf_token(client)
    cookie = client.get_cookie("yunqian")
    client.post("/login", data={"csrf_token": token + "x"})

    written = capsys.readouterr().err
    assert cookie is not None
    assert token not in written
    assert cookie.value not in written


def test_something_unexpected_is_logged_with_its_traceback_and_number(
    planted: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    planted.get("/planted/boom", headers={"X-Request-Id": "boom-0001"})

    found = next(line for line in lines(capsys) if line["event"] == "unexpected")
    assert found["request_id"] == "boom-0001"
    assert "the planted view fell over" in found["exception"]
    assert "Traceback" in found["exception"]


def test_a_database_error_is_logged_without_its_parameters(
    planted: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    planted.get("/planted/statement")

    found = next(line for line in lines(capsys) if line["event"] == "unexpected")
    assert "IntegrityError" in found["exception"]
    assert planted_views.SECRET not in str(found)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "token",
        "link_token",
        "code",
        "otp",
        "client_secret",
        "csrf",
        "pin",
        "csr",
        "api_key",
        "cookie",
        "Authorization",
        "csrf_token",
        "session",
        "smtp_passphrase",
        "personal_link",
        "url",
        "path",
        "signature",
    ],
)
def test_values_are_blackened_by_name(name: str) -> None:
    event = logging.redact(None, "info", {"event": "x", name: "4711", "data": {name: "4711", "deep": [{name: 4711}]}})

    assert "4711" not in str(event)
    assert event["event"] == "x"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /s/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl 200", "GET /s/[removed] 200"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", "[removed]"),
        ("GET /live/abc-def?after=3 200", "GET /live/[removed]?[removed] 200"),
        ("https://x.test/verify?digest=00ff", "https://x.test/verify?[removed]"),
        ("postgresql://yunqian:geheim@db/yunqian", "postgresql://yunqian:[removed]@db/yunqian"),
        ("a question? no", "a question? no"),
        ("/seat/seat_01/agreements", "/seat/seat_01/agreements"),
    ],
)
def test_texts_lose_what_must_not_be_kept_and_nothing_else(text: str, kept: str) -> None:
    assert logging.redact(None, "info", {"event": text})["event"] == kept


def test_every_address_that_carries_a_token_loses_it(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert len(rules) >= 4
    for rule in [*rules, "/live/<token>"]:
        path = rule.replace("<token>", "a-token-that-is-no-jwt")
        text = logging.redact(None, "info", {"event": f"GET {path} 200"})["event"]
        assert text == f"GET {rule.replace('<token>', '[removed]')} 200"


@pytest.mark.parametrize("name", ["status", "endpoint", "request_id", "refusal", "ms", "account"])
def test_plain_values_stay(name: str) -> None:
    assert logging.redact(None, "info", {"event": "x", name: "plain"})[name] == "plain"


def test_other_peoples_loggers_pass_the_same_filter(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("INFO")

    stdlib_logging.getLogger("some.library").warning("fetching %s", "http://x.test/s/abcdef?x=1")
    stdlib_logging.getLogger("some.library").info("chatter")

    found = lines(capsys)
    assert [line["event"] for line in found] == ["fetching http://x.test/s/[removed]?[removed]"]
    assert found[0]["level"] == "warning"


@pytest.mark.parametrize("name", ["uvicorn.access", "werkzeug"])
def test_the_servers_own_lines_of_whole_addresses_are_not_written(
    settings: Settings, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logging.configure("INFO")

    stdlib_logging.getLogger(name).warning("GET /seat/sea_1?code=123456 200")

    assert lines(capsys) == []


def test_settings_that_say_only_errors_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("ERROR")

    logging.get("yunqian.web").info("request", status=200)
    logging.get("yunqian.web").error("unexpected")

    assert [line["event"] for line in lines(capsys)] == ["unexpected"]
