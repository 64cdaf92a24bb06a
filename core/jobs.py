"""Background work that must happen: a row written with the change that asks for it, done later by any worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import claims, clock, ids, wake
from core.audit import INSTALLATION
from core.claims import Claim, Claimable, Failure, Trouble
from core.db import Base, JsonValue, db, insert_missing, require_transaction, tell_after_commit, transaction


class Job(Claimable, Base):
    """One piece of work; (kind, key) says which, so that asking twice is harmless."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("kind", "key"),)
    key: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonValue)


class Hopeless(Failure):
    """This piece of work can never succeed: it is not tried again."""


Handler = Callable[[Claim, dict[str, Any]], None]
_handlers: dict[str, Handler] = {}
_periods: dict[str, timedelta] = {}
_slow: set[str] = set()


def handles(kind: str, *, slow: bool = False) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind: called outside any transaction with (claim, payload).

    It must bear being called again, and calls `claims.finish(claim)` inside its last transaction. `slow` work takes
    minutes: it has threads of its own, so that no other waits for it, and holds its claim (`claims.hold`) every
    second or so: a worker that is asked to stop hands it over to another (ClaimLost).
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if slow:
            _slow.add(kind)
        return handler

    return register


def slow_kinds() -> frozenset[str]:
    """The kinds of work that are registered as slow."""
    return frozenset(_slow)


def repeats(kind: str, *, every: timedelta) -> Callable[[Handler], Handler]:
    """Like `handles`, for work that is asked for anew in each slot of this length, once for all processes."""
    _periods[kind] = every
    return handles(kind)


def ask_periodic() -> None:
    """Add the periodic jobs of the running slots where they are not there yet, in a transaction of its own."""
    now = clock.now()
    wanted = {kind: str(int(now.timestamp() // every.total_seconds())) for kind, every in _periods.items()}
    rows = db.session.execute(select(Job.kind, Job.key).where(Job.kind.in_(wanted)))
    there = {(row.kind, row.key) for row in rows}
    missing = {kind: slot for kind, slot in wanted.items() if (kind, slot) not in there}
    db.session.rollback()
    if missing:
        with transaction():
            for kind, slot in missing.items():
                add(kind, slot)


def forget_periodic(*, before: datetime) -> None:
    """Drop the rows of periodic work done before that instant."""
    require_transaction()
    db.session.execute(delete(Job).where(Job.kind.in_(list(_periods)), Job.done_at < before))


def handler_of(kind: str) -> Handler:
    """The registered function; raises KeyError."""
    return _handlers[kind]


def add(kind: str, key: str, *, chain: str = INSTALLATION, due_at: datetime | None = None, **payload: Any) -> None:
    """Ask for work, inside the transaction of the change that needs it; asking twice with one key is harmless.

    `chain` says whose work it is, so that who can do something about a failure hears of it.
    """
    require_transaction()
    now = clock.now()
    insert_missing(
        Job,
        id=ids.new("job"),
        kind=kind,
        key=key,
        chain=chain,
        payload=payload,
        created_at=now,
        due_at=due_at or now,
        attempts=0,
    )
    tell_after_commit(wake.WORK)


def is_asked(kind: str, *, chain: str) -> bool:
    """Whether work of this kind waits or is being done for this chain."""
    query = select(Job.id).filter_by(kind=kind, chain=chain, done_at=None)
    return db.session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class JobTrouble(Trouble):
    """A job that was given up, or that fails again and again."""

    key: str
    payload: Mapping[str, Any]


def list_given_up(chain: str | None = None) -> list[JobTrouble]:
    """Jobs of this chain (or all) that are not tried any more, the oldest first."""
    return [_trouble(row) for row in claims.list_troubled(Job, chain=chain, given_up=True)]


def list_still_trying(chain: str | None = None) -> list[JobTrouble]:
    """Jobs of this chain (or all) that failed several times and are tried again, the oldest first."""
    return [_trouble(row) for row in claims.list_troubled(Job, chain=chain, given_up=False)]


def _trouble(row: Job) -> JobTrouble:
    return JobTrouble(**claims.trouble_values(row), key=row.key, payload=row.payload)
