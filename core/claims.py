"""Rows that some process must work on: claimed with a lease, finished behind a fence.

A claim runs out unless it is renewed, so a killed worker's row is taken over; every claim counts `attempts` up, so a
worker that was only asleep finds its finish refused. At least once, and the fence makes the bookkeeping exactly once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CursorResult, String, Update, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Id, db, require_transaction, transaction

LEASE = timedelta(seconds=10)
MAX_ATTEMPTS = 150  # a day of them: a timestamp authority or mail server that is away for hours must not end a ceremony
MAX_SILENT_ATTEMPTS = 12  # of a row whose workers all died without a word: perhaps it is what kills them


class Claimable:
    """Columns of a row that is worked on; mix into a model."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


Row = TypeVar("Row", bound=Claimable)


class ClaimLost(Exception):
    """The lease ran out and another worker has the row."""


@dataclass(frozen=True)
class Claim:
    """The right to work on one row until the lease runs out."""

    model: type[Claimable]
    id: str
    attempts: int
    lease: timedelta = LEASE


def take(model: type[Row], *, worker: str, limit: int = 1, lease: timedelta = LEASE) -> list[Claim]:
    """Claim up to `limit` due rows, oldest first; no two processes get the same one."""
    now = clock.now()
    free = (
        select(model.id)
        .where(model.done_at.is_(None), model.dead_at.is_(None), model.due_at <= now)
        .where(model.lease_until.is_(None) | (model.lease_until < now))
        .order_by(model.due_at, model.id)
        .limit(limit)
    )
    # Looking first costs a read; claiming at once would make every idle tick of every process a writer.
    if db.session.scalar(free) is None:
        db.session.rollback()
        return []
    # MATERIALIZED: a subquery that PostgreSQL may run again locks and claims more than `limit` rows.
    chosen = free.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
    with transaction():
        rows = db.session.execute(
            update(model)
            .where(model.id.in_(select(chosen.c.id)))
            .values(lease_until=now + lease, claimed_by=worker, attempts=model.attempts + 1)
            .returning(model.id, model.attempts)
            .execution_options(synchronize_session=False)
        ).all()
    return [Claim(model, row.id, row.attempts, lease) for row in rows]


def free(model: type[Row], *, worker: str) -> None:
    """Inside a transaction: let everybody have what a worker that is known to be dead had claimed."""
    require_transaction()
    db.session.execute(
        update(model)
        .where(model.claimed_by == worker, model.done_at.is_(None), model.lease_until.is_not(None))
        .values(lease_until=None)
        .execution_options(synchronize_session=False)
    )


def renew(claim: Claim) -> None:
    """Keep the claim for another lease; raises ClaimLost."""
    with transaction():
        _change(claim, lease_until=clock.now() + claim.lease)


def hold(claim: Claim) -> None:
    """Inside a transaction: make sure that the row is still ours until the commit; raises ClaimLost."""
    require_transaction()
    _change(claim, lease_until=clock.now() + claim.lease)


def finish(claim: Claim, **values: Any) -> None:
    """Inside a transaction: mark the row as done; raises ClaimLost."""
    require_transaction()
    _change(claim, done_at=clock.now(), lease_until=None, last_error=None, **values)


def give_back(claim: Claim, *, error: str, retry: bool = True) -> None:
    """Try again later (2 s, 4 s, … 10 min), or never: after MAX_ATTEMPTS, or with `retry=False`. Raises ClaimLost."""
    now = clock.now()
    wait = timedelta(seconds=min(2**claim.attempts, 600))
    dead = not retry or claim.attempts >= MAX_ATTEMPTS
    with transaction():
        _change(claim, due_at=now + wait, lease_until=None, last_error=error[:2000], dead_at=now if dead else None)


def _change(claim: Claim, **values: Any) -> None:
    statement: Update = (
        update(claim.model)
        .where(claim.model.id == claim.id, claim.model.attempts == claim.attempts, claim.model.done_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise ClaimLost(claim.id)
