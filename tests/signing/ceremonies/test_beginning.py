"""A ceremony that is begun on a page, without a file: what it takes, what it lacks, and how it becomes whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

from core import audit, i18n
from signing.ceremonies import queries
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld, host

WISH = {
    "key": "mine",
    "title": "样例新仪式",
    "title_en": "A new sample",
    "date": "2030-05-06",
    "time": "10:30",
    "timezone": "Asia/Shanghai",
    "organisation": "样例主持单位",
    "place": "成都",
}
PERSON = {"representative_name": "样例子", "representative_title": "主任", "email": "zi@signers.example"}
SECOND = {"key": "second", "organisation": "样例二公司", "place": "杭州", "timezone": "Asia/Shanghai", "locale": "en"}


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def begin(client: FlaskClient, **changes: str) -> str:
    """Begin one by the page; its address."""
    answer = post(client, "/ceremonies/new", {**WISH, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def send(client: FlaskClient, path: str, data: dict[str, Any] | None = None) -> TestResponse:
    """JSON as a program of the host's sends it."""
    return client.post(path, json=data or {}, headers={"X-CSRFToken": csrf_token(client)})


def missing(page: Element) -> list[tuple[str, str]]:
    """(where it is filled in, what is said) of everything that a plan lacks."""
    return [
        (str(item.xpath("string(.//a/@href)")), " ".join("".join(item.itertext()).split()))
        for item in page.xpath("//*[@data-missing]/li")
    ]


def state(client: FlaskClient, address: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api{address}").get_json()
    return found


def test_a_zone_is_offered_by_its_city(world: Quick) -> None:
    page = get_page(host(world, locale="zh-CN"), "/ceremonies/new")

    [field] = page.xpath("//input[@id='timezone']")
    [words] = page.xpath(f"//datalist[@id='{field.get('list')}']/option[@value='Asia/Shanghai']/@label")

    assert words == "中国（上海）时间"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_host_begins_with_name_time_and_the_own_organisation_and_is_told_what_is_lacking(
    world: Quick, locale: str
) -> None:
    client = host(world, locale=locale)
    assert get_page(client, "/ceremonies").xpath("//a[@href='/ceremonies/new']")
    form = get_page(client, "/ceremonies/new")
    assert form.xpath("string(//*[@id='organisation']/@value)")

    address = begin(client)

    page = get_page(client, address)
    assert page.xpath("//h1")[0].text == ("A new sample" if locale == "en" else "样例新仪式")
    assert [where for where, _ in missing(page)] == [
        f"{address}/parties/host",
        f"{address}/new-party",
        f"{address}/new-agreement",
    ]
    with i18n.use_locale(locale):
        lacking = [i18n.t(f"ceremony-field-{name}") for name in PERSON]
    assert all(name in missing(page)[0][1] for name in lacking)
    assert not page.xpath("//*[@id='ready'] | //*[@id='warnings']")


def test_pressed_twice_it_is_one_ceremony_with_one_line_in_its_trail(world: Quick) -> None:
    client = host(world)

    first, again, other = begin(client), begin(client, title="样例改名"), begin(client, key="another")

    assert first == again != other
    with world.app.app_context():
        [entry] = map(json.loads, audit.list_lines(first.rsplit("/", 1)[-1]))
        made = queries.get_ceremony(first.rsplit("/", 1)[-1])
    assert (entry["action"], entry["data"]["parties"], entry["data"]["agreements"]) == ("ceremony.begun", 1, 0)
    assert (made.host.place, made.host.timezone, made.limit_minutes) == ({"zh-CN": "成都"}, "Asia/Shanghai", 15)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("date", "2030-02-31"), ("time", "25:00"), ("timezone", "Mars/Base"), ("organisation", "…"),
     ("place", "")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(world: Quick, field: str, value: str) -> None:
    client = host(world)
    before = len(client.get("/api/ceremonies").get_json()["ceremonies"])

    answer = post(client, "/ceremonies/new", {**WISH, field: value})

    assert answer.status_code == 422
    page = check_page(answer)
    assert page.xpath(f"//*[@id='{field}'][@aria-invalid='true']")
    assert page.xpath("string(//*[@id='title_en']/@value)") == WISH["title_en"]
    assert len(client.get("/api/ceremonies").get_json()["ceremonies"]) == before


def test_it_is_not_printed_before_two_parties_have_an_agreement(world: Quick) -> None:
    client = host(world)
    made = send(client, "/api/ceremonies/new", WISH)
    address = f"/ceremonies/{made.get_json()['id']}"

    refused = send(client, f"/api{address}/invite")

    assert (made.status_code, refused.status_code) == (201, 422)
    codes = {each["code"] for each in refused.get_json()["error"]["problems"]}
    assert codes == {"name_missing", "position_missing", "email_missing", "party_missing", "agreement_missing"}
    assert state(client, address)["state"] == "draft"


def test_an_agreement_waits_for_a_second_party_and_then_the_plan_becomes_whole(world: Quick) -> None:
    client = host(world)
    address = begin(client)
    alone = get_page(client, f"{address}/new-agreement")
    assert alone.xpath(f"//*[@id='too-few']//a[@href='{address}/new-party']")
    assert not alone.xpath("//main//form")

    send(client, f"/api{address}/parties/host", {**SECOND, **PERSON, "organisation": "样例主持单位"})
    send(client, f"/api{address}/parties", {**SECOND, **PERSON, "email": "chou@signers.example"})
    between = [str(each) for each in get_page(client, f"{address}/new-agreement").xpath("//*[@name='between']/@value")]
    send(client, f"/api{address}/agreements", {"key": "one", "title": "样例协议", "between": between})

    assert between == ["host", "second"]
    page = get_page(client, address)
    assert not missing(page)
    assert page.xpath("//*[@id='ready']")
