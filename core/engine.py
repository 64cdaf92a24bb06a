"""What every engine is told, of the pages, the stream and the commands: its pool, and how its transactions begin."""

from __future__ import annotations

import sqlite3
from collections.abc import MutableMapping
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from core import turns

# Execution options of a unit of work: it writes; it need not wait for the disk.
WRITES = "yunqian_writes"
FLEETING = "yunqian_fleeting"
_TURN = "yunqian_turn"
BUSY_SECONDS = 30


def engine_options(url: str) -> dict[str, Any]:
    """Pool and driver options for this URL."""
    # Parameters are codes, links and names: they must not stand in the text of an error that is logged.
    if url.startswith("sqlite"):
        # A connection for each thread of pages and work: opening one takes longer than most pages.
        return {
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
            "hide_parameters": True,
            "pool_size": 16,
            "pool_use_lifo": True,  # the one that was used last has its pages and statements at hand
            "max_overflow": 64,
        }
    return {"pool_size": 5, "max_overflow": 10, "pool_pre_ping": True, "hide_parameters": True}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    # pysqlite's own transaction handling emits no BEGIN before a SELECT, which forks the audit chain.
    connection.isolation_level = None
    busy = f"busy_timeout={BUSY_SECONDS * 1000}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", busy):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    # A deferred BEGIN that reads and then writes ends in "database is locked" under load; an immediate one for
    # readers too would let one reader in at a time (measured: 1,351 → 156 pages/s).
    options = connection.get_execution_options()
    writes = options.get(WRITES, False)
    if writes:
        _wait_for_turn(connection)
    driver: Any = connection.connection.driver_connection
    if writes:
        choose_durability(driver, connection.info, is_fleeting=options.get(FLEETING, False))
    _say(driver, "BEGIN IMMEDIATE" if writes else "BEGIN")


def _wait_for_turn(connection: Connection) -> None:
    # Past that, SQLite says what is wrong.
    if _TURN not in connection.info and (turn := turns.of(connection.engine.url.database)).take(BUSY_SECONDS):
        connection.info[_TURN] = turn


@event.listens_for(Pool, "checkin")
def _end_turn(_connection: object, record: ConnectionPoolEntry) -> None:
    if turn := record.info.pop(_TURN, None):
        turn.give_back()


def choose_durability(driver: sqlite3.Connection, info: MutableMapping[Any, Any], *, is_fleeting: bool) -> None:
    """SQLite waits for the disk at each commit, or (fleeting) leaves that to the next commit that does; `info` is the
    pool's of this connection."""
    if info.get(FLEETING, False) != is_fleeting:
        _say(driver, f"PRAGMA synchronous={'NORMAL' if is_fleeting else 'FULL'}")
        info[FLEETING] = is_fleeting


def _say(driver: sqlite3.Connection, statement: str) -> None:
    """To the driver itself: what stands around each unit of work takes SQLAlchemy as long as a statement that reads."""
    try:
        driver.execute(statement)
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error


@event.listens_for(Engine, "begin")
def _begin_postgresql(connection: Connection) -> None:
    if connection.dialect.name == "postgresql" and connection.get_execution_options().get(FLEETING, False):
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
