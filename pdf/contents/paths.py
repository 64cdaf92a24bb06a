"""A path from its first point to its painting (ISO 32000-2 8.5), written so that no reader has to guess a point."""

from __future__ import annotations

from pdf.contents import thin
from pdf.contents.operators import FILLS, STARTS, STROKES
from pdf.contents.plane import Matrix, Reach
from pdf.contents.tokens import Operand, unclear


class Path:
    """What was built since the last painting; `lines` is empty where there is no path."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self._clip = b""
        self._start: list[Operand] = []
        self._is_closed = False
        self._points: list[Operand] = []
        self._boxes: list[Operand] = []

    @property
    def is_clip(self) -> bool:
        """Whether W was said, and no painting yet."""
        return bool(self._clip)

    def build(self, operator: bytes, operands: list[Operand]) -> None:
        """Raises `pdf_unclear` for lines that begin nowhere, or after W."""
        if self._clip:
            raise unclear("a path that goes on after W")
        if operator in STARTS:
            self._start = operands[:2]
            self._is_closed = operator == b"re"
        elif not self.lines:
            if operator == b"h":
                return
            raise unclear("a line that begins nowhere")
        elif operator == b"h":
            if self._is_closed:
                return
            self._is_closed = True
        elif self._is_closed:  # it goes on from where the closed part began
            self.lines.append(b" ".join(map(bytes, self._start)) + b" m")
            self._is_closed = False
        if operator == b"re":
            self._boxes += operands
        else:
            self._points += operands
        self.lines.append(b" ".join([*operands, operator]))  # type: ignore[list-item] # numbers

    def go_on(self, written: bytes) -> None:
        """Lines and curves, plainly written (tokens.LINES), on from the point of an m."""
        numbers = written.translate(None, b"lcvy").split()
        self._points += [max(numbers, key=lambda each: abs(float(each)))]
        plain = b" ".join(written.split())
        for letter in (b"l", b"c", b"v", b"y"):
            plain = plain.replace(letter + b" ", letter + b"\n")
        self.lines.append(plain)

    def clip(self, operator: bytes) -> None:
        """W or W*: raises `pdf_unclear` for a clip of nothing, or two that differ."""
        if not self.lines or self._clip not in (b"", operator):
            raise unclear("a clip of nothing")
        self._clip = operator

    def reach(self) -> Reach:
        """How far its points lie from the origin."""
        lines = max(map(abs, map(float, self._points)), default=0.0)  # type: ignore[arg-type] # numbers
        boxes = 2 * max(map(abs, map(float, self._boxes)), default=0.0)  # type: ignore[arg-type]
        return Reach(lines, boxes)

    def painted(self, operator: bytes, matrix: Matrix, *, is_round: bool) -> list[bytes]:
        """Its lines with this painting at their end, and it begins anew; nothing where there is no path.

        What has no extent is painted as all programs would; the clip is the path as it is.
        """
        lines, clip = self.lines, self._clip
        self.__init__()  # type: ignore[misc]
        drawn = _drawn(lines, operator, matrix, is_round) if lines and operator != b"n" else []
        if not clip:
            return drawn if drawn or not lines or operator != b"n" else [*lines, operator]
        if drawn == [*lines, operator]:
            return [*lines, clip, operator]
        return [*drawn, *lines, clip, b"n"]


def _drawn(lines: list[bytes], operator: bytes, matrix: Matrix, is_round: bool) -> list[bytes]:
    if operator not in STROKES:
        areas = thin.filled(lines, matrix)
        return [*areas, operator] if areas else []
    strokes = thin.stroked(lines, matrix, is_round=is_round)
    if operator not in FILLS:
        return [*strokes, operator] if strokes else []
    areas, flat = thin.parted(strokes, matrix)
    closing = b"s" if operator.startswith(b"b") else b"S"
    return [*areas, *([operator] if areas else []), *flat, *([closing] if flat else [])]
