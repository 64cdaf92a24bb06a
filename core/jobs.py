"""Background work that must happen: a row written with the change that asks for it, done later by any worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, ids
from core.claims import Claim, Claimable
from core.db import Base, JsonValue, insert_missing, require_transaction


class Job(Claimable, Base):
    """One piece of work; (kind, key) says which, so that asking twice is harmless."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("kind", "key"),)
    kind: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonValue)


Handler = Callable[[Claim, dict[str, Any]], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind: called outside any transaction with (claim, payload).

    It must bear being called again, and calls `claims.finish(claim)` inside its last transaction.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The registered function; raises KeyError."""
    return _handlers[kind]


def add(kind: str, key: str, *, due_at: datetime | None = None, **payload: Any) -> None:
    """Ask for work, inside the transaction of the change that needs it; asking twice with one key is harmless."""
    require_transaction()
    now = clock.now()
    insert_missing(
        Job,
        id=ids.new("job"),
        kind=kind,
        key=key,
        payload=payload,
        created_at=now,
        due_at=due_at or now,
        attempts=0,
    )
