"""The product as real processes: started, killed and started again on one data folder and one port."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from sqlalchemy import Engine, create_engine

from core.engine import engine_options
from tests.support.forks import ForkedProcesses
from tests.support.processes import Running
from tests.support.waiting import is_listening

SERVE = ("web.cli", "serve", "--port", "{port}")
WORK = ("web.cli", "worker")


def steady_port() -> int:
    """A free port that no outgoing connection is given, which would keep the server from coming back."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return next(port for port in random.sample(range(20_000, lowest), 50) if not is_listening(port))


@dataclass
class Server:
    """`yunqian` processes on one data folder and one port, that can be killed and started again.

    `parts` are command lines after `python -m`; the first one answers on the port, the one named by `victim` is killed.
    They are forked from a process that has imported the product.
    """

    processes: ForkedProcesses
    data_dir: Path
    database_url: str
    port: int
    parts: Sequence[Sequence[str]] = (SERVE,)
    victim: int = 0
    env: Mapping[str, str] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_all(self) -> None:
        self.running = [self._start(number) for number in range(len(self.parts))]
        self.wait_ready()

    def environment(self) -> dict[str, str]:
        """The settings that every part is given, and a command that is to work on the same data."""
        return {
            "YUNQIAN_DATA_DIR": str(self.data_dir),
            "YUNQIAN_DATABASE_URL": self.database_url,
            "YUNQIAN_BASE_URL": self.url,
            "YUNQIAN_DEMO": "1",
            "YUNQIAN_LOG_LEVEL": "WARNING",
            **self.env,
        }

    def _start(self, number: int) -> Running:
        words = [part.format(port=self.port) for part in self.parts[number]]
        return self.processes.fork(*words, env=self.environment())

    def wait_ready(self) -> None:
        self.running[0].wait_ready(self._answers, timeout=90)

    def _answers(self) -> bool:
        return is_listening(self.port) and requests.get(f"{self.url}/login", timeout=30).status_code == 200

    def kill(self) -> None:
        """SIGKILL for the victim and its whole group."""
        self.running[self.victim].kill()

    def restart(self) -> None:
        """Start the victim again; returns at once."""
        self.running[self.victim] = self._start(self.victim)

    @contextmanager
    def database(self) -> Iterator[Engine]:
        engine = create_engine(self.database_url, **engine_options(self.database_url))
        try:
            yield engine
        finally:
            engine.dispose()
