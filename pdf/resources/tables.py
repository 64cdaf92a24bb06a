"""Functions as tables of samples that every reader reads alike (ISO 32000-2 7.10.2).

Between samples some readers mix all corners of a cell and pdfium adds up the steps along its sides: the two agree where
the sides of each cell tell what its far corner is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pdf.resources.values import Number, unclear

# Samples a side by the number of inputs; more inputs than this are nothing that papers have.
_SIDES = {1: 1024, 2: 129, 3: 17, 4: 9, 5: 6, 6: 4, 7: 3, 8: 3}
_FULL = 255
_APART = 16  # of 255: how far the two ways of mixing may part in the middle of a cell
MOST_STEPS = 4_000_000  # of reckoning for one function: about two seconds

Function = Callable[[Sequence[float]], Sequence[float]]


class Samples(Protocol):
    """Whole numbers by their place."""

    def __getitem__(self, at: int, /) -> int:
        """The one at a place."""
        ...


@dataclass(frozen=True)
class Table:
    """Samples of one octet each, the first input running fastest, the outputs of a point side by side."""

    size: tuple[int, ...]
    outputs: int
    samples: bytes

    def is_plain(self) -> bool:
        """Whether all readers mix its cells alike."""
        steps = _steps(self.size, self.outputs)
        for corner in itertools.product(*(range(side - 1) if side > 1 else (0,) for side in reversed(self.size))):
            base = sum(at * step for at, step in zip(reversed(corner), steps, strict=True))
            if any(self._apart(base + output, steps) > _APART for output in range(self.outputs)):
                return False
        return True

    def _apart(self, base: int, steps: Sequence[int]) -> float:
        """How far the two ways part in the middle of the cell that begins here."""
        wide = [step for step, side in zip(steps, self.size, strict=True) if side > 1]
        here = self.samples[base]
        corners = [
            self.samples[base + sum(itertools.compress(wide, taken))]
            for taken in itertools.product((0, 1), repeat=len(wide))
        ]
        along = here + sum(self.samples[base + step] - here for step in wide) / 2
        return abs(sum(corners) / len(corners) - along)


def work(inputs: int) -> int:
    """How many points a table of so many inputs has. Raises `pdf_unclear` where none is made."""
    if inputs not in _SIDES:
        raise unclear("a function of too many inputs")
    return int(_SIDES[inputs] ** inputs)


def sides(inputs: int) -> list[int]:
    """How many samples a table has on each side. Raises `pdf_unclear` where none is made."""
    work(inputs)
    return [_SIDES[inputs]] * inputs


def made(function: Function, domain: Sequence[Number], span: Sequence[Number]) -> Table:
    """A function on even points of its domain, its range as full scale. Raises `pdf_unclear` where readers part."""
    axes = [tuple(map(float, domain[at : at + 2])) for at in range(0, len(domain), 2)]
    ranges = [tuple(map(float, span[at : at + 2])) for at in range(0, len(span), 2)]
    if not all(low < high for low, high in (*axes, *ranges)):
        raise unclear("a function without extent")
    side = _SIDES[len(axes)]
    points = [[low + (high - low) * at / (side - 1) for at in range(side)] for low, high in axes]
    samples = bytearray()
    for turned in itertools.product(*reversed(points)):
        found = function(turned[::-1])
        samples.extend(
            round(_FULL * (min(max(value, low), high) - low) / (high - low))
            for value, (low, high) in zip(found, ranges, strict=True)
        )
    table = Table((side,) * len(axes), len(ranges), bytes(samples))
    if len(axes) > 1 and not table.is_plain():
        raise unclear("a function that readers mix in different ways")
    return table


def mixed(samples: Samples, size: Sequence[int], outputs: int, at: Sequence[float]) -> list[float]:
    """What a table says at a point between its samples, all corners of the cell mixed; `at` counts in samples."""
    steps = _steps(size, outputs)
    base, parts = 0, list[tuple[int, float]]()
    for place, side, step in zip(at, size, steps, strict=True):
        here = min(max(place, 0.0), side - 1.0)
        low = min(int(here), max(side - 2, 0))
        base += low * step
        if here > low:
            parts.append((step, here - low))
    found = [0.0] * outputs
    for taken in itertools.product((0, 1), repeat=len(parts)):
        weight, corner = 1.0, base
        for one, (step, share) in zip(taken, parts, strict=True):
            weight *= share if one else 1 - share
            corner += step if one else 0
        if weight:
            for output in range(outputs):
                found[output] += weight * samples[corner + output]
    return found


def _steps(size: Sequence[int], outputs: int) -> list[int]:
    return [outputs * step for step in itertools.accumulate((1, *size[:-1]), lambda one, other: one * other)]
