"""The order of a run: what takes a minute begins first, so that no worker ends a minute after the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")


def long_first(
    items: Sequence[T], *, workers: int, is_long: Callable[[T], bool], set_up_of: Callable[[T], Hashable]
) -> list[T]:
    """The same items: each of as many equal parts as there are workers begins with its share of the long ones.

    Long ones of one `set_up_of` are in one part and behind each other, so that what they need is made by one worker.
    pytest-xdist hands each worker one such part (`--dist worksteal`), and moves only what has not begun.
    """
    shares: list[list[T]] = [[] for _ in range(workers)]
    for group in _groups([item for item in items if is_long(item)], set_up_of):
        min(shares, key=len).extend(group)
    short = iter([item for item in items if not is_long(item)])
    ordered: list[T] = []
    for number, share in enumerate(shares):
        ordered += share
        wanted = len(items) * (number + 1) // workers - len(ordered)
        ordered += [item for _, item in zip(range(wanted), short, strict=False)]
    return [*ordered, *short]


def _groups(items: Sequence[T], set_up_of: Callable[[T], Hashable]) -> list[list[T]]:
    """What is set up together, the largest groups first."""
    found: dict[Hashable, list[T]] = {}
    for item in items:
        found.setdefault(set_up_of(item), []).append(item)
    return sorted(found.values(), key=len, reverse=True)
