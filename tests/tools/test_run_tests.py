"""A process that a test forgot is named, ended, and makes the run fail."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import run_tests

FORGETS = """
import subprocess, sys

def test_forgets():
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
    child.returncode = 0  # keeps Popen from warning
"""


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "tools.run_tests", "-q", "-p", "no:cacheprovider", "--rootdir", folder, folder]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_clean_run_keeps_pytests_code(tmp_path: Path) -> None:
    assert run(tmp_path, "def test_good(): pass").returncode == 0
    assert run(tmp_path, "def test_bad(): raise AssertionError").returncode == 1


def test_what_a_run_wrote_is_gone_afterwards(tmp_path: Path) -> None:
    seen = run(tmp_path, "def test_writes(tmp_path): (tmp_path / 'a').touch(); print('in', tmp_path); assert 0")
    (place,) = [line.split()[1] for line in seen.stdout.splitlines() if line.startswith("in ")]
    assert not Path(place).parents[2].exists()
    assert Path(place).parents[3] in {Path("/dev/shm"), Path(tempfile.gettempdir())}


def test_a_forgotten_process_fails_the_run_and_is_ended(tmp_path: Path) -> None:
    seen = run(tmp_path, FORGETS)
    assert seen.returncode == 1
    assert "1 passed" in seen.stdout
    line = next(line for line in seen.stderr.splitlines() if line.startswith("left behind"))
    assert "signal.pause" in line
    pid = int(line.removeprefix("left behind by the tests: ").split()[0])
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1]


def test_an_unmarked_process_is_not_touched() -> None:
    assert os.getpid() not in [process.pid for process in run_tests.left_behind("0" * 32)]
    assert run_tests.left_behind("0" * 32) == []
