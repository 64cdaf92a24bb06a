"""The flourish that a replay draws before the hall is one that the server takes."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from unittest import mock

import pytest

from core import clock
from signing.ink import forms, rules
from web.replay import flourish
from web.replay.client import Refused


@pytest.mark.parametrize("seed", ["a@signers.example", "b@signers.example"])
def test_a_flourish_is_within_all_bounds(seed: str) -> None:
    now = clock.now()
    sent = list(flourish.batches("agr_1", seed=seed, begun_at=now.timestamp()))
    pen = None
    for number, batch in enumerate(map(forms.read_batch, sent)):
        at = now + timedelta(seconds=number * flourish._BATCH_SECONDS)
        pen = rules.advance(pen or rules.first("cer_1", batch, now=at), batch, now=at)
    assert pen is not None
    assert pen.points == (flourish._TURNS - 1) * flourish._BETWEEN
    other = next(flourish.batches("agr_1", seed="c@signers.example", begun_at=1.0))
    assert sent[0]["parts"] != other["parts"]


def test_a_stage_that_takes_no_ink_holds_up_no_replay() -> None:
    browser = mock.Mock()
    browser.post.side_effect = Refused(409, {"code": "ink_not_shown"})
    flourish.show(browser, "/api/seat/sea_1", "agr_1", seed="a@signers.example", stopping=Event())
    assert browser.post.call_count == 1
