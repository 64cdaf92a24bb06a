"""A server of one's own as a child process: for the demo and for a replay without --server."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from core.i18n import t

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class ServerFailed(Exception):
    """There is no server; `str()` says why, in the terminal's language, with the server's last words."""


@dataclass(frozen=True)
class OwnServer:
    """A server that answers."""

    url: str
    pid: int


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(data_dir: Path, *, port: int, address: str = LOOPBACK) -> Iterator[OwnServer]:
    """A demo server on `data_dir` while the block runs, at an address of this machine. Raises ServerFailed."""
    _check_free(address, port)
    url = f"http://{address}:{port}"
    settings = {"YUNQIAN_DATA_DIR": str(data_dir), "YUNQIAN_DEMO": "1", "YUNQIAN_BASE_URL": url}
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = data_dir / "server.log"
    with words.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve", "--host", address, "--port", str(port)],
            env={**os.environ, **settings},
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C is for us; we end the server when we are done with it
            preexec_fn=_end_with_parent,
        )
    try:
        _wait_until_ready(url, process, words)
        yield OwnServer(url, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _check_free(address: str, port: int) -> None:
    """Whoever listened there already would answer in place of our server."""
    try:
        socket.create_server((address, port)).close()
    except OSError as error:
        place = str(port) if address == LOOPBACK else f"{address}:{port}"
        raise ServerFailed(t("demo-cli-port-taken", port=place, why=str(error.strerror or error))) from None


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], words: Path, *, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ServerFailed(t("demo-cli-ended", words=_last(words)))
        try:
            if requests.get(f"{url}/demo", timeout=30).status_code == 200:
                return
        except requests.ConnectionError:
            pass  # not listening yet: asked again until the time is over
        time.sleep(0.05)
    raise ServerFailed(t("demo-cli-silent", seconds=f"{seconds:.0f}", words=_last(words)))


def _last(words: Path) -> str:
    return words.read_text(errors="replace")[-2000:]
