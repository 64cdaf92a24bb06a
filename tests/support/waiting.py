"""Waiting for something that will come, with a limit; the only place where tests sleep."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TypeVar

Thing = TypeVar("Thing")
_PAUSES = (0.002, 0.005, 0.01, 0.02, 0.05)


def wait_until(condition: Callable[[], Thing], timeout: float = 60.0, *, what: str = "") -> Thing:
    """Ask again and again until the answer is true, and return it; raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    tries = 0
    while not (answer := condition()):
        if time.monotonic() > deadline:
            name = what or getattr(condition, "__name__", "the condition")
            raise AssertionError(f"{name} did not come true within {timeout} s; last answer: {answer!r}")
        time.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
        tries += 1
    return answer


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
