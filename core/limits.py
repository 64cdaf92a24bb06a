"""How often something may be tried, counted in the database so that every process sees the same number."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, db, insert_missing, require_transaction, transaction
from core.errors import TooMany


class AttemptLimit(Base):
    """Tries within the running window; the key (an address, a mail account) is kept as a digest only."""

    __tablename__ = "attempt_limit"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_ends_at: Mapped[datetime]
    tries: Mapped[int]


def hit(name: str, key: str, *, limit: int, per: timedelta) -> None:
    """Count one try, kept whatever happens next; raises TooMany past `limit` tries within `per`.

    Who is past it already is only read: a flood of refused tries must not queue before everybody else's writes.
    """
    digest = hashlib.sha256(f"{name}:{key}".encode()).hexdigest()
    now = clock.now()
    if ends_at := _used_up(name, digest, limit=limit, now=now):
        raise _too_many(ends_at, now)
    with transaction():
        insert_missing(AttemptLimit, name=name, key_digest=digest, window_ends_at=now + per, tries=0)
        query = select(AttemptLimit).filter_by(name=name, key_digest=digest).with_for_update()
        row = db.session.execute(query).scalar_one()
        if row.window_ends_at <= now:
            row.window_ends_at, row.tries = now + per, 0
        row.tries += 1
        over, ends_at = row.tries > limit, row.window_ends_at
    if over:
        raise _too_many(ends_at, now)


def _used_up(name: str, digest: str, *, limit: int, now: datetime) -> datetime | None:
    """When the window ends in which no try is left."""
    query = select(AttemptLimit.tries, AttemptLimit.window_ends_at).filter_by(name=name, key_digest=digest)
    row = db.session.execute(query).one_or_none()
    return row.window_ends_at if row is not None and row.tries >= limit and row.window_ends_at > now else None


def _too_many(ends_at: datetime, now: datetime) -> TooMany:
    return TooMany(retry_after=max(1, int((ends_at - now).total_seconds())))


def forget_old() -> None:
    """Drop windows that are over."""
    require_transaction()
    db.session.execute(delete(AttemptLimit).where(AttemptLimit.window_ends_at < clock.now()))
