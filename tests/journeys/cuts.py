"""Cuts of lines and machines in the middle of what people do, and how long the stage then takes to be right again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from playwright.sync_api import Page, Route

from tests.journeys.people import offline
from tests.support.lines import Line
from tests.support.server import Server

BANNER = "[data-offline]:not([hidden])"
UNHEEDED = ("/ink", "/here")  # what a page sends by itself and says nothing about when it is lost
# The picture of a stage is right when it says what the server says now: which cue is live, and which pens have signed.
RIGHT = """async () => {
  const settings = JSON.parse(document.getElementById("stage-settings").textContent);
  let state;
  try {
    const answer = await fetch(settings.state_url, {headers: {Accept: "application/json"}});
    if (!answer.ok) return false;
    state = await answer.json();
  } catch {
    return false;
  }
  const signed = state.agreements.flatMap((each) => each.signers).filter((each) => each.state === "signed");
  const shown = document.querySelectorAll(".st-slot[data-state=signed]").length;
  const live = state.cue && state.cue.state !== "over" && state.cue.live ? state.cue.live.kind : null;
  const cue = document.body.getAttribute("data-cue-kind");
  const link = document.querySelector("[data-live-state]").getAttribute("data-live");
  return link === "ok" && shown === signed.length && (cue || null) === live;
}"""


class Cut(StrEnum):
    """What goes wrong."""

    LINE = "line"  # the machine's network, until its page says so
    ANSWER = "answer"  # the server hears the request, its answer is lost on the way
    TAB = "tab"  # the page is loaded again in the middle
    HALL = "hall"  # the line of the stage, until it says so
    SERVER = "server"  # kill -9, and started again


def drawn(rng: random.Random, acts: int, cuts: int) -> dict[int, Cut]:
    """At which of so many acts which cut happens, each kind as often as the others."""
    chosen = [tuple(Cut)[number % len(Cut)] for number in range(cuts)]
    rng.shuffle(chosen)
    return dict(zip(sorted(rng.sample(range(acts), cuts)), chosen, strict=True))


@dataclass
class Cutter:
    """Does what people do, one act after the other, and cuts where it was drawn."""

    server: Server
    cuts: dict[int, Cut]
    stage: Page
    line: Line  # between the server and the stage
    say: Callable[[str], None]
    done: int = 0
    until_right: list[float] = field(default_factory=list)

    def act(self, page: Page, press: Callable[[], None], settle: Callable[[Cut | None], None], *, what: str) -> None:
        """`press` begins an act on the page, `settle` waits until it is done, whatever happened meanwhile."""
        cut = self.cuts.get(self.done)
        self.done += 1
        if cut is None:
            press()
            settle(None)
            return
        self.say(f"{self.done}. {what}: {cut}")
        with self._cutting(cut, page):
            press()
        self._time_the_stage()
        settle(cut)

    @contextmanager
    def _cutting(self, cut: Cut, page: Page) -> Iterator[None]:
        if cut is Cut.LINE:
            with offline(page):
                yield
                page.wait_for_selector(BANNER)
        elif cut is Cut.HALL:
            self.line.cut()
            yield
            self.stage.wait_for_selector("[data-live-state][data-live=lost]")
            self.line.mend()
        elif cut is Cut.ANSWER:
            with _losing_an_answer(page):
                yield
        elif cut is Cut.TAB:
            yield
            page.reload()
        else:
            yield
            self.server.kill()
            self.server.restart()
            self.server.wait_ready()

    def _time_the_stage(self) -> None:
        back = time.monotonic()
        self.stage.wait_for_function(RIGHT, polling=50)
        self.until_right.append(time.monotonic() - back)


@contextmanager
def _losing_an_answer(page: Page) -> Iterator[None]:
    """The answer to the next act is lost, and nobody hears its repetitions before the page has said so."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        url = route.request.url
        if route.request.method != "POST" or url.endswith(UNHEEDED) or (lost and url != lost[0]):
            return route.fallback()
        if not lost:
            lost.append(url)
            route.fetch()
        route.abort("connectionreset")
        return None

    page.route("**/*", lose)
    try:
        yield
        page.wait_for_selector(BANNER)
    finally:
        page.unroute("**/*", lose)


def spread(seconds: Sequence[float]) -> str:
    """Median and worst, for a person to read."""
    ordered = sorted(seconds)
    return f"median {ordered[len(ordered) // 2]:.2f} s, worst {ordered[-1]:.2f} s, of {len(ordered)}"
