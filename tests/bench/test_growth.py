"""The curve of signing and completion is made from real files, and is held to a straight line."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bench import bench_growth, files


def test_each_point_is_a_file_with_so_many_signatures_and_the_last_is_held_to_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_growth, "COUNTS", (1, 2))
    monkeypatch.setattr(bench_growth, "BASE", 1)
    found = bench_growth.run()
    counts = [int(number) for each in found for number in re.findall(r"(?:signature|with) (\d+) ", each.name)]
    assert counts == [1, 2, 1, 2]
    assert [each.limit for each in found] == [None, bench_growth.LIMIT] * 2
    assert all(each.value > 0 for each in found)


def test_no_file_is_signed_at_the_time_at_which_the_program_was_loaded() -> None:
    """A run of all tests loads it half an hour before it is used: timestamps as late as that are refused."""
    assert [name for name, value in vars(files).items() if isinstance(value, datetime)] == []


@pytest.mark.parametrize(("power", "passes"), [(1, True), (2, False)])
def test_what_grows_with_the_square_of_the_signatures_fails_the_run(power: int, passes: bool) -> None:
    took = {count: 3.0 * count**power for count in (bench_growth.BASE, bench_growth.COUNTS[-1])}
    base, last = (bench_growth.Point(n, ms, ms / 2, ms / 2, 100_000, 200_000) for n, ms in took.items())
    assert bench_growth.signing(last, base).passes is passes
    assert bench_growth.completion(last, base).passes is passes
