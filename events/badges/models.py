"""Tables of badges: every print of each, and the runs in which they were printed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, one_of
from events.badges.rules import BadgeLayout


class BadgeRun(Base):
    """Badges that were asked for together: one file. `file_digest` is empty while it is not printed, and again when its
    file, which is full of names, was removed."""

    __tablename__ = "badge_run"
    __table_args__ = (
        UniqueConstraint("conference_id", "request_key"),
        Index(None, "conference_id", "asked_at"),
        CheckConstraint("done <= total", name="done_within_total"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    layout: Mapped[BadgeLayout] = mapped_column(one_of(BadgeLayout))
    registrations: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(default="")
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    request_key: Mapped[str | None] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(Id)
    printed_at: Mapped[datetime | None]
    file_digest: Mapped[str] = mapped_column(String(64), default="")


class PrintedBadge(Base):
    """One print of one badge; written once. `face_digest` tells whether what it says is still so."""

    __tablename__ = "badge_print"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("badge_run.id"), index=True)
    face_digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(default="")
    printed_at: Mapped[datetime]
    printed_by: Mapped[str] = mapped_column(Id)
