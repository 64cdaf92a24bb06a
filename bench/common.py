"""What every benchmark gives back, how it is timed, and how the table is printed."""

from __future__ import annotations

import gc
import http.client
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

SHOWN_VERSIONS = ("weasyprint", "pyhanko", "cryptography", "flask", "sqlalchemy", "uvicorn")


@dataclass(frozen=True)
class Result:
    """One figure, of which less is better.

    `ratio` is against the rival that `note` names; `limit` bounds the ratio where there is one, else the value.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def judged(self) -> float:
        return self.value if self.ratio is None else self.ratio

    @property
    def passes(self) -> bool | None:
        """None where nothing was promised."""
        return None if self.limit is None else self.judged <= self.limit


def milliseconds(act: Callable[[], object], *, times: int = 20, warm: int = 2) -> float:
    """Median wall time of one call, garbage collection held off, after `warm` calls that don't count."""
    for _ in range(warm):
        act()
    taken = []
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(times):
            started = time.perf_counter()
            act()
            taken.append((time.perf_counter() - started) * 1000)
    finally:
        if enabled:
            gc.enable()
    return statistics.median(taken)


def compare(
    ours: Callable[[], object], rival: Callable[[], object], *, times: int = 20, warm: int = 2
) -> tuple[float, float]:
    """Median milliseconds of both, measured in turns so that a busy moment of the machine meets both alike."""
    pairs = [(milliseconds(ours, times=1, warm=0), milliseconds(rival, times=1, warm=0)) for _ in range(times + warm)]
    kept = pairs[warm:]
    return statistics.median(a for a, _ in kept), statistics.median(b for _, b in kept)


_IDLE_SECONDS = 2.0


class Client:
    """One connection that is kept, cookies and all: what it takes itself (0.1 ms) is not what is measured."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._used_at = 0.0
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The whole answer, and how long it took from the sending."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**(headers or {}), **({"Cookie": cookies} if cookies else {})}
        if time.monotonic() - self._used_at > _IDLE_SECONDS:
            self._connection.close()  # the server may have done so: it is opened anew
            self._connection.connect()
        started = time.perf_counter()
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - started) * 1000
        self._used_at = time.monotonic()
        for said in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = said.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, content, taken, answer.headers.get("Location", ""))


@dataclass(frozen=True)
class Answer:
    """What came back, after so many milliseconds."""

    status: int
    content: bytes
    taken: float
    location: str


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (0 to 1) of the values does not exceed, by nearest rank."""
    ordered = sorted(values)
    rank = math.ceil(round(share * len(ordered), 6))
    return ordered[max(rank, 1) - 1]


def machine() -> list[str]:
    """What the figures were taken on, one line each."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN_VERSIONS)
    return [
        f"{os.cpu_count()} × {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {versions}",
    ]


_HEAD = ("what", "value", "ratio", "limit", "", "note")


def _cells(result: Result) -> tuple[str, ...]:
    limit = (
        "" if result.limit is None else f"≤ {result.limit:g}" + ("" if result.ratio is not None else f" {result.unit}")
    )
    verdict = {True: "pass", False: "FAIL", None: ""}[result.passes]
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    return result.name, f"{result.value:.4g} {result.unit}", ratio, limit, verdict, result.note


def table(results: Sequence[Result]) -> str:
    """For the terminal: columns in line."""
    rows = [_HEAD, *(_cells(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def markdown(results: Sequence[Result]) -> str:
    """For docs/benchmarks.md."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_cells(result) for result in results)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
