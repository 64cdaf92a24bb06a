"""What a phone may hand to a computer: one small picture, for a short while: pure."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum

from core.errors import Invalid, Problem, Refusal

OFFER_LIFE = timedelta(minutes=10)  # to find the phone and scan
PAD_LIFE = timedelta(minutes=20)  # once it has joined
MOST_OFFERS = 30  # of a seat in an hour
MOST_DRAWINGS = 60  # on one pad
LONGEST_DRAWING = 150_000  # bytes; the page makes some 20,000
LONGEST_SIDE = 2000  # pixels
_ID = re.compile(r"[0-9A-Za-z_]{1,40}")
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


class PadState(StrEnum):
    """How far a pad has come."""

    OFFERED = "offered"
    JOINED = "joined"
    DRAWN = "drawn"


class DrawpadTaken(Refusal):
    """Another phone has scanned this code already."""

    code = "drawpad_taken"
    status = 409


class DrawpadOver(Refusal):
    """The computer has gone on, or too long ago."""

    code = "drawpad_over"
    status = 410


class DrawpadNeeded(Refusal):
    """This browser did not join this pad."""

    code = "drawpad_needed"
    status = 403


def is_id(text: str) -> bool:
    """Whether it can be kept as an agreement's id; whether it is one of this seat's is asked with each stroke."""
    return _ID.fullmatch(text) is not None


def check_drawing(png: bytes) -> bytes:
    """That it looks like the picture of a drawing; whether one may sign with it is asked then. Raises Invalid."""
    if not png:
        raise Invalid([Problem("$.png", "empty_drawing")])
    if len(png) > LONGEST_DRAWING:
        raise Invalid([Problem("$.png", "drawing_too_large", {"limit": LONGEST_DRAWING // 1000})])
    # PNG §11.2.2: width and height stand right behind the name of the first chunk.
    sides = (int.from_bytes(png[16:20]), int.from_bytes(png[20:24]))
    if not png.startswith(_PNG) or not all(0 < side <= LONGEST_SIDE for side in sides):
        raise Invalid([Problem("$.png", "not_a_drawing")])
    return png
