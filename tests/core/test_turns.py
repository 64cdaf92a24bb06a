"""One writer at a time, of all threads and all processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from core import turns
from tests.support.waiting import wait_until

HOLD = """
import sys, time
from core import turns
assert turns.of(sys.argv[1]).take(60)
print("taken", flush=True)
time.sleep(600)
"""


def test_another_process_keeps_the_turn_until_it_ends(tmp_path: Path) -> None:
    database = str(tmp_path / "a.db")
    turn = turns.of(database)
    with subprocess.Popen([sys.executable, "-c", HOLD, database], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"taken\n"
        assert not turn.take(0.01)
        assert turns.of(str(tmp_path / "b.db")).take(0)
        other.send_signal(signal.SIGKILL)
        wait_until(lambda: turn.take(0.01))
    turn.give_back()
    turns.of(str(tmp_path / "b.db")).give_back()


def test_the_turn_comes_back_after_a_wait_in_vain(tmp_path: Path) -> None:
    turn = turns.of(str(tmp_path / "a.db"))
    assert turn.take(0)
    assert not turn.take(0.01)
    turn.give_back()
    assert turn.take(0)
    turn.give_back()


def test_a_database_without_a_file_or_a_folder_has_turns_of_its_process_alone(tmp_path: Path) -> None:
    for database in (None, "", ":memory:", str(tmp_path / "nowhere" / "a.db")):
        turn = turns.of(database)
        assert turn.take(0)
        assert not turn.take(0)
        turn.give_back()
