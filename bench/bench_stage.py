"""How soon the stage is seen when a hall's computer opens it: first contentful paint, cold cache, a real server."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from bench.common import Result
from tests.web.browsing import chromium
from web import own_server
from web.replay.client import Browser as Client
from web.replay.host import Host

TIMES = 7
LONGEST_MS = 1000.0
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "shuangliu-signing.json"
_FIRST_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const found = list.getEntriesByName('first-contentful-paint')[0];
  if (found) resolve(found.startTime);
}).observe({type: 'paint', buffered: true}))"""


def run() -> list[Result]:
    """The model case, invited, on the stage in 1920 × 1080 and in 3840 × 2160."""
    with (
        tempfile.TemporaryDirectory() as folder,
        own_server.running(Path(folder), port=own_server.free_port()) as server,
        chromium() as browser,
    ):
        link = _stage_link(server.url)
        paints = {width: [first_paint(browser, link, width) for _ in range(TIMES)] for width in (1920, 3840)}
    return [
        Result(
            f"stage, first contentful paint at {width} × {width * 9 // 16}, median of {TIMES}",
            statistics.median(found),
            "ms",
            limit=LONGEST_MS if width == 1920 else None,
            note=f"cold cache, drawn in software; slowest {max(found):.0f} ms",
        )
        for width, found in paints.items()
    ]


def first_paint(browser: Browser, link: str, width: int) -> float:
    """Milliseconds from opening the link, its redirect included, in a browser that has seen nothing of it."""
    context = browser.new_context(viewport={"width": width, "height": width * 9 // 16})
    try:
        page = context.new_page()
        page.goto(link)
        return float(page.evaluate(_FIRST_PAINT))
    finally:
        context.close()


def _stage_link(url: str) -> str:
    host = Host(Client(url, patience=60.0), say=lambda _: None)
    host.sign_in()
    host.import_file(EXAMPLE.read_bytes())
    host.invite()
    return host.stage_link()
