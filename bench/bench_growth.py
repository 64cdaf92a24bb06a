"""How signing and completion grow from 1 to 100 signatures on one file of 100 KB; verification's curve is `verify`.

A signature is prepare + finish with a timestamp, undrawn. Completion is what the job does between reading the file and
keeping it: validation data and the document timestamp, then the strict verification of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench import files
from bench.common import Result, milliseconds

COUNTS = (1, 2, 5, 10, 20, 50, 100)
BASE, SIZE = 10, 100_000
LIMIT = 1.25  # of a straight line: what grows with the square of the signatures is at 10


@dataclass(frozen=True)
class Point:
    """Milliseconds of the last of `count` signatures and of completion; bytes before the one and after the other."""

    count: int
    signing: float
    sealing: float
    checking: float
    before: int
    after: int

    @property
    def completing(self) -> float:
        return self.sealing + self.checking


def run() -> list[Result]:
    here = files.installation()
    points = [_point(here, count) for count in COUNTS]
    [base] = [each for each in points if each.count == BASE]
    return [
        *(signing(point, base) for point in points),
        *(completion(point, base) for point in points),
    ]


def _point(here: files.Installation, count: int) -> Point:
    head = files.frozen(here, files.sample(SIZE), fields=count)
    for number in range(1, count):
        head = files.signed(here, head, number, files.signer(here, number), timestamper=here.timestamper)
    last = files.signer(here, count)

    def sign() -> bytes:
        return files.signed(here, head, count, last, timestamper=here.timestamper)

    complete = sign()
    final = files.sealed(here, complete)
    return Point(
        count,
        signing=milliseconds(sign, times=11),
        sealing=milliseconds(lambda: files.sealed(here, complete), times=5),
        checking=milliseconds(lambda: files.check(here, final), times=3, warm=1),
        before=len(head),
        after=len(final),
    )


def signing(point: Point, base: Point) -> Result:
    name = f"signature {point.count} on one file, {point.before / 1e6:.1f} MB: prepare + finish"
    return _on_the_line(name, point, base, point.signing, base.signing, "")


def completion(point: Point, base: Point) -> Result:
    name = f"completion with {point.count} signature{'s' * (point.count > 1)}, {point.after / 1e6:.1f} MB at B-LTA"
    note = f"sealed in {point.sealing:.0f} ms, then verified"
    return _on_the_line(name, point, base, point.completing, base.completing, note)


def _on_the_line(name: str, point: Point, base: Point, value: float, at_base: float, note: str) -> Result:
    """The last point is held to the straight line through the origin and the base."""
    if point.count != COUNTS[-1]:
        return Result(name, value, "ms", note=note)
    times = point.count // base.count
    line = f"{times} times the figure at {base.count}: {times * at_base:.1f} ms"
    return Result(name, value, "ms", value / (times * at_base), LIMIT, "; ".join(part for part in (note, line) if part))
