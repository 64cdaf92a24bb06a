"""Whose turn it is to write to an SQLite database: of the threads of one process, and of the processes on one file.

SQLite has one writer at a time. Who finds it taken sleeps up to 100 ms before looking again, and is passed by others.
Here threads wake at once, and processes look every millisecond.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from threading import Lock

_SHORTEST, _LONGEST = 0.0002, 0.001  # seconds between two looks at the other processes

_turns: dict[str, Turn] = {}


class Turn:
    """The turn on one database. The lock of the file is the process's (POSIX), so that one forked has none of it."""

    def __init__(self, database: str) -> None:
        self._lock = Lock()
        # A file of its own: SQLite loses its locks when anybody else closes the database (howtocorrupt.html, 2.2).
        self._path = Path(f"{database}-turn") if database and database != ":memory:" else None
        self._descriptor: int | None = None

    def take(self, seconds: float) -> bool:
        """Wait for it; False where it did not come in time."""
        until = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            return False
        pause = _SHORTEST
        while not self._take_from_others():
            if time.monotonic() > until:
                self._lock.release()
                return False
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)
        return True

    def _take_from_others(self) -> bool:
        if self._path is None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return True  # nothing can be written here: SQLite says so
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            return not isinstance(error, BlockingIOError)  # a file system without locks: SQLite holds the others off
        self._descriptor = descriptor
        return True

    def give_back(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._lock.release()


def of(database: str | None) -> Turn:
    """The turn on this database file."""
    name = database or ""
    return _turns.get(name) or _turns.setdefault(name, Turn(name))
