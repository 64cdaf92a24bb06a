"""A database for each test: SQLite file or PostgreSQL database, empty or copied from one prepared once."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support.postgres import Cluster

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
KINDS = (SQLITE, POSTGRESQL)


class Databases:
    """Makes databases of both kinds in one test process; the PostgreSQL server starts when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._cluster: Cluster | None = None
        self._prepared: dict[tuple[str, str], str] = {}

    def empty(self, kind: str) -> str:
        """SQLAlchemy URL of a new database without tables."""
        if kind == SQLITE:
            return f"sqlite:///{self._sqlite_file()}"
        return self._url(self._running().create())

    def copy_of(self, kind: str, name: str, prepare: Callable[[str], None], *, of: str = "") -> str:
        """URL of a copy of the database that `prepare(url)` filled once; it must close what it opens.

        It begins with an empty database, or with a copy of the one that was prepared as `of`.
        """
        self.make_ready(kind, name, prepare, of=of)
        return self._copy(kind, self._prepared[kind, name])

    def make_ready(self, kind: str, name: str, prepare: Callable[[str], None], *, of: str = "") -> None:
        """As `copy_of`, for copies to come."""
        if (kind, name) not in self._prepared:
            url = self._copy(kind, self._prepared[kind, of]) if of else self.empty(kind)
            prepare(url)
            self._prepared[kind, name] = url

    def _copy(self, kind: str, source: str) -> str:
        if kind == SQLITE:
            target = self._sqlite_file()
            copy_sqlite(Path(source.removeprefix("sqlite:///")), target)
            return f"sqlite:///{target}"
        return self._url(self._running().create(template=source.rsplit("/", 1)[1]))

    def drop(self, url: str) -> None:
        """Remove a database of one test."""
        if url.startswith("sqlite"):
            file = Path(url.removeprefix("sqlite:///"))
            for part in file.parent.glob(f"{file.name}*"):
                part.unlink()
        else:
            self._running().drop(url.rsplit("/", 1)[1])

    def stop(self) -> None:
        if self._cluster:
            self._cluster.stop()
            self._cluster = None

    def _sqlite_file(self) -> Path:
        return self._folder / f"test-{next(self._numbers)}.db"

    def _running(self) -> Cluster:
        if self._cluster is None:
            self._cluster = Cluster()
        return self._cluster

    def _url(self, name: str) -> str:
        return self._running().url(name)


def copy_sqlite(source: Path, target: Path) -> None:
    """A copy of a database that nobody writes to meanwhile."""
    with closing(sqlite3.connect(source)) as connection:
        # What is still in the write-ahead log would be missing from a copy of the file.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, target)
