"""The organiser's pages and the public one, as a browser sends and sees them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.etree import _Element as Element

from accounts.rules import Account, Role
from core import audit, clock
from core.audit import Actor
from core.config import Settings
from events.conferences import kinds, version_queries
from events.conferences.queries import ConferenceView
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.stages import TABLES


@dataclass
class World:
    app: Flask
    account: Account
    draft: ConferenceView
    client: FlaskClient

    @property
    def path(self) -> str:
        return f"/conferences/{self.draft.id}"

    def now(self) -> ConferenceView:
        with self.app.app_context():
            return conference.view(self.draft.id)

    def acts(self) -> list[str]:
        with self.app.app_context():
            return [json.loads(line)["action"] for line in audit.list_lines(self.draft.id)]


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        account = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
        with app.app_context():
            by = Actor("account", account.id)
            draft = conference.keep(organisation_id=account.organisation_id, by=by)
        yield World(app, account, draft, apps.sign_in(app, account))
    databases.drop(url)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def filled(page: Element) -> dict[str, Any]:
    """What a browser would send of the page's form as it stands."""
    form: dict[str, Any] = {}
    [sent] = page.xpath("//main//form[contains(@class, 'stack-loose')]")
    for each in sent.xpath(".//*[self::input or self::select or self::textarea]"):
        name, kind = str(each.get("name")), each.get("type")
        if kind in ("checkbox", "radio"):
            if each.get("checked") is not None:
                form.setdefault(name, []).append(each.get("value"))
        elif each.tag == "select":
            form[name] = each.xpath("string(.//option[@selected]/@value)")
        elif name != "csrf_token":
            form[name] = each.text or "" if each.tag == "textarea" else each.get("value")
    return form


