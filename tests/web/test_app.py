"""The application as a whole: it starts, answers, and refuses to start when a view is silent."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import access
from accounts.access import Role, SilentViews
from core.config import Settings
from tests.support.apps import signed_in
from tests.support.pages import get_page, post
from web import blueprints
from web.app import create_app


def test_a_view_without_an_access_rule_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blueprints, "BLUEPRINTS", (*blueprints.BLUEPRINTS, "tests.support.silent:bp"))

    with pytest.raises(SilentViews) as stopped:
        create_app(Settings(data_dir=tmp_path))

    assert "silent.say_nothing (/silent) does not say who may call it" in str(stopped.value)
    assert "silent.take_anything (/unlimited) lets anybody change something without a limit" in str(stopped.value)
    assert "take_little" not in str(stopped.value)


def test_the_start_names_static_files_and_every_view_by_its_rule(app: Flask) -> None:
    rules = {endpoint: access.declared(view) for endpoint, view in app.view_functions.items()}

    assert all(rules.values())
    assert rules["static"].is_public
    assert not rules["staff.list_accounts"].is_public


def called_in_requests(app: Flask) -> list[Callable[..., object]]:
    """Every view, hook and error handler of an application."""
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    found: list[Callable[..., object]] = [*app.view_functions.values(), *app.teardown_appcontext_funcs]
    found += [each for kind in hooks for functions in kind.values() for each in functions]  # type: ignore[attr-defined]
    found += [
        handler
        for by_code in app.error_handler_spec.values()
        for by_class in by_code.values()
        for handler in by_class.values()
    ]
    return found


def asynchronous(app: Flask) -> list[str]:
    """What of it is a coroutine below its decorators: Application hands it out as it is, and nobody would await it."""
    found = [inspect.unwrap(each) for each in called_in_requests(app)]
    return [each.__qualname__ for each in found if inspect.iscoroutinefunction(each)]


def test_nothing_that_a_request_calls_is_asynchronous(app: Flask) -> None:
    assert len(called_in_requests(app)) > len(app.view_functions)
    assert asynchronous(app) == []


def test_an_asynchronous_view_hook_or_error_handler_is_found(tmp_path: Path) -> None:
    made = create_app(Settings(data_dir=tmp_path))

    async def wait() -> str:
        return ""

    @functools.wraps(wait)
    def decorated() -> object:
        return wait()

    made.view_functions["planted"] = decorated
    made.before_request(wait)
    made.register_error_handler(418, wait)
    assert len(asynchronous(made)) == 3


def test_no_page_of_flask_security_is_reachable(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert not [endpoint for endpoint in endpoints if endpoint.startswith("security")]


def test_the_start_page_sends_strangers_to_the_sign_in_page(client: FlaskClient) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer.location) == (303, "/login")


@pytest.mark.parametrize("role", list(Role))
def test_the_start_page_sends_staff_to_the_first_page_that_they_may_open(app: Flask, role: Role) -> None:
    client = signed_in(app, role)

    page = get_page(client, client.get("/").location)

    links = page.xpath("//nav//a")
    assert links[0].get("aria-current") == "page"
    for link in links:
        get_page(client, link.get("href"))


def test_a_page_below_another_marks_the_same_link_at_the_top(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)

    for path in ("/ceremonies", "/ceremonies/import", "/conferences/new", "/conferences/import"):
        current = get_page(client, path).xpath("//nav//a[@aria-current='page']/@href")
        assert current == ["/" + path.split("/")[1]]


def test_a_reader_chooses_the_language_and_keeps_it(client: FlaskClient) -> None:
    assert get_page(client, "/login", headers={"Accept-Language": "zh"}).get("lang") == "zh-CN"

    answer = post(client, "/locale", {"locale": "en", "next": "/login?next=/account"})

    assert answer.location == "/login?next=/account"
    assert get_page(client, "/login", headers={"Accept-Language": "zh"}).get("lang") == "en"


def test_a_browser_that_asks_for_english_gets_english(client: FlaskClient) -> None:
    assert get_page(client, "/login", headers={"Accept-Language": "en-GB,en;q=0.9"}).get("lang") == "en"
    assert get_page(client, "/login", headers={"Accept-Language": "fr"}).get("lang") == "zh-CN"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/a\nb"],
)
def test_the_choice_of_language_leads_to_our_pages_only(client: FlaskClient, elsewhere: str) -> None:
    assert post(client, "/locale", {"locale": "en", "next": elsewhere}).location == "/"
