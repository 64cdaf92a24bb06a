"""Reads of check-in: phones, who is in, and what needs somebody's eye."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from core.db import db
from core.errors import NotFound
from events.checkin import rules
from events.checkin.models import DoorPhone, PresenceRow, Scan
from events.checkin.rules import SUSPECT, TURNED_AWAY, Direction, DoubleEntry, Passage, ScanKind

NEWEST = 50


@dataclass(frozen=True)
class PhoneView:
    """A phone at a door; `clock_off_ms` positive where its clock is fast, `waiting` as it said itself."""

    id: str
    conference_id: str
    venue_id: str
    door_id: str
    label: str
    is_kiosk: bool
    made_by: str
    made_at: datetime
    paired_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    clock_off_ms: int
    waiting: int

    @property
    def has_wrong_clock(self) -> bool:
        """Whether its times are marked."""
        return abs(self.clock_off_ms) > rules.CLOCK_TOLERANCE.total_seconds() * 1000


def _phone(row: DoorPhone) -> PhoneView:
    return PhoneView(**{name: getattr(row, name) for name in PhoneView.__dataclass_fields__})


def list_phones(conference_id: str) -> list[PhoneView]:
    """The phones whose links hold, in the order in which they were made."""
    query = select(DoorPhone).filter_by(conference_id=conference_id, revoked_at=None)
    return [_phone(row) for row in db.session.scalars(query.order_by(DoorPhone.made_at, DoorPhone.id))]


def list_awake(since: datetime) -> list[str]:
    """The conferences whose phones were heard of since then."""
    query = select(DoorPhone.conference_id).where(DoorPhone.last_seen_at >= since).distinct()
    return list(db.session.scalars(query.order_by(DoorPhone.conference_id)))


def get_phone(phone_id: str, *, conference_id: str | None = None) -> PhoneView:
    """Raises NotFound `door_phone_not_found`."""
    row = db.session.get(DoorPhone, phone_id)
    if row is None or conference_id not in (None, row.conference_id):
        raise NotFound("door_phone_not_found")
    return _phone(row)


@dataclass(frozen=True)
class DoorCount:
    """What a door has seen today: entries, exits, and everybody it let in."""

    ins: int = 0
    outs: int = 0


@dataclass(frozen=True)
class Counts:
    """Of today, by ids: how many are in each venue now, how many came at all, and what each door saw."""

    inside: Mapping[str, int]
    came: Mapping[str, int]
    doors: Mapping[str, DoorCount]


def count(conference_id: str, began: Mapping[str, datetime]) -> Counts:
    """The live counters; `began`: when today began in each venue, by id."""
    if not began:
        return Counts({}, {}, {})
    earliest = min(began.values())
    presences = select(PresenceRow.venue_id, PresenceRow.is_in, PresenceRow.since).where(
        PresenceRow.conference_id == conference_id, PresenceRow.since >= earliest
    )
    inside: dict[str, int] = defaultdict(int)
    came: dict[str, int] = defaultdict(int)
    for venue_id, is_in, since in db.session.execute(presences):
        if since and since >= began.get(venue_id, earliest):
            came[venue_id] += 1
            inside[venue_id] += is_in
    return Counts(dict(inside), dict(came), _doors(conference_id, earliest))


def _doors(conference_id: str, since: datetime) -> dict[str, DoorCount]:
    query = (
        select(Scan.door_id, Scan.direction, func.count())
        .where(Scan.conference_id == conference_id, Scan.passed, Scan.happened_at >= since)
        .group_by(Scan.door_id, Scan.direction)
    )
    found: dict[str, dict[Direction, int]] = defaultdict(dict)
    for door_id, direction, number in db.session.execute(query):
        found[door_id][direction] = number
    return {
        door_id: DoorCount(ins=ways.get(Direction.IN, 0), outs=ways.get(Direction.OUT, 0))
        for door_id, ways in found.items()
    }


@dataclass(frozen=True)
class Inside:
    """Somebody who is in."""

    registration_id: str
    venue_id: str
    door_id: str
    since: datetime


def list_inside(conference_id: str, began: Mapping[str, datetime], *, limit: int = NEWEST) -> list[Inside]:
    """Who is in now, the newest first."""
    query = (
        select(PresenceRow)
        .where(PresenceRow.conference_id == conference_id, PresenceRow.is_in, PresenceRow.since >= min(began.values()))
        .order_by(PresenceRow.since.desc(), PresenceRow.registration_id)
        .limit(limit)
    )
    rows = db.session.scalars(query)
    return [Inside(row.registration_id, row.venue_id, row.door_id, row.since) for row in rows if row.since]


@dataclass(frozen=True)
class ScanView:
    """One scan for people; `registration_id` is empty where nobody was found."""

    id: str
    door_id: str
    kind: ScanKind
    registration_id: str
    code: str
    happened_at: datetime
    is_clock_off: bool
    decision: rules.Decision


def list_suspects(conference_id: str, *, limit: int = NEWEST) -> list[ScanView]:
    """Forged, unknown, foreign and replaced badges, the newest first."""
    query = select(Scan).where(Scan.conference_id == conference_id, Scan.decision.in_(SUSPECT))
    rows = db.session.scalars(query.order_by(Scan.received_at.desc(), Scan.id.desc()).limit(limit))
    names = list(ScanView.__dataclass_fields__)
    return [ScanView(**{name: getattr(row, name) for name in names}) for row in rows]


def list_let_in(conference_id: str, *, limit: int = NEWEST) -> list[ScanView]:
    """Whom a phone without a network let in though the server knew better, and nobody took it back; who was in already
    is told of by list_doubles. The newest first."""
    undone = select(Scan.undoes).where(Scan.conference_id == conference_id, Scan.undoes != "")
    query = select(Scan).where(
        Scan.conference_id == conference_id,
        Scan.passed,
        Scan.direction == Direction.IN,
        Scan.decision.in_(TURNED_AWAY),
        Scan.nonce.not_in(undone),
    )
    rows = db.session.scalars(query.order_by(Scan.received_at.desc(), Scan.id.desc()).limit(limit))
    names = list(ScanView.__dataclass_fields__)
    return [ScanView(**{name: getattr(row, name) for name in names}) for row in rows]


@dataclass(frozen=True)
class DoublePerson:
    """Somebody whom two doors let in."""

    registration_id: str
    entry: DoubleEntry


def list_doubles(conference_id: str, zones: Mapping[str, str]) -> list[DoublePerson]:
    """Who came in twice without having gone out, by time; `zones`: of doors, by id.

    Only people with several entries are looked at: two that passed, or one that was undone meanwhile.
    """
    several = (
        select(Scan.registration_id)
        .where(Scan.conference_id == conference_id, Scan.passed, Scan.direction == Direction.IN)
        .where(Scan.registration_id != "")
        .group_by(Scan.registration_id)
        .having(func.count() > 1)
    )
    query = select(Scan).where(Scan.conference_id == conference_id, Scan.registration_id.in_(several))
    histories: dict[str, list[Passage]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(Scan.received_at, Scan.id)):
        passed = Passage(row.nonce, row.door_id, row.direction, row.happened_at, row.passed, row.undoes)
        histories[row.registration_id].append(passed)
    found = [
        DoublePerson(registration_id, entry)
        for registration_id, passages in histories.items()
        for entry in rules.double_entries(passages, ZoneInfo(zones.get(passages[0].door_id, "UTC")))
    ]
    return sorted(found, key=lambda each: each.entry.second.happened_at)


def count_scans(conference_id: str) -> int:
    """How many scans the log holds."""
    return db.session.scalar(select(func.count()).select_from(Scan).filter_by(conference_id=conference_id)) or 0


def list_presences(conference_id: str, *, changed_since: datetime | None = None) -> dict[str, PresenceRow]:
    """Who was scanned at all, by registration."""
    query = select(PresenceRow).filter_by(conference_id=conference_id)
    if changed_since is not None:
        query = query.where(PresenceRow.changed_at >= changed_since)
    return {row.registration_id: row for row in db.session.scalars(query)}
