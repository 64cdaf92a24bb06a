"""Real processes for tests: started, waited for, stopped, frozen, killed, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.support.waiting import wait_until

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Called in a child: even when pytest itself is killed, the kernel ends this child when its parent ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Running:
    """One process in a group of its own; what it prints goes into a file."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.command = list(command)
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def output(self) -> str:
        """Everything printed so far, both streams."""
        return self.log.read_text(errors="replace")

    def wait_ready(self, is_ready: Callable[[], object], timeout: float = 30.0) -> None:
        """Wait for a condition; raises AssertionError with the output when the process ends or time runs out."""

        def ready_or_ended() -> object:
            return not self.is_alive or is_ready()

        try:
            wait_until(ready_or_ended, timeout, what=f"readiness of {self.command[0]}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output()}") from None
        if not self.is_alive:
            raise AssertionError(f"{self.command} ended with {self.wait(0)}:\n{self.output()}")

    def wait_for_output(self, text: str, timeout: float = 30.0) -> None:
        """Wait until this has been printed."""
        self.wait_ready(lambda: text in self.output(), timeout)

    def wait(self, timeout: float = 60.0) -> int:
        """Wait for the end and return the exit code (negative: the signal that ended it)."""
        return self._process.wait(timeout)

    def send(self, number: signal.Signals) -> None:
        """Signal the whole group; nothing happens where it has ended."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does, as a machine does that pages or hangs."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def kill(self) -> int:
        """End it at once, without a chance to tidy up, with every process of its group."""
        self.send(signal.SIGKILL)
        return self.wait()

    def stop(self, timeout: float = 20.0) -> int:
        """Ask it to end; raises AssertionError when it does not within `timeout` seconds, and kills it."""
        self.send(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.command} did not end when asked:\n{self.output()}") from None


class Processes:
    """Starts processes for one test and ends all of them after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all: list[Running] = []

    def start(
        self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Running:
        """Start a command; `env` is added to this process's environment."""
        running = Running(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            cwd=cwd or Path.cwd(),
            log=self._next_log(),
        )
        self._all.append(running)
        return running

    def _next_log(self) -> Path:
        return self._folder / f"process-{len(self._all)}.log"

    def end_all(self) -> None:
        for running in self._all:
            running.kill()
