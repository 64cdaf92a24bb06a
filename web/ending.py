"""Being told to end by a signal."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable


def on_signal(*numbers: signal.Signals) -> Callable[[], None]:
    """Take these signals from now on; what is returned waits for the first of them.

    By a pipe, for a threading.Event that a handler sets while its own thread begins to wait for it stands still for
    ever: both hold the Event's lock.
    """
    told, tell = os.pipe()
    for number in numbers:
        signal.signal(number, lambda *_: os.write(tell, b"."))

    def wait() -> None:
        os.read(told, 1)

    return wait
