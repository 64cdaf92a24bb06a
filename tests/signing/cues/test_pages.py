"""The host's pages and JSON of a cue sheet, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element

from accounts.rules import Role
from core import clock, i18n
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import stage
from signing.cues import board, queries, service
from tests.support.ceremony import HOST
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld, host


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.fixture
def client(world: Quick) -> FlaskClient:
    return host(world, locale="en")


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def at(world: Quick, part: str = "") -> str:
    return f"/ceremonies/{world.id}/cues{part}"


def sheet(world: Quick) -> queries.SheetView:
    with world.app.app_context():
        return queries.get_sheet(world.id)


def lead(client: FlaskClient, world: Quick, verb: str, cue: str = "") -> int:
    return post(client, at(world, f"/lead/{verb}"), {"seq": sheet(world).seq, "cue": cue}).status_code


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_each_page_is_whole_without_a_sheet_with_one_and_while_it_runs(world: Quick, locale: str) -> None:
    client = host(world, locale=locale)
    get_page(client, at(world))
    post(client, at(world))
    cues = sheet(world).cues
    get_page(client, at(world))
    get_page(client, at(world, f"/{cues[3].id}"))
    get_page(client, at(world, f"/new?after={cues[0].id}"))
    for verb, cue in [("stand_by", cues[0].id), ("go", ""), ("hold", "")]:
        assert lead(client, world, verb, cue) == 303
        get_page(client, at(world))
    get_page(host(world, Role.AUDITOR, locale=locale), at(world))


def test_an_auditor_sees_the_sheet_and_has_nothing_to_press(world: Quick, client: FlaskClient) -> None:
    post(client, at(world))
    page = get_page(host(world, Role.AUDITOR, locale="en"), at(world))
    assert not page.xpath("//main//form")
    assert "Roll call" in words(page)


@pytest.mark.parametrize(
    ("ahead", "told"), [(timedelta(days=3), True), (timedelta(hours=1), False), (-timedelta(hours=1), False)]
)
def test_long_before_its_time_the_page_says_that_the_space_bar_begins_the_real_ceremony(
    world: Quick, client: FlaskClient, ahead: timedelta, told: bool
) -> None:
    post(client, at(world))
    with world.app.app_context(), world.app.test_request_context():
        ceremony = ceremonies.get_ceremony(world.id)
        with clock.frozen(ceremony.starts_at - ahead):
            shown = board.page(ceremony, queries.get_sheet(world.id))
            left = i18n.t("cues-over-hint")
    assert bool(shown["early"]) is told
    assert shown["over_hint"] == left


def test_the_board_leads_to_the_cue_sheet(world: Quick, client: FlaskClient) -> None:
    assert get_page(client, f"/ceremonies/{world.id}").xpath("//a[@href=$to]", to=at(world))


def test_going_on_without_signatures_is_asked_and_said_again(world: Quick, client: FlaskClient) -> None:
    post(client, at(world))
    signing, following = sheet(world).cues[3:5]
    lead(client, world, "stand_by", signing.id)
    lead(client, world, "go")
    lead(client, world, "stand_by", following.id)
    refused = post(client, at(world, "/lead/go"), {"seq": sheet(world).seq})
    assert refused.status_code == 409
    page = check_page(refused)
    assert "3 signatures of this cue are missing" in words(page)
    again = page.xpath("//main//form[.//input[@name='anyway']]")[0]
    fields = {field.get("name"): field.get("value") for field in again.xpath(".//input")}
    assert client.post(again.get("action"), data=fields).status_code == 303
    live = sheet(world).live
    assert live is not None
    assert live.id == following.id


def test_an_old_page_is_told_that_the_sheet_has_moved_on(world: Quick, client: FlaskClient) -> None:
    post(client, at(world))
    first, second = sheet(world).cues[:2]
    lead(client, world, "stand_by", first.id)
    answer = post(client, at(world, "/lead/stand_by"), {"seq": 0, "cue": second.id})
    assert answer.status_code == 409
    assert "moved on since you looked" in answer.text


def test_a_cue_form_names_what_is_wrong_and_keeps_what_was_typed(world: Quick, client: FlaskClient) -> None:
    post(client, at(world))
    typed = {"seq": 0, "after": "", "kind": "signing", "title": "", "minutes": "ever", "script_en": "Say hello"}
    refused = post(client, at(world, "/new"), typed)
    assert refused.status_code == 422
    page = check_page(refused)
    told = words(page)
    assert "between 10 seconds and 4 hours" in told
    assert "This is empty" in told or page.xpath("//*[@id='title-error']")
    assert page.xpath("string(//textarea[@name='script_en'])") == "Say hello"
    fixed = {**typed, "kind": "speech", "title": "演讲", "minutes": "2,5"}
    assert post(client, at(world, "/new"), fixed).status_code == 303
    assert (sheet(world).cues[0].title, sheet(world).cues[0].planned_seconds) == ({"zh-CN": "演讲"}, 150)


def test_programs_lead_by_json(world: Quick, client: FlaskClient) -> None:
    base = f"/api/ceremonies/{world.id}/cues"
    headers = {"X-CSRFToken": csrf_token(client)}
    assert client.get(base).status_code == 404
    made = client.post(base, headers=headers).get_json()
    assert (made["state"], made["seq"], len(made["cues"])) == ("planned", 0, 7)
    first = made["cues"][0]["id"]
    stood = client.post(f"{base}/lead/stand_by", json={"seq": 0, "cue": first}, headers=headers).get_json()
    assert (stood["standing_by"], stood["seq"]) == (first, 1)
    gone = client.post(f"{base}/lead/go", json={"seq": 1}, headers=headers).get_json()
    assert (gone["live"], gone["state"]) == (first, "running")
    late = client.post(f"{base}/lead/go", json={"seq": 1}, headers=headers)
    assert (late.status_code, late.get_json()["error"]["code"]) == (409, "cue_sheet_moved")
    assert client.post(f"{base}/lead/jump", json={"seq": 2}, headers=headers).status_code == 404
    odd = client.post(f"{base}/lead/go", json={"seq": [2], "cue": {"a": 1}, "anyway": "no"}, headers=headers)
    assert odd.status_code == 409


def test_the_stage_knows_what_is_live_and_nothing_of_the_script(world: Quick, client: FlaskClient) -> None:
    with world.app.app_context():
        assert stage.state(world.id)["cue"] is None
    post(client, at(world))
    welcome = sheet(world).cues[0]
    scripts = {"script": "secret words", "script_en": "secret, too"}
    changed = {"seq": 0, "kind": "welcome", "title": "欢迎", "minutes": "1", "text": "各位好", **scripts}
    post(client, at(world, f"/{welcome.id}"), changed)
    lead(client, world, "stand_by", welcome.id)
    lead(client, world, "go")
    with world.app.app_context():
        cue = stage.state(world.id)["cue"]
    assert cue["live"]["text"] == {"zh-CN": "各位好"}
    assert "secret" not in str(cue)
    assert "secret, too" in get_page(client, at(world)).xpath("string(//p[contains(@class, 'lead-script')])")


def test_an_agreement_stands_as_open_only_while_its_cue_calls_it(world: Quick, client: FlaskClient) -> None:
    def stands() -> list[str]:
        page = get_page(client, f"/ceremonies/{world.id}")
        return [str(each) for each in page.xpath("//div[@class='state-line']/span/@data-state")]

    def signers() -> set[str]:
        return {
            str(each)
            for each in get_page(client, f"/ceremonies/{world.id}").xpath("//li[.//@class='signer-who']/@data-state")
        }

    assert "open" in stands()
    post(client, at(world))
    assert "open" not in stands()
    assert "uncalled" in stands()
    assert signers() == {"waiting"}
    signing = next(each for each in sheet(world).cues if each.agreements)
    assert lead(client, world, "stand_by", signing.id) == 303
    assert lead(client, world, "go") == 303
    assert "uncalled" not in stands()
    assert "open" in signers()
    assert lead(client, world, "hold") == 303
    assert "uncalled" in stands()


def test_every_row_keeps_room_for_both_steps_so_that_its_buttons_stand_below_those_of_the_row_above(
    client: FlaskClient, world: Quick
) -> None:
    with world.app.app_context():
        service.make_sheet(world.id, by=HOST)
    rows = get_page(client, at(world)).xpath("//li[@data-cue]//div[contains(@class, 'cue-acts')]")
    kept = [[text.strip() for text in row.xpath(".//text()") if text.strip() in ("↑", "↓")] for row in rows]
    assert kept == [["↑", "↓"]] * len(rows)
    assert [len(row.xpath(".//form[contains(@action, '/move')]")) for row in rows] == [1, *[2] * (len(rows) - 2), 1]
