"""Reads of what was published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, select

from core.db import db
from core.errors import NotFound
from events.conferences.models import Conference, ConferenceVersion


@dataclass(frozen=True)
class Published:
    """What the public sees: the snapshot (version_rules.py) of one version, which readers share and never change, so
    that two are equal whose other values are."""

    conference_id: str
    code: str
    number: int
    published_at: datetime
    is_demo: bool
    snapshot: dict[str, Any] = field(compare=False)


def find_version(conference_id: str, number: int) -> dict[str, Any] | None:
    """The snapshot of a version; None for what was never published."""
    version = db.session.get(ConferenceVersion, (conference_id, number))
    return version.snapshot if version else None


def published_at(conference_id: str, number: int) -> datetime:
    """When a version was published; raises NotFound."""
    version = db.session.get(ConferenceVersion, (conference_id, number))
    if version is None:
        raise NotFound("conference_not_public")
    return version.published_at


def get_published(code: str) -> Published:
    """The newest version behind a public address; raises NotFound, also for what was never published."""
    return _published(Conference.code == code)


def get_published_of(conference_id: str) -> Published:
    """As `get_published`, by the conference's id."""
    return _published(Conference.id == conference_id)


def _published(named: ColumnElement[bool]) -> Published:
    row = db.session.execute(
        select(
            Conference.id, Conference.code, Conference.is_demo, ConferenceVersion.number, ConferenceVersion.published_at
        )
        .join(ConferenceVersion, ConferenceVersion.conference_id == Conference.id)
        .where(named, ConferenceVersion.number == Conference.version)
    ).one_or_none()
    if row is None:
        raise NotFound("conference_not_public")
    return Published(
        *row[:2], row.number, row.published_at, row.is_demo, snapshot_of(row.id, row.number, row.published_at)
    )


@lru_cache(maxsize=32)
def snapshot_of(conference_id: str, number: int, _published_at: datetime) -> dict[str, Any]:
    """What this version shows, which stays as it was published: each process reads and parses it once."""
    query = select(ConferenceVersion.snapshot).filter_by(conference_id=conference_id, number=number)
    snapshot: dict[str, Any] = db.session.execute(query).scalar_one()
    return snapshot


def list_versions(conference_id: str) -> list[tuple[int, datetime]]:
    """(number, when) of everything that was published, the newest first."""
    rows = db.session.execute(
        select(ConferenceVersion.number, ConferenceVersion.published_at)
        .filter_by(conference_id=conference_id)
        .order_by(ConferenceVersion.number.desc())
    )
    return [(row.number, row.published_at) for row in rows]