FORMS = [
    "plan",
    "venues/chengdu",
    "venues/cloud",
    "audiences/guest",
    "speakers/speaker_a",
    "agenda/opening",
    "agenda/tea",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_as_it_stands_changes_nothing(world: World, form: str) -> None:
    path = f"{world.path}/{form}"
    answer = post(world.client, path, filled(get_page(world.client, path)))
    assert (answer.status_code, world.acts()) == (303, ["conference.created"])


def test_the_way_between_two_halls_is_planned_with_the_conference(world: World) -> None:
    path = f"{world.path}/plan"
    form = filled(get_page(world.client, path))
    assert [name for name in form if name.startswith("travel:")] == ["travel:chengdu:london"]
    assert post(world.client, path, {**form, "travel:chengdu:london": "75"}).status_code == 303
    assert world.now().travel == [{"venues": ["chengdu", "london"], "minutes": 75}]
    assert filled(get_page(world.client, path))["travel:chengdu:london"] == "75"
    wrong = check_page(post(world.client, path, {**form, "travel:chengdu:london": "soon"}))
    assert wrong.xpath("//*[@id='travel:chengdu:london-error']")


def test_where_partners_and_speakers_are_told_stays_with_the_team(world: World) -> None:
    plan, speaker = f"{world.path}/plan", f"{world.path}/speakers/speaker_a"
    line = "样例单位 | Sample | partner@example.com | en\n样例协会"
    assert post(world.client, plan, {**filled(get_page(world.client, plan)), "partners": line}).status_code == 303
    assert filled(get_page(world.client, plan))["partners"].strip() == line
    told = {"email": "Speaker@example.com", "locale": "en"}
    assert post(world.client, speaker, {**filled(get_page(world.client, speaker)), **told}).status_code == 303
    now = world.now()
    assert now.partner_contacts[0] == {"email": "partner@example.com", "locale": "en"}
    assert now.speaker("speaker_a").locale == "en"
    world.client.post(f"/api{world.path}/publish", headers={"X-CSRFToken": csrf_token(world.client)})
    with world.app.app_context():
        kept = json.dumps(version_queries.get_published(world.draft.code).snapshot) + "".join(
            audit.list_lines(world.draft.id)
        )
    assert "example.com" not in kept


def test_an_item_is_moved_by_its_form(world: World) -> None:
    path = f"{world.path}/agenda/talk"
    form = filled(get_page(world.client, path))
    assert (form["date"], form["starts"], form["materials"]) == (
        "2026-07-01",
        "15:30",
        "讲稿 | https://files.example/talk.pdf",
    )
    assert post(world.client, path, {**form, "starts": "15:40", "venues": ["chengdu", "cloud"]}).status_code == 303
    assert world.now().item("talk").venues == ("chengdu", "cloud")
    assert "15:40–16:30" in words(get_page(world.client, world.path))


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(world: World) -> None:
    path = f"{world.path}/agenda/tea"
    form = {**filled(get_page(world.client, path)), "date": "2026-03-29", "starts": "01:30", "ends": "03:00"}
    page = check_page(post(world.client, path, {**form, "title": "新茶歇"}))
    assert "没有 01:30 这个时刻" in words(page)
    assert filled(page)["title"] == "新茶歇"
    backwards = check_page(post(world.client, path, {**form, "date": "2026-07-01", "ends": "01:00"}))
    assert page.xpath("//*[@id='starts-error']")
    assert "结束早于开始" in words(backwards)
    assert world.acts() == ["conference.created"]


@pytest.mark.parametrize(
    ("part", "form"),
    [
        ("venues", {"kind": "onsite", "name": "新会场", "city": "成都", "timezone": "Asia/Shanghai"}),
        ("audiences", {"name": "新人群", "needs_approval": "yes"}),
        ("speakers", {"name": "样例丙"}),
        ("agenda", {"title": "新", "venues": ["cloud"], "date": "2026-07-01", "starts": "10:00", "ends": "11:00"}),
    ],
)
def test_a_part_is_added_once_and_removed_after_a_question(world: World, part: str, form: dict[str, Any]) -> None:
    key = filled(get_page(world.client, f"{world.path}/new/{part}"))["key"]
    empty = check_page(post(world.client, f"{world.path}/{part}", {"key": key}))
    assert empty.xpath("//*[@role='alert']")
    for _ in range(2):
        assert post(world.client, f"{world.path}/{part}", {"key": key, **form}).status_code == 303
    assert len(world.acts()) == 2
    get_page(world.client, f"{world.path}/{part}/{key}/remove")
    assert post(world.client, f"{world.path}/{part}/{key}/remove").status_code == 303
    assert world.acts()[-1].endswith(".removed")


def test_what_cannot_be_removed_says_why(world: World) -> None:
    answer = post(world.client, f"{world.path}/venues/chengdu/remove")
    assert answer.status_code == 409
    assert "这个会场里还有议程" in words(check_page(answer))


def test_of_two_organisers_the_second_sees_what_stands_there_now(world: World) -> None:
    path = f"{world.path}/speakers/speaker_a"
    form = filled(get_page(world.client, path))
    assert post(world.client, path, {**form, "organisation": "甲单位"}).status_code == 303
    answer = post(world.client, path, {**form, "organisation": "乙单位"})
    page = check_page(answer)
    assert answer.status_code == 409
    assert "甲单位" in words(page)
    assert filled(page)["organisation"] == "乙单位"
    assert post(world.client, path, filled(page)).status_code == 303
    assert world.now().speaker("speaker_a").organisation == {"zh-CN": "乙单位"}


@pytest.mark.parametrize("kind", kinds.AGENDAS)
def test_each_kind_begins_with_a_plan_in_both_languages(world: World, kind: str) -> None:
    form: dict[str, object] = {
        "title": "新大会",
        "kind": str(kind),
        "starts_on": "2027-03-01",
        "timezone": "Asia/Shanghai",
    }
    answer = post(world.client, "/conferences/new", form)
    page = get_page(world.client, answer.headers["Location"])
    assert "09:00" in words(page)
    made = world.client.get("/api" + answer.headers["Location"]).get_json()
    assert all(set(item["title"]) == {"zh-CN", "en"} for item in made["parts"]["agenda"].values())
    assert made["clashes"] == []


def test_a_bad_file_is_told_all_at_once_and_the_example_comes_in(world: World) -> None:
    data = conference.plan()
    data["venues"][0]["timezone"], data["agenda"][1]["ends"] = "Mars/Base", "15:00"
    files = {"file": (io.BytesIO(json.dumps(data).encode()), "plan.json"), "csrf_token": csrf_token(world.client)}
    page = check_page(world.client.post("/conferences/import", data=files))
    assert "第 1 个会场 · timezone" in words(page)
    assert "第 2 项议程 · ends" in words(page)
    answer = post(world.client, "/conferences/import", {"example": "yes"})
    made = answer.headers["Location"].removesuffix("/move")
    assert "220" in words(get_page(world.client, made))
    companies = get_page(world.client, f"{made}/companies")
    assert len(companies.xpath("//tbody/tr[.//*[@class='tag']]")) == 220
    assert "还没有参会企业" in words(get_page(world.client, f"{world.path}/companies"))
    assert len(get_page(world.client, "/conferences").xpath("//tbody/tr")) == 2
    assert world.client.get("/conferences/import/example.json").get_json()["demo_companies"] == 220


def test_who_imports_days_of_long_ago_is_asked_for_new_ones(world: World) -> None:
    asked = post(world.client, "/conferences/import", {"example": "yes"}).headers["Location"]
    page = get_page(world.client, asked)
    assert page.xpath("//*[@id='past']")
    refused = post(world.client, asked, {"first_day": ""})
    assert refused.status_code == 422
    assert check_page(refused).xpath("//*[@id='first_day-error']")
    day = (clock.now() + timedelta(days=30)).date()
    assert post(world.client, asked, {"first_day": day.isoformat()}).status_code == 303
    moved = get_page(world.client, asked.removesuffix("/move"))
    assert not moved.xpath("//*[@id='past' or @id='clashes']")
    state = world.client.get(f"/api{asked.removesuffix('/move')}").get_json()
    assert state["conference"]["starts_on"] == state["conference"]["ends_on"] == day.isoformat()


def test_publishing_with_clashes_asks_for_a_tick_that_names_how_many(world: World) -> None:
    ask, token = f"{world.path}/publish", csrf_token(world.client)
    outside = filled(get_page(world.client, f"{world.path}/plan"))
    post(world.client, f"{world.path}/plan", {**outside, "starts_on": "2026-07-08", "ends_on": "2026-07-08"})
    page = get_page(world.client, ask)
    assert "3 处冲突" in page.xpath("string(//label[@for='accept-clashes'])")
    seen = page.xpath("string(//input[@name='seen']/@value)")
    refused = post(world.client, ask, {"seen": seen})
    assert refused.status_code == 409
    assert check_page(refused).xpath("//*[@id='accept-clashes-error']")
    program = world.client.post(f"/api{ask}", json={"clashes": 2}, headers={"X-CSRFToken": token})
    assert program.get_json()["error"]["code"] == "clashes_left"
    [tick] = page.xpath("//input[@name='clashes']/@value")
    assert post(world.client, ask, {"seen": seen, "clashes": tick}).status_code == 303


def test_publishing_names_halls_that_are_still_without_a_city(world: World) -> None:
    form = {"title": "样例大会", "kind": "rally", "starts_on": "2027-03-18", "timezone": "Asia/Shanghai"}
    path = str(post(world.client, "/conferences/new", form).location)
    [notice] = get_page(world.client, f"{path}/publish").xpath("//*[@id='unnamed']")
    assert "主会场的城市还没有填写" in "".join(notice.itertext())
    assert not get_page(world.client, f"{world.path}/publish").xpath("//*[@id='unnamed']")


def test_a_plan_without_venues_asks_for_one_first(world: World) -> None:
    form = {"title": "样例大会", "kind": "rally", "starts_on": "2027-03-18", "timezone": "Asia/Shanghai"}
    path = str(post(world.client, "/conferences/new", form).location)
    with world.app.app_context():
        made = conference.view(path.rpartition("/")[2])
    for part, key in (*(("agenda", item.key) for item in made.items), ("venues", "hall")):
        assert post(world.client, f"{path}/{part}/{key}/remove").status_code == 303
    page = get_page(world.client, path)
    assert [link.get("href") for link in page.xpath("//*[contains(@class, 'btn-primary')]")] == [f"{path}/new/venues"]
    assert not page.xpath("//*[contains(@class, 'clock-card')]")


@pytest.mark.parametrize(("in_days", "is_over"), [(-3, True), (3, False)])
def test_the_public_page_says_when_the_conference_is_over(world: World, in_days: int, is_over: bool) -> None:
    with world.app.app_context():
        by = Actor("account", world.account.id)
        opened = conference.keep_open(in_days=in_days, organisation_id=world.account.organisation_id, by=by)
    assert ("本次大会已经结束" in words(get_page(world.client, f"/c/{opened.code}"))) is is_over


def test_a_conference_of_one_day_has_its_weekday(world: World) -> None:
    when = get_page(world.client, f"{world.path}/preview").xpath("string(//*[@class='conference-when']/strong)")
    assert when == "2026年7月1日星期三"


def test_publishing_asks_shows_the_differences_and_holds_to_them(world: World) -> None:
    ask = f"{world.path}/publish"
    seen = get_page(world.client, ask).xpath("string(//input[@name='seen']/@value)")
    public = f"/c/{world.draft.code}"
    assert world.client.get(public).status_code == 404
    assert post(world.client, ask, {"seen": seen}).status_code == 303
    post(world.client, f"{world.path}/agenda/tea/remove")
    answer = post(world.client, ask, {"seen": seen})
    assert answer.status_code == 409
    page = check_page(answer)
    assert "移除议程：茶歇" in words(page)
    assert "茶歇" in words(get_page(world.app.test_client(), public))
    assert post(world.client, ask, {"seen": page.xpath("string(//input[@name='seen']/@value)")}).status_code == 303
    assert "茶歇" not in words(get_page(world.app.test_client(), public))


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "样例双城大会"), ("en", "Sample conference")])
def test_the_public_page_speaks_the_readers_language_and_shows_each_citys_time(
    world: World, language: str, title: str
) -> None:
    world.client.post(f"/api{world.path}/publish", headers={"X-CSRFToken": csrf_token(world.client)})
    stranger = world.app.test_client()
    page = get_page(stranger, f"/c/{world.draft.code}", headers={"Accept-Language": language})
    assert page.xpath("string(//h1)").strip() == title
    assert "15:00–15:30" in words(page)
    assert "08:00–08:30" in words(page)  # London, beside it
    assert page.xpath("//time[@data-reader-time and @data-zone='Europe/London']")
    assert page.xpath("string(//body/@data-live-url)").startswith("/live/")
    assert "secret.m3u8" not in stranger.get(f"/c/{world.draft.code}").text


