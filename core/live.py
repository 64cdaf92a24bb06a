"""Numbered live updates per channel, written in the transaction of the change that they tell of (live.md 1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, and_, bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, wake
from core.db import Base, JsonValue, db, require_transaction, table_of, take_live_head, tell_after_commit, written
from core.prepared import Prepared

NOTIFY = "yunqian_live"
KEEP = timedelta(hours=24)
KEEP_FLEETING = timedelta(minutes=1)
# Channels whose updates nobody needs for long: strokes are no state, and the newest update of captions is all of it.
_FLEETING = ("ink:", "captions:")
_SWEEP_EVERY = 64
Teller = Callable[[], None]
_tellers: list[Teller] = []


class LiveChannel(Base):
    """The newest number of each channel."""

    __tablename__ = "live_channel"
    channel: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int]


class LiveUpdate(Base):
    """One update, kept for a day so that who comes back can be told what was missed."""

    __tablename__ = "live_update"
    __table_args__ = (Index(None, "at"),)
    channel: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]] = mapped_column(JsonValue)


_HEAD = table_of(LiveChannel)
_UPDATE = table_of(LiveUpdate)


def _numbering(build: Callable[[Any], Any]) -> Prepared:
    """The next number of a channel in one statement, which locks its head until the commit."""
    first = build(_HEAD).values(channel=bindparam("name"), seq=1)
    counted = first.on_conflict_do_update(index_elements=[_HEAD.c.channel], set_={"seq": _HEAD.c.seq + 1})
    return Prepared(counted.returning(_HEAD.c.seq))


# Built once, and on the tables: every change in the product publishes, and ink many times a second.
_NUMBER = {"sqlite": _numbering(sqlite.insert), "postgresql": _numbering(postgresql.insert)}
_KEEP_UPDATE = Prepared(insert(_UPDATE))
_NOTICE = Prepared(select(func.pg_notify(NOTIFY, bindparam("words"))))
_SWEEP = Prepared(delete(_UPDATE).where(_UPDATE.c.channel == bindparam("name"), _UPDATE.c.at < bindparam("before")))


def publish(channel: str, kind: str, **data: Any) -> int:
    """Number an update and keep it; browsers hear of it after the commit. Every reader of the channel sees `data`.

    Comes after the trail's entries of the same unit of work (core.db.HeadsOutOfOrder).
    """
    dialect = written().dialect.name
    take_live_head()
    seq: int = _NUMBER[dialect].run({"name": channel}).scalar()
    now = clock.now()
    _KEEP_UPDATE.run({"channel": channel, "seq": seq, "at": now, "kind": kind, "data": data})
    if is_fleeting(channel) and seq % _SWEEP_EVERY == 0:
        _SWEEP.run({"name": channel, "before": now - KEEP_FLEETING})
    tell_after_commit(wake.LIVE)
    if dialect == "postgresql":
        # Sent by PostgreSQL at the commit, and not at all after a rollback.
        _NOTICE.run({"words": json.dumps([channel, seq])})
    return seq


def is_fleeting(channel: str) -> bool:
    """Whether a channel's updates are no state: kept for a minute, and handed out a few at a time."""
    return channel.startswith(_FLEETING)


def find_seq(channel: str) -> int:
    """The newest number of a channel; 0 where nothing was published."""
    return db.session.scalar(select(LiveChannel.seq).filter_by(channel=channel)) or 0


def find_seq_before(channel: str, *, within: timedelta) -> int:
    """The number after which a page that opens now has all that was published so recently."""
    recent = select(func.min(LiveUpdate.seq)).where(LiveUpdate.channel == channel, LiveUpdate.at > clock.now() - within)
    first = db.session.scalar(recent)
    return find_seq(channel) if first is None else first - 1


def list_since(channel: str, seq: int, *, limit: int) -> list[dict[str, Any]]:
    """Up to `limit` updates after a number, in order, as browsers are told them."""
    query = select(LiveUpdate).filter_by(channel=channel).where(LiveUpdate.seq > seq)
    return [
        {**row.data, "kind": row.kind, "seq": row.seq, "at": clock.iso(row.at)}
        for row in db.session.scalars(query.order_by(LiveUpdate.seq).limit(limit))
    ]


def find_newest(channel: str, kind: str) -> dict[str, Any] | None:
    """What was published last with this kind, while it is kept."""
    query = select(LiveUpdate.data).filter_by(channel=channel, kind=kind).order_by(LiveUpdate.seq.desc())
    return db.session.scalar(query.limit(1))


def is_recent(channel: str, *, within: timedelta) -> bool:
    """Whether something was published on this channel so recently."""
    newest = select(func.max(LiveUpdate.at)).where(LiveUpdate.channel == channel)
    at = db.session.scalar(newest)
    return at is not None and at > clock.now() - within


def tells(teller: Teller) -> Teller:
    """Register a function that every working process calls once a second, outside any transaction: it publishes what
    has changed often since it last did, such as a count, and only looks where nothing has."""
    _tellers.append(teller)
    return teller


def list_tellers() -> list[Teller]:
    """The registered tellers; who calls them lets none that fails keep the others from telling."""
    return list(_tellers)


def forget_old() -> int:
    """Drop updates older than a day, of fleeting channels than a minute; returns how many."""
    require_transaction()
    now = clock.now()
    fleeting = or_(*(LiveUpdate.channel.startswith(prefix, autoescape=True) for prefix in _FLEETING))
    old = or_(LiveUpdate.at < now - KEEP, and_(fleeting, LiveUpdate.at < now - KEEP_FLEETING))
    return db.session.execute(delete(LiveUpdate).where(old)).rowcount  # type: ignore[no-any-return, attr-defined]
