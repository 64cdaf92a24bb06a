"""Reads of meeting links."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from core.db import db
from signing.meetings.models import Meeting
from signing.meetings.rules import Source


@dataclass(frozen=True)
class Link:
    """How one gets into a ceremony's meeting."""

    tool: str
    url: str = field(repr=False)
    code: str
    password: str = field(repr=False)
    phones: tuple[str, ...]


@dataclass(frozen=True)
class MeetingView:
    """All about a ceremony's meeting link, for its host; `wanted`: the tool that is making one just now."""

    seq: int
    link: Link | None
    is_made: bool
    starts_at: datetime | None
    wanted: str
    failed_tool: str
    failed_why: str
    failed_code: str
    changed_at: datetime | None
    is_sent: bool


_NONE = MeetingView(0, None, False, None, "", "", "", "", None, False)


def view(row: Meeting) -> MeetingView:
    return MeetingView(
        seq=row.seq,
        link=_link(row),
        is_made=row.source is Source.MADE,
        starts_at=row.starts_at,
        wanted=str(row.wanted_tool or ""),
        failed_tool=str(row.failed_tool or ""),
        failed_why=row.failed_why,
        failed_code=row.failed_code,
        changed_at=row.changed_at,
        is_sent=bool(row.seq) and row.sent_seq == row.seq,
    )


def _link(row: Meeting) -> Link | None:
    if row.tool is None:
        return None
    return Link(str(row.tool), row.url, row.code, row.password, tuple(row.phones))


def get_meeting(ceremony_id: str) -> MeetingView:
    """The meeting link of a ceremony; an empty one where none was ever set."""
    row = db.session.get(Meeting, ceremony_id)
    return _NONE if row is None else view(row)


def find_link(ceremony_id: str) -> Link | None:
    """How one gets into the meeting, for those who are invited; None where there is none yet."""
    row = db.session.get(Meeting, ceremony_id)
    return None if row is None else _link(row)


def find_row(ceremony_id: str, *, take: bool = False) -> Meeting | None:
    """The row itself, with `take` in order to change it."""
    query = select(Meeting).filter_by(ceremony_id=ceremony_id).execution_options(populate_existing=True)
    return db.session.scalars(query.with_for_update() if take else query).one_or_none()
