"""How far from the origin things are drawn: beyond 25,000 points programs cut lines off in different ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FARTHEST = 25_000.0
Matrix = tuple[float, float, float, float, float, float]
PLAIN: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Reach:
    """The farthest coordinate of lines, and of upright rectangles alone: cut off anywhere, those look the same."""

    lines: float = 0.0
    boxes: float = 0.0

    def through(self, matrix: Matrix) -> Reach:
        """The same seen from outside a matrix."""
        lines = _stretched(self.lines, matrix) if self.lines else 0.0
        boxes = _stretched(self.boxes, matrix) if self.boxes else 0.0
        return Reach(lines, boxes) if is_upright(matrix) else Reach(max(lines, boxes), 0.0)

    def joined(self, other: Reach) -> Reach:
        return Reach(max(self.lines, other.lines), max(self.boxes, other.boxes))


def product(inner: Matrix, outer: Matrix) -> Matrix:
    """`inner` first (ISO 32000-2 8.3.4)."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def is_upright(matrix: Matrix) -> bool:
    return matrix[1] == matrix[2] == 0 or matrix[0] == matrix[3] == 0


def matrix_of(numbers: Sequence[object]) -> Matrix:
    """Of six numbers as they are written."""
    a, b, c, d, e, f = (float(each) for each in numbers)  # type: ignore[arg-type]
    return (a, b, c, d, e, f)


def _stretched(far: float, matrix: Matrix) -> float:
    a, b, c, d, e, f = matrix
    return max((abs(a) + abs(c)) * far + abs(e), (abs(b) + abs(d)) * far + abs(f))
