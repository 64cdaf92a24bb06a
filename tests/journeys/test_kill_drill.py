"""The server is killed in the middle of replays and started again: every replay ends well, and nothing is lost."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.drill import (
    SMALL,
    WHOLE,
    Case,
    Replayed,
    check_acknowledged,
    check_everything,
    moments,
    replay,
    replay_killed_after,
)
from tests.support.databases import POSTGRESQL, SQLITE, Databases
from tests.support.forks import ForkedProcesses
from tests.support.server import SERVE, WORK, Server, steady_port
from web.replay.client import ReplayFailed
from web.replay.signer import Act

pytestmark = pytest.mark.slow

SEED = 20200211  # another one gives other moments


def say(line: str) -> None:
    """Seen when the test fails, and with -s."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def play_and_kill(server: Server, out: Path, case: Case, *, kills: int, seed: int) -> None:
    """A replay with so many kills, and another one while some are left; checks what is left at the end."""
    say(f"seed {seed}")
    drawn = random.Random(seed)
    server.start_all()
    played: list[Replayed] = []
    while left := kills - sum(each.kills for each in played):
        played.append(replay(server, out / str(len(played)), case, at=moments(drawn, left, case), say=say))
    check_everything(server, played)


def test_twenty_kills_lose_nothing(
    databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port())
    play_and_kill(server, tmp_path / "out", WHOLE, kills=20, seed=SEED)


def test_kills_lose_nothing_on_postgresql(
    databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    server = Server(processes, data_dir, databases.empty(POSTGRESQL), steady_port())
    play_and_kill(server, tmp_path / "out", SMALL, kills=5, seed=SEED + 10)


def test_a_worker_killed_beside_the_pages_loses_nothing(
    databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    env = {"YUNQIAN_RUN_JOBS": "false"}
    parts = (SERVE, WORK)
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port(), parts, victim=1, env=env)
    play_and_kill(server, tmp_path / "out", SMALL, kills=5, seed=SEED + 20)


def test_a_signature_acknowledged_just_before_a_kill_is_kept(
    databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port())
    server.start_all()
    check_everything(server, [replay_killed_after(server, tmp_path / "out", acknowledged=2, say=say)])


def test_the_drill_sees_a_server_that_acknowledges_before_it_keeps(
    databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    unsafe = ("tests.journeys.unsafe_server", "serve", "--port", "{port}")
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port(), (unsafe,))
    server.start_all()
    with pytest.raises((ReplayFailed, AssertionError)) as seen:
        check_everything(server, [replay_killed_after(server, tmp_path / "out", acknowledged=2, say=say)])
    say(str(seen.value))
    assert "acknowledged and lost" in str(seen.value) or getattr(seen.value, "message_id", "") == "replay-lost"


def entry(act: Act) -> dict[str, Any]:
    return {
        "action": "agreement.signed",
        "subject": {"id": act.agreement},
        "actor": {"id": act.seat_id},
        "data": {"after": act.digest},
    }


def test_the_drill_counts_signatures(tmp_path: Path) -> None:
    acts = tuple(Act(f"sea_{n}", "agr_1", "", f"{n:064x}", 0.1, 1) for n in range(WHOLE.signatures))
    played = Replayed(WHOLE, acts, tmp_path, 0, "cer_1")
    kept = [entry(act) for act in acts]
    for wrong in (kept[1:], [*kept, kept[0]], [*kept[1:], entry(Act("sea_0", "agr_1", "", "f" * 64, 0.1, 1))]):
        with pytest.raises(AssertionError, match="acknowledged and lost"):
            check_acknowledged(played, wrong)
    with pytest.raises(AssertionError, match="in no final file"):
        check_acknowledged(played, kept)
