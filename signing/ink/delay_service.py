"""Ink as it was some time ago, for observers: what the stream told is kept for minutes while somebody may look at it.

A moment is written after its updates were read, and given out once its time is as long ago as the link says: no stroke
is ever shown sooner than that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from core import clock, live
from core.db import db, insert_missing, transaction
from signing.ink import queries
from signing.ink.models import InkMoment

MOST_UPDATES = 500  # in one moment: 25 a second from each of twenty seats
_MOST_MOMENTS = 30  # handed out at a time
_MOST_TOLD = 1_000  # updates; with those of the moment that reaches it
_SLACK = timedelta(minutes=1)


def keep_moment(ceremony_id: str) -> None:
    """Keep what was drawn since the newest moment; nothing is written where nothing was."""
    newest = select(func.max(InkMoment.seq)).filter_by(ceremony_id=ceremony_id)
    found = live.list_since(queries.channel(ceremony_id), db.session.scalar(newest) or 0, limit=MOST_UPDATES)
    db.session.rollback()
    if not found:
        return
    with transaction(fleeting=True):
        # Behind the reading, as moments of the stage: nothing in it is newer than its time.
        insert_missing(InkMoment, ceremony_id=ceremony_id, seq=found[-1]["seq"], at=clock.now(), updates=found)


def forget_moments(*, older_than: timedelta) -> None:
    """Drop what nobody can be shown any more: strokes are no record."""
    before = clock.now() - older_than - _SLACK
    if db.session.scalar(select(InkMoment.seq).where(InkMoment.at < before).limit(1)) is None:
        return
    db.session.rollback()
    with transaction(fleeting=True):
        db.session.execute(delete(InkMoment).where(InkMoment.at < before))


def list_updates(ceremony_id: str, *, after: int | None, delay: timedelta) -> list[dict[str, Any]]:
    """The updates of the last moments that were told at least `delay` ago, behind number `after`, in order.

    Whatever the number: who was away longer sees what is there, not how it came. Of more than a page is told at once
    the rest follows when it asks again.
    """
    then, behind = clock.now() - delay, after or 0
    query = select(InkMoment).filter_by(ceremony_id=ceremony_id)
    query = query.where(InkMoment.at <= then, InkMoment.at > then - queries.JUST_NOW, InkMoment.seq > behind)
    told: dict[int, dict[str, Any]] = {}
    for moment in db.session.scalars(query.order_by(InkMoment.seq).limit(_MOST_MOMENTS)):
        told |= {update["seq"]: update for update in moment.updates if update["seq"] > behind}
        if len(told) >= _MOST_TOLD:
            break
    return [told[seq] for seq in sorted(told)]
