"""A host who has nothing but a keyboard leads a small ceremony, from the demo's door to the end of the cue sheet."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.keys import Keys, Stop
from tests.journeys.people import PHONE, Host
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


def _heard(page: Page, words: str) -> None:
    """What a screen reader is given to say."""
    expect(page.locator("[data-announce]")).to_have_text(words)


def _cue(page: Page, title: str) -> str:
    return page.locator("[data-cue]", has_text=title).first.get_attribute("data-cue") or ""


def _rested(page: Page) -> None:
    page.wait_for_selector("body:not([data-leading])")


def _sign_in(case: SmallCase) -> tuple[Page, Keys]:
    page = Host(case.world).page
    keys = Keys(page)
    page.goto(f"{case.world.url}/demo")
    keys.press("form[action='/demo/sign-in'] .btn-primary")
    page.wait_for_url("**/ceremonies")
    return page, keys


def test_a_host_admits_and_writes_by_keyboard_alone(small_case: SmallCase) -> None:
    page, keys = _sign_in(small_case)
    lobby = f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}/lobby"
    page.goto(lobby)
    keys.to("#policy-1")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#policy-2")).to_be_checked()
    keys.press("#policy form .btn")
    one, other = (small_case.signer(key, **PHONE) for key in list(small_case.addresses)[:2])
    for signer in (one, other):
        signer.enter()
        expect(signer.page.locator("[data-lobby-title]")).to_be_visible()
    seat = one.page.url.partition("/seat/")[2].partition("#")[0]
    keys.press(f"#admit-{seat}")
    expect(one.page.locator("[data-lobby]")).to_be_hidden()
    expect(other.page.locator("[data-lobby]")).to_be_visible()
    # Where the host was, Tab goes on: to what else can be done with this seat.
    assert len(keys.to(f"#more-{seat}")) == 1
    keys.type_into("#write #text", "请把文件翻到第三页。")
    page.keyboard.press("Enter")
    expect(other.page.locator(".seat-message")).to_have_count(1)
    assert keys.to("#write [value=soon]")[0].part == "page"
    keys.press(f"#more-{seat}", back=True)
    page.wait_for_url(f"**/lobby/{seat}")
    keys.press("#write [value=soon]", "Space")
    expect(one.page.locator(".seat-message")).to_have_count(2)
    expect(other.page.locator(".seat-message")).to_have_count(1)
    keys.type_into("#why", "请稍候。")
    page.keyboard.press("Enter")
    expect(one.page.locator("[data-lobby]")).to_be_visible()
    keys.press(f"#release-{seat}", back=True)
    expect(one.page.locator("[data-lobby]")).to_be_hidden()
    assert keys.unseen == []


def test_a_host_leads_a_ceremony_by_keyboard_alone(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"409"}  # asked before signatures are left behind
    page, keys = _sign_in(small_case)
    page.goto(f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}/cues")
    keys.press("form[action$='/cues'] .btn-primary")
    page.wait_for_selector("[data-live-state][data-live=ok]")
    _order_is_sensible(page, keys)
    _insert_and_move(page, keys)
    _lead_with_ticks(page, keys)
    _hold_skip_and_go_back(page, keys)
    keys.press("#over")
    keys.press("dialog[open] [data-anyway]")
    page.wait_for_selector("[data-sheet-state=over]")
    _heard(page, "流程已结束。")
    assert keys.at() == "back", "the focus is on what can be done next"
    assert keys.unseen == []


def _order_is_sensible(page: Page, keys: Keys) -> None:
    """What leads comes first, then the cues, each once and in their order; each is reached and seen."""
    keys.to("#stand_by")
    stops = [Stop("", "lead"), *keys.to("main a.btn[href*='/cues/new?after=']:not([id])")]
    assert list(dict.fromkeys(stop.part for stop in stops if stop.part != "page")) == ["lead", "cues"]
    assert {stop.part for stop in stops[-1:]} == {"page"}, "a new cue at the end comes last"
    shown = [row.get_attribute("data-cue") for row in page.locator("[data-cue]").all()]
    assert list(dict.fromkeys(stop.cue for stop in stops if stop.cue)) == shown


def _insert_and_move(page: Page, keys: Keys) -> None:
    welcome = _cue(page, "开场致辞")
    keys.press(f"#add-{welcome}")
    keys.type_into("#title", "领导讲话")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cues#cue_*")
    speech = _cue(page, "领导讲话")
    page.wait_for_selector("[data-live-state][data-live=ok]")
    # The page opens at the new row; the handle is its first control.
    grip = f"[data-cue='{speech}'] [data-grip]"
    assert len(keys.to(grip)) == 1
    for key in ("Enter", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-moving-status]")).to_have_text("领导讲话已移到第 1 项。")
    expect(page.locator(grip)).to_be_focused()
    keys.press(f"#down-{speech}")
    expect(page.locator("[data-moving-status]")).to_have_text("领导讲话已移到第 2 项。")
    page.locator(f".cue-row:nth-child(2)[data-cue='{speech}']").wait_for()
    expect(page.locator(f"#down-{speech}")).to_be_focused()
    keys.press("[data-moving-undo]", back=True)
    expect(page.locator("[data-moving-status]")).to_have_text("领导讲话已恢复为第 1 项。")
    page.locator(f".cue-row:first-child[data-cue='{speech}']").wait_for()
    keys.press(f"#down-{speech}")
    expect(page.locator("[data-moving-status]")).to_have_text("领导讲话已移到第 2 项。")
    # What leads is read again behind it: until then its button names the cue that was first.
    page.locator(f"form:has(#stand_by) input[name=cue][value='{welcome}']").wait_for(state="attached")


def _lead_with_ticks(page: Page, keys: Keys) -> None:
    """Stand by and go with Enter: what is pressed next has the focus already. Ticks by Tab, and by their numbers."""
    keys.press("#stand_by", back=True)
    _heard(page, "准备：开场致辞")
    for lives, waits in pairwise(["开场致辞", "领导讲话", "各方点名", "核对同文核对码"]):
        _rested(page)
        expect(page.locator("#go")).to_be_focused()
        page.keyboard.press("Enter")
        _heard(page, f"现在：{lives}")
        if lives == "各方点名":
            break
        _rested(page)
        expect(page.locator("#stand_by")).to_be_focused()
        page.keyboard.press("Enter")
        _heard(page, f"准备：{waits}")
    for _ in range(3):
        keys.press(".tick-button[aria-pressed=false]", back=True)
        expect(page.locator(".tick-button:focus")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-ticks-done]")).to_have_text("3 / 3")
    keys.press("#stand_by")
    _heard(page, "准备：核对同文核对码")
    _rested(page)
    page.keyboard.press("Enter")
    _heard(page, "现在：核对同文核对码")
    for key in "123":
        page.keyboard.press(key)
        expect(page.locator("[data-ticks-done]")).to_have_text(f"{key} / 3")


def _hold_skip_and_go_back(page: Page, keys: Keys) -> None:
    _rested(page)
    keys.press("#hold")
    _heard(page, "已暂停。")
    _rested(page)
    expect(page.locator("#resume")).to_be_focused()
    page.keyboard.press("Space")
    _heard(page, "已继续。")
    _rested(page)
    photograph = _cue(page, "合影")
    first, second = (row.get_attribute("data-title") for row in page.locator("[data-cue]").all()[4:6])
    keys.press(f"#skip-{photograph}")
    _heard(page, "已跳过：合影。")
    expect(page.locator(f"#stand_by-{photograph}")).to_be_focused()
    _rested(page)
    keys.press("#stand_by", back=True)
    _heard(page, f"准备：{first}")
    _rested(page)
    page.keyboard.press("Enter")
    _heard(page, f"现在：{first}")
    _rested(page)
    page.keyboard.press("Enter")
    _heard(page, f"准备：{second}")
    _rested(page)
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("还缺")
    expect(dialog.locator("[data-dialog-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#lead-acts :focus")).to_have_count(1)
    keys.to("#go", back=keys.at() != "go")
    page.keyboard.press("Enter")
    keys.press("dialog[open] [data-anyway]")
    _heard(page, f"现在：{second}")
    _rested(page)
    keys.press("#back")
    _heard(page, f"现在：{first}")
    _rested(page)
