"""Statements that everybody waits for, given to SQLite's driver itself: a fifth of what SQLAlchemy takes for each
(docs/decisions/0039-prepared-statements.md). SQLAlchemy writes them, once; on PostgreSQL it runs them as well."""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from core import turns
from core.db import Wire, db, forget_reads, transaction, wire, written_wire
from core.engine import BUSY_SECONDS, choose_durability

Values = Mapping[str, Any]
_Process = Callable[[Any], Any] | None
_REQUIRED = object()


class Rows(list[Any]):
    """All rows of an answer; the columns of each have their names."""

    def one_or_none(self) -> Any:
        """The only row, if there is one. Raises ValueError where there are more."""
        if len(self) > 1:
            raise ValueError("more than one row")
        return self[0] if self else None

    def scalar(self) -> Any:
        """The first column of the first row, if there is one."""
        return self[0][0] if self else None


@dataclass(frozen=True)
class _Plan:
    """A statement as SQLite's driver takes it."""

    text: str
    binds: tuple[tuple[str, Any, _Process], ...]
    columns: tuple[_Process, ...]
    row: Callable[[Iterable[Any]], Any]
    converts: bool

    def bind(self, values: Values) -> list[Any]:
        found = []
        for name, default, process in self.binds:
            value = values[name] if default is _REQUIRED else default
            found.append(value if process is None else process(value))
        return found

    def read(self, raw: Sequence[Sequence[Any]]) -> Rows:
        if not self.converts:
            return Rows(map(self.row, raw))
        columns = self.columns
        return Rows(
            self.row([each if process is None else process(each) for process, each in zip(columns, row, strict=True)])
            for row in raw
        )


class Prepared:
    """One statement, built once: a select, or a change of tables by their columns, whose values are all given."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def read(self, values: Values | None = None) -> Rows:
        """The rows, inside a transaction or not; a record that the session holds is not asked for."""
        return self._on(wire(), values or {})

    def run(self, values: Values | None = None) -> Rows:
        """Inside a transaction, after what the session holds was written; the rows that it gives back."""
        return self._on(written_wire(), values or {})

    def run_each(self, several: Sequence[Values]) -> None:
        """As `run`, for several rows that have the same columns."""
        at = written_wire()
        if not several:
            return
        if not isinstance(at.driver, sqlite3.Connection):
            at.connection.execute(self._statement, several)
            return
        plan = self._noted(at.connection, several[0])
        try:
            at.driver.executemany(plan.text, [plan.bind(each) for each in several])
        except sqlite3.Error as error:
            raise _named(plan, error) from error

    def run_alone(self, values: Values) -> Rows:
        """A transaction of this statement alone, which does not wait for the disk (core.db.transaction, `fleeting`).

        Raises NestedTransaction.
        """
        forget_reads()
        engine = db.engine
        if engine.dialect.name != "sqlite":
            with transaction(fleeting=True):
                return self.run(values)
        plan = self._plan(engine.dialect, values)
        turn = turns.of(engine.url.database)
        connection = engine.raw_connection()  # who gets none must not have the turn already
        has_turn = turn.take(BUSY_SECONDS)
        try:
            driver: Any = connection.driver_connection
            choose_durability(driver, connection.info, is_fleeting=True)
            return _ask(driver, plan, values)  # the driver begins nothing: each statement is kept when it is done
        finally:
            try:
                connection.close()
            finally:
                if has_turn:
                    turn.give_back()

    def _on(self, at: Wire, values: Values) -> Rows:
        if not isinstance(at.driver, sqlite3.Connection):
            result = at.connection.execute(self._statement, values)
            return Rows(result.all() if result.returns_rows else ())
        return _ask(at.driver, self._noted(at.connection, values), values)

    def _noted(self, connection: Connection, values: Values) -> _Plan:
        """The plan, after those who listen to what SQLAlchemy executes heard of it."""
        plan = self._plan(connection.dialect, values)
        for note in connection.engine.dispatch.before_cursor_execute:
            note(connection, None, plan.text, (), None, False)
        return plan

    def _plan(self, dialect: Dialect, values: Values) -> _Plan:
        names = tuple(values) if isinstance(self._statement, Insert) else ()
        if (plan := self._plans.get(names)) is None:
            plan = self._plans[names] = _planned(self._statement, dialect, names)
        return plan


def _ask(driver: sqlite3.Connection, plan: _Plan, values: Values) -> Rows:
    try:
        cursor = driver.execute(plan.text, plan.bind(values))
        return plan.read(cursor.fetchall()) if plan.columns else Rows()
    except sqlite3.Error as error:
        raise _named(plan, error) from error


def _named(plan: _Plan, error: sqlite3.Error) -> BaseException:
    """The error as SQLAlchemy names it, without the values."""
    return DBAPIError.instance(plan.text, None, error, sqlite3.Error, hide_parameters=True)


def _planned(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
    compiled: Any = statement.compile(dialect=dialect, **({"column_keys": list(names)} if names else {}))
    if left_out := [each.key for each in (*compiled.insert_prefetch, *compiled.update_prefetch)]:
        raise TypeError(f"every value is to be given, also of {', '.join(left_out)}")
    if compiled.post_compile_params:
        raise TypeError("no value may be a list")
    binds = []
    for name in compiled.positiontup:
        bound = compiled.binds[name]
        default = _REQUIRED if bound.required else bound.effective_value
        binds.append((bound.key if bound.required else name, default, _incoming(bound.type, dialect)))
    columns = list(statement.exported_columns)
    row: Any = _row([each.key for each in columns])
    steps = tuple(_outgoing(each.type, dialect) for each in columns)
    return _Plan(
        str(compiled),
        tuple(binds),
        steps,
        row._make,
        any(steps),
    )


def _row(names: list[str]) -> Any:
    kind: Any = namedtuple  # a class that is made of what a statement says
    return kind("Row", names, rename=True)


def _incoming(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _outgoing(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
