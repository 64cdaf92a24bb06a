"""Reads of the scan log for what is made of it afterwards: who went through when, and when a venue's doors closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from core.db import db
from events.checkin.models import DoorPhone, Scan
from events.checkin.rules import Direction


@dataclass(frozen=True)
class PassageView:
    """A scan by which somebody went through, or (`undoes`) one that takes another back by its nonce."""

    registration_id: str
    nonce: str
    venue_id: str
    door_id: str
    is_entry: bool
    happened_at: datetime
    is_clock_off: bool
    undoes: str


def list_passages(conference_id: str, registration_id: str | None = None) -> dict[str, list[PassageView]]:
    """By registration, in the order of their times; of one person where a registration is given."""
    names = [name for name in PassageView.__dataclass_fields__ if name != "is_entry"]
    query = select(*(getattr(Scan, name) for name in names), Scan.direction).where(
        Scan.conference_id == conference_id, Scan.registration_id != "", or_(Scan.passed, Scan.undoes != "")
    )
    if registration_id is not None:
        query = query.where(Scan.registration_id == registration_id)
    found: dict[str, list[PassageView]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Scan.happened_at, Scan.id)):
        values = {name: getattr(row, name) for name in names}
        found[row.registration_id].append(PassageView(**values, is_entry=row.direction is Direction.IN))
    return found


def list_closed(conference_id: str) -> dict[str, datetime]:
    """When the last phone was taken back, by venue; venues with a phone that still scans are left out."""
    query = select(DoorPhone.venue_id, DoorPhone.revoked_at).filter_by(conference_id=conference_id)
    phones: dict[str, list[datetime | None]] = defaultdict(list)
    for row in db.session.execute(query.where(DoorPhone.paired_at.is_not(None))):
        phones[row.venue_id].append(row.revoked_at)
    ended = {venue_id: [each for each in times if each is not None] for venue_id, times in phones.items()}
    return {venue_id: max(times) for venue_id, times in ended.items() if len(times) == len(phones[venue_id])}


@dataclass(frozen=True)
class ScanLine:
    """One scan as the log has it, for who takes the log along."""

    registration_id: str
    venue_id: str
    door_id: str
    phone_id: str
    kind: str
    direction: str
    decision: str
    shown: str
    passed: bool
    code: str
    print_number: int | None
    happened_at: datetime
    received_at: datetime
    clock_off_ms: int
    is_clock_off: bool
    nonce: str
    undoes: str


def list_scans(conference_id: str) -> Iterator[ScanLine]:
    """The whole log, in the order in which scans arrived."""
    names = list(ScanLine.__dataclass_fields__)
    query = select(*(getattr(Scan, name) for name in names)).where(Scan.conference_id == conference_id)
    rows = db.session.execute(query.order_by(Scan.received_at, Scan.id).execution_options(yield_per=1000))
    return (ScanLine(*row) for row in rows)
