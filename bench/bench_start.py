"""How soon a new server answers, and how much memory it takes before and after it has printed."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bench.common import Result
from web import own_server
from web.replay.client import Browser
from web.replay.host import Host

LONGEST_SECONDS = 5.0
MOST_MEGABYTES = 300.0
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "shuangliu-signing.json"


def held(pids: Iterable[int]) -> float:
    """Megabytes that these processes hold in memory; what several share counts once (PSS)."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 1024


def family(pid: int) -> list[int]:
    """A process and all that it and its children started and that still run."""
    found = [pid]
    for folder in Path(f"/proc/{pid}/task").iterdir():
        for child in (folder / "children").read_text().split():
            found += family(int(child))
    return found


def run() -> list[Result]:
    """Start on an empty folder, start again on the same one, print the five agreements."""
    with tempfile.TemporaryDirectory() as folder:
        first = _start(Path(folder))
        second = _start(Path(folder))
        begun = time.perf_counter()
        with own_server.running(Path(folder), port=own_server.free_port()) as server:
            warm = time.perf_counter() - begun
            server_alone = family(server.pid)
            ready = held(server_alone)
            _print_once(server.url)
            used, printing = held(server_alone), held(family(server.pid))
    return [
        Result("server ready, first start (migrations)", first, "s", limit=LONGEST_SECONDS),
        Result("server ready, later starts", min(second, warm), "s", limit=LONGEST_SECONDS),
        Result("memory when ready", ready, "MB", limit=MOST_MEGABYTES, note="pages and worker, nothing printed yet"),
        Result("memory after printing, server", used, "MB", limit=MOST_MEGABYTES, note="without its printing child"),
        Result(
            "memory after printing, with the printing child",
            printing,
            "MB",
            note="the child ends after 15 idle minutes",
        ),
    ]


def _start(folder: Path) -> float:
    begun = time.perf_counter()
    with own_server.running(folder, port=own_server.free_port()):
        return time.perf_counter() - begun


def _print_once(url: str) -> None:
    host = Host(Browser(url, patience=60), say=lambda _line: None)
    host.sign_in()
    host.import_file(EXAMPLE.read_bytes())
    host.invite()
