"""Brings a database to the newest schema: at every start, by however many processes start at once.

`python -m web.migrate "Add …"` writes the next revision from the difference between the migrations and the models.
"""

from __future__ import annotations

import fcntl
import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, MetaData, create_engine, text

import accounts
import core
import events
import projects
import signing
from core import config, paths
from core.config import Settings
from core.db import UtcDateTime, db
from core.engine import WRITES, engine_options

ADVISORY_LOCK = 0x79756E7169616E  # "yunqian", any number that nobody else on this database locks
VERSION_TABLE = "alembic_version"


class NewerDatabase(Exception):
    """The database was made by a newer version of the product than this one."""


def metadata() -> MetaData:
    """All tables of all rooms."""
    for room in (core, accounts, signing, events, projects):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if room is core or module.name.endswith((".models", "_models")):
                importlib.import_module(module.name)
    return db.metadata


def upgrade(settings: Settings) -> None:
    """Run the migrations that are missing, all or none; raises NewerDatabase."""
    with _locked(settings) as connection:
        _check_known(connection)
        command.upgrade(_config(connection), "head")


def write_revision(message: str, folder: Path, *, revision_id: str) -> None:
    """Write the next revision into `folder`, from what the migrations there lack against the models."""
    with tempfile.TemporaryDirectory() as data_dir:
        settings = Settings(data_dir=Path(data_dir))
        with _locked(settings) as connection:
            command.upgrade(_config(connection, folder), "head")
        with _locked(settings) as connection:
            command.revision(_config(connection, folder), message, autogenerate=True, rev_id=revision_id)


def list_pending(connection: Connection) -> list[str]:
    """The revisions that this database has not got yet; the next start brings them."""
    has = set(MigrationContext.configure(connection).get_current_heads())
    every = list(ScriptDirectory.from_config(_config(connection)).walk_revisions())
    return [] if has & {each.revision for each in every[:1]} else [each.revision for each in every]


def list_differences(connection: Connection) -> list[Any]:
    """What the models have and the database has not, or the other way round; empty after an upgrade."""
    options = {"compare_type": True, "include_object": include_object}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata()))


@contextmanager
def _locked(settings: Settings) -> Iterator[Connection]:
    """One writing transaction that no other process migrates beside; committed at the end."""
    engine = create_engine(settings.sqlalchemy_url, **engine_options(settings.sqlalchemy_url))
    try:
        with (
            _file_lock(settings),
            engine.connect().execution_options(**{WRITES: True}) as connection,
            connection.begin(),
        ):
            if not settings.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            else:
                # Batch operations rebuild tables: what points at them is checked at the end.
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _file_lock(settings: Settings) -> Iterator[None]:
    # Two connections that switch a new SQLite file to WAL at the same moment get "database is locked" with no wait.
    with (settings.data_dir / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _config(connection: Connection, folder: Path | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(folder or paths.migrations()).replace("%", "%%"))
    configuration.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    configuration.attributes["connection"] = connection
    return configuration


def _check_known(connection: Connection) -> None:
    known = {revision.revision for revision in ScriptDirectory.from_config(_config(connection)).walk_revisions()}
    strange = set(MigrationContext.configure(connection).get_current_heads()) - known
    if strange:
        raise NewerDatabase(
            f"the database is at revision {', '.join(sorted(strange))}, which this version does not know"
        )


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """How a revision writes our own column types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, JSON):
        return "JsonValue"
    return False


def include_object(_item: object, name: str | None, kind: str, *_: object) -> bool:
    """Alembic's own table is not ours to compare."""
    return not (kind == "table" and name == VERSION_TABLE)


def main() -> None:
    """`python -m web.migrate MESSAGE`."""
    config.use(Settings())
    folder = paths.migrations()
    number = len(list((folder / "versions").glob("[0-9]*.py"))) + 1
    write_revision(" ".join(sys.argv[1:]), folder, revision_id=f"{number:04d}")


if __name__ == "__main__":
    main()
