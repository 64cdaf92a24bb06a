"""A figure above its limit fails the run and says so; a figure without a limit never does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import __main__ as runner
from bench import common
from bench.common import Result, compare, markdown, percentile, table

QUICK = Result("stamp", 0.14, "ms", limit=1)
SLOW = Result("sign", 20, "ms", ratio=0.6, limit=0.5, note="against stock | pyHanko")
OPEN = Result("import", 3, "s")


def test_the_ratio_is_judged_where_there_is_one() -> None:
    assert [QUICK.passes, SLOW.passes, OPEN.passes] == [True, False, None]
    assert Result("sign", 20, "ms", ratio=0.5, limit=0.5).passes is True


def test_the_table_says_pass_and_fail() -> None:
    lines = table([QUICK, SLOW, OPEN]).splitlines()
    assert re.fullmatch(r"stamp +0\.14 ms +≤ 1 ms +pass", lines[1])
    assert re.search(r"20 ms +0\.60 +≤ 0\.5 +FAIL +against stock", lines[2])
    assert lines[3].split() == ["import", "3", "s"]


def test_a_bar_in_a_note_does_not_break_the_markdown() -> None:
    columns = [len(re.findall(r"(?<!\\)\|", line)) for line in markdown([SLOW]).splitlines()]
    assert len(set(columns)) == 1


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.95, 95), (0.99, 99), (0.999, 100), (1.0, 100)]
)
def test_a_percentile_is_a_value_that_was_there(share: float, value: float) -> None:
    assert percentile(range(100, 0, -1), share) == value


def test_both_sides_of_a_comparison_run_in_turns() -> None:
    order: list[str] = []
    compare(lambda: order.append("ours"), lambda: order.append("rival"), times=3, warm=1)
    assert order == ["ours", "rival"] * 4


@pytest.fixture
def two_benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = {"quick": [QUICK], "slow": [SLOW]}
    monkeypatch.setattr(runner, "names", lambda: sorted(found))
    monkeypatch.setattr(runner, "run", found.__getitem__)
    monkeypatch.setattr(runner, "REPORT", tmp_path / "benchmarks.md")
    return tmp_path / "benchmarks.md"


def test_a_limit_that_did_not_hold_fails_the_run(two_benchmarks: Path) -> None:
    assert runner.main(["quick"]) == 0
    assert runner.main([]) == 1
    assert not two_benchmarks.exists()


def test_an_unknown_name_is_refused_with_the_known_ones(
    two_benchmarks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["speed"]) == 2
    assert "no benchmark speed; there are: quick, slow" in capsys.readouterr().err


def test_the_report_has_every_figure_and_the_machine(two_benchmarks: Path) -> None:
    assert runner.main(["--write"]) == 1
    text = two_benchmarks.read_text()
    assert "| stamp |" in text
    assert "| sign |" in text
    assert all(line in text for line in common.machine())
    place = re.search(r"\]\(\.\./(bench/README\.md)#([a-z-]+)\)", text)
    assert place, "where the figures beside others stand"
    headings = re.findall(r"^## (.+)$", Path(place[1]).read_text(encoding="utf-8"), re.MULTILINE)
    assert place[2] in [heading.lower().replace(" ", "-") for heading in headings]


def test_every_benchmark_in_the_folder_can_be_run() -> None:
    for name in runner.names():
        assert "def run(" in (runner.FOLDER / f"bench_{name}.py").read_text(), name
