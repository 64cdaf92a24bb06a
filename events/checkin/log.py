"""The log of scans: rows are added and never changed. Inside the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from core import canonical, clock, ids
from core.db import db, table_of
from core.prepared import Prepared
from events.checkin import rules
from events.checkin.models import Scan
from events.checkin.phones import Here
from events.checkin.rules import Decision, Passage, ScanKind
from events.checkin.scan_rules import Answer, NewScan

_ADD = Prepared(insert(table_of(Scan)))  # of the table alone: nothing is to be remembered of the rows
LATE = "~"  # ends the nonce of what a phone showed by itself after its scan had arrived; no phone's own nonce has it


@dataclass(frozen=True)
class Row:
    """A scan with what was decided of it."""

    scan: NewScan
    answer: Answer
    happened_at: datetime
    received_at: datetime
    off: timedelta
    print_number: int | None

    @property
    def shown(self) -> Decision:
        """What the door showed: the phone's own decision where it had no network."""
        return self.scan.shown or self.answer.decision

    @property
    def passed(self) -> bool:
        """Whether they went through."""
        return self.shown in rules.PASSED


def write(here: Here, rows: Collection[Row]) -> None:
    """Add these rows in one statement; raises IntegrityError where a nonce is there already."""
    _ADD.run_each([_values(here, row) for row in rows])


def _values(here: Here, row: Row) -> dict[str, Any]:
    scan, answer = row.scan, row.answer
    return {
        "id": ids.new("scn"),
        "conference_id": here.conference_id,
        "venue_id": here.venue_id,
        "door_id": here.door_id,
        "phone_id": here.phone_id,
        "clerk_id": here.clerk_id,
        "nonce": scan.nonce,
        "kind": scan.kind,
        "direction": scan.direction,
        "registration_id": answer.registration_id,
        "code": "" if answer.registration_id else scan.code[: rules.LONGEST_CODE],
        "print_number": row.print_number,
        "undoes": scan.undoes,
        "phone_at": scan.phone_at,
        "happened_at": row.happened_at,
        "received_at": row.received_at,
        "clock_off_ms": int(row.off / timedelta(milliseconds=1)),
        "is_clock_off": rules.is_off(row.off),
        "decision": answer.decision,
        "shown": row.shown,
        "passed": row.passed,
        "first_at": answer.first_at,
        "first_door_id": answer.first_door_id,
    }


def passage(here: Here, row: Row) -> Passage:
    """The row as a person's history has it."""
    return Passage(
        row.scan.nonce, here.door_id, row.scan.direction, row.happened_at, passed=row.passed, undoes=row.scan.undoes
    )


@dataclass(frozen=True)
class Known:
    """Scans that had arrived before: what was answered, by nonce, and what must be added to the log all the same."""

    answers: dict[str, Answer]
    late: tuple[tuple[NewScan, Answer], ...]


NOTHING = Known({}, ())


def find_known(here: Here, scans: Collection[NewScan]) -> Known:
    """Those of these scans that had arrived before: from this phone, also by an earlier link of it.

    An answer may be lost on the way, and the phone decide by itself meanwhile: what it then showed is told with the
    second sending, and becomes a row of its own, since the first one is not changed.
    """
    nonces = [name for each in scans for name in (each.nonce, each.nonce + LATE)]
    query = select(Scan).where(Scan.nonce.in_(nonces), Scan.conference_id == here.conference_id)
    rows = {row.nonce: row for row in db.session.scalars(query)}
    late = [
        (replace(scan, nonce=scan.nonce + LATE), replace(_answer(rows[scan.nonce]), nonce=scan.nonce + LATE))
        for scan in scans
        if scan.nonce in rows and scan.nonce + LATE not in rows and scan.shown not in (None, rows[scan.nonce].shown)
    ]
    return Known({each.nonce: _answer(rows[each.nonce]) for each in scans if each.nonce in rows}, tuple(late))


def _answer(row: Scan) -> Answer:
    return Answer(row.nonce, row.decision, row.registration_id, row.first_at, row.first_door_id)


def find_undone(here: Here, scans: Collection[NewScan]) -> dict[str, str]:
    """Whose scans these take back: registrations by nonce; what is not of this door is left out."""
    wanted = {each.undoes for each in scans if each.kind is ScanKind.UNDO}
    if not wanted:
        return {}
    query = select(Scan.nonce, Scan.registration_id).where(Scan.nonce.in_(wanted), Scan.door_id == here.door_id)
    return {row.nonce: row.registration_id for row in db.session.execute(query)}


def find_registrations(here: Here, nonces: Collection[str]) -> dict[str, str]:
    """Whose the scans with these nonces are, by nonce; what has not arrived, or is nobody's, is left out."""
    query = select(Scan.nonce, Scan.registration_id).where(
        Scan.nonce.in_(nonces), Scan.conference_id == here.conference_id, Scan.registration_id != ""
    )
    return {row.nonce: row.registration_id for row in db.session.execute(query)}


def list_passages(registration_id: str) -> list[Passage]:
    """Everything that doors scanned of one person, in the order in which it arrived."""
    query = select(Scan).filter_by(registration_id=registration_id).order_by(Scan.received_at, Scan.id)
    return [passage_of(row) for row in db.session.scalars(query)]


def passage_of(row: Scan) -> Passage:
    """A kept row as a person's history has it."""
    return Passage(row.nonce, row.door_id, row.direction, row.happened_at, passed=row.passed, undoes=row.undoes)


def digest(conference_id: str) -> tuple[int, str]:
    """How many scans there are, and the SHA-256, hex, of all: each as canonical JSON (RFC 8785) and a line feed."""
    query = select(Scan).filter_by(conference_id=conference_id).order_by(Scan.id)
    count, whole = 0, hashlib.sha256()
    for row in db.session.scalars(query.execution_options(yield_per=500)):
        whole.update(canonical.dumps(line(row)) + b"\n")
        count += 1
    return count, whole.hexdigest()


def line(row: Scan) -> dict[str, Any]:
    """One scan as JSON, every column of it."""
    values = {column.key: getattr(row, column.key) for column in Scan.__table__.columns}
    return {key: clock.iso(value) if isinstance(value, datetime) else value for key, value in values.items()}
