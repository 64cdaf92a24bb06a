"""What an agreement opens after, changed in the picture of the cascade: by programs and in real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from accounts.rules import Role
from signing.agreements import queries as agreements
from tests.support import apps
from tests.support.pages import csrf_token, get_page
from tests.support.quick import Quick, QuickWorld, host
from tests.support.served import serving, sign_in_page
from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page

EMAIL = "draws@example.test"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, follow=2, inside=False) as made:
        yield made


def order(world: Quick) -> dict[str, list[str]]:
    """Keys of what each comes after."""
    with world.app.app_context():
        found = agreements.list_agreements(world.id)
        keys = {each.id: each.key for each in found}
        return {each.key: sorted(keys[before] for before in each.after) for each in found}


def put(client: FlaskClient, world: Quick, key: str, after: list[str], seen: str = "") -> tuple[int, dict[str, object]]:
    answer = client.post(
        f"/api/ceremonies/{world.id}/agreements/{world.agreements[key]}/after",
        json={"after": after, **({"seen": seen} if seen else {})},
        headers={"X-CSRFToken": csrf_token(client)},
    )
    return answer.status_code, answer.get_json()


def test_the_order_is_changed_alone_and_answered_with_what_the_next_change_is_held_to(world: Quick) -> None:
    client = host(world, locale="en")
    status, first = put(client, world, "next_1", ["main", "next_0"])
    assert status == 200
    assert order(world)["next_1"] == ["main", "next_0"]
    assert put(client, world, "next_1", ["main"], str(first["seen"]))[0] == 200
    status, refused = put(client, world, "next_1", [], str(first["seen"]))
    assert (status, refused["error"]["code"]) == (409, "plan_changed")  # type: ignore[index]
    assert order(world)["next_1"] == ["main"]


def test_a_circle_and_what_is_no_order_are_refused_by_name(world: Quick) -> None:
    client = host(world, locale="en")
    status, refused = put(client, world, "main", ["next_0"])
    assert status == 422
    assert "样例主协议 → 样例后续协议0 → 样例主协议" in str(refused)
    assert put(client, world, "main", ["nowhere"])[0] == 422
    assert put(client, world, "main", [["main"]])[0] == 422  # type: ignore[list-item]
    assert order(world)["main"] == []


def test_who_may_only_read_has_nothing_to_draw(world: Quick) -> None:
    page = get_page(host(world, Role.AUDITOR), f"/ceremonies/{world.id}")
    assert not page.xpath("//*[@data-agreement or @data-link-from or @data-unlink]")


@pytest.fixture
def page(world: Quick, browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    apps.add_account(world.app, Role.HOST, email=EMAIL, organisation_id=world.played.organisation_id)
    complaints: list[str] = []
    with serving(world.app) as url:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        made = open_page(context, complaints)
        sign_in_page(made, url, EMAIL)
        made.goto(f"{url}/ceremonies/{world.id}")
        made.locator(".link-line").first.wait_for(state="attached")
        yield made, complaints
        context.close()


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_a_line_is_drawn_by_mouse_and_by_key_removed_and_taken_back(world: Quick, page: tuple[Page, list[str]]) -> None:
    opened, complaints = page
    said = opened.locator("[data-cascade-said]")
    tool = opened.locator(f"[data-agreement='{world.agreements['next_0']}'] [data-link-from]")
    tool.scroll_into_view_if_needed()
    start = tool.bounding_box()
    target = opened.locator(f"[data-agreement='{world.agreements['next_1']}'] h3").bounding_box()
    assert start
    assert target
    opened.mouse.move(start["x"] + 9, start["y"] + 9)
    opened.mouse.down()
    opened.mouse.move(target["x"] + 9, target["y"] + 9, steps=6)
    opened.mouse.up()
    expect(said).to_have_text("《样例后续协议1》现在于《样例后续协议0》完成后开启。", timeout=PATIENCE_MS)
    assert order(world)["next_1"] == ["main", "next_0"]
    opened.locator("[data-cascade-undo]").click()
    expect(said).to_have_text("《样例后续协议1》已恢复原样。", timeout=PATIENCE_MS)
    # By key: from the second to the first would be a circle.
    opened.locator(f"[data-agreement='{world.agreements['next_1']}'] [data-link-from]").press("Enter")
    opened.locator(f"[data-agreement='{world.agreements['main']}'] [data-link-from]").press("Enter")
    expect(said).to_contain_text("先后次序成了循环", timeout=PATIENCE_MS)
    opened.locator(f"[data-agreement='{world.agreements['next_1']}'] [data-level-grip]").press("ArrowUp")
    expect(said).to_have_text("《样例后续协议1》现在最先开启。", timeout=PATIENCE_MS)
    assert order(world)["next_1"] == []
    assert complaints == []
