"""Lines and areas without extent, which one program draws and another does not, in a form that all draw alike.

Measured with pdfium, poppler and MuPDF: an area of no width is a line of a pixel, a shade or nothing; a curve from a
point to itself with round ends is nothing or a dot; lines of no width are as thin as a program likes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pdf.contents.plane import Matrix

LEAST_LINE = 0.2  # points: pdfium, by whose pictures people sign, draws all that is thinner in one pixel up to 360 dpi
_LEAST_SIDE = 0.1  # points
_LEAST_DASHES = 0.5  # points: dashes that add up to less are a line
_DASH = b"0.001"  # long enough to be drawn with its ends
_NEAR = 0.02  # points: what begins and ends in one place and goes no farther is a dot
_LETTERS = b"mlcvyh"

_Points = list[bytes]


def scale_of(matrix: Matrix) -> float:
    """How long a unit is behind a matrix; 0 where all is folded upon a line."""
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def least_width(width: float, matrix: Matrix) -> float:
    """The width of a line that is not thinner than all programs draw."""
    scale = scale_of(matrix)
    return width if width * scale >= LEAST_LINE or not scale else LEAST_LINE / scale


def are_line(lengths: list[bytes], matrix: Matrix) -> bool:
    """Whether dashes are too short to be told from a line."""
    return sum(map(float, lengths)) * scale_of(matrix) < _LEAST_DASHES


def without_dots(lengths: list[bytes]) -> list[bytes]:
    """Dashes of which none has no length: with square ends poppler would leave it out."""
    is_odd = len(lengths) % 2
    return [_DASH if not float(each) and (is_odd or not at % 2) else each for at, each in enumerate(lengths)]


def stroked(lines: list[bytes], matrix: Matrix, *, is_round: bool) -> list[bytes]:
    """The parts of a path that are lines; a part that stays in its point is a dot, where the ends are round."""
    near = _NEAR / (scale_of(matrix) or 1)
    out = list[bytes]()
    for part in _parts(lines):
        numbers = _numbers(part)
        if not _stays(numbers, near, is_box=part[0].endswith(b"re")):
            out += part
        elif is_round and len(part) > 1:
            start = b" ".join(numbers[:2])
            out += [start + b" m", start + b" l"]
    return out


def parted(lines: list[bytes], matrix: Matrix) -> tuple[list[bytes], list[bytes]]:
    """The parts of a path that have an area, and those that are lines alone."""
    areas, flat = list[bytes](), list[bytes]()
    least = _LEAST_SIDE / (scale_of(matrix) or 1)
    for part in _parts(lines):
        numbers = _numbers(part)
        is_box = part[0].endswith(b"re")
        has_area = _box(numbers, matrix) == part[0] if is_box else _has_area(numbers, least)
        (areas if has_area else flat).extend(part)
    return areas, flat


def filled(lines: list[bytes], matrix: Matrix) -> list[bytes]:
    """The parts of a path that are areas; those that are too thin become a little wider, points are nothing."""
    scale = scale_of(matrix)
    if not scale:
        return lines
    out = list[bytes]()
    for part in _parts(lines):
        numbers = _numbers(part)
        if part[0].endswith(b"re"):
            out += [_box(numbers, matrix)]
        elif not _has_area(numbers, _LEAST_SIDE / scale):
            out += _bar(numbers, _LEAST_SIDE / scale)
        else:
            out += part
    return out


def _parts(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Each from where it begins (m, re)."""
    part = list[bytes]()
    for line in lines:
        if part and line.endswith((b"m", b"re")):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _numbers(part: list[bytes]) -> _Points:
    if part[0].endswith(b"re"):
        return part[0].split()[:4]
    return b" ".join(part).translate(None, _LETTERS).split()


def _stays(numbers: _Points, near: float, *, is_box: bool) -> bool:
    if is_box:
        return not float(numbers[2]) and not float(numbers[3])
    if numbers[-2:] != numbers[:2]:
        return False
    x, y = float(numbers[0]), float(numbers[1])
    return all(
        abs(float(one) - x) <= near and abs(float(other) - y) <= near
        for one, other in zip(numbers[2::2], numbers[3::2], strict=True)
    )


def _box(numbers: _Points, matrix: Matrix) -> bytes:
    sides = [float(numbers[2]), float(numbers[3])]
    units = (math.hypot(*matrix[:2]), math.hypot(*matrix[2:4]))
    if (not sides[0] and not sides[1]) or not all(units):
        return b" ".join([*numbers, b"re"])
    anew = list(numbers)
    for at, (side, unit) in enumerate(zip(sides, units, strict=True)):
        if abs(side) * unit < _LEAST_SIDE:
            anew[2 + at] = written(math.copysign(_LEAST_SIDE / unit, side))
    return b" ".join([*anew, b"re"])


def _has_area(numbers: _Points, least: float) -> bool:
    """Whether some of its points make a triangle that is not lower than `least`; the first few do, of most shapes."""
    x, y = float(numbers[0]), float(numbers[1])
    far, longest = (0.0, 0.0), 0.0
    for _ in range(2):  # the second time with the point that lies farthest off
        for one, other in zip(numbers[2::2], numbers[3::2], strict=True):
            right, up = float(one) - x, float(other) - y
            length = math.hypot(right, up)
            side = max(length, longest, math.hypot(right - far[0], up - far[1]))
            if side and abs(right * far[1] - up * far[0]) >= least * side:
                return True
            if length > longest:
                far, longest = (right, up), length
    return False


def _bar(numbers: _Points, width: float) -> list[bytes]:
    """A line of this width from end to end of points that lie upon one; nothing where they are one point."""
    x, y = float(numbers[0]), float(numbers[1])
    away = [(float(one) - x, float(other) - y) for one, other in zip(numbers[::2], numbers[1::2], strict=True)]
    longest = max(away, key=lambda each: math.hypot(*each))
    length = math.hypot(*longest)
    if not length:
        return []
    right, up = longest[0] / length, longest[1] / length
    along = [one * right + other * up for one, other in away]
    aside = (-up * width / 2, right * width / 2)
    ends = [(x + at * right, y + at * up) for at in (min(along), max(along))]
    corners = [(end[0] + aside[0], end[1] + aside[1]) for end in ends]
    corners += [(end[0] - aside[0], end[1] - aside[1]) for end in reversed(ends)]
    points = [written(one) + b" " + written(other) for one, other in corners]
    return [points[0] + b" m", *(each + b" l" for each in points[1:]), b"h"]


def written(number: float) -> bytes:
    """A number as contents write it."""
    return f"{number:.9f}".rstrip("0").rstrip(".").encode() if abs(number) >= 1e-9 else b"0"
