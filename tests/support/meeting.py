"""Where two threads of a race meet, each past the point at which a lock would have let only one of them in."""

from __future__ import annotations

import threading
from contextlib import suppress

_LOCKED = 0.3  # the lock keeps the other one out: nothing is lost by going on alone
_OPEN = 60.0  # nothing keeps the other one out: it comes, however slow the machine is


class Meeting:
    """Without the lock both must meet, or the race was none; with it one waits in vain."""

    def __init__(self, *, locked: bool, people: int = 2) -> None:
        self._barrier = threading.Barrier(people)
        self._patience = _LOCKED if locked else _OPEN

    def wait(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(self._patience)
