"""Typed addresses with and without a slash at their end lead to one page, and never to another site."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Role
from tests.support import apps
from tests.support.pages import csrf_token

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_every_page_that_can_be_typed_is_reached_with_a_slash_and_without(app: Flask) -> None:
    client = apps.signed_in(app, Role.ADMINISTRATOR)
    pages = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments and rule.rule != "/"
    ]
    assert {"/ceremonies", "/ceremonies/import", "/accounts/", "/verify", "/login"} <= {*pages}
    for page in pages:
        typed = page.rstrip("/") if page.endswith("/") else f"{page}/"
        answer = client.get(typed)
        assert (answer.status_code, answer.headers["Location"].removeprefix("http://localhost")) == (308, page)


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("/ceremonies/?order=date&page=2", "/ceremonies?order=date&page=2"),
        ("/ceremonies/?next=//evil.example/", "/ceremonies?next=//evil.example/"),
        ("/ceremonies/cer_x/trail/", "/ceremonies/cer_x/trail"),
        ("/ceremonies/%E4%B8%AD/trail/?q=%E4%B8%AD", "/ceremonies/%E4%B8%AD/trail?q=%E4%B8%AD"),
    ],
)
def test_what_is_asked_of_the_page_is_kept(client: FlaskClient, typed: str, page: str) -> None:
    for ask in (client.get, client.head):
        answer = ask(typed)
        assert (answer.status_code, answer.headers["Location"]) == (308, page)


@pytest.mark.parametrize(
    "typed",
    ["//evil.example/", "///evil.example/ceremonies/", "/\\evil.example/", "/%2F%2Fevil.example/", "/no/such/", "/x/"],
)
def test_no_address_leads_to_another_site(client: FlaskClient, typed: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": typed.replace("%2F", "/")})
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_a_change_is_not_sent_on(client: FlaskClient, method: str) -> None:
    headers = {"X-CSRFToken": csrf_token(client)}
    assert client.open("/login/", method=method, headers=headers).status_code == 404
    # There is nothing to be read at the address of a change.
    assert client.get("/logout/").status_code == 404
