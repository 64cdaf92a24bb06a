"""Tables of attendance: when people were in an online room, what the organiser asks for, certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue


class OnlineHour(Base):
    """The minutes of one hour in which somebody was in an online room: bit 0 is the first. Bits are only ever added, so
    that devices, processes and repeats may mark the same minute."""

    __tablename__ = "online_hour"
    __table_args__ = (Index(None, "conference_id"),)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    marks: Mapped[int] = mapped_column(BigInteger)


class AttendanceRule(Base):
    """How much of the agenda counts as having been there, in percent."""

    __tablename__ = "attendance_rule"
    __table_args__ = (CheckConstraint("threshold BETWEEN 1 AND 100", name="threshold_in_percent"),)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    threshold: Mapped[int]


class AttendanceCertificate(Base):
    """That somebody was there, as it was said when it was issued (`facts`: certificates.Facts as JSON); of one person
    at most one. `file_digest` is empty until its PDF is first asked for."""

    __tablename__ = "attendance_certificate"
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(Id)
    file_digest: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")


class ConferenceExport(Base):
    """A workbook that somebody asked for. `file_digest` is empty while it is not made, and again when its file, which
    is full of names, was removed."""

    __tablename__ = "conference_export"
    __table_args__ = (Index(None, "conference_id", "asked_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    parts: Mapped[list[str]]
    locale: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(default=0)
    file_digest: Mapped[str] = mapped_column(String(64), default="")
