"""What pages complain about is heard, so that a journey without complaints means something."""

from __future__ import annotations

import pytest

from tests.journeys.people import World
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
PLANTED = {
    "a script that fails": "setTimeout(() => { throw new Error('planted') })",
    "an inline handler, refused by the content policy": (
        # Pressed, too: Chromium 150 reads a handler no sooner than it is needed.
        "document.body.setAttribute('onclick', 'planted()'); document.body.click()"
    ),
    "a style that the content policy refuses": "document.body.setAttribute('style', 'color: red')",
    "an address that is not there": "void fetch('/planted')",
}


@pytest.mark.parametrize("script", PLANTED.values(), ids=PLANTED)
def test_a_complaint_is_heard(world: World, script: str) -> None:
    page = world.machine()
    page.goto(f"{world.url}/verify")
    heard = "pageerror" if "throw" in script else "console"
    with page.expect_event(heard):
        page.evaluate(script)
    said = world.complaints.said[:]
    world.complaints.said.clear()
    assert len(said) == 1, said


def test_what_a_journey_brings_about_itself_is_no_complaint(world: World) -> None:
    world.complaints.allowed.add("404")
    page = world.machine()
    page.goto(f"{world.url}/verify")
    with page.expect_event("console"):
        page.evaluate("void fetch('/planted')")
    assert world.complaints.said == []
