"""Children of the intake tell how far they have come, and end when nobody waits for them any more."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from pdf import intake
from pdf.errors import PdfError
from pdf.intake import take_in
from pdf.preview import page_images
from pdf.progress import Progress, Reached, Step, Stopped
from tests.pdf.foreign import drawn, words

THREE = drawn(words("One"), words("Two"), words("Three"))


class Heard(Progress):
    """Keeps where each step had come to when the next one began; `then` is called at each beginning."""

    def __init__(self, then: Callable[[Progress], None] = lambda _: None) -> None:
        super().__init__()
        self.steps: list[Reached] = []
        self._then = then

    def begin(self, step: Step, pages: int = 0) -> None:
        self.steps.append(self.reached())
        super().begin(step, pages)
        self._then(self)


def test_each_step_counts_its_pages() -> None:
    with Heard() as heard:
        take_in(THREE, progress=heard)
        steps = [*heard.steps[1:], heard.reached()]
    assert [(each.step, each.pages) for each in steps] == [
        (Step.OPENING, 0),
        *((step, 3) for step in (Step.LOOKING, Step.COMPARING, Step.PICTURING, Step.DRAWING)),
    ]
    # The second program reads all three at once: it comes to the first and is done.
    assert [each.page for each in steps] == [0, 3, 1, 3, 3]


@pytest.mark.parametrize("step", [Step.LOOKING, Step.PICTURING, Step.DRAWING])
def test_a_child_that_nobody_waits_for_ends_at_its_next_page(step: Step) -> None:
    def stop(heard: Progress) -> None:
        if heard.reached().step is step:
            heard.stop()

    with Heard(stop) as heard, pytest.raises(PdfError) as caught:
        take_in(THREE, progress=heard)
    assert caught.value.code == Stopped.code
    assert heard.steps[-1].step is not step
    assert heard.is_stopped


def test_what_was_stopped_begins_no_further_step(monkeypatch: pytest.MonkeyPatch) -> None:
    with Progress() as progress:
        monkeypatch.setattr(intake, "read_again", lambda *_, **__: progress.stop())
        with pytest.raises(Stopped):
            take_in(THREE, progress=progress)
        assert progress.reached().step is Step.COMPARING


def test_a_child_that_lies_is_shown_at_the_last_page_and_stops_nobody() -> None:
    with Progress() as progress:
        progress.begin(Step.LOOKING, 3)
        os.pwrite(progress.descriptor, b"\xff\xff\xff\xff\x01", 0)
        assert progress.reached() == Reached(Step.LOOKING, 3, 3)
        assert not progress.is_stopped
        with pytest.raises(OSError, match="not permitted"):
            os.ftruncate(progress.descriptor, 1 << 20)


def test_pages_are_drawn_where_nobody_asks_how_far() -> None:
    assert len(page_images(THREE)) == 3
