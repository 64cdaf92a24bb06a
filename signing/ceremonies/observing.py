"""The stage as it was some time ago, for observers: moments are kept while somebody has a link to look at them.

A moment is written after its state was read, and shown once its time is as long ago as the link says: what an observer
sees is never newer than that, and at most a second or two older.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select

from core import clock, live, tokens
from core.db import db, insert_missing, transaction
from signing.captions import queries as captions
from signing.ceremonies import stage
from signing.ceremonies.models import StageMoment
from signing.ink import delay_service as delayed_ink
from signing.ink import queries as ink
from signing.screens import queries as screens

DELAYS = (0, 30, 120, 600)  # seconds; the purpose of a link is `observe-` and one of them
PURPOSES = {delay: f"observe-{delay}" for delay in DELAYS}
_LONGEST = timedelta(seconds=max(DELAYS))


@live.tells
def keep_moments() -> None:
    """Keep what each observed stage shows now, where that has changed; one that fails keeps no other from it."""
    failed: Exception | None = None
    for ceremony_id in _observed():
        for keep in (keep_moment, delayed_ink.keep_moment):
            try:
                keep(ceremony_id)
            except Exception as error:  # noqa: BLE001  raised again behind the others
                db.session.rollback()
                failed = error
    if failed is not None:
        raise failed


@live.tells
def forget_moments() -> None:
    """Keep nothing that no link shows any more."""
    _forget(frozenset(_observed()))


@live.tells
def forget_ink() -> None:
    """Keep no strokes that no link shows any more."""
    delayed_ink.forget_moments(older_than=_LONGEST)


def _observed() -> list[str]:
    return tokens.list_subjects(list(PURPOSES.values()))


def keep_moment(ceremony_id: str) -> None:
    """Keep what the stage shows, unless that is the newest moment already."""
    newest = select(StageMoment.seq).filter_by(ceremony_id=ceremony_id).order_by(StageMoment.at.desc()).limit(1)
    if db.session.scalar(newest) == live.find_seq(stage.channel(ceremony_id)):
        return
    db.session.rollback()  # what is read below is read anew
    state = stage.state(ceremony_id)
    look = screens.get_look(ceremony_id)
    # What was said has instants of its own, and is looked up when the moment is shown: no copy outlives it.
    said = {**state["captions"], "lines": {}}
    # Names stay where they are kept and forgotten.
    kept = {**state, "pens": {}, "captions": said, "style": look.style, "theme": str(look.theme)}
    db.session.rollback()
    with transaction():
        # Behind the reading: a time from before it would let a change through that came in between.
        insert_missing(StageMoment, ceremony_id=ceremony_id, at=clock.now(), seq=state["seq"], state=kept)


def _forget(observed: Collection[str]) -> None:
    """Drop all of a stage that no link shows any more, and of another what is older than the longest delay shows.

    A stage at rest, or one whose ceremony is over, keeps its last moment alone.
    """
    oldest = select(StageMoment.ceremony_id, func.min(StageMoment.at).label("first")).group_by(StageMoment.ceremony_id)
    found = {row.ceremony_id: row.first for row in db.session.execute(oldest)}
    shown_at = clock.now() - _LONGEST
    for ceremony_id, first in sorted(found.items()):
        theirs = StageMoment.ceremony_id == ceremony_id
        shown = select(func.max(StageMoment.at)).where(theirs, StageMoment.at <= shown_at)
        last = db.session.scalar(shown) if ceremony_id in observed else None
        db.session.rollback()
        if ceremony_id in observed and (last is None or last == first):
            continue
        with transaction():
            gone = theirs if last is None else and_(theirs, StageMoment.at < last)
            db.session.execute(delete(StageMoment).where(gone))
    db.session.rollback()


def find_state(ceremony_id: str, delay: int) -> dict[str, Any] | None:
    """What the stage showed `delay` seconds ago, with the time that it was then; None where no moment is so old yet."""
    then = clock.now() - timedelta(seconds=delay)
    query = select(StageMoment).filter_by(ceremony_id=ceremony_id).where(StageMoment.at <= then)
    moment = db.session.scalar(query.order_by(StageMoment.at.desc()).limit(1))
    if moment is None:
        return None
    said = {**moment.state["captions"], "lines": captions.lines(ceremony_id, at=then)}
    pens = ink.pens(ceremony_id, until=then)
    return {**moment.state, "captions": said, "pens": pens, "server_now": clock.iso(then)}


def list_ink(ceremony_id: str, delay: int, *, after: int | None) -> list[dict[str, Any]]:
    """What was drawn `delay` seconds ago, behind the update that the page has."""
    if not ink.is_shown(ceremony_id):
        return []
    return delayed_ink.list_updates(ceremony_id, after=after, delay=timedelta(seconds=delay))


def find_begin(ceremony_id: str, delay: int) -> datetime | None:
    """When a link with this delay shows its first picture; None where no moment is kept yet."""
    first = select(StageMoment.at).filter_by(ceremony_id=ceremony_id).order_by(StageMoment.at).limit(1)
    at = db.session.scalar(first)
    return at + timedelta(seconds=delay) if at else None
