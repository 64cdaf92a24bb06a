from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, TooMany
from signing.ink import rules
from signing.ink.rules import Batch, Part, Pen

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
DRAWING = int(NOW.timestamp() * 1000)


def batch(seq: int = 1, *, points: int = 1, drawing: int = DRAWING, agreement: str = "agr_1") -> Batch:
    return Batch(agreement, drawing, seq, 5_000, parts=(Part(0, ((1, 2, 3, 4),) * points),))


def pen(seq: int = 1, **changes: object) -> Pen:
    after = rules.advance(rules.first("cer_1", batch(), now=NOW), batch(seq), now=NOW)
    return replace(after, **changes)  # type: ignore[arg-type]


def code(pen: Pen, batch: Batch, *, later: float = 0.1) -> str:
    with pytest.raises((Conflict, TooMany)) as refused:
        rules.advance(pen, batch, now=NOW + timedelta(seconds=later))
    return refused.value.code


def test_each_batch_follows_the_one_before_and_gaps_are_allowed() -> None:
    after = rules.advance(pen(), batch(7, points=5), now=NOW)
    assert (after.seq, after.points, after.window_batches, after.window_points) == (7, 6, 2, 6)


@pytest.mark.parametrize(
    "late",
    [
        batch(3),
        batch(2),
        batch(9, drawing=DRAWING - 1),
        batch(9, agreement="agr_2"),
        batch(9, drawing=DRAWING + 61_000),
    ],
    ids=["again", "before", "of the drawing before", "of another agreement", "of the future"],
)
def test_what_does_not_follow_is_refused(late: Batch) -> None:
    assert code(pen(3), late) == "ink_out_of_order"


def test_a_new_drawing_begins_to_count_anew_but_not_within_the_second() -> None:
    full = pen(points=rules.MOST_IN_DRAWING)
    assert code(full, batch(2)) == "ink_full"
    after = rules.advance(full, batch(drawing=DRAWING + 1), now=NOW)
    assert (after.points, after.window_batches) == (1, 2)


def test_no_more_than_so_many_batches_and_points_in_a_second() -> None:
    busy = pen(window_batches=rules.BATCHES)
    assert code(busy, batch(2)) == "ink_too_fast"
    assert code(pen(window_points=rules.POINTS), batch(drawing=DRAWING + 1)) == "ink_too_fast"
    assert rules.advance(busy, batch(2), now=NOW + rules.WINDOW).window_batches == 1


def test_a_clock_that_was_put_back_begins_a_new_second() -> None:
    busy = pen(window_batches=rules.BATCHES)
    assert rules.advance(busy, batch(2), now=NOW - timedelta(seconds=30)).window_batches == 1


def test_who_may_sign_is_asked_for_each_drawing_and_every_second() -> None:
    def asks(before: Pen | None, after: Batch, *, later: float = 0.1) -> bool:
        return rules.is_to_be_checked(before, after, now=NOW + timedelta(seconds=later))

    assert asks(None, batch())
    assert asks(pen(), batch(drawing=DRAWING + 1))
    assert asks(pen(), batch(2, agreement="agr_2"))
    assert asks(pen(), batch(2), later=1)
    assert asks(pen(), batch(2), later=-60)
    assert not asks(pen(), batch(2))


def test_taking_ink_away_is_never_asked_of_who_was_let_draw() -> None:
    cleared = Batch("agr_1", DRAWING + 1, 1, 5_000)
    assert not rules.is_to_be_checked(pen(), cleared, now=NOW + timedelta(hours=1))
    assert rules.is_to_be_checked(None, cleared, now=NOW)
