"""What must not lie over something else on a phone, and what stands at one edge: pieces of pages with their style."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browsing import CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")]
STATIC = Path(__file__).parents[2] / "static"
CODE = '<li><span class="{0}">4265 4100</span><span>{1}</span></li>'


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def show(page: Page, body: str) -> None:
    built = json.loads((STATIC / "manifest.json").read_text("utf-8"))["css/app.css"]
    style = (STATIC / built).read_text("utf-8")
    page.set_content(f"<!doctype html><html lang=en><style>{style}</style><body>{body}</body></html>")


def top_and_bottom(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_the_drill_s_mark_lies_neither_over_the_lost_line_nor_over_the_header(phone: Page) -> None:
    banner = "No network: completing your signature. It goes on by itself when the connection is back. " * 2
    show(
        phone,
        f'<div class="offline" data-offline>{banner}</div><aside class="drill-mark"><strong>Drill</strong>'
        "<span>This page acts as if its line were lost.</span></aside><header>Yunqian</header>",
    )
    (_, banner_end), (mark, mark_end) = top_and_bottom(phone, ".offline"), top_and_bottom(phone, ".drill-mark")
    assert banner_end <= mark
    assert mark_end <= top_and_bottom(phone, "header")[0]


@pytest.mark.parametrize(("listed", "code"), [("seat-asked-codes", "seat-asked-code"), ("tick-codes", "tick-code")])
def test_digits_and_titles_of_several_agreements_stand_at_one_edge(phone: Page, listed: str, code: str) -> None:
    rows = "".join(CODE.format(code, title) for title in ("Framework Agreement", "Strategic Cooperation Agreement (2)"))
    card = f'<section class="card"><p>Codes</p><div class="ticks"><ul class="{listed}">{rows}</ul></div></section>'
    show(phone, f'<main class="page">{card}</main>')
    edges = phone.evaluate(
        "[...document.querySelectorAll('.card p, .card li span')].map((e) => e.getBoundingClientRect().x)"
    )
    assert len(edges) == 5
    assert len(set(edges)) == 1
    assert phone.evaluate("getComputedStyle(document.querySelector('.card li'), '::before').content") == "none"
