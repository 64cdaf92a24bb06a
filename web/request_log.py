"""One line for each request; of what comes many times a second from each pen, one line a minute for all of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from web import logging

log = logging.get("yunqian.web")
EVERY_SECONDS = 60.0
MANY = frozenset({"ink_api.draw", "ink_api.draw_by_phone"})


@dataclass
class Sum:
    """What came since the last line."""

    count: int = 0
    slowest_ms: float = 0.0


@dataclass
class Tally:
    """Sums of a process by endpoint and status; a failure of ours is never among them."""

    now: Callable[[], float] = time.monotonic
    lock: threading.Lock = field(default_factory=threading.Lock)
    sums: dict[tuple[str, int], Sum] = field(default_factory=dict)
    begun: float = 0.0

    def takes(self, endpoint: str | None, status: int, ms: float) -> bool:
        """Count a request if it is one of many; what is due is written by whatever request comes next."""
        self._write_due()
        if endpoint not in MANY or status >= 500:
            return False
        with self.lock:
            if not self.sums:
                self.begun = self.now()
            found = self.sums.setdefault((endpoint, status), Sum())
            found.count += 1
            found.slowest_ms = max(found.slowest_ms, ms)
        return True

    def _write_due(self) -> None:
        if not self.sums or self.now() - self.begun < EVERY_SECONDS:
            return
        with self.lock:
            told, self.sums = self.sums, {}
        for (endpoint, status), found in sorted(told.items()):
            log.info("requests", endpoint=endpoint, status=status, count=found.count, slowest_ms=found.slowest_ms)


TALLY = Tally()
