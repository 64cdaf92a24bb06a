"""`python3 -m tools.setup run|test`: everything needed to run, or to test as well."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Callable

from tools.setup import debian, pages, python
from tools.setup.progress import ROOT, SetupError, say


def main(arguments: list[str] | None = None) -> int:
    """0 when ready, 1 when something is missing that only the reader can give."""
    parser = argparse.ArgumentParser(prog="make setup", description=__doc__)
    parser.add_argument("purpose", choices=("run", "test"), nargs="?", default="test")
    with_tests = parser.parse_args(arguments).purpose == "test"
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("System packages", lambda: debian.ensure(debian.TO_TEST if with_tests else debian.TO_RUN)),
        ("Python packages", lambda: python.ensure(with_tests=with_tests)),
        ("Pages and fonts", pages.ensure),
    ]
    started = time.monotonic()
    # Two makes at once wait for each other; a folder can be locked as well as a file.
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        changed = [_step(f"[{n}/{len(steps)}] {name}", act) for n, (name, act) in enumerate(steps, start=1)]
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        os.close(folder)
    if any(changed):
        say(f"Set up in {time.monotonic() - started:.0f} s.")
    return 0


def _step(title: str, act: Callable[[], bool]) -> bool:
    started = time.monotonic()
    say(f"{title} …")
    changed = act()
    say(f"{title}: " + (f"done in {time.monotonic() - started:.1f} s" if changed else "nothing to do"))
    return changed


if __name__ == "__main__":
    sys.exit(main())
