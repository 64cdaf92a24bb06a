"""Each page of the live room in real Chromium, in both languages, wide and narrow: what must be so of all of them.

axe-core looks at each twice, wide in Chinese and narrow in English; the width is looked at in all four.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core import paths
from tests.journeys.live_pages import NO_PAGES, PAGES, LiveRoom, live_room
from tests.support.forks import ForkedProcesses
from tests.support.quick import Quick, QuickWorld
from tests.support.stages import Stages
from tests.web.browsing import CHROMIUM

PICTURES = os.environ.get("YQ_PICTURES")  # a folder: for those who look at the pages
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
in_chromium = pytest.mark.skipif(not CHROMIUM.exists() or not AXE.exists(), reason="Chromium or axe-core is missing")
SIZES = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
# An id that stands where its text should, and what a script or a template writes for a value that is not there.
_WORD = re.compile(r"(?<![\w/.@#?=&:-])[a-z][a-z0-9]*(?:-[a-z0-9_]+)+(?![\w/.@-])")
_NO_VALUE = re.compile(r"\bundefined\b|\bNaN\b|\[object |Invalid Date|\{ ?\$")


@cache
def _ids() -> frozenset[str]:
    """Every message id of the catalogues."""
    read = (file.read_text(encoding="utf-8") for file in (paths.locales() / "zh-CN").glob("*.ftl"))
    return frozenset(found for text in read for found in re.findall(r"^([a-z][\w-]*) =", text, re.MULTILINE))


def untranslated(words: str) -> list[str]:
    """What stands in these words for a text that is missing."""
    return [each for each in _WORD.findall(words) if each in _ids()] + _NO_VALUE.findall(words)


def problems(page: Page, name: str, *, axe_at: int) -> list[str]:
    """All that is wrong with the page as it is now, in words; ends as wide as it began."""
    said = [f"untranslated: {each}" for each in untranslated(page.evaluate(_WORDS))]
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wide = page.evaluate("document.scrollingElement.scrollWidth")
        said += [f"{wide} pixels wide on {size['width']}: {page.evaluate(_WIDE)}"] if wide > size["width"] else []
        said += _axe(page) if size["width"] == axe_at else []
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(SIZES[0])  # type: ignore[arg-type]
    return said


# What is read and what is read out.
_WORDS = """[document.title, document.body.innerText,
  ...[...document.querySelectorAll('[aria-label], [alt], [title], [placeholder]')].flatMap((each) =>
    ['aria-label', 'alt', 'title', 'placeholder'].map((name) => each.getAttribute(name) ?? ''))].join('\\n')"""
_WIDE = """[...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1
  ).slice(0, 3).map((each) => each.outerHTML.slice(0, 120))"""


def _axe(page: Page) -> list[str]:
    """What axe finds serious or critical; run from the debugger, which the content policy does not bind."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.fixture
def room(browser: Browser, stages: Stages, processes: ForkedProcesses, data_dir: Path) -> Iterator[LiveRoom]:
    with live_room(stages, processes, data_dir, browser) as made:
        yield made


@pytest.fixture
def world(stages: Stages, data_dir: Path) -> Iterator[Quick]:
    with QuickWorld(stages).at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def _endpoints(world: Quick) -> set[str]:
    """What answers a GET in the signing rooms, without what scripts and programs ask for."""
    signing = {name for name, made in world.app.blueprints.items() if made.import_name.startswith("signing.")}
    return {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint.split(".")[0] in signing
        and not rule.rule.startswith("/api/")
    }


def test_every_page_is_in_the_list(world: Quick) -> None:
    assert _endpoints(world) == PAGES.keys() | NO_PAGES
    assert not PAGES.keys() & NO_PAGES


def test_each_address_of_the_list_leads_to_its_page(world: Quick) -> None:
    adapter = world.app.url_map.bind("localhost")
    for endpoint, (_, addresses) in PAGES.items():
        for address in addresses:
            found, _ = adapter.match(re.sub(r"\{\w+\}", "x1", address.partition("?")[0]))
            assert found == endpoint, address


def test_a_missing_text_is_seen() -> None:
    words = "a well-known site: /static/common-live-ok, x.common-live-ok; common-live-lost undefined {$name}"
    assert untranslated(words) == ["common-live-lost", "undefined", "{$"]


@pytest.mark.browser
@pytest.mark.slow
@in_chromium
@pytest.mark.parametrize(("locale", "axe_at"), [("zh-CN", 1440), ("en-US", 390)])
def test_every_page_is_fit_for_everybody(room: LiveRoom, locale: str, axe_at: int) -> None:
    visitors, said = room.visitors(locale=locale), []
    for endpoint, (who, addresses) in PAGES.items():
        page = visitors.page(who)
        for number, path in enumerate(addresses):
            answer = page.goto(room.address(path))
            assert answer, path
            assert answer.ok, f"{path}: {answer.status}"
            page.locator("h1").first.wait_for(state="attached")
            name = f"{endpoint}-{number}-{locale}"
            said += [f"{path}: {each}" for each in problems(page, name, axe_at=axe_at)]
    assert not said, "\n".join(said)
