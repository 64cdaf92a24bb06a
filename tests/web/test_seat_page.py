"""A signer's page in a real browser, against a server that really checks the request, the bytes and the signature."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page
from tests.web.harness.app import Site
from tests.web.harness.lab import Lab
from tests.web.harness.values import CODE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
SEAT = "seat_baobeicang"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def lab() -> Lab:
    made = Lab()
    made.started = True
    return made


@pytest.fixture
def site(lab: Lab) -> Iterator[Site]:
    with Site(lab) as running:
        yield running


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    yield context
    context.close()


def _view(page: Page, name: str) -> None:
    page.wait_for_selector(f"[data-view={name}]:not([hidden])")


def _know(lab: Lab, *, read: bool) -> None:
    """The signer has proved who she is, has consented and, perhaps, has read the park agreement."""
    seat = lab.seats[SEAT]
    seat.proved = True
    seat.consent = {"place": "杭州", "timezone": "Asia/Shanghai"}
    if read:
        seat.read["agr_park"] = 6


def _draw(page: Page) -> None:
    box = page.locator("[data-pad]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 120)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 120 + (30 if step % 2 else -30))
    page.mouse.up()


def _open_sign(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/seat/{SEAT}#agr_park/sign")
    _view(page, "sign")


def test_a_signer_comes_from_the_link_to_the_signature(lab: Lab, site: Site, phone: BrowserContext) -> None:
    complaints: list[str] = []
    page = open_page(phone, complaints)
    page.goto(f"{site.url}/seat/{SEAT}")
    page.click("[data-send-code]")
    page.fill("#code", "000000")
    page.wait_for_selector("[data-code-error]:not([hidden])")
    assert "还可以试 4 次" in page.inner_text("[data-code-error]")
    page.click("[data-check-code]")
    page.press("#code", "Enter")
    page.fill("#code", CODE)
    _view(page, "consent")
    assert lab.seats[SEAT].tries == 4, "one wrong code is one try, however often its button is pressed"
    page.check("#accepted")
    page.click("[data-give-consent]")
    page.click(".agreement-card[data-mine=open] .btn-primary")
    assert page.get_attribute("[data-to-sign]", "aria-disabled") == "true"
    for number in range(6):
        page.locator(".sheet figcaption").nth(number).scroll_into_view_if_needed()
        page.wait_for_selector(f'[data-page-end="{number + 1}"]', state="attached")
        page.locator(f'[data-page-end="{number + 1}"]').scroll_into_view_if_needed()
    page.wait_for_selector("[data-to-sign][aria-disabled=false]")
    page.click("[data-to-sign]")
    _view(page, "sign")
    _draw(page)
    page.click("[data-sign-now]")
    _view(page, "success")
    assert lab.seats[SEAT].consent == {**(lab.seats[SEAT].consent or {}), "place": "杭州", "timezone": "Asia/Shanghai"}
    assert "baobeicang" in lab.agreements[0].signed
    assert lab.custody == ["client"]
    assert lab.appearances[0]["kind"] == "drawn"
    assert complaints == []


def test_who_loses_a_race_is_not_asked_to_draw_again(lab: Lab, site: Site, phone: BrowserContext) -> None:
    _know(lab, read=True)
    lab.faults.append("moved_once")
    page = open_page(phone, [])
    _open_sign(page, site)
    _draw(page)
    page.click("[data-sign-now]")
    _view(page, "success")
    assert [name for name, _ in lab.calls] == ["prepare", "finish", "prepare", "finish"]
    assert len({sent["idempotency_key"] for name, sent in lab.calls if name == "prepare"}) == 1
    assert lab.appearances[0] == lab.appearances[1]


def test_a_lost_answer_is_no_second_signature(lab: Lab, site: Site, phone: BrowserContext) -> None:
    _know(lab, read=True)
    lab.faults.append("lost_answer")
    page = open_page(phone, [])
    _open_sign(page, site)
    _draw(page)
    page.click("[data-sign-now]")
    _view(page, "success")
    assert [name for name, _ in lab.calls] == ["prepare", "finish", "prepare"]
    assert lab.agreements[0].revision == 1
    assert page.is_hidden("[data-offline]")


def test_a_reload_in_the_middle_of_signing_goes_on_by_itself(lab: Lab, site: Site, phone: BrowserContext) -> None:
    _know(lab, read=True)
    page = open_page(phone, [])
    page.route("**/finish", lambda route: route.abort())
    _open_sign(page, site)
    _draw(page)
    page.click("[data-sign-now]")
    page.wait_for_selector("[data-offline]:not([hidden])")
    page.unroute("**/finish")
    page.reload()
    _view(page, "success")
    keys = {sent["idempotency_key"] for name, sent in lab.calls if name == "prepare"}
    assert len(keys) == 1
    assert len(lab.prepared) >= 2
    certificates = lab.seats[SEAT].certificate
    page.reload()
    page.wait_for_selector(".agreement-card[data-mine=signed]")
    assert lab.seats[SEAT].certificate == certificates


@pytest.mark.parametrize(
    ("fault", "words"),
    [("wrong_digest", "要签的内容不是这份文件"), ("other_text", "文件正文变了"), ("hole_in_range", "没有覆盖整份文件")],
)
def test_the_device_does_not_sign_what_was_not_read(
    lab: Lab, site: Site, phone: BrowserContext, fault: str, words: str
) -> None:
    _know(lab, read=True)
    lab.faults.append(fault)
    page = open_page(phone, [])
    _open_sign(page, site)
    _draw(page)
    page.click("[data-sign-now]")
    page.wait_for_selector("[data-progress-problem]:not([hidden])")
    assert words in page.inner_text("[data-progress-problem-text]")
    assert "finish" not in [name for name, _ in lab.calls]


def test_without_webcrypto_the_server_signs_and_the_page_says_so(lab: Lab, site: Site, phone: BrowserContext) -> None:
    _know(lab, read=True)
    phone.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})")
    page = open_page(phone, [])
    _open_sign(page, site)
    assert "服务器的一次性密钥" in page.inner_text("[data-view=sign] [data-custody-note]")
    page.check("input[value=typed]")
    page.fill("#typed", "代表乙")
    page.click("[data-sign-now]")
    _view(page, "success")
    assert lab.custody == ["server"]
    assert lab.appearances == [{"kind": "typed", "text": "代表乙"}]


def test_reading_as_text_counts_and_works_with_the_keyboard(lab: Lab, site: Site, browser: Browser) -> None:
    _know(lab, read=False)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = open_page(context, [])
    page.goto(f"{site.url}/seat/{SEAT}#agr_park")
    expect(page.locator("[data-reader-title]")).to_be_focused()
    page.focus("[data-toggle-text]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheets-text:not([hidden]) .text-page")
    page.keyboard.press("End")
    page.wait_for_selector("[data-to-sign][aria-disabled=false]")
    page.focus("[data-to-sign]")
    page.keyboard.press("Enter")
    _view(page, "sign")
    page.focus("input[value=drawn]")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-typed]:not([hidden])")
    page.focus("#typed")
    page.keyboard.press("Enter")
    _view(page, "success")
    assert lab.appearances == [{"kind": "typed", "text": lab.seats[SEAT].name}]
    context.close()


def test_who_declines_is_told_what_ends_with_it_and_asked_once_more(
    lab: Lab, site: Site, phone: BrowserContext
) -> None:
    _know(lab, read=True)
    page = open_page(phone, [])
    _open_sign(page, site)
    page.click("[data-decline-part] summary")
    page.click("[data-decline-go]")
    expect(page.locator("#reason")).to_be_focused()
    page.fill("#reason", "第三条的金额有误")
    page.focus("[data-decline-go]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-decline-title]")).to_be_focused()
    page.keyboard.press("Enter")
    assert lab.agreements[0].declined == {}, "a second Enter is not the answer"
    listed = page.locator("[data-decline-list] li").all_inner_texts()
    assert listed == [f"《{one.title}》" for one in lab.agreements[1:]]
    page.keyboard.press("Escape")
    expect(page.locator("#reason")).to_be_focused()
    assert page.input_value("#reason") == "第三条的金额有误"
    page.click("[data-decline-go]")
    page.click("[data-decline-yes]")
    page.wait_for_selector(".agreement-card[data-mine=declined]")
    assert lab.agreements[0].declined == {"baobeicang": "第三条的金额有误"}


def test_the_next_agreements_open_without_a_reload(lab: Lab, site: Site, phone: BrowserContext) -> None:
    _know(lab, read=False)
    page = open_page(phone, [])
    page.goto(f"{site.url}/seat/{SEAT}")
    page.wait_for_selector(".agreement-card")
    expect(page.locator(".agreement-card[data-mine=open]")).to_have_count(1, timeout=PATIENCE_MS)
    lab.sign_for("park", "shuangliu")
    lab.sign_for("park", "baobeicang")
    expect(page.locator(".agreement-card[data-mine=open]")).to_have_count(4, timeout=PATIENCE_MS)


def test_who_has_just_signed_is_told_when_the_next_agreement_is_called(
    lab: Lab, site: Site, phone: BrowserContext
) -> None:
    _know(lab, read=True)
    page = open_page(phone, [])
    _open_sign(page, site)
    _draw(page)
    page.click("[data-sign-now]")
    _view(page, "success")
    expect(page.locator("[data-success-next]")).to_have_text("查看我的协议")
    lab.sign_for("park", "shuangliu")
    expect(page.locator("[data-success-called][data-open]")).to_contain_text("轮到您签署下一份", timeout=PATIENCE_MS)
    expect(page.locator("[data-success-next]")).to_contain_text("下一份：")
    page.click("[data-success-next]")
    _view(page, "reader")


@pytest.mark.parametrize(
    ("seat", "told"),
    [
        (SEAT, "2020年2月11日 10:00（中国标准时间）"),
        ("seat_xianyu", "2020年2月10日 18:00（北美太平洋时间）；主办方当地："),
    ],
)
def test_each_signer_is_told_when_it_begins_where_they_are(
    site: Site, phone: BrowserContext, seat: str, told: str
) -> None:
    page = open_page(phone, [])
    page.goto(f"{site.url}/seat/{seat}")
    _view(page, "identity")
    expect(page.locator("[data-ceremony-date]")).to_contain_text(told)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_view_is_wider_than_the_screen_or_holds_a_small_target(
    lab: Lab, site: Site, browser: Browser, locale: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale=locale)
    context.add_cookies([{"name": "locale", "value": locale, "url": site.url}])
    page = open_page(context, [])
    page.goto(f"{site.url}/seat/{SEAT}")
    _view(page, "identity")
    _look(page)
    _know(lab, read=True)
    for address, view in (("", "list"), ("#agr_park", "reader"), ("#agr_park/sign", "sign")):
        page.goto("about:blank")
        page.goto(f"{site.url}/seat/{SEAT}{address}")
        _view(page, view)
        _look(page)
    context.close()


def _look(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    small = page.evaluate(
        """[...document.querySelectorAll('button, a[href], select, summary, .input')]
        .filter((e) => e.offsetParent && !e.matches('.skip') && e.getBoundingClientRect().height < 43.5)
        .map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []
    unnamed = page.evaluate(
        """[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
        .filter((e) => !e.labels.length).length"""
    )
    assert unnamed == 0
    expect(page.locator("h1")).to_have_count(1, timeout=PATIENCE_MS)


