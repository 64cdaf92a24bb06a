"""The agenda to be dragged: what its page holds, and what becomes of an item that was put somewhere else."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.rules import Role
from core.db import transaction
from events.conferences import team
from events.conferences.rules import Duty
from tests.events.conferences.test_pages import World, world  # noqa: F401
from tests.support import apps
from tests.support.pages import csrf_token, get_page


def put(world: World, key: str, spot: dict[str, Any], client: Any = None) -> Any:  # noqa: F811
    client = client or world.client
    path = f"/api{world.path}/agenda/{key}/spot"
    return client.post(path, json=spot, headers={"X-CSRFToken": csrf_token(client)})


def card(world: World, key: str) -> Any:  # noqa: F811
    [found] = get_page(world.client, f"{world.path}/planner").xpath(f"//article[@data-key='{key}']")
    return found


def spot(world: World, key: str, starts: str, ends: str, *venues: str) -> dict[str, Any]:  # noqa: F811
    times = {"starts_at": f"2026-07-01T{starts}:00+08:00", "ends_at": f"2026-07-01T{ends}:00+08:00"}
    return {**times, "venues": list(venues), "seen": card(world, key).get("data-seen")}


def test_the_page_has_a_column_for_each_venue_and_every_item_where_it_is(world: World) -> None:  # noqa: F811
    page = get_page(world.client, f"{world.path}/planner")
    assert page.xpath("//@data-column") == ["chengdu", "london", "cloud"]
    assert card(world, "opening").get("data-venues") == "chengdu london cloud"
    assert (card(world, "tea").get("data-starts"), "15:30–16:00") == (
        "2026-07-01T07:30:00.000Z",
        card(world, "tea").xpath("string(.//*[@class='planner-time'])"),
    )


def test_what_was_dragged_is_kept_with_everything_else_as_it_was(world: World) -> None:  # noqa: F811
    before = world.now().item("talk")
    answer = put(world, "talk", spot(world, "talk", "17:00", "17:45", "cloud"))
    after = world.now().item("talk")
    assert (answer.status_code, answer.get_json()["clashes"]) == (200, [])
    assert (after.venues, after.speakers) == (("cloud",), (("speaker_a", "cloud"),))
    assert (after.title, after.materials, after.abstract) == (before.title, before.materials, before.abstract)
    assert card(world, "talk").xpath("string(.//*[@class='planner-time'])") == "17:00–17:45"
    assert world.acts()[-1] == "item.changed"


def test_clashes_of_what_was_dragged_come_back_at_once(world: World) -> None:  # noqa: F811
    answer = put(world, "talk", spot(world, "talk", "15:10", "16:00", "chengdu"))
    assert answer.status_code == 200
    assert len(answer.get_json()["clashes"]) == 2  # the hall and the speaker are in the opening
    assert card(world, "talk").get("data-clashes") is not None


def test_it_can_be_taken_back_with_what_the_answer_says(world: World) -> None:  # noqa: F811
    before = world.now().item("talk")
    answer = put(world, "talk", spot(world, "talk", "17:00", "17:45", "cloud"))
    back = {**spot(world, "talk", "15:30", "16:30", "chengdu"), "seen": answer.get_json()["seen"]}
    assert put(world, "talk", back).status_code == 200
    assert world.now().item("talk") == before


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(world: World) -> None:  # noqa: F811
    old = spot(world, "talk", "17:00", "17:45", "cloud")
    assert put(world, "talk", spot(world, "talk", "16:00", "16:30", "chengdu")).status_code == 200
    refused = put(world, "talk", old)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (409, "plan_changed")
    assert put(world, "talk", {name: value for name, value in old.items() if name != "seen"}).status_code == 409
    assert world.now().item("talk").venues == ("chengdu",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"venues": []}, "too_few"),
        ({"venues": ["nowhere"]}, "unknown_venue"),
        ({"starts_at": "2026-07-01T17:00:00"}, "bad_moment"),
        ({"starts_at": "2026-07-01T17:00:30Z"}, "bad_moment"),
        ({"ends_at": "9999-12-31T23:59:00-14:00"}, "bad_moment"),
        ({"ends_at": None}, "bad_moment"),
        ({"ends_at": "2026-07-01T00:00:00Z"}, "ends_before_start"),
        ({"ends_at": "2026-07-03T00:00:00Z"}, "item_too_long"),
    ],
)
def test_what_cannot_be_is_refused_by_name(world: World, change: dict[str, Any], code: str) -> None:  # noqa: F811
    answer = put(world, "talk", {**spot(world, "talk", "17:00", "17:45", "cloud"), **change})
    assert answer.status_code == 422
    assert [each["code"] for each in answer.get_json()["error"]["problems"]] == [code]
    assert len(world.acts()) == 1


def test_published_versions_keep_their_differences(world: World) -> None:  # noqa: F811
    token = {"X-CSRFToken": csrf_token(world.client)}
    world.client.post(f"/api{world.path}/publish", headers=token)
    put(world, "talk", spot(world, "talk", "17:00", "17:45", "cloud"))
    asked = get_page(world.client, f"{world.path}/publish")
    assert asked.xpath("//*[@id='notices-title' or @id='notices']")
    world.client.post(f"/api{world.path}/publish", headers=token)
    page = get_page(world.client, f"{world.path}/notices")
    assert len(page.xpath("//section[contains(@class, 'card')]")) == 2
    assert "成都会场" in page.xpath("string(//del[contains(., '成都会场')])")
    assert get_page(world.client, f"{world.path}/notices/preview?to=nobody", 404) is not None


def test_who_plans_one_venue_drags_nothing_into_another(world: World) -> None:  # noqa: F811
    of_hall = apps.add_account(
        world.app, Role.ORGANISER, email="hall@example.test", organisation_id=world.account.organisation_id
    )
    with world.app.app_context(), transaction():
        team.add_row(world.draft.id, of_hall.id, Duty.VENUE, venue_id=world.draft.venue("chengdu").id)
    client = apps.sign_in(world.app, of_hall)
    page = get_page(client, f"{world.path}/planner")
    assert page.xpath("//article[@data-seen]/@data-key") == ["talk"]
    away = put(world, "talk", spot(world, "talk", "17:00", "17:45", "london"), client)
    assert (away.status_code, away.get_json()["error"]["code"]) == (403, "not_your_venue")
    assert put(world, "talk", spot(world, "talk", "17:00", "17:45", "chengdu"), client).status_code == 200
