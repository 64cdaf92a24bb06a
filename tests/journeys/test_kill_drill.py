"""The server is killed in the middle of replays and started again: every replay ends well, and nothing is lost."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from tests.journeys.drill import Replayed, check_everything, moments, replay
from tests.support.databases import POSTGRESQL, SQLITE, Databases
from tests.support.processes import Processes
from tests.support.server import SERVE, WORK, Server, steady_port

pytestmark = pytest.mark.slow

SEED = 20200211  # another one gives other moments


def say(line: str) -> None:
    """Seen when the test fails, and with -s."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def play_and_kill(server: Server, out: Path, *, kills: int, seed: int) -> Replayed:
    """One replay with so many kills; checks what is left at the end."""
    say(f"seed {seed}")
    server.start_all()
    played = replay(server, out, at=moments(random.Random(seed), kills), say=say)
    assert played.kills == kills
    check_everything(server, [played])
    return played


@pytest.mark.parametrize("number", range(4))
def test_twenty_kills_lose_nothing(
    databases: Databases, processes: Processes, data_dir: Path, tmp_path: Path, number: int
) -> None:
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port())
    play_and_kill(server, tmp_path / "out", kills=5, seed=SEED + number)


def test_kills_lose_nothing_on_postgresql(
    databases: Databases, processes: Processes, data_dir: Path, tmp_path: Path
) -> None:
    server = Server(processes, data_dir, databases.empty(POSTGRESQL), steady_port())
    play_and_kill(server, tmp_path / "out", kills=3, seed=SEED + 10)


def test_a_worker_killed_beside_the_pages_loses_nothing(
    databases: Databases, processes: Processes, data_dir: Path, tmp_path: Path
) -> None:
    env = {"YUNQIAN_RUN_JOBS": "false"}
    parts = (SERVE, WORK)
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port(), parts, victim=1, env=env)
    play_and_kill(server, tmp_path / "out", kills=4, seed=SEED + 20)
