"""What of a drawing is passed on while it is drawn: how much, how often, in which order (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Conflict, TooMany

FULL = 10_000  # a coordinate runs from 0 to this across the pad
MOST_STROKES = 2_000
MOST_PARTS = 8
MOST_GONE = 64
MOST_POINTS = 120  # in one batch
MOST_IN_DRAWING = 6_000
LONGEST_DRAWING = timedelta(minutes=30)
MOST_BYTES = 8_192

WINDOW = timedelta(seconds=1)
BATCHES = 25  # within a window; a browser sends fifteen
POINTS = 400  # within a window; fingers and pens give 120
CHECK_AGAIN = timedelta(seconds=1)
_ID = re.compile(r"[0-9A-Za-z_]{1,40}")
_AHEAD = timedelta(seconds=60)

Point = tuple[int, int, int, int]  # x, y and pressure of FULL each; milliseconds since the drawing was begun


@dataclass(frozen=True)
class Part:
    """The next points of one stroke; a number that is new begins a stroke."""

    stroke: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Batch:
    """What a browser sends at a time. `drawing` (milliseconds, server's time) grows with each drawing that is begun,
    `seq` with each batch of it; `gone` are strokes that were taken back; `shape` is the pad's height by its width, of
    FULL; `is_over`: nothing more comes; `is_typed`: the name is signed as typed, and shown as the plan has it."""

    agreement_id: str
    drawing: int
    seq: int
    shape: int
    gone: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    is_over: bool = False
    is_typed: bool = False

    @property
    def points(self) -> int:
        """How many points it has."""
        return sum(len(part.points) for part in self.parts)


@dataclass(frozen=True)
class Pen:
    """How far a seat has come: the newest batch that was taken, and what was taken in the window that began last."""

    ceremony_id: str
    agreement_id: str
    drawing: int
    seq: int
    points: int
    window_at: datetime
    window_batches: int
    window_points: int
    checked_at: datetime


def is_id(text: str) -> bool:
    """Whether it may be looked for: PostgreSQL takes no text with a zero in it."""
    return _ID.fullmatch(text) is not None


def is_to_be_checked(pen: Pen | None, batch: Batch, *, now: datetime) -> bool:
    """Whether it is time to ask anew if this seat may sign. What only takes ink away may come from who was let draw."""
    if pen is None or pen.agreement_id != batch.agreement_id:
        return True
    if not (batch.parts or batch.is_typed):
        return False
    return pen.drawing != batch.drawing or not timedelta() <= now - pen.checked_at < CHECK_AGAIN


def first(ceremony_id: str, batch: Batch, *, now: datetime) -> Pen:
    """A pen that drew nothing yet."""
    return Pen(ceremony_id, batch.agreement_id, 0, 0, 0, now, 0, 0, checked_at=now)


def advance(pen: Pen, batch: Batch, *, now: datetime) -> Pen:
    """The pen after a batch.

    Raises Conflict `ink_out_of_order` for what came before, twice or from the future, Conflict `ink_full` past what a
    drawing may hold, TooMany `ink_too_fast`.
    """
    same = pen.drawing == batch.drawing
    if batch.drawing < pen.drawing or (same and (batch.seq <= pen.seq or batch.agreement_id != pen.agreement_id)):
        raise Conflict("ink_out_of_order")
    if batch.drawing > _milliseconds(now + _AHEAD):
        raise Conflict("ink_out_of_order")
    within = timedelta() <= now - pen.window_at < WINDOW
    batches = 1 + (pen.window_batches if within else 0)
    recent = batch.points + (pen.window_points if within else 0)
    if batches > BATCHES or recent > POINTS:
        raise TooMany("ink_too_fast", retry_after=1)
    points = batch.points + (pen.points if same else 0)
    if points > MOST_IN_DRAWING:
        raise Conflict("ink_full")
    return replace(
        pen,
        agreement_id=batch.agreement_id,
        drawing=batch.drawing,
        seq=batch.seq,
        points=points,
        window_at=pen.window_at if within else now,
        window_batches=batches,
        window_points=recent,
    )


def lifted(pen: Pen) -> tuple[Pen, Batch]:
    """The pen after its drawing was taken from the screens, and the batch that says so."""
    batch = Batch(pen.agreement_id, pen.drawing, pen.seq + 1, FULL // 2, is_over=True)
    return replace(pen, seq=batch.seq), batch


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
