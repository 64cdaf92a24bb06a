"""Numbered live updates per channel, written in the transaction of the change that they tell of (live.md 1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, wake
from core.db import Base, JsonValue, db, insert_missing, require_transaction, take_live_head, tell_after_commit

NOTIFY = "yunqian_live"
KEEP = timedelta(hours=24)
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


def publish(channel: str, kind: str, **data: Any) -> int:
    """Number an update and keep it; browsers hear of it after the commit. Every reader of the channel sees `data`.

    Comes after the trail's entries of the same unit of work (core.db.HeadsOutOfOrder).
    """
    require_transaction()
    take_live_head()
    insert_missing(LiveChannel, channel=channel, seq=0)
    # populate_existing: a head that the session read before the lock would number two updates alike.
    query = select(LiveChannel).filter_by(channel=channel).with_for_update().execution_options(populate_existing=True)
    head = db.session.execute(query).scalar_one()
    head.seq += 1
    db.session.add(LiveUpdate(channel=channel, seq=head.seq, at=clock.now(), kind=kind, data=data))
    db.session.flush()
    tell_after_commit(wake.LIVE)
    if db.session.connection().dialect.name == "postgresql":
        # Sent by PostgreSQL at the commit, and not at all after a rollback.
        db.session.execute(select(func.pg_notify(NOTIFY, json.dumps([channel, head.seq]))))
    return head.seq


def find_seq(channel: str) -> int:
    """The newest number of a channel; 0 where nothing was published."""
    return db.session.scalar(select(LiveChannel.seq).filter_by(channel=channel)) or 0


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


def tell_all() -> None:
    """Call the registered tellers once."""
    for teller in _tellers:
        teller()


def forget_old() -> int:
    """Drop updates older than a day; returns how many."""
    require_transaction()
    return db.session.execute(delete(LiveUpdate).where(LiveUpdate.at < clock.now() - KEEP)).rowcount  # type: ignore[no-any-return, attr-defined]
