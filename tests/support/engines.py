"""Database engines for thousands of tests: a statement that SQLAlchemy compiled is compiled once in a process.

Every test has an engine of its own, and an engine keeps what it compiled to itself: a seventh of what the tests of
use cases take. Engines on the same driver share it here; the SQL is the same whichever database it goes to.
"""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_STATEMENTS = 4_000
_compiled: dict[type[DefaultDialect], LRUCache[object, object]] = {}


def _are_alike(dialect: DefaultDialect, other: object) -> bool:
    return type(dialect) is type(other)


def _hash_of(dialect: DefaultDialect) -> int:
    return hash(type(dialect))


def _share(dialect: type[DefaultDialect], engine: Engine) -> None:
    engine._compiled_cache = _compiled.setdefault(dialect, LRUCache(_STATEMENTS))  # type: ignore[assignment]


def keep_compiled() -> None:
    """From here on, a statement that was compiled before for any engine is not compiled again."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        # The dialect is a part of the key under which a compiled statement is kept.
        dialect.__eq__ = _are_alike  # type: ignore[method-assign, assignment]
        dialect.__hash__ = _hash_of  # type: ignore[method-assign, assignment]
        dialect.engine_created = classmethod(_share)  # type: ignore[method-assign, assignment]
