"""`python -m tools.run_tests …`: pytest, and then a look at whether any process was left behind.

Every process started below carries a mark in its environment. What still carries it when pytest has ended was
forgotten by a test: it is named and ended by its id, and the run counts as failed.

What the tests write goes into memory where there is room, and is removed at the end: databases wait for a disk at every
commit, and no test pulls the plug of the machine. Run a test alone with pytest to look at its files afterwards.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MARK = "YQ_TEST_RUN"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
_ROOM_NEEDED = 4 << 30


@dataclass(frozen=True)
class LeftBehind:
    pid: int
    command: str


def left_behind(mark: str) -> list[LeftBehind]:
    """Living processes whose environment carries this mark, but for this one."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:  # ended meanwhile, or another user's
            continue
        if wanted in environment and command:
            found.append(LeftBehind(int(folder.name), command))
    return found


def end(process: LeftBehind) -> None:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:  # ended by itself meanwhile
        return


@contextmanager
def folder_for_files() -> Iterator[Path]:
    """An empty folder for what the tests write; gone afterwards."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_NEEDED
    made = Path(tempfile.mkdtemp(prefix="yunqian-tests-", dir=_MEMORY if has_room else None))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)  # a process that was killed just now may still hold something


def main(arguments: list[str]) -> int:
    """pytest's exit code, or 1 where it left processes behind."""
    with folder_for_files() as folder:
        return run(arguments, folder)


def run(arguments: list[str], folder: Path) -> int:
    """As `main`, with files in this folder."""
    mark = uuid.uuid4().hex
    environment = {**os.environ, MARK: mark, "TMPDIR": str(folder)}
    # Some hundred processes are started below, and each would compile everything anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    tests = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env=environment, stdin=subprocess.DEVNULL)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: tests.send_signal(signal.SIGINT))
    code = tests.wait()
    forgotten = left_behind(mark)
    for process in forgotten:
        print(f"left behind by the tests: {process.pid} {process.command[:160]}", file=sys.stderr)
        end(process)
    return code or (1 if forgotten else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
