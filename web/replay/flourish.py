"""A flourish that is nobody's signature, different for each signer: as a picture, and as strokes while it is drawn."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from itertools import pairwise
from threading import Event
from typing import Any

from PIL import Image, ImageDraw

from web.replay.client import Browser, Refused

_WIDTH, _HEIGHT = 600, 240
_TURNS = 16
_BETWEEN = 8  # points between two turns
_A_BATCH = 6
_BATCH_SECONDS = 0.07
_FULL = 10_000


def picture(seed: str) -> bytes:
    """PNG."""
    image = Image.new("RGBA", (_WIDTH, _HEIGHT), (0, 0, 0, 0))
    ImageDraw.Draw(image).line(_turns(seed), fill=(16, 28, 64, 255), width=7, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def show(browser: Browser, seat: str, agreement_id: str, *, seed: str, stopping: Event) -> None:
    """Draw it before those who watch; `seat` is the address of the seat's JSON. What is refused is not drawn."""
    try:
        for batch in batches(agreement_id, seed=seed, begun_at=time.time()):
            if stopping.wait(_BATCH_SECONDS):
                return
            browser.post(f"{seat}/ink", batch)
    except Refused:
        return  # a stroke that is lost changes no signature


def batches(agreement_id: str, *, seed: str, begun_at: float) -> Iterator[dict[str, Any]]:
    """What a signer's page would send, in order; `begun_at` in seconds since 1970."""
    points = list(_points(seed))
    fixed = {"agreement": agreement_id, "drawing": int(begun_at * 1000), "shape": _FULL * _HEIGHT // _WIDTH, "gone": []}
    for seq, start in enumerate(range(0, len(points), _A_BATCH), start=1):
        yield {**fixed, "seq": seq, "parts": [[0, points[start : start + _A_BATCH]]], "over": False}


def _turns(seed: str) -> list[tuple[int, int]]:
    numbers = hashlib.sha256(seed.encode()).digest()
    return [(20 + index * 560 // (_TURNS - 1), 40 + numbers[index] * 160 // 255) for index in range(_TURNS)]


def _points(seed: str) -> Iterator[list[int]]:
    """[x, y, pressure, ms] along the turns."""
    turns = _turns(seed)
    for index, ((x, y), (to_x, to_y)) in enumerate(pairwise(turns)):
        for step in range(_BETWEEN):
            part = step / _BETWEEN
            eased = part * part * (3 - 2 * part)
            across, down = x + (to_x - x) * part, y + (to_y - y) * eased
            at = (index * _BETWEEN + step) * 12
            yield [round(across / _WIDTH * _FULL), round(down / _HEIGHT * _FULL), _FULL // 2, at]
