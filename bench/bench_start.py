"""How soon the whole product answers after its start, and how much memory it takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.common import Result

TIMES = 3


def resident_megabytes(pid: int) -> float:
    """Of a process and all its children."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except OSError:  # ended meanwhile
            continue
        if int(folder.name) == pid or int(status["PPid"]) == pid:
            total += int(status.get("VmRSS", "0").split()[0]) / 1024
    return total


def start_once(folder: Path) -> tuple[float, float]:
    """Seconds until the first page is answered, and megabytes then."""
    began = time.monotonic()
    environment = {**os.environ, "YUNQIAN_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "web.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout
            ready = next(line for line in server.stdout if b"http://" in line)
            address = "http://" + ready.decode().split("http://")[1].split()[0]
            with urllib.request.urlopen(f"{address}/login", timeout=30) as page:  # noqa: S310  loopback
                page.read()
            return time.monotonic() - began, resident_megabytes(server.pid)
        finally:
            server.terminate()
            server.wait(30)


def run() -> list[Result]:
    """The first start makes the database and is not counted; the later ones are what `make run` does every day."""
    with tempfile.TemporaryDirectory() as name:
        first, _ = start_once(Path(name))
        seen = [start_once(Path(name)) for _ in range(TIMES)]
    return [
        Result("start to first page", statistics.median(s for s, _ in seen), "s", limit=5.0),
        Result("first start, with an empty database", first, "s", note="with migrations"),
        Result("memory after the first page", max(m for _, m in seen), "MB", limit=300.0, note="with child processes"),
    ]
