"""Which workers of this data folder are alive: each holds a lock on a file of its own, which the kernel lets go.

A worker that starts frees at once what dead ones had claimed, instead of waiting for their leases to run out. Workers
on other machines have no file here and are left to their leases; the fence of core.claims holds either way.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core import config


def _folder() -> Path:
    folder = config.settings().data_dir / "workers"
    folder.mkdir(exist_ok=True, mode=0o750)
    return folder


class Presence:
    """The sign that this worker lives, from the making until `leave` or the end of the process."""

    def __init__(self, name: str) -> None:
        self._path = _folder() / name
        # Not inherited (PEP 446): a child that outlives this process must not keep it alive in the eyes of others.
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def leave(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def list_dead() -> list[str]:
    """Names of workers that ended without leaving."""
    return [path.name for path in sorted(_folder().iterdir()) if not _is_held(path)]


def _is_held(path: Path) -> bool:
    with _opened(path) as descriptor:
        if descriptor is None:
            return True  # it has just left by itself
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def forget(name: str) -> None:
    """Remove the file of a dead worker."""
    (_folder() / name).unlink(missing_ok=True)
