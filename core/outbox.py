"""What leaves the house: written with the change that it tells of, sent after the commit, at least once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import claims, clock, config, ids, wake
from core.claims import Claimable, Trouble
from core.db import Base, JsonValue, db, require_transaction, table_of, tell_after_commit
from core.prepared import Prepared


class OutboxMessage(Claimable, Base):
    """One message. `payload` names records (a seat, a link) and holds no secret; it is emptied once it is sent."""

    __tablename__ = "outbox_message"
    recipient: Mapped[str] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(10))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonValue)


Carrier = Callable[[claims.Claim, Mapping[str, Any]], None]
_carriers: dict[str, Carrier] = {}


def carries(kind: str) -> Callable[[Carrier], Carrier]:
    """Register who brings messages of this kind where they belong, which are no mails.

    It is called outside any transaction with (claim, payload), bears being called again, and calls `claims.finish` with
    an emptied payload inside its last transaction.
    """

    def register(carrier: Carrier) -> Carrier:
        _carriers[kind] = carrier
        return carrier

    return register


def find_carrier(kind: str) -> Carrier | None:
    """Who carries messages of this kind; None for mails."""
    return _carriers.get(kind)


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
    picture: Attachment | None = None  # shown inside the HTML, as cid:picture


_ADD = Prepared(insert(table_of(OutboxMessage)))  # of the table alone: nothing is to be remembered of the row
Renderer = Callable[[dict[str, Any]], Mail]
_renderers: dict[str, Renderer] = {}
_many: set[str] = set()


def renders(kind: str, *, many: bool = False) -> Callable[[Renderer], Renderer]:
    """Register the function that turns a payload into a mail; it is called in the recipient's locale.

    Mails to `many` are asked for by the thousand: they have threads of their own, so that no code and no confirmation
    waits behind them.
    """

    def register(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        if many:
            _many.add(kind)
        return renderer

    return register


def kinds_to_many() -> frozenset[str]:
    """The kinds of mails that are registered as going to many."""
    return frozenset(_many)


def render(kind: str, payload: dict[str, Any]) -> Mail:
    """The mail for a message; raises KeyError for a kind that nobody registered."""
    return _renderers[kind](payload)


def add(
    kind: str,
    *,
    to: str,
    locale: str,
    chain: str,
    due_at: datetime | None = None,
    good_until: datetime | None = None,
    message_id: str | None = None,
    **payload: Any,
) -> str:
    """Ask for a message inside the transaction of its change; returns the id by which a receiver can drop a repeat: a
    new one, or the `message_id` (ids.new) that somebody has written down already.

    After `good_until` it is not sent any more. Links and codes do not belong into the payload: the renderer makes them
    from the records that it names, so that neither a dump of the table nor a message that died gives them away.
    """
    now = clock.now()
    message_id = message_id or ids.new("msg")
    row = {
        "id": message_id,
        "kind": kind,
        "recipient": to,
        "locale": locale,
        "chain": chain,
        "payload": payload,
        "created_at": now,
        "due_at": due_at or now,
        "good_until": good_until,
        "attempts": 0,
        "excused": 0,
    }
    _ADD.run(row)
    tell_after_commit(wake.WORK)
    return message_id


def is_set_up() -> bool:
    """Whether mail reaches people: through a mail server, or on the mailbox page of a demonstration."""
    settings = config.settings()
    return bool(settings.smtp_url) or settings.demo


def withdraw(kind: str, *, chain: str, **named: str) -> None:
    """Inside a transaction, behind its audit entries: no longer send what waits, or was given up, of this kind and with
    these values in its payload. What a worker has in hand just now may still arrive."""
    require_transaction()
    waiting = (
        select(OutboxMessage.id, OutboxMessage.payload)
        .where(OutboxMessage.chain == chain, OutboxMessage.kind == kind, OutboxMessage.done_at.is_(None))
        # Never waited for: a worker that settles its row may be waiting for a head that we hold.
        .with_for_update(skip_locked=True)
    )
    found = [row.id for row in db.session.execute(waiting) if named.items() <= row.payload.items()]
    if not found:
        return
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(found), OutboxMessage.done_at.is_(None))
        .values(done_at=clock.now(), lease_until=None, reason="withdrawn", payload={})
        .execution_options(synchronize_session=False)
    )
    claims.tell_watchers(chain)


def forget_recipient(address: str, *, chain: str) -> list[str]:
    """Inside a transaction: nothing that waits for this address is sent any more, and the address is in none of the
    chain's messages; returns their ids. What a worker has in hand just now may still arrive."""
    require_transaction()
    theirs = (OutboxMessage.chain == chain, OutboxMessage.recipient == address)
    found = list(db.session.scalars(select(OutboxMessage.id).where(*theirs)))
    for values in (
        (update(OutboxMessage).where(*theirs, OutboxMessage.done_at.is_(None))
         .values(done_at=clock.now(), lease_until=None, reason="withdrawn", payload={})),
        update(OutboxMessage).where(*theirs).values(recipient=""),
    ):  # fmt: skip
        db.session.execute(values.execution_options(synchronize_session=False))
    return found


