"""Commands with visible progress: one line that moves on a terminal, one every few seconds in a log."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEARTBEAT_SECONDS = 5.0
TAIL_LINES = 30
_CLEAR = "\r\033[K"


class SetupError(Exception):
    """Set-up can't go on; the text says what to do."""


def say(text: str) -> None:
    print(text, flush=True)


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run to the end showing the last thing it said; raises SetupError with its last lines when it fails."""
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    tail = _follow(process, " ".join(Path(part).name for part in command[:4]))
    if code := process.wait():
        shown = "\n".join(f"      {line}" for line in tail)
        raise SetupError(f"{shown}\n`{' '.join(str(part) for part in command)}` ended with code {code}.")


def _follow(process: subprocess.Popen[bytes], name: str) -> deque[str]:
    stream = process.stdout
    assert stream is not None  # noqa: S101  (asked for with PIPE above)
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    started = shown = time.monotonic()
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=HEARTBEAT_SECONDS):
                chunk = os.read(stream.fileno(), 65_536)
                if not chunk:
                    break
                *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
                tail.extend(text for line in lines if (text := line.decode(errors="replace").rstrip()))
            now = time.monotonic()
            if sys.stdout.isatty() or now - shown >= HEARTBEAT_SECONDS:
                _show(now - started, tail[-1] if tail else name)
                shown = now
    if rest.strip():
        tail.append(rest.decode(errors="replace").rstrip())
    stream.close()
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
    return tail


def _show(seconds: float, line: str) -> None:
    text = f"      {seconds:4.0f} s  {line.strip()}"[:110]
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR + text)
        sys.stdout.flush()
    else:
        say(text)
