"""What a run of the tests makes once, though several processes may ask for it at the same time."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


def made_once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` in `folder`, which `make(path)` filled once, whichever process asked first.

    The others wait for it. What failed is made anew by who asks next.
    """
    folder.mkdir(exist_ok=True)
    made = folder / name
    # Not flock: processes that are forked meanwhile would hold the lock, too.
    with closing((folder / f"{name}.lock").open("w")) as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        if not made.exists():
            new = folder / f"{name}.new"
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(mode=0o700)
            make(new)
            new.rename(made)
    return made
