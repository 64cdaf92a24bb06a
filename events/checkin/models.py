"""Tables of phones at doors, of every scan (append-only), and of who is in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, one_of
from events.checkin.rules import LONGEST_CODE, Decision, Direction, ScanKind


class DoorPhone(Base):
    """A link that opens check-in for one door on one phone: the first that uses it (`device_digest`)."""

    __tablename__ = "door_phone"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"))
    door_id: Mapped[str] = mapped_column(ForeignKey("venue_door.id"))
    timezone: Mapped[str] = mapped_column(String(60))  # the venue's, in which its days begin
    label: Mapped[str] = mapped_column(String(60))
    is_kiosk: Mapped[bool]
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[datetime]
    device_digest: Mapped[str] = mapped_column(String(64), default="")
    paired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    clock_off_ms: Mapped[int] = mapped_column(BigInteger, default=0)  # positive: its clock is fast
    waiting: Mapped[int] = mapped_column(default=0)  # scans that it had not sent when it was last heard of


class Scan(Base):
    """One scan, never changed. It names registrations by id and no person.

    `passed`: they went through, as the door showed it; `shown` differs from `decision` where a phone without a network
    decided by itself. `first_at`, `first_door_id`: what was said of an earlier entry.
    """

    __tablename__ = "scan"
    __table_args__ = (
        Index(None, "conference_id", "received_at"),
        Index(None, "conference_id", "decision"),
        Index(None, "registration_id"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    venue_id: Mapped[str] = mapped_column(Id)
    door_id: Mapped[str] = mapped_column(Id)
    phone_id: Mapped[str] = mapped_column(Id)
    clerk_id: Mapped[str] = mapped_column(Id)
    nonce: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[ScanKind] = mapped_column(one_of(ScanKind))
    direction: Mapped[Direction] = mapped_column(one_of(Direction))
    registration_id: Mapped[str] = mapped_column(Id, default="")
    code: Mapped[str] = mapped_column(String(LONGEST_CODE), default="")  # what was scanned and belongs to nobody
    print_number: Mapped[int | None]
    undoes: Mapped[str] = mapped_column(String(60), default="")
    phone_at: Mapped[datetime]
    happened_at: Mapped[datetime]  # the phone's time put right by the server's
    received_at: Mapped[datetime]
    clock_off_ms: Mapped[int] = mapped_column(BigInteger)  # a clock of 1970 is off by more than an integer holds
    is_clock_off: Mapped[bool]
    decision: Mapped[Decision] = mapped_column(one_of(Decision))
    shown: Mapped[Decision] = mapped_column(one_of(Decision))
    passed: Mapped[bool]
    first_at: Mapped[datetime | None]
    first_door_id: Mapped[str] = mapped_column(Id, default="")


class PresenceRow(Base):
    """Whether a person is in: what their scans come to, and the row that doors queue at which scan them at once."""

    __tablename__ = "presence"
    __table_args__ = (Index(None, "conference_id", "since"), Index(None, "conference_id", "changed_at"))
    registration_id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    venue_id: Mapped[str] = mapped_column(Id)
    is_in: Mapped[bool] = mapped_column(default=False)
    door_id: Mapped[str] = mapped_column(Id, default="")
    since: Mapped[datetime | None]
    first_at: Mapped[datetime | None]
    first_door_id: Mapped[str] = mapped_column(Id, default="")
    changed_at: Mapped[datetime]  # so that phones are told what other doors did


# The same statements stand in the migration 0002; tests/events/checkin/test_log.py compares them.
TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER scan_no_update BEFORE UPDATE ON scan "
        "BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END",
        "CREATE TRIGGER scan_no_delete BEFORE DELETE ON scan "
        "BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END",
        # INSERT OR REPLACE deletes without the delete trigger.
        "CREATE TRIGGER scan_no_replace BEFORE INSERT ON scan "
        "WHEN EXISTS (SELECT 1 FROM scan WHERE id = NEW.id OR nonce = NEW.nonce) "
        "BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION scan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the scan log is append-only'; END $$",
        "CREATE TRIGGER scan_no_change BEFORE UPDATE OR DELETE ON scan FOR EACH ROW EXECUTE FUNCTION scan_refuse()",
        "CREATE TRIGGER scan_no_truncate BEFORE TRUNCATE ON scan FOR EACH STATEMENT EXECUTE FUNCTION scan_refuse()",
    ),
}
for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(Scan.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
