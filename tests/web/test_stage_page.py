"""The stage in a real browser: it follows the stream, says when it lost it, and everything fits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page
from tests.web.harness.app import Site
from tests.web.harness.lab import Lab
from tests.web.harness.values import instant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
HALL = {"width": 1920, "height": 1080}


def _stage(browser: Browser, site: Site, complaints: list[str], size: dict[str, int] = HALL) -> Page:
    # Reduced motion: the picture's end state is what is looked at, and the shared machine draws in software.
    context = browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
    page = open_page(context, complaints)
    page.goto(f"{site.url}/stage/cer_1")
    page.wait_for_selector("[data-live-state][data-live=ok]")
    return page


def test_each_signature_appears_when_it_becomes_true_and_the_end_is_shown(browser: Browser) -> None:
    lab, complaints = Lab(), []
    with Site(lab) as site:
        page = _stage(browser, site, complaints)
        expect(page.locator(".st-slot[data-state=waiting]")).to_have_count(10, timeout=PATIENCE_MS)
        spoken = [f"{one.record_code[:4]} {one.record_code[4:]}" for one in lab.agreements]
        expect(page.locator(".st-card-code:visible strong")).to_have_text(spoken, timeout=PATIENCE_MS)
        lab.start()
        expect(page.locator(".st-slot[data-state=open]")).to_have_count(2, timeout=PATIENCE_MS)
        lab.sign_for("park", "shuangliu")
        expect(page.locator("[data-done]")).to_have_text("1", timeout=PATIENCE_MS)
        expect(page.locator(".st-line-lit[data-lit]")).to_have_count(0, timeout=PATIENCE_MS)
        lab.sign_for("park", "baobeicang")
        expect(page.locator(".st-line-lit[data-lit]")).to_have_count(4, timeout=PATIENCE_MS)
        expect(page.locator(".st-slot[data-state=open]")).to_have_count(8, timeout=PATIENCE_MS)
        for agreement in lab.agreements[1:]:
            for party in agreement.between:
                lab.sign_for(agreement.key, party)
        page.wait_for_selector("[data-finale]:not([hidden])")
        assert page.get_attribute("body", "data-phase") == "completed"
        lab.seal_all()
        page.wait_for_selector("body[data-phase=sealed]")
        expect(page.locator(".st-finale-party")).to_have_count(6, timeout=PATIENCE_MS)
        expect(page.locator(".st-qr svg")).to_be_visible(timeout=PATIENCE_MS)
    assert complaints == []


def test_a_text_has_its_code_from_when_it_is_frozen_until_it_ends(browser: Browser) -> None:
    lab = Lab()
    main = lab.agreements[0]
    main.state = "draft"
    with Site(lab) as site:
        page = _stage(browser, site, [])
        code = page.locator(".st-row[data-count='1'] .st-card-code")
        expect(code).to_be_hidden()
        main.state = "approved"
        lab.start()
        expect(code).to_have_text(f"同文核对码 {main.record_code[:4]} {main.record_code[4:]}", timeout=PATIENCE_MS)
        expect(code).to_be_visible()


def test_where_nothing_was_signed_the_end_is_said_once(browser: Browser) -> None:
    lab = Lab()
    for agreement in lab.agreements:
        agreement.state = "voided"
    with Site(lab) as site:
        page = _stage(browser, site, [])
        page.wait_for_selector("[data-finale]:not([hidden])")
        words = page.inner_text("main")
        assert words.count("到此结束") == 1
        assert "今日" not in words
        middles = page.evaluate(
            """[...document.querySelectorAll('[data-finale-title], [data-finale-line]')].map((e) => {
              const words = new Range();
              words.selectNodeContents(e);
              const box = words.getBoundingClientRect();
              return box.x + box.width / 2;
            })"""
        )
        assert middles == pytest.approx([HALL["width"] / 2] * 2, abs=8)


def test_after_a_lost_link_the_stage_says_so_comes_back_and_has_missed_nothing(browser: Browser) -> None:
    lab = Lab()
    with Site(lab) as site:
        page = _stage(browser, site, [])
        lab.start()
        page.wait_for_selector(".st-slot[data-state=open]")
        lab.faults.append("live_down")
        lab.cut_streams()
        page.wait_for_selector("[data-live-state][data-live=lost]")
        assert "秒前" in page.inner_text("[data-live-state]")
        before = page.inner_text(".st-place-time >> nth=0")
        lab.sign_for("park", "shuangliu")
        expect(page.locator(".st-place-time").first).not_to_have_text(before, timeout=PATIENCE_MS)
        lab.faults.clear()
        page.wait_for_selector("[data-live-state][data-live=ok]")
        expect(page.locator("[data-done]")).to_have_text("1", timeout=PATIENCE_MS)


def _cue(kind: str, title: str, agreements: list[str], **more: Any) -> dict[str, Any]:
    live = {"id": "cue_1", "kind": kind, "title": {"zh-CN": title}, "text": {}, "speaker": "", "party": ""}
    live |= {"agreements": agreements, "began_at": instant(), "planned_seconds": 600}
    return {"state": "running", "held_at": None, "live": live, **more}


def test_each_cue_has_its_own_picture_and_the_last_row_can_read_it(browser: Browser) -> None:
    lab = Lab()
    every = [each.id for each in lab.agreements]
    with Site(lab) as site:
        page = _stage(browser, site, [])
        lab.lead(
            _cue(
                "roll_call",
                "清点与会各方",
                [],
                ticks={"parties": 6, "host": ["shuangliu"], "witness": [], "witnesses": 0},
            )
        )
        expect(page.locator(".st-roll-party")).to_have_count(6, timeout=PATIENCE_MS)
        expect(page.locator("[data-done]")).to_have_text("1", timeout=PATIENCE_MS)
        expect(page.locator("[data-announce]")).to_have_text("清点与会各方", timeout=PATIENCE_MS)
        assert _smallest(page) >= HALL["height"] / 45
        lab.lead(_cue("record_code", "同文核对", every))
        expect(page.locator(".st-code-digits")).to_have_count(5, timeout=PATIENCE_MS)
        code = lab.agreements[0].record_code
        expect(page.locator(".st-code-digits").first).to_have_text(f"{code[:4]} {code[4:]}", timeout=PATIENCE_MS)
        assert _smallest(page) >= HALL["height"] / 45
        lab.lead(_cue("break", "茶歇", []))
        expect(page.locator(".st-hero-until strong")).to_be_visible(timeout=PATIENCE_MS)
        lab.start()
        lab.lead(_cue("signing", "签署", every[:1]))
        expect(page.locator(".st-slot[data-state=open]")).to_have_count(2, timeout=PATIENCE_MS)
        expect(page.locator("[data-scene]")).to_be_hidden(timeout=PATIENCE_MS)
        assert _smallest(page) >= HALL["height"] / 45


def _smallest(page: Page) -> float:
    """The size of the smallest words on the screen."""
    return float(
        page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('main *')].filter((e) =>
              e.checkVisibility() && !e.closest('.visually-hidden, .st-full, svg')
              && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
              .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
    )


LONG = "成渝地区双城经济圈第{n:02}号新一代信息技术与智能装备产业投资有限公司"


def _many(parties: int, shape: str, name: str = "成渝双城第{n}数字产业投资有限公司") -> dict[str, Any]:
    zones = [("成都", "Asia/Shanghai"), ("美国", "America/Los_Angeles"), ("柏林", "Europe/Berlin")]
    people = [
        {
            "key": f"p{index}",
            "organisation": name.format(n=index + 1),
            "representative_title": "董事长",
            "place": zones[index % 3][0],
            "timezone": zones[index % 3][1],
        }
        for index in range(parties)
    ]
    main = {"key": "main", "title": "总体合作框架协议", "between": ["p0", "p1"], "after": []}
    if shape == "one":
        agreements = [{**main, "between": [person["key"] for person in people]}]
    else:
        agreements = [main] + [
            {
                "key": f"a{index}",
                "title": f"第{index}项目投资合作协议",
                "between": ["p0", f"p{index}"],
                "after": ["main"],
            }
            for index in range(2, parties)
        ]
    title = {"zh-CN": "成渝新经济投资促进大会集中签约仪式", "en": "Joint signing"}
    return {"title": title, "date": "2020-07-09", "parties": people, "agreements": agreements}


def test_what_the_last_row_could_not_read_is_shown_in_pages_and_turns_to_who_signs(browser: Browser) -> None:
    lab = Lab(_many(19, "star"))
    with Site(lab) as site:
        page = _stage(browser, site, [])
        lab.start()
        lab.sign_for("main", "p0")
        lab.sign_for("main", "p1")
        lab.lead(_cue("signing", "签署", [each.id for each in lab.agreements]))
        expect(page.locator("[data-page-of]")).to_have_text(re.compile(r"^\d / [2-6]$"), timeout=PATIENCE_MS)
        assert _smallest(page) >= HALL["height"] / 45
        lab.sign_for("a18", "p0")
        card = page.locator(".st-card", has_text="第18项目投资合作协议")
        expect(card.locator("[data-state=signed]")).to_have_count(1, timeout=PATIENCE_MS)
        expect(card).to_be_visible(timeout=PATIENCE_MS)
        _all_inside(page, ".st-card, .st-slot, .st-foot > *", HALL)


def test_twenty_long_names_are_whole_and_readable_in_every_picture(browser: Browser) -> None:
    lab = Lab(_many(20, "star", LONG))
    every, keys = [each.id for each in lab.agreements], list(lab.parties)
    ticks = {"parties": 20, "host": keys[:1], "witness": [], "witnesses": 0}
    with Site(lab) as site:
        page = _stage(browser, site, [])
        for kind, drawn in (("roll_call", ".st-roll-name"), ("record_code", ".st-code-digits")):
            lab.lead(_cue(kind, "清点核对", every, ticks=ticks))
            page.wait_for_selector(drawn)
            _readable_and_whole(page)
        # On whichever page of them it stands: who is ticked off is seen being ticked off.
        lab.lead(_cue("record_code", "清点核对", every, ticks={**ticks, "host": [keys[0], keys[19]]}))
        last = page.locator(".st-code", has_text="第19项目投资合作协议").locator("[data-key=p19]")
        expect(last).to_have_attribute("data-state", "signed", timeout=PATIENCE_MS)
        expect(last).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("[data-page-of]")).to_have_text(re.compile(r"^(\d) / \1$"), timeout=PATIENCE_MS)
        lab.start()
        for agreement in lab.agreements:
            for party in agreement.between:
                lab.sign_for(agreement.key, party)
        lab.lead({"state": "over", "held_at": None, "live": None})
        page.wait_for_selector("[data-finale]:not([hidden])")
        expect(page.locator(".st-finale-name:visible")).to_have_count(20, timeout=PATIENCE_MS)
        _readable_and_whole(page)


def test_the_head_bears_the_planned_day_until_it_begins_and_then_the_day_it_is(browser: Browser) -> None:
    lab = Lab()
    lab.case["planned_at"] = "2099-02-11T01:30:00.000Z"
    with Site(lab) as site:
        page = _stage(browser, site, [])
        facts = page.locator("[data-facts]")
        expect(facts).to_contain_text("2099年2月11日", timeout=PATIENCE_MS)
        lab.lead(_cue("break", "茶歇", []))
        expect(facts).not_to_contain_text("2099", timeout=PATIENCE_MS)
        expect(facts).to_contain_text(re.compile(r"20\d\d年\d+月\d+日"), timeout=PATIENCE_MS)


def test_the_clocks_of_eight_places_stand_in_one_line(browser: Browser) -> None:
    case = _many(8, "star")
    for number, party in enumerate(case["parties"]):
        party["place"] = f"第{number}会场" if number != 3 else "法兰克福展览中心大会场"
    with Site(Lab(case)) as site:
        page = _stage(browser, site, [])
        boxes = [each.bounding_box() for each in page.locator(".st-place-time").all()]
        names = page.locator(".st-place-name").nth(3).bounding_box()
        assert names is not None
        assert names["height"] > 60  # two lines of it
        assert len(boxes) == 8
        assert len({round(box["y"]) for box in boxes if box}) == 1


def test_one_agreement_of_twenty_long_names_is_readable(browser: Browser) -> None:
    lab = Lab(_many(20, "one", LONG))
    with Site(lab) as site:
        page = _stage(browser, site, [])
        lab.start()
        lab.lead(_cue("signing", "共同签署", [each.id for each in lab.agreements]))
        expect(page.locator(".st-slot[data-state=open]:visible")).to_have_count(20, timeout=PATIENCE_MS)
        _readable_and_whole(page)


def _readable_and_whole(page: Page) -> None:
    """No words are smaller than the last row can read, over other words, cut, or outside."""
    assert _smallest(page) >= HALL["height"] / 45
    _all_inside(page, ".st-roll-party, .st-code, .st-code-reader, .st-slot, .st-finale-party, .st-foot > *", HALL)
    wrong = page.evaluate(
        """() => {
          const words = [...document.querySelectorAll('main *')].filter((e) => e.checkVisibility()
            && !e.closest('.visually-hidden, .st-full, svg, [data-announce]')
            && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
          const boxes = words.flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).flatMap((n) => {
            const range = new Range();
            range.selectNodeContents(n);
            const size = parseFloat(getComputedStyle(e).fontSize);
            return [...range.getClientRects()].map((r) => {
              // What is above and below the letters in a line is nobody's.
              const air = Math.max(0, (r.height - size) / 2) + size * 0.08;
              return { e, left: r.left + 1, right: r.right - 1, top: r.top + air, bottom: r.bottom - air };
            });
          }));
          const over = boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => a.e !== b.e
            && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
            .map((b) => `${a.e.textContent} over ${b.e.textContent}`));
          const frames = [...document.querySelectorAll('.st-scene, .st-finale-words, .st-rows, .st-captions')];
          const cut = boxes.filter((a) => frames.some((f) => f.contains(a.e)
            && (a.bottom > f.getBoundingClientRect().bottom + 1 || a.top < f.getBoundingClientRect().top - 1)))
            .map((a) => `cut: ${a.e.textContent}`);
          return [...over, ...cut];
        }"""
    )
    assert wrong == []


@pytest.mark.parametrize(("parties", "shape"), [(2, "star"), (6, "star"), (20, "star"), (20, "one")])
@pytest.mark.parametrize("size", [HALL, {"width": 1440, "height": 900}], ids=["hall", "laptop"])
def test_everything_fits_into_the_picture(browser: Browser, parties: int, shape: str, size: dict[str, int]) -> None:
    lab = Lab(_many(parties, shape))
    with Site(lab) as site:
        page = _stage(browser, site, [], size)
        _all_inside(page, ".st-card, .st-slot-word, .st-place-time, h1, .st-foot > *", size)
        readable = 24 * min(size["width"] / 1920, size["height"] / 1080)
        assert _smallest(page) >= readable
        lab.start()
        for agreement in lab.agreements:
            for party in agreement.between:
                lab.sign_for(agreement.key, party)
        page.wait_for_selector("[data-finale]:not([hidden])")
        assert _smallest(page) >= readable
        _all_inside(page, ".st-finale-party, .st-qr, .st-verify-url, .st-foot > *", size)
        page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
        bottom = page.evaluate(
            """Math.max(...[...document.querySelectorAll('.st-finale-party, .st-verify-url')]
            .map((e) => e.getBoundingClientRect().bottom))"""
        )
        assert bottom <= page.evaluate("document.querySelector('.st-foot').getBoundingClientRect().top")


def _all_inside(page: Page, selector: str, size: dict[str, int]) -> None:
    outside = page.evaluate(
        """([selector, width, height]) => [...document.querySelectorAll(selector)].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.width && (box.left < -1 || box.top < -1 || box.right > width + 1 || box.bottom > height + 1);
        }).map((e) => e.className + ': ' + e.textContent)""",
        [selector, size["width"], size["height"]],
    )
    assert outside == []
