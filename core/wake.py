"""Wakes whoever waits inside this process for what a commit brought, so that nobody waits for the next tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock

WORK = "work"  # a job or an outbox message was written
LIVE = "live"  # a live update was written

Callback = Callable[[], None]
_listeners: dict[str, list[Callback]] = {}
_lock = Lock()


def listen(topic: str, callback: Callback) -> Callback:
    """Call `callback` after each commit that tells of the topic, in the thread that committed: it must only set a flag.

    Returns the function that ends it.
    """
    with _lock:
        _listeners.setdefault(topic, []).append(callback)

    def stop() -> None:
        with _lock:
            if callback in _listeners.get(topic, []):
                _listeners[topic].remove(callback)

    return stop


def tell(topics: Iterable[str]) -> None:
    """Call who listens to these topics."""
    with _lock:
        callbacks = [callback for topic in topics for callback in _listeners.get(topic, [])]
    for callback in callbacks:
        callback()
