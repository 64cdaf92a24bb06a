"""Reads of badges: which prints there are, and the runs that made them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from core.db import db, read
from core.errors import NotFound
from core.prepared import Prepared
from events.badges.models import BadgeRun, PrintedBadge
from events.badges.rules import BadgeLayout


@dataclass(frozen=True)
class PrintView:
    """One print of one badge."""

    registration_id: str
    number: int
    run_id: str
    face_digest: str
    reason: str
    printed_at: datetime
    printed_by: str


@dataclass(frozen=True)
class RunView:
    """Badges that were asked for together; `done` of `total` have their number."""

    id: str
    conference_id: str
    layout: BadgeLayout
    registrations: list[str]
    reason: str
    total: int
    done: int
    asked_at: datetime
    asked_by: str
    printed_at: datetime | None
    file_digest: str


# Built once: every badge at a door asks for it, mostly one at a time.
_NEWEST_PRINT = Prepared(
    select(func.max(PrintedBadge.number)).where(PrintedBadge.registration_id == bindparam("registration"))
)
_NEWEST_PRINTS = (
    select(PrintedBadge.registration_id, func.max(PrintedBadge.number))
    .where(PrintedBadge.registration_id.in_(bindparam("registrations", expanding=True)))
    .group_by(PrintedBadge.registration_id)
)


def newest_prints(registration_ids: Collection[str]) -> dict[str, int]:
    """The number of the newest print by registration; who has no badge yet is left out."""
    if len(registration_ids) == 1:
        (only,) = registration_ids
        number = _NEWEST_PRINT.read({"registration": only}).scalar()
        return {} if number is None else {only: number}
    rows = read(_NEWEST_PRINTS, {"registrations": sorted(registration_ids)})
    return {row[0]: row[1] for row in rows}


def newest_prints_of(conference_id: str) -> dict[str, int]:
    """The number of the newest print by registration, for all badges of a conference."""
    query = select(PrintedBadge.registration_id, func.max(PrintedBadge.number))
    query = query.where(PrintedBadge.conference_id == conference_id)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(PrintedBadge.registration_id))}


def list_newest(conference_id: str) -> dict[str, PrintView]:
    """The newest print by registration, whole."""
    rows = db.session.scalars(select(PrintedBadge).filter_by(conference_id=conference_id).order_by(PrintedBadge.number))
    return {row.registration_id: _print(row) for row in rows}


def list_prints(registration_id: str) -> list[PrintView]:
    """Every print of one badge, the first one first."""
    query = select(PrintedBadge).filter_by(registration_id=registration_id).order_by(PrintedBadge.number)
    return [_print(row) for row in db.session.scalars(query)]


def list_all_prints(conference_id: str) -> list[PrintView]:
    """Every print of every badge, as they were made."""
    query = select(PrintedBadge).filter_by(conference_id=conference_id)
    rows = db.session.scalars(query.order_by(PrintedBadge.printed_at, PrintedBadge.registration_id))
    return [_print(row) for row in rows]


def list_prints_of_run(run_id: str) -> dict[str, PrintView]:
    """What a run has numbered so far, by registration."""
    rows = db.session.scalars(select(PrintedBadge).filter_by(run_id=run_id))
    return {row.registration_id: _print(row) for row in rows}


def _print(row: PrintedBadge) -> PrintView:
    return PrintView(**{name: getattr(row, name) for name in PrintView.__dataclass_fields__})


def get_run(run_id: str, *, conference_id: str) -> RunView:
    """One run of this conference; raises NotFound."""
    row = db.session.get(BadgeRun, run_id, populate_existing=True)
    if row is None or row.conference_id != conference_id:
        raise NotFound("badge_run_not_found")
    return _run(row)


def find_request(conference_id: str, request_key: str) -> RunView | None:
    """The run that this request asked for."""
    row = db.session.scalar(select(BadgeRun).filter_by(conference_id=conference_id, request_key=request_key))
    return _run(row) if row else None


def list_runs(conference_id: str, *, limit: int = 10) -> list[RunView]:
    """The newest runs first."""
    query = select(BadgeRun).filter_by(conference_id=conference_id).order_by(BadgeRun.asked_at.desc(), BadgeRun.id)
    return [_run(row) for row in db.session.scalars(query.limit(limit))]


def take_run(run_id: str) -> BadgeRun:
    """One run in order to go on with it; raises NotFound."""
    query = select(BadgeRun).filter_by(id=run_id).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound("badge_run_not_found")
    return row


def _run(row: BadgeRun) -> RunView:
    return RunView(**{name: getattr(row, name) for name in RunView.__dataclass_fields__})
