"""Tables of reminders: the rules, who was sent what by which rule, and for which venues a rule has fired."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Time
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.reminders.rules import Anchor, Scope


class ReminderRule(Base):
    """When who is sent what. `timed_at`: since when it fires at this moment; `number` goes up with each change."""

    __tablename__ = "reminder_rule"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes_not_negative"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    anchor: Mapped[Anchor] = mapped_column(one_of(Anchor))
    minutes: Mapped[int]
    fixed_on: Mapped[date | None] = mapped_column(Date)
    fixed_time: Mapped[time | None] = mapped_column(Time)
    scope: Mapped[Scope] = mapped_column(one_of(Scope))
    venues: Mapped[list[str]]
    audiences: Mapped[list[str]]
    groups: Mapped[list[str]]
    subject: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    words: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    number: Mapped[int] = mapped_column(default=1)
    timed_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)
    paused_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]  # kept, so that what it sent stays known


class Reminder(Base):
    """That somebody was sent a rule's mail: written with the mail, once for each (rule, registration)."""

    __tablename__ = "reminder"
    __table_args__ = (Index(None, "rule_id", "sent_at"),)
    rule_id: Mapped[str] = mapped_column(ForeignKey("reminder_rule.id"), primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True, index=True)
    venue_id: Mapped[str] = mapped_column(Id)  # where they were then
    by_hand: Mapped[bool]
    sent_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(Id)


class ReminderRun(Base):
    """A rule's moment for one venue that is over: everybody who was there then was sent it, or it was missed."""

    __tablename__ = "reminder_run"
    rule_id: Mapped[str] = mapped_column(ForeignKey("reminder_rule.id"), primary_key=True)
    venue_id: Mapped[str] = mapped_column(Id, primary_key=True)
    moment: Mapped[datetime] = mapped_column(primary_key=True)
    sent: Mapped[int] = mapped_column(default=0)
    missed: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None]