def test_a_message_of_the_host_covers_nothing_beside_the_pad_and_waits_while_the_pen_is_down(
    lab: Lab, site: Site, phone: BrowserContext
) -> None:
    _know(lab, read=True)
    page = open_page(phone, [])
    told: list[dict[str, str]] = []

    def with_message(route: Route) -> None:
        state = route.fetch().json()
        route.fulfill(json={**state, "lobby": {"standing": "admitted", "why": "", "messages": told}})

    page.route(f"**/api/seat/{SEAT}", with_message)
    _open_sign(page, site)
    page.evaluate("scrollTo(0, 120)")
    pad = page.locator("[data-pad]").bounding_box()
    assert pad is not None
    page.mouse.move(pad["x"] + 40, pad["y"] + 80)
    page.mouse.down()
    page.mouse.move(pad["x"] + 90, pad["y"] + 90)
    told.append({"id": "msg_1", "at": "2026-11-24T02:00:00.000Z", "text": "请稍候，马上开始"})
    with page.expect_response(f"**/api/seat/{SEAT}"), lab.lock:
        lab.publish("agreement.opened")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator(".seat-message").count() == 0
    assert page.locator("[data-pad]").bounding_box() == pad, "nothing moves under the pen"
    page.mouse.up()
    message = page.locator(".seat-message", has_text="请稍候，马上开始")
    message.wait_for()
    above, sentence = message.bounding_box(), page.locator("[data-sign-sentence]").bounding_box()
    assert above is not None
    assert sentence is not None
    assert above["y"] >= 0
    assert above["y"] + above["height"] <= sentence["y"]
    page.evaluate("scrollTo(0, 400)")
    scrolled = message.bounding_box()
    assert scrolled is not None
    assert scrolled["y"] < 0, "it stays above instead of lying over the pad"
