"""How often something may be tried, counted in the database so that every process sees the same number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, UtcDateTime, db, require_transaction, table_of
from core.errors import TooMany
from core.prepared import Prepared


class AttemptLimit(Base):
    """Tries within the running window; the key (an address, a mail account) is kept as a digest only."""

    __tablename__ = "attempt_limit"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_ends_at: Mapped[datetime]
    tries: Mapped[int]


_TABLE = table_of(AttemptLimit)


def _counting(insert: Callable[[Any], Any]) -> Any:
    """One try more in one statement, and no row where none is left; the window begins anew where it was over."""
    row = _TABLE.c
    is_over = row.window_ends_at <= bindparam("now", type_=UtcDateTime)
    first = insert(_TABLE).values(
        name=bindparam("name"), key_digest=bindparam("key_digest"), window_ends_at=bindparam("ends_at"), tries=1
    )
    counted = first.on_conflict_do_update(
        index_elements=[row.name, row.key_digest],
        set_={
            "window_ends_at": case((is_over, first.excluded.window_ends_at), else_=row.window_ends_at),
            "tries": case((is_over, first.excluded.tries), else_=row.tries + 1),
        },
        where=is_over | (row.tries < bindparam("most")),
    )
    return counted.returning(row.tries)


# Built once: they stand before everything that a stranger sends.
_COUNT = {"sqlite": Prepared(_counting(sqlite.insert)), "postgresql": Prepared(_counting(postgresql.insert))}
_LOOK = Prepared(
    select(_TABLE.c.tries, _TABLE.c.window_ends_at).where(
        _TABLE.c.name == bindparam("name"), _TABLE.c.key_digest == bindparam("key_digest")
    )
)


_MOST_REMEMBERED = 10_000
_refused: set[str] = set()  # keys that were past their limit, of this process: a hint where to look before writing


def hit(name: str, key: str, *, limit: int, per: timedelta) -> None:
    """Count one try, kept whatever happens next; raises TooMany past `limit` tries within `per`.

    Who was refused before is only read: a flood of refused tries must not queue before everybody else's writes.
    """
    named = {"name": name, "key_digest": hashlib.sha256(f"{name}:{key}".encode()).hexdigest()}
    now, digest = clock.now(), named["key_digest"]
    if digest in _refused:
        if ends_at := _used_up(named, limit=limit, now=now):
            raise _too_many(ends_at, now)
        _refused.discard(digest)
    while not _count(named, most=limit, now=now, per=per):
        if ends_at := _used_up(named, limit=limit, now=now):
            if len(_refused) >= _MOST_REMEMBERED:
                _refused.clear()
            _refused.add(digest)
            raise _too_many(ends_at, now)
        # Between the two somebody began another window: it has tries left.


def _count(named: Mapping[str, str], *, most: int, now: datetime, per: timedelta) -> bool:
    """One try more of the window; False where it has none left."""
    values = {**named, "now": now, "ends_at": now + per, "most": most}
    return bool(_COUNT[db.engine.dialect.name].run_alone(values))


def _used_up(named: Mapping[str, str], *, limit: int, now: datetime) -> datetime | None:
    """When the window ends in which no try is left."""
    row = _LOOK.read(named).one_or_none()
    return row.window_ends_at if row is not None and row.tries >= limit and row.window_ends_at > now else None


def _too_many(ends_at: datetime, now: datetime) -> TooMany:
    return TooMany(retry_after=max(1, int((ends_at - now).total_seconds())))


def forget_old() -> None:
    """Drop windows that are over."""
    require_transaction()
    db.session.execute(delete(AttemptLimit).where(AttemptLimit.window_ends_at < clock.now()))
