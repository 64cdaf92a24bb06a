"""The mark of this product (web/assets/img/favicon.svg) as the pictures that wallets show."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache

from PIL import Image, ImageDraw

Point = tuple[float, float]
_SIZES = {"icon": 29, "logo": 50}  # points: Apple's, at one, two and three dots to the point
_GROUND, _LINE = "#0b4a50", "#f4e3bb"
_SIDE, _RADIUS, _WIDTH = 32.0, 7.0, 2.2
# Where each line begins, then its curves: two control points and the end, from where the curve begins.
_LINES: tuple[tuple[Point, Sequence[tuple[Point, Point, Point]]], ...] = (
    (
        (6.5, 19.5),
        (((0, -2.6), (2, -4.5), (4.4, -4.5)), ((0.4, -3.5), (3.2, -6), (6.6, -6)), ((3.1, 0), (5.7, 2.1), (6.4, 5))),
    ),
    (
        (6.5, 22.8),
        (
            ((4.2, 1.7), (6.6, -5), (9.4, -5)),
            ((2.6, 0), (0.4, 4.9), (2.9, 4.9)),
            ((2, 0), (2.4, -3), (4.3, -3)),
            ((1.1, 0), (1.5, 1), (2.6, 1)),
        ),
    ),
)
_STEPS, _FINER = 60, 4


@cache
def pictures() -> dict[str, bytes]:
    """PNG by the file names that Apple wants."""
    return {
        f"{name}{'' if dots == 1 else f'@{dots}x'}.png": _picture(points * dots)
        for name, points in _SIZES.items()
        for dots in (1, 2, 3)
    }


def _picture(side: int) -> bytes:
    large = side * _FINER
    scale = large / _SIDE
    picture = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, large - 1, large - 1), radius=_RADIUS * scale, fill=_GROUND)
    for start, curves in _LINES:
        points = [(x * scale, y * scale) for x, y in _along(start, curves)]
        half = _WIDTH * scale / 2
        for x, y in points:  # a row of dots is a smooth line with round ends; drawn as lines it shows its joints
            draw.ellipse((x - half, y - half, x + half, y + half), fill=_LINE)
    file = io.BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def _along(start: Point, curves: Sequence[tuple[Point, Point, Point]]) -> Iterator[Point]:
    """Points on cubic curves, one after the other."""
    x, y = start
    yield start
    for one, two, end in curves:
        for step in range(1, _STEPS + 1):
            part = step / _STEPS
            first, second, third = 3 * part * (1 - part) ** 2, 3 * part**2 * (1 - part), part**3
            yield (
                x + first * one[0] + second * two[0] + third * end[0],
                y + first * one[1] + second * two[1] + third * end[1],
            )
        x, y = x + end[0], y + end[1]
