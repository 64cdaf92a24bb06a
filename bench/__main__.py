"""`python -m bench [names] [--write]`: run every bench_*.py (or those named), print a table, fail above a limit."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.common import Result, machine, markdown, table
from core import clock

FOLDER = Path(__file__).resolve().parent
REPORT = FOLDER.parent / "docs" / "benchmarks.md"


def names() -> list[str]:
    """All benchmarks, by file name without `bench_`."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def run(name: str) -> list[Result]:
    """The figures of one benchmark; its module has `run() -> Sequence[Result]`."""
    return list(importlib.import_module(f"bench.bench_{name}").run())


def report(results: Sequence[Result]) -> str:
    """The text of docs/benchmarks.md."""
    lines = "\n".join(f"- {line}" for line in machine())
    return (
        "# Benchmarks\n\n"
        f"Written by `make bench ARGS=--write` on {clock.now():%Y-%m-%d}. Ratios are taken within one run and hold on "
        "other machines; absolute figures drift. A limit bounds the ratio where there is one, else the value. "
        "What Indico and pretix take beside us, in turns in the same minutes, stands in "
        "[bench/README.md](../bench/README.md#measured-side-by-side).\n\n"
        f"{lines}\n\n{markdown(results)}\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """0 when every limit held, 1 when one did not, 2 for a name that does not exist."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="without bench_; all when left out")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md (needs all of them)")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(names())
    if unknown or (asked.write and asked.names):
        why = f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}"
        print(why if unknown else "--write writes all figures: leave the names out", file=sys.stderr)
        return 2
    print("\n".join(machine()), end="\n\n", flush=True)
    results = []
    for name in asked.names or names():
        started = time.perf_counter()
        found = run(name)
        results += found
        print(f"{name}: {len(found)} figures in {time.perf_counter() - started:.0f} s", flush=True)
    print("\n" + table(results))
    if asked.write:
        REPORT.write_text(report(results))
        print(f"\nwritten: {REPORT}")
    return 1 if any(result.passes is False for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
