"""What leaves the house: written with the change that it tells of, sent after the commit, at least once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, ids, wake
from core.claims import Claimable
from core.db import Base, Id, JsonValue, db, require_transaction, tell_after_commit


class OutboxMessage(Claimable, Base):
    """One message; `payload` may hold a code or a link and is emptied once the message is sent."""

    __tablename__ = "outbox_message"
    kind: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(10))
    chain: Mapped[str] = mapped_column(Id, index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonValue)


@dataclass(frozen=True)
class Attachment:
    """A file sent along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A finished mail in the recipient's language."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = field(default=())


Renderer = Callable[[dict[str, Any]], Mail]
_renderers: dict[str, Renderer] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Register the function that turns a payload into a mail; it is called in the recipient's locale."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        return renderer

    return register


def render(kind: str, payload: dict[str, Any]) -> Mail:
    """The mail for a message; raises KeyError for a kind that nobody registered."""
    return _renderers[kind](payload)


def add(kind: str, *, to: str, locale: str, chain: str, due_at: datetime | None = None, **payload: Any) -> str:
    """Ask for a message inside the transaction of its change; returns the id by which a receiver can drop a repeat."""
    require_transaction()
    now = clock.now()
    message_id = ids.new("msg")
    db.session.add(
        OutboxMessage(
            id=message_id,
            kind=kind,
            recipient=to,
            locale=locale,
            chain=chain,
            payload=payload,
            created_at=now,
            due_at=due_at or now,
            attempts=0,
        )
    )
    tell_after_commit(wake.WORK)
    return message_id
