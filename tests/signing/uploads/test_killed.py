"""Real workers are killed, and asked to stop, in the middle of a paper: another one takes it, and nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core import clock, config, held
from core.db import db
from signing.uploads import queries
from tests.signing.uploads.test_taking import acts, receive
from tests.support.core_app import environment
from tests.support.forks import ForkedProcesses
from tests.support.processes import Running
from tests.support.quick import Quick
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def start(drafted: Quick, processes: ForkedProcesses, tmp_path: Path) -> Callable[[], Running]:
    def start_one() -> Running:
        started = processes.fork("tests.signing.uploads.paper_worker", tmp_path, env=environment(config.settings()))
        started.wait_for_output("working", 60)
        return started

    return start_one


def stop(worker: Running) -> None:
    assert worker.stop() == 0, worker.output()


@pytest.mark.parametrize("end", [Running.kill, stop], ids=["killed", "stopped"])
def test_a_paper_whose_worker_ends_is_taken_in_by_another(
    drafted: Quick, start: Callable[[], Running], tmp_path: Path, end: Callable[[Running], None]
) -> None:
    made = receive(drafted)
    first = start()
    wait_until((tmp_path / f"begun-{first.pid}").exists, 60)
    end(first)
    assert held.list_names(before=clock.now()) == [made.id]
    second = start()
    (tmp_path / f"go-{second.pid}").touch()
    wait_until(lambda: taken(drafted), 60)
    wait_until(lambda: held.list_names(before=clock.now()) == [], 60)
    assert acts(drafted) == ["arrived", "uploaded"]
    stop(second)


def taken(world: Quick) -> bool:
    db.session.rollback()
    return queries.find_upload(world.first) is not None