def test_calendar_files_are_offered_and_a_cancelled_conference_says_so(world: World) -> None:
    world.client.post(f"/api{world.path}/publish", headers={"X-CSRFToken": csrf_token(world.client)})
    public = f"/c/{world.draft.code}"
    for path in (f"{public}.ics", f"{public}/venues/london.ics", f"{public}/agenda/talk.ics"):
        answer = world.app.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar"), path
        again = world.app.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    titles = [world.app.test_client().get(f"{public}/agenda/talk.ics?lang={lang}").text for lang in ("en", "zh-CN")]
    assert ["SUMMARY:Talk" in titles[0], "SUMMARY:演讲" in titles[1]] == [True, True]
    assert post(world.client, f"{world.path}/cancel", {"reason": "样例原因"}).status_code == 303
    said = words(get_page(world.app.test_client(), public))
    assert "本次大会已取消" in said
    assert "样例原因" in said
    assert "已取消" in words(get_page(world.client, world.path))


def test_who_cancels_without_a_reason_is_asked_for_one_where_it_is_typed(world: World) -> None:
    refused = post(world.client, f"{world.path}/cancel", {"reason": "  "})
    assert refused.status_code == 422
    page = check_page(refused)
    assert page.xpath("string(//*[@id='reason-error'])").strip() == "请填写内容。"
    assert page.xpath("//details[@open]//*[@id='reason']")
    assert world.now().is_editable


