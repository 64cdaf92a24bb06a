"""What happens to signers: lost connections, closed tabs, races, poor browsers, second thoughts, lost links."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Request, Response, Route, expect

from tests.journeys.conftest import SmallCase
from tests.journeys.people import PATIENCE_MS, PHONE, Signer, Stage, expect_count, offline
from tests.support.waiting import wait_until
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
BANNER = "[data-offline]:not([hidden])"
NO_WEBCRYPTO = "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined});"
NO_INDEXED_DB = "Object.defineProperty(window, 'indexedDB', {get: () => undefined});"


def _lose(route: Route) -> None:
    route.abort("internetdisconnected")


def _lose_answer(route: Route) -> None:
    """The server hears the request; its answer never comes."""
    route.fetch()
    route.abort("connectionreset")


def _to_pad(signer: Signer) -> None:
    signer.open_text()
    signer.read()
    signer.to_pad()


def _trail_of_signatures(case: SmallCase) -> int:
    page = case.host().page
    page.goto(f"{page.url}/trail?action=agreement.signed")
    return page.locator(".trail > li").count()


def test_a_lost_connection_or_a_reload_at_any_step_costs_the_signer_nothing(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET"}
    signer = small_case.signer("shuangliu", **PHONE)
    page = signer.page
    signer.open_link()
    signer.view("identity")
    with offline(page):
        page.click("[data-send-code]")
        page.wait_for_selector(BANNER)
    page.wait_for_selector("[data-code-form]:not([hidden])")
    page.reload()
    page.wait_for_selector("[data-code-form]:not([hidden])")
    page.fill("#code", signer.read_code())
    signer.view("consent")
    page.reload()
    signer.view("consent")
    page.check("#accepted")
    with offline(page):
        page.click("[data-give-consent]")
        page.wait_for_selector(BANNER)
    signer.view("list")

    signer.open_text()
    page.context.route("**/read", _lose)
    signer.read()
    page.wait_for_selector(BANNER)
    assert signer.state()["agreements"][0]["read_to"] == 0
    page.context.unroute("**/read")
    expect(page.locator("[data-offline]")).to_be_hidden(timeout=PATIENCE_MS)
    pages = signer.state()["agreements"][0]["pages"]
    wait_until(lambda: signer.state()["agreements"][0]["read_to"] == pages, what="what was read arriving")
    page.reload()
    page.wait_for_selector("[data-to-sign][aria-disabled=false]")
    signer.to_pad()
    page.reload()
    signer.view("sign")
    signer.draw()
    with offline(page):
        signer.press_sign()
        page.wait_for_selector(BANNER)
    signer.view("success")
    assert _trail_of_signatures(small_case) == 1


def test_a_tab_closed_between_preparing_and_finishing_goes_on_by_itself_when_opened_again(
    small_case: SmallCase,
) -> None:
    small_case.world.complaints.allowed |= {"ERR_INTERNET_DISCONNECTED"}
    signer = small_case.signer("shuangliu", **PHONE)
    signer.enter()
    _to_pad(signer)
    signer.draw()
    context, address = signer.page.context, signer.page.url.split("#")[0]
    context.route("**/finish", _lose)
    with signer.page.expect_event("requestfailed", lambda request: request.url.endswith("/finish")):
        signer.press_sign()
    signer.page.close()
    context.unroute("**/finish")

    signer.page = context.new_page()
    signer.page.goto(address)

    signer.view("success")
    assert signer.state()["agreements"][0]["key_custody"] == "client"
    assert _trail_of_signatures(small_case) == 1


def test_a_signature_whose_answer_was_lost_is_not_made_twice(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"ERR_CONNECTION_RESET"}
    signer = small_case.signer("shuangliu")
    signer.enter()
    _to_pad(signer)
    signer.draw()
    signer.page.context.route("**/finish", _lose_answer)
    signer.press_sign()
    signer.view("success")
    assert _trail_of_signatures(small_case) == 1


def test_a_code_is_asked_for_where_the_answer_that_it_was_sent_was_lost(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"ERR_CONNECTION_RESET", "409"}
    signer = small_case.signer("shuangliu", **PHONE)
    signer.open_link()
    signer.view("identity")
    signer.page.route("**/code", _lose_answer, times=1)
    signer.prove()


class Gate:
    """Holds the requests of several pages until all have come, then lets them go together."""

    def __init__(self, pattern: str, pages: list[Page]) -> None:
        self._held: list[Route] = []
        self._wanted = len(pages)
        self.sent: dict[Page, list[dict[str, Any]]] = {page: [] for page in pages}
        self.statuses: list[int] = []
        for page in pages:
            page.route(pattern, self._hold)
            page.on("request", self._note)
            page.on("response", self._note_answer)

    def _hold(self, route: Route) -> None:
        if self._wanted == 0:
            return route.continue_()
        self._held.append(route)
        if len(self._held) == self._wanted:
            self._wanted = 0
            for held in self._held:
                held.continue_()
        return None

    def _note(self, request: Request) -> None:
        if request.url.endswith("/signature/prepare"):
            self.sent[request.frame.page].append(dict(request.post_data_json or {}))

    def _note_answer(self, answer: Response) -> None:
        if answer.url.endswith("/finish"):
            self.statuses.append(answer.status)


def test_of_two_who_press_at_the_same_moment_both_sign_and_nobody_draws_twice(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"409"}
    signers = [small_case.signer("shuangliu"), small_case.signer("baobeicang", **PHONE)]
    for signer in signers:
        signer.enter()
        _to_pad(signer)
        signer.draw()
    gate = Gate("**/finish", [signer.page for signer in signers])
    for signer in signers:
        signer.press_sign()
    for signer in signers:
        signer.view("success")

    assert sorted(gate.statuses) == [200, 200, 409]
    once, twice = sorted(gate.sent.values(), key=len)
    assert (len(once), len(twice)) == (1, 2)
    assert twice[0] == twice[1], "the second preparation brings the same key and the same drawing"
    assert _trail_of_signatures(small_case) == 2


@pytest.mark.parametrize("script", [NO_WEBCRYPTO, NO_INDEXED_DB], ids=["no WebCrypto", "no IndexedDB"])
def test_where_a_browser_cannot_keep_a_key_the_servers_is_used_and_said_so(small_case: SmallCase, script: str) -> None:
    host = small_case.host()
    signer = small_case.signer("shuangliu", script=script)
    signer.open_link()
    signer.prove()
    told = signer.page.inner_text("[data-view=consent] [data-custody-note]")
    assert "服务器的一次性密钥" in told
    signer.consent()
    _to_pad(signer)
    signer.page.check("input[value=typed]", force=True)
    signer.page.fill("#typed", "样例甲")
    signer.press_sign()
    signer.view("success")

    assert signer.state()["agreements"][0]["key_custody"] == "server"
    expect_count(host.page, ".signers [data-custody=server]", 1)
    host.page.goto(f"{host.page.url}/trail?action=agreement.signed")
    assert "服务器一次性密钥" in host.page.inner_text(".trail")


def test_a_signer_declines_and_everybody_hears_why(small_case: SmallCase) -> None:
    host = small_case.host()
    stage = Stage(small_case.world, host.stage_link())
    follower = small_case.signer("xianyu", timezone_id="America/Los_Angeles", **PHONE)
    follower.enter()
    other = small_case.signer("baobeicang", **PHONE)
    other.enter()
    signer = small_case.signer("shuangliu")
    signer.enter()
    _to_pad(signer)
    signer.page.click("[data-decline-part] summary")
    signer.page.fill("#reason", "第三条的金额有误")
    signer.page.click("[data-decline-form] button")
    signer.page.click("[data-decline-yes]")
    signer.view("list")
    signer.page.wait_for_selector(".agreement-card .pill[data-state=declined]")

    expect(signer.page.locator("[data-list-notice-title]")).to_have_text("您的决定已记录")

    expect_count(other.page, ".agreement-card .pill[data-state=unsigned]", 2)
    expect(other.page.locator(".agreement-card").first).to_contain_text("第三条的金额有误")
    expect_count(follower.page, ".agreement-card .pill[data-state=unsigned]", 1)
    expect(follower.page.locator("main")).not_to_contain_text("第三条的金额有误")
    for page in (other.page, follower.page):
        expect(page.locator("[data-list-notice-title]")).to_have_text("签署已结束")
    host.page.wait_for_selector(".agreement .pill[data-state=declined]")
    expect(host.page.locator("[data-live-region=agreements]")).to_contain_text("第三条的金额有误")
    # Nothing was signed: the ceremony ends by itself, the hall is thanked, and the host is offered another day.
    stage.page.wait_for_selector("[data-finale]:not([hidden])")
    expect(stage.page.locator("main")).to_contain_text("签约到此结束")
    expect(stage.page.locator("main")).not_to_contain_text("第三条的金额有误")
    host.page.wait_for_selector("[data-live-region=copy] form")
    host.page.click("[data-live-region=copy] form .btn")
    host.page.wait_for_selector("a.btn-primary[href$='/invite']")


def test_a_stage_link_that_is_taken_back_leaves_a_quiet_word_on_the_screen(small_case: SmallCase) -> None:
    small_case.world.complaints.allowed |= {"410"}
    host = small_case.host()
    screen = Stage(small_case.world, host.stage_link(), reduced_motion="no-preference")
    host.page.click("form[action$='/stage/take-back'] .btn")
    screen.page.wait_for_selector("[data-taken-back]:not([hidden])")
    expect(screen.page.locator("[data-cascade]")).to_be_hidden()
    host.page.goto(f"{small_case.world.url}/ceremonies/{small_case.ceremony_id}")
    expect(Stage(small_case.world, host.stage_link()).page.locator("[data-cascade]")).to_be_visible()


def test_inviting_again_ends_the_old_link_and_the_new_one_goes_on(small_case: SmallCase) -> None:
    world = small_case.world
    world.complaints.allowed |= {"403", "410", "404"}
    signer = small_case.signer("shuangliu", **PHONE)
    signer.enter()
    signer.page.goto(f"{world.url}/demo/mailbox?to={signer.address}")
    old = _link_of_newest_invitation(signer)
    host = small_case.host()
    row = host.page.locator("[data-party=shuangliu]")
    row.locator("a[href$='/link']").click()
    assert host.page.get_attribute("[data-copy]", "data-copy") == old  # looking changes nothing
    host.page.locator("form[action$='/invite'] button").click()
    host.page.wait_for_function("old => document.querySelector('[data-copy]')?.dataset.copy !== old", arg=old)
    new = host.page.get_attribute("[data-copy]", "data-copy")
    assert new
    assert new != old

    signer.page.goto(old)
    assert signer.page.locator("[data-view]").count() == 0
    assert signer.page.locator("h1").inner_text()
    expect(signer.page.locator(".notice-title")).to_be_visible()
    signer.page.goto(new)
    signer.page.wait_for_selector("[data-view]:not([hidden])")


def _link_of_newest_invitation(signer: Signer) -> str:
    signer.open_mail("邀请")
    link = signer.page.get_attribute(".letter a[href*='/s/']", "href")
    assert link
    return link
