"""A server of one's own as a child process: for the demo and for a replay without --server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests


class ServerDied(Exception):
    """The server ended before it was ready; the text has its last words."""


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    data_dir: Path, *, port: int, env: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[str]:
    """A demo server on `data_dir` while the block runs; yields its address. Raises ServerDied."""
    url = f"http://127.0.0.1:{port}"
    settings = {"YUNQIAN_DATA_DIR": str(data_dir), "YUNQIAN_DEMO": "1", "YUNQIAN_BASE_URL": url, **(env or {})}
    data_dir.mkdir(parents=True, exist_ok=True)
    words = log or data_dir / "server.log"
    with words.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve", "--port", str(port)],
            env={**os.environ, **settings},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait_until_ready(url, process, words)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], words: Path, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ServerDied(words.read_text(errors="replace")[-2000:])
        try:
            if requests.get(f"{url}/demo", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            pass  # not listening yet: asked again until the time is over
        time.sleep(0.05)
    raise ServerDied(f"no answer within {seconds:.0f} s\n" + words.read_text(errors="replace")[-2000:])
