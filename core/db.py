"""The database: one SQLAlchemy session per unit of work, SQLite embedded or PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CursorResult,
    DateTime,
    Enum,
    Executable,
    MetaData,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, SessionTransaction, registry
from sqlalchemy.types import TypeDecorator

from core import wake
from core.engine import FLEETING, WRITES

_WIRE = "yunqian_wire"
_WAKES = "yunqian_wakes"
_HEADS = "yunqian_heads"
_LIVE_HEAD = "*live"  # no chain is called so

JsonValue = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; timestamptz on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them on both databases."""

    # A registry of our own, not `type_annotation_map`: Flask-SQLAlchemy copies the class, and SQLAlchemy 2.1 refuses
    # a copy that has both.
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime, str: Text, dict[str, Any]: JsonValue, list[str]: JsonValue},
    )


Id = String(40)


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements that make no records."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} has no table of its own")
    return table


def one_of(states: type[StrEnum]) -> Enum:
    """A column that keeps a state's value as text and gives the state itself back, so that `is` compares rightly."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda found: [str(state) for state in found],
    )


db: SQLAlchemy = SQLAlchemy(model_class=Base, disable_autonaming=True)


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, *_: object) -> None:
    if (session.new or session.dirty or session.deleted) and not session.info.get(WRITES):
        raise WriteOutsideTransaction


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statements(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and not state.session.info.get(WRITES):
        raise WriteOutsideTransaction


class NestedTransaction(RuntimeError):
    """A use case called another use case: one request is one transaction."""


@contextmanager
def transaction(*, fleeting: bool = False) -> Iterator[None]:
    """One unit of work that writes: everything inside is kept, or nothing is.

    Raises NestedTransaction inside another one. Reads made before it in the same request are forgotten first, since
    on SQLite they hold an older picture of the database, from which no write can start.

    `fleeting`: the commit does not wait for the disk, so that a power failure (not a killed process) may take it back
    within a moment: for what is worth nothing an hour later.
    """
    session = forget_reads()
    session.info[WRITES] = True
    topics: set[str] = set()
    session.info[_WAKES] = topics
    session.info[_HEADS] = set()
    try:
        session.connection(execution_options={WRITES: True, FLEETING: fleeting})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[WRITES] = False
    wake.tell(topics)


def forget_reads() -> Session:
    """The session before a unit of work, which sees what others have written by then. Raises NestedTransaction."""
    session: Session = db.session()
    if session.info.get(WRITES):
        raise NestedTransaction
    session.rollback()
    return session


def is_writing() -> bool:
    """Whether a `transaction()` is open in this session."""
    return bool(db.session().info.get(WRITES))


class WriteOutsideTransaction(RuntimeError):
    """A state change outside `transaction()`: it would have no audit entry beside it."""


def require_transaction() -> None:
    """Raises WriteOutsideTransaction outside `transaction()`."""
    if not is_writing():
        raise WriteOutsideTransaction


class HeadsOutOfOrder(RuntimeError):
    """A trail's head was asked for after a live channel's: two such units of work wait for each other for ever."""


def take_trail_head(chain: str) -> None:
    """Inside a transaction: the head of this chain is locked from here on. Raises HeadsOutOfOrder."""
    heads: set[str] = db.session().info[_HEADS]
    if _LIVE_HEAD in heads and chain not in heads:
        raise HeadsOutOfOrder(f"audit.record on {chain} must come before the first live.publish")
    heads.add(chain)


def take_live_head() -> None:
    """Inside a transaction: the head of a live channel is locked from here on."""
    db.session().info[_HEADS].add(_LIVE_HEAD)


class Wire(NamedTuple):
    """What a unit of work reads and writes by: SQLAlchemy's connection, and the driver's beneath it."""

    connection: Connection
    driver: Any


def wire() -> Wire:
    """That of the session's unit of work, begun now where there is none; what the session holds was written before."""
    session = db.session()
    if session.info.get(WRITES):
        session.flush()
    return _wire_of(session)


def written_wire() -> Wire:
    """As `wire`, inside a transaction; raises WriteOutsideTransaction."""
    session = db.session()
    if not session.info.get(WRITES):
        raise WriteOutsideTransaction
    session.flush()
    return _wire_of(session)


def _wire_of(session: Session) -> Wire:
    # Asking the session for it at each statement takes longer than the statement.
    known: tuple[SessionTransaction | None, Wire] | None = session.info.get(_WIRE)
    begun = session.get_transaction()
    if known is not None and begun is not None and known[0] is begun and begun.is_active:
        return known[1]
    connection = session.connection()
    found = Wire(connection, connection.connection.driver_connection)
    session.info[_WIRE] = (session.get_transaction(), found)
    return found


def written() -> Connection:
    """Inside a transaction: its connection, after what the session holds was written, for statements on tables alone.

    A record of the session that costs a place in the unit of work costs several times such a statement.
    """
    return written_wire().connection


def read(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """Rows of columns, and no records: less than half of what the session takes for them."""
    return wire().connection.execute(statement, values)


def tell_after_commit(topic: str) -> None:
    """Inside a transaction: wake those in this process who wait for `topic`, once it is committed."""
    session = db.session()
    if not session.info.get(WRITES):
        raise WriteOutsideTransaction
    session.info[_WAKES].add(topic)


def insert_missing(model: type[Base], **values: Any) -> None:
    """Insert a row unless one with this key is there; of two that come at once, both go on."""
    session = db.session()
    dialect = session.connection().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    session.execute(insert(model).values(**values).on_conflict_do_nothing())
