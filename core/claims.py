"""Rows that some process must work on: claimed with a lease, finished behind a fence.

A claim runs out unless it is renewed, so a killed worker's row is taken over; every claim counts `attempts` up, so a
worker that was only asleep finds its finish refused. At least once, and the fence makes the bookkeeping exactly once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CursorResult, String, Update, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, wake
from core.db import Id, db, require_transaction, tell_after_commit, transaction

LEASE = timedelta(seconds=10)
MAX_ATTEMPTS = 150  # a day of them: a timestamp authority or mail server that is away for hours must not end a ceremony
MAX_SILENT_ATTEMPTS = 12  # of a row whose workers all died without a word: perhaps it is what kills them
LASTING = 3  # after so many tries people are told that something does not work


class Claimable:
    """Columns of a row that is worked on; mix into a model."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    chain: Mapped[str] = mapped_column(Id, index=True)  # whose work it is, as in core.audit: a ceremony's id
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(index=True)
    good_until: Mapped[datetime | None]  # after that nobody needs it any more
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)  # only ever counted up: it is the fence
    excused: Mapped[int] = mapped_column(default=0)  # attempts from before somebody had it tried anew
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]  # for who reads logs
    reason: Mapped[str | None] = mapped_column(String(60))  # for people: a name that has words


Row = TypeVar("Row", bound=Claimable)


class Failure(Exception):
    """An attempt that failed; `reason` names why, where people can be told. The message is kept beside the row."""

    def __init__(self, words: str, *, reason: str = "") -> None:
        self.reason = reason
        super().__init__(words)


class ClaimLost(Exception):
    """The lease ran out and another worker has the row."""


Watcher = Callable[[str], None]
_watchers: list[Watcher] = []


def watches(watcher: Watcher) -> Watcher:
    """Register a function that is called with the chain whenever trouble begins, changes or ends there.

    It is called inside the transaction, after the trail's entries, and may publish.
    """
    _watchers.append(watcher)
    return watcher


def tell_watchers(chain: str) -> None:
    """Inside a transaction: what `list_given_up` and its like say of this chain has changed."""
    require_transaction()
    for watcher in _watchers:
        watcher(chain)


@dataclass(frozen=True)
class Trouble:
    """Work that was given up (`next_at` is None), or that failed several times and is tried again at `next_at`."""

    id: str
    kind: str
    chain: str
    since: datetime
    tries: int
    next_at: datetime | None
    reason: str
    last_error: str


@dataclass(frozen=True)
class Claim:
    """The right to work on one row until the lease runs out."""

    model: type[Claimable]
    id: str
    attempts: int
    lease: timedelta = LEASE
    chain: str = ""
    excused: int = 0
    good_until: datetime | None = None

    @property
    def tries(self) -> int:
        """Attempts since it was asked for, or last asked for anew."""
        return self.attempts - self.excused


def take(
    model: type[Row],
    *,
    worker: str,
    limit: int = 1,
    lease: timedelta = LEASE,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> list[Claim]:
    """Claim up to `limit` due rows, oldest first; no two processes get the same one.

    Of all kinds, or of those in `only`; never of those in `but`.
    """
    if only is not None and not only:
        return []
    now = clock.now()
    free = (
        select(model.id)
        .where(model.done_at.is_(None), model.dead_at.is_(None), model.due_at <= now)
        .where(model.lease_until.is_(None) | (model.lease_until < now))
        .order_by(model.due_at, model.id)
        .limit(limit)
    )
    if only is not None:
        free = free.where(model.kind.in_(only))
    if but:
        free = free.where(model.kind.not_in(but))
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
            .returning(model.id, model.attempts, model.chain, model.excused, model.good_until)
            .execution_options(synchronize_session=False)
        ).all()
    return [Claim(model, row.id, row.attempts, lease, row.chain, row.excused, row.good_until) for row in rows]


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


def hand_over(claim: Claim) -> None:
    """Let another worker have at once what this one will not end; that counts as no try. Raises ClaimLost.

    From here on our own handler is refused (ClaimLost) wherever it holds or finishes the claim.
    """
    with transaction():
        # Two, as the next claim counts one up by itself.
        _change(claim, lease_until=None, attempts=claim.attempts + 1, excused=claim.excused + 2)


def hold(claim: Claim) -> None:
    """Inside a transaction: make sure that the row is still ours until the commit; raises ClaimLost."""
    require_transaction()
    _change(claim, lease_until=clock.now() + claim.lease)


def has_said(claim: Claim) -> bool:
    """Whether an attempt since the last success ended with a word, and not with the death of its worker."""
    return db.session.get_one(claim.model, claim.id).last_error is not None


def finish(claim: Claim, **values: Any) -> None:
    """Inside a transaction, behind its audit entries: mark the row as done; raises ClaimLost."""
    require_transaction()
    _change(claim, done_at=clock.now(), lease_until=None, last_error=None, reason=None, **values)
    if claim.tries >= LASTING:
        tell_watchers(claim.chain)


def give_back(claim: Claim, *, error: str, reason: str = "", retry: bool = True) -> None:
    """Try again later (2 s, 4 s, … 10 min), or never: after MAX_ATTEMPTS, when it would be of no use any more, or with
    `retry=False`. Raises ClaimLost."""
    now = clock.now()
    due_at = now + timedelta(seconds=min(2**claim.tries, 600))
    is_late = claim.good_until is not None and due_at >= claim.good_until
    dead = not retry or claim.tries >= MAX_ATTEMPTS or is_late
    with transaction():
        _change(
            claim,
            due_at=due_at,
            lease_until=None,
            last_error=error[:2000],
            reason=reason[:60],
            dead_at=now if dead else None,
        )
        if dead or claim.tries >= LASTING:
            tell_watchers(claim.chain)


def revive(model: type[Claimable], row_id: str) -> bool:
    """Inside a transaction, behind its audit entries: have a row that was given up, or that waits, tried again at once.

    Its tries count from the beginning. False where it is done, or being worked on.
    """
    require_transaction()
    now = clock.now()
    query = select(model.chain).where(model.id == row_id, *_resting(model, now)).with_for_update()
    chain = db.session.scalar(query)
    if chain is None:
        return False
    db.session.execute(
        update(model)
        .where(model.id == row_id)
        .values(dead_at=None, due_at=now, excused=model.attempts, last_error=None, reason=None)
        .execution_options(synchronize_session=False)
    )
    tell_watchers(chain)
    tell_after_commit(wake.WORK)
    return True


def _resting(model: type[Claimable], now: datetime) -> tuple[Any, ...]:
    return (model.done_at.is_(None), or_(model.lease_until.is_(None), model.lease_until < now))


def list_troubled(model: type[Row], *, chain: str | None, given_up: bool) -> list[Row]:
    """Rows (of one chain, or all): given up, or failed LASTING times and still tried; the oldest first."""
    query = select(model).where(model.done_at.is_(None)).order_by(model.created_at, model.id)
    if chain is not None:
        query = query.where(model.chain == chain)
    if given_up:
        query = query.where(model.dead_at.is_not(None))
    else:
        query = query.where(model.dead_at.is_(None), model.attempts - model.excused >= LASTING)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def trouble_values(row: Claimable) -> dict[str, Any]:
    """What `Trouble` says of a row."""
    return {
        "id": row.id,
        "kind": row.kind,
        "chain": row.chain,
        "since": row.created_at,
        "tries": row.attempts - row.excused,
        "next_at": None if row.dead_at else row.due_at,
        "reason": row.reason or "",
        "last_error": row.last_error or "",
    }


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
