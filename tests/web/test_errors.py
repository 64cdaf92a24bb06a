"""Every no is readable: a page in the reader's language, or JSON for programs; nothing is half done."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from fluent.syntax import FluentParser, ast

from core import paths
from core.i18n import LOCALES
from tests.support import trail
from tests.support.pages import check_page, get_page, post
from tools import error_codes, text_uses
from tools.findings import ROOT
from web.errors import HTTP_CODES

JSON = {"Accept": "application/json"}


def test_an_unknown_address_is_a_page_that_says_what_to_do(client: FlaskClient) -> None:
    page = get_page(client, "/no/such/page", status=404)

    assert page.xpath("string(//h1)") == "没有找到"
    assert "邮件" in "".join(page.xpath("//main//text()"))


@pytest.mark.parametrize("path", ["/api/no/such/thing", "/no/such/page"])
def test_programs_get_json(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={**JSON, "Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.json == {
        "error": {
            "code": "not_found",
            "message": "There is no such page, or you may not know whether there is one.",
            "next": "Please check that the address is complete, or open the link in your mail again.",
            "problems": [],
        }
    }


def test_below_api_every_answer_is_json_whatever_the_browser_prefers(planted: FlaskClient) -> None:
    for path in ("/api/nowhere", "/api/planted/boom", "/api/planted/abort/413", "/api/planted/refuse/conflict"):
        assert planted.get(path, headers={"Accept": "text/html"}).is_json


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 429, 500, 501, 503])
def test_every_http_error_is_a_page_and_json(planted: FlaskClient, status: int) -> None:
    answer = planted.get(f"/api/planted/abort/{status}")
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"]["message"]
    assert answer.json["error"]["next"]
    if status != 401:
        get_page(planted, f"/planted/abort/{status}", status=status)


def test_a_method_that_is_not_taken_says_which_are(client: FlaskClient) -> None:
    answer = client.get("/logout")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("language", LOCALES)
def test_something_unexpected_is_a_page_with_the_number_to_quote(planted: FlaskClient, language: str) -> None:
    answer = planted.get("/planted/boom", headers={"X-Request-Id": "quoted-12345", "Accept-Language": language})

    assert answer.status_code == 500
    assert "quoted-12345" in "".join(check_page(answer).xpath("//main//text()"))
    assert "fell over" not in answer.text
    assert "Traceback" not in answer.text


def test_something_unexpected_leaves_nothing_half_done(planted: FlaskClient) -> None:
    assert planted.get("/planted/half").status_code == 500
    assert "planted.half" not in trail.actions(planted.application)
    assert planted.get("/planted/statement").status_code == 500
    get_page(planted, "/login")


def test_a_limit_says_when_to_try_again(planted: FlaskClient) -> None:
    answer = planted.get("/planted/refuse/too_many", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "61")
    assert "in 2 minutes" in "".join(check_page(answer).xpath("//main//text()"))


def test_all_problems_of_an_input_are_listed_with_their_paths(planted: FlaskClient) -> None:
    page = get_page(planted, "/planted/refuse/invalid", status=422)
    answer = planted.get("/api/planted/refuse/invalid", headers={"Accept-Language": "en"}).json

    assert "$.parties[1].name" in "".join(page.xpath("//main//text()"))
    assert answer is not None
    assert answer["error"]["problems"] == [
        {"path": "$.parties[1].name", "code": "too_long", "message": "At most 5 characters."},
        {"path": "$.title", "code": "required", "message": "Please fill this in."},
    ]


def test_a_refusal_without_words_stays_a_refusal(planted: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = planted.get("/api/planted/refuse/wordless")

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "code_that_nobody_wrote_words_for"
    assert "refusal_without_words" in capsys.readouterr().err


def test_strangers_are_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    assert client.get("/account?done=x").location == "/login?next=/account?done%3Dx"
    assert client.get("/account", headers=JSON).status_code == 401
    answer = post(client, "/logout")
    assert answer.status_code == 401
    assert check_page(answer).xpath("//main//a/@href") == ["/login"]


def test_every_refusal_and_problem_in_the_code_has_words_in_both_languages() -> None:
    uses, _ = text_uses.find(ROOT)
    asked = {use.id for use in uses if use.sure and use.id.startswith(("error-", "problem-")) and not use.has_hole}
    asked |= {f"error-{code}{tail}" for code in HTTP_CODES.values() for tail in ("", "-next")}
    assert {"error-sign_in_failed", "error-link_expired-next", "problem-passwords_differ"} <= asked

    for locale in LOCALES:
        assert not asked - error_codes.sentences(locale).keys()


def test_the_document_for_integrators_lists_every_code() -> None:
    written = error_codes.DOCUMENT.read_text(encoding="utf-8")

    assert "| `sign_in_failed` | 401 | Mail address or password is not right. |" in written
    assert written == error_codes.document(), "run: make docs"


def test_the_catalogues_of_both_languages_say_the_same_things() -> None:
    for room in ("accounts", "errors"):
        ids = []
        for locale in LOCALES:
            text = (paths.locales() / locale / f"{room}.ftl").read_text(encoding="utf-8")
            resource = FluentParser().parse(text)
            assert not [entry for entry in resource.body if isinstance(entry, ast.Junk)]
            ids.append([entry.id.name for entry in resource.body if isinstance(entry, ast.Message)])
        assert ids[0] == ids[1]


def test_json_keeps_chinese_readable(client: FlaskClient) -> None:
    text = client.get("/api/nowhere", headers={"Accept-Language": "zh"}).text

    assert "没有这个页面" in text
    assert json.loads(text)["error"]["code"] == "not_found"


def test_an_unexpected_failure_of_the_database_is_still_a_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts import queries

    def fall_over(*_: object) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr(queries, "find_record", fall_over)

    answer = post(app.test_client(), "/login", {"email": "a@b.cn", "password": "x"})

    assert answer.status_code == 500
    check_page(answer)
