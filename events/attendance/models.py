"""Tables of attendance: when people were in an online room, and what the organiser asks for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


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
