"""A ratio is taken against what others took on this machine today, and against the old figures only without these."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import bench_checkin, bench_registration, beside
from bench.bench_checkin import Hall, Phone
from bench.bench_registration import Form
from bench.common import Result
from core import clock

TODAY = datetime(2026, 11, 24, 2, tzinfo=UTC)
ELSEWHERE = {"Indico 3.3": 84.0, "pretix 2026.8": 136.0}
TAKEN = 20.0  # milliseconds that each act of ours is said to take


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(beside, "FILE", tmp_path / "beside.json")
    return tmp_path / "beside.json"


def write(file: Path, day: str = "2026-11-24", **what: object) -> None:
    file.write_text(json.dumps({"day": day, **what}), encoding="utf-8")


def found() -> beside.Others:
    with clock.frozen(TODAY):
        return beside.others("registration", ELSEWHERE)


def test_without_the_file_the_old_medians_stay() -> None:
    assert (found().quickest, found().here) == (84.0, False)
    assert str(found()) == "measured elsewhere: Indico 3.3 84 ms, pretix 2026.8 136 ms"


def test_the_quickest_of_what_was_measured_here_today_is_the_rival(file: Path) -> None:
    write(file, registration={"pretix 2026.8": 260, "Indico 3.3": 310})
    assert (found().quickest, found().here) == (260, True)
    assert str(found()) == "measured here today: pretix 2026.8 260 ms, Indico 3.3 310 ms"


def test_figures_of_another_day_or_of_another_act_do_not_count(file: Path) -> None:
    write(file, day="2026-11-23", registration={"Indico 3.3": 310})
    assert not found().here
    write(file, **{"check-in": {"Indico 3.3": 240}})
    assert not found().here


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"registration": {"a": 1}}', '{"day": "2026-11-24", "registration": {"a": "soon"}}']
    + [f'{{"day": "2026-11-24", "registration": {{"a": {value}}}}}' for value in ("0", "-3", "NaN", "null")],
)
def test_a_file_that_is_wrong_says_so_instead_of_passing_a_limit(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"beside\.json"):
        found()


def registration(monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr(bench_registration, "register", lambda _form: TAKEN)
    return bench_registration.measure(Form("http://127.0.0.1", "/c/x/register", "a", "v"), 1)


def check_in(monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr(bench_checkin, "send", lambda *_: TAKEN)
    return bench_checkin.measure("http://127.0.0.1", Hall([Phone("p", "t", "d")], []), ["badge"] * 5)


@pytest.mark.parametrize(("what", "measure", "old"), [("registration", registration, 84), ("check-in", check_in, 69)])
def test_the_limit_of_the_bench_is_a_tenth_of_the_same_machine(
    file: Path, monkeypatch: pytest.MonkeyPatch, what: str, measure: object, old: float
) -> None:
    assert callable(measure)
    with clock.frozen(TODAY):
        before = measure(monkeypatch)
        write(file, **{what: {"Indico 3.3": 200.1}})
        beside_us = measure(monkeypatch)
    assert (before.ratio, before.passes) == (TAKEN / old, False)
    assert (beside_us.ratio, beside_us.passes) == (TAKEN / 200.1, True)
    assert "measured elsewhere: Indico 3.3" in before.note
    assert "measured here today: Indico 3.3 200 ms" in beside_us.note