def test_a_team_is_chosen_on_its_page(world: World) -> None:
    other = apps.add_account(
        world.app, Role.CLERK, email="c@example.test", name="样例员", organisation_id=world.account.organisation_id
    )
    door = world.draft.venue("chengdu").doors[0]
    form: dict[str, object] = {"account": other.id, "duty": f"clerk:{door.id}"}
    assert post(world.client, f"{world.path}/team", form).status_code == 303
    assert "样例员" in words(get_page(world.client, f"{world.path}/team"))
    assert post(world.client, f"{world.path}/team", {**form, "duty": "lead"}).status_code == 409
    assert post(world.client, f"{world.path}/team", {**form, "duty": "king"}).status_code == 422
    assert post(world.client, f"{world.path}/team/remove", form).status_code == 303
    assert world.acts()[1:] == ["team.added", "team.removed"]


def test_programs_change_a_plan_by_what_they_read(world: World) -> None:
    path, headers = f"/api{world.path}", {"X-CSRFToken": csrf_token(world.client)}
    state = world.client.get(path).get_json()
    change = {"name": "新名", "seen": state["seen"]["speakers"]["speaker_b"]}
    done = world.client.post(f"{path}/speakers/speaker_b", json=change, headers=headers)
    assert done.get_json()["parts"]["speakers"]["speaker_b"]["name"] == {"zh-CN": "新名"}
    again = world.client.post(f"{path}/speakers/speaker_b", json={**change, "name": "又一名"}, headers=headers)
    assert (again.status_code, again.get_json()["error"]["code"]) == (409, "plan_changed")
    added = world.client.post(f"{path}/audiences", json={"key": "press", "name": "媒体"}, headers=headers)
    assert (added.status_code, "press" in added.get_json()["parts"]["audiences"]) == (201, True)
    gone = world.client.post(f"{path}/agenda/tea/remove", headers=headers)
    assert "tea" not in gone.get_json()["parts"]["agenda"]
