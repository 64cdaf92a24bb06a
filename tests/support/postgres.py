"""A throw-away PostgreSQL: one cluster for a test process, databases made in a few milliseconds."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg

from tests.support.processes import Running
from tests.support.waiting import free_port, wait_until

_ROOM_NEEDED = 2 << 30
# Nothing here outlives the test run, so nothing waits for a disk.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "warning",
}


class PostgresMissing(RuntimeError):
    """No PostgreSQL server on this machine: `make setup` installs one."""


def _programs() -> Path:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not folders:
        raise PostgresMissing("no /usr/lib/postgresql/*/bin/initdb here: run make setup")
    return max(folders, key=lambda folder: float(folder.parent.name))


def _as_ordinary_user(command: Sequence[str | Path]) -> list[str]:
    """PostgreSQL refuses to run as root; setpriv execs, so that the process we started is the server itself."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    user = _ordinary_user()
    return [
        "setpriv",
        "--pdeathsig=INT",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--",
        *words,
    ]


def _ordinary_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("neither the user postgres nor nobody exists here")


def _quick_folder() -> str:
    """Memory where there is room: a new database is 300 small files, 12 ms there and 240 ms on a disk."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_NEEDED
    return str(memory) if has_room else tempfile.gettempdir()


class Cluster:
    """Answers on loopback to the user `postgres` without a password; `stop` leaves nothing behind."""

    def __init__(self) -> None:
        programs = _programs()
        # Not below pytest's folder: that one is closed to other users.
        self._home = Path(tempfile.mkdtemp(prefix="yqpg-", dir=_quick_folder()))
        self._numbers = itertools.count(1)
        if os.geteuid() == 0:
            user = _ordinary_user()
            os.chown(self._home, user.pw_uid, user.pw_gid)
        try:
            self._make(programs)
            self._server, self.port = self._start(programs)
            self._admin = psycopg.connect(self._dsn("postgres"), autocommit=True)
        except BaseException:
            shutil.rmtree(self._home)
            raise

    def _make(self, programs: Path) -> None:
        command: list[str | Path] = [programs / "initdb", "-D", self._home / "data", "-U", "postgres", "-E", "UTF8"]
        options = ["--no-locale", "--no-sync", "--auth=trust"]
        seen = subprocess.run(
            _as_ordinary_user([*command, *options]), capture_output=True, text=True, cwd=self._home, check=False
        )
        if seen.returncode:
            raise PostgresMissing(seen.stdout + seen.stderr)

    def _start(self, programs: Path) -> tuple[Running, int]:
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        for _ in range(5):  # somebody else may take the port between the look and the start
            port = free_port()
            place: list[str | Path] = ["-D", self._home / "data", "-k", self._home, "-p", str(port)]
            command = [programs / "postgres", *place, *settings]
            log = self._home / "server.log"
            server = Running(_as_ordinary_user(command), env={**os.environ, "LC_ALL": "C"}, cwd=self._home, log=log)
            wait_until(lambda server=server, port=port: not server.is_alive or self._answers(port), 60)  # type: ignore[misc]
            if server.is_alive:
                return server, port
            if "could not bind" not in server.output() and "could not create" not in server.output():
                break
        raise PostgresMissing(server.output())

    def _answers(self, port: int) -> bool:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=2").close()
        except psycopg.OperationalError:
            return False
        return True

    def _dsn(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def url(self, database: str) -> str:
        """For SQLAlchemy and Settings.database_url."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """A new database, empty or a copy of another one that nobody is connected to; returns its name."""
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'.encode())
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def stop(self) -> None:
        self._admin.close()
        # SIGINT: the fast shutdown. SIGKILL would leave shared memory behind.
        self._server.send(signal.SIGINT)
        self._server.wait(30)
        shutil.rmtree(self._home)
