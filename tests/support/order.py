"""The order of a run: what takes a minute begins first, so that no worker ends a minute after the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def long_first(items: Sequence[T], *, workers: int, is_long: Callable[[T], bool]) -> list[T]:
    """The same items: each of as many equal parts as there are workers begins with its share of the long ones.

    pytest-xdist hands each worker one such part (`--dist worksteal`), and moves only what has not begun.
    """
    long = [item for item in items if is_long(item)]
    short = iter([item for item in items if not is_long(item)])
    ordered: list[T] = []
    for number in range(workers):
        ordered += long[number::workers]
        wanted = len(items) * (number + 1) // workers - len(ordered)
        ordered += [item for _, item in zip(range(wanted), short, strict=False)]
    return [*ordered, *short]
