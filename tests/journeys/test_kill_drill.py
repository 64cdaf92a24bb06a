"""The server is killed in the middle of replays and started again: every replay ends well, and nothing is lost."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.journeys.drill import Replayed, Server, check_everything, moments, replay, steady_port
from tests.support.databases import POSTGRESQL, SQLITE, Databases
from tests.support.processes import Processes

pytestmark = pytest.mark.slow

SERVE = ("-m", "web.cli", "serve", "--port", "{port}")
WORK = ("-m", "web.cli", "worker")
SEED = 20200211  # another one gives other moments


def say(line: str) -> None:
    """Seen when the test fails, and with -s."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def play_and_kill(server: Server, folder: Path, kills: Sequence[int], *, seed: int = SEED) -> list[Replayed]:
    """One replay after another, with that many kills each; checks what is left at the end."""
    rng = random.Random(seed)
    say(f"seed {seed}")
    server.start_all()
    played = [
        replay(server, folder / f"out-{number}", at=moments(rng, count), say=say) for number, count in enumerate(kills)
    ]
    assert sum(each.kills for each in played) == sum(kills)
    check_everything(server, played)
    return played


def test_twenty_kills_on_sqlite(databases: Databases, processes: Processes, data_dir: Path, tmp_path: Path) -> None:
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port(), [SERVE])
    play_and_kill(server, tmp_path, [5, 5, 5, 5])


def test_five_kills_on_postgresql(databases: Databases, processes: Processes, data_dir: Path, tmp_path: Path) -> None:
    server = Server(processes, data_dir, databases.empty(POSTGRESQL), steady_port(), [SERVE])
    play_and_kill(server, tmp_path, [5], seed=SEED + 1)


def test_a_worker_killed_beside_the_pages(
    databases: Databases, processes: Processes, data_dir: Path, tmp_path: Path
) -> None:
    env = {"YUNQIAN_RUN_JOBS": "false"}
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port(), [SERVE, WORK], victim=1, env=env)
    play_and_kill(server, tmp_path, [4], seed=SEED + 2)
