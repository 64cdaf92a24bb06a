"""What the log says of requests that come many times a second: one line a minute, and each failure by itself."""

from __future__ import annotations

import pytest

from web import request_log
from web.request_log import Tally

INK = "ink_api.draw"


class Log:
    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []

    def info(self, event: str, **values: object) -> None:
        self.lines.append({"event": event, **values})


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    made = Log()
    monkeypatch.setattr(request_log, "log", made)
    return made


def test_strokes_are_summed_by_status_and_written_once_a_minute_by_whatever_comes_next(log: Log) -> None:
    now = [0.0]
    tally = Tally(now=lambda: now[0])
    for ms in (4.0, 9.5, 3.0):
        assert tally.takes(INK, 200, ms)
    assert tally.takes(INK, 429, 1.0)
    assert log.lines == []
    now[0] = request_log.EVERY_SECONDS
    assert not tally.takes("ceremonies.show", 200, 20.0)
    assert log.lines == [
        {"event": "requests", "endpoint": INK, "status": 200, "count": 3, "slowest_ms": 9.5},
        {"event": "requests", "endpoint": INK, "status": 429, "count": 1, "slowest_ms": 1.0},
    ]
    now[0] *= 3
    assert not tally.takes("ceremonies.show", 200, 20.0)
    assert len(log.lines) == 2


def test_a_failure_of_ours_keeps_a_line_of_its_own(log: Log) -> None:
    assert not Tally().takes(INK, 500, 1.0)
    assert log.lines == []