@dataclass(frozen=True)
class Written:
    """A message that was written to somebody."""

    kind: str
    created_at: datetime
    is_sent: bool


def list_to(address: str, *, chain: str) -> list[Written]:
    """What was written to this address about this chain, in order."""
    columns = (OutboxMessage.kind, OutboxMessage.created_at, OutboxMessage.done_at, OutboxMessage.reason)
    query = select(*columns).where(OutboxMessage.chain == chain, OutboxMessage.recipient == address)
    rows = db.session.execute(query.order_by(OutboxMessage.created_at, OutboxMessage.id))
    return [Written(row.kind, row.created_at, row.done_at is not None and not row.reason) for row in rows]


@dataclass(frozen=True)
class End:
    """What became of a message: sent, withdrawn or given up (`is_dead`); `reason` names why not, where there is one."""

    is_sent: bool
    is_dead: bool
    reason: str

    @property
    def word(self) -> str:
        """`sent`, `waiting`, `failed`, or `withdrawn`: not sent, since nobody needed it any more."""
        if self.is_sent:
            return "sent"
        if self.reason in _NOT_NEEDED:
            return "withdrawn"
        return "failed" if self.is_dead else "waiting"


_NOT_NEEDED = frozenset({"withdrawn", "too_late"})
WAITING = End(is_sent=False, is_dead=False, reason="")


def list_ends(message_ids: Collection[str]) -> dict[str, End]:
    """What became of these messages, by id; those that wait are neither sent nor dead."""
    columns = (OutboxMessage.id, OutboxMessage.done_at, OutboxMessage.dead_at, OutboxMessage.reason)
    rows = db.session.execute(select(*columns).where(OutboxMessage.id.in_(sorted(message_ids))))
    return {
        row.id: End(row.done_at is not None and not row.reason, row.dead_at is not None, row.reason or "")
        for row in rows
    }


def count_ends(chain: str) -> Counter[tuple[str, str]]:
    """How many messages of a chain ended how, by (kind, `End.word`)."""
    ended = OutboxMessage.done_at.is_not(None), OutboxMessage.dead_at.is_not(None)
    columns = (OutboxMessage.kind, ended[0].label("done"), ended[1].label("dead"), OutboxMessage.reason)
    query = select(*columns, func.count()).where(OutboxMessage.chain == chain)
    found: Counter[tuple[str, str]] = Counter()
    for kind, done, dead, reason, number in db.session.execute(
        query.group_by(OutboxMessage.kind, *ended, OutboxMessage.reason)
    ):
        found[kind, End(bool(done) and not reason, bool(dead), reason or "").word] += number
    return found


@dataclass(frozen=True)
class MessageTrouble(Trouble):
    """A message that was given up, or that fails again and again."""

    recipient: str
    good_until: datetime | None
    payload: Mapping[str, Any]


def list_given_up(chain: str | None = None) -> list[MessageTrouble]:
    """Messages of this chain (or all) that are not sent any more, the oldest first."""
    return [_trouble(row) for row in claims.list_troubled(OutboxMessage, chain=chain, given_up=True)]


def list_still_trying(chain: str | None = None) -> list[MessageTrouble]:
    """Messages of this chain (or all) that failed several times and are tried again, the oldest first."""
    return [_trouble(row) for row in claims.list_troubled(OutboxMessage, chain=chain, given_up=False)]


def _trouble(row: OutboxMessage) -> MessageTrouble:
    return MessageTrouble(
        **claims.trouble_values(row), recipient=row.recipient, good_until=row.good_until, payload=row.payload
    )
