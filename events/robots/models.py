"""Tables of robots: where they are and what they hear, what was sent to them, and every attempt at it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.robots.rules import RobotKind


class Robot(Base):
    """One robot or webhook. `told_up_to`: the number of the trail's entry up to which it has heard all, or has it
    under way. Address and secret are encrypted (core/sealed.py)."""

    __tablename__ = "robot"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    kind: Mapped[RobotKind] = mapped_column(one_of(RobotKind))
    name: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(10))
    topics: Mapped[list[Any]] = mapped_column(JsonValue)
    has_names: Mapped[bool]  # whether people's names leave the house
    address: Mapped[str]
    address_shown: Mapped[str] = mapped_column(String(300))
    secret: Mapped[str]
    told_up_to: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)
    paused_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class RobotMessage(Base):
    """What one message tells: entries of the trail behind `after`, up to `up_to`. It has the id of the outbox's row."""

    __tablename__ = "robot_message"
    __table_args__ = (Index(None, "robot_id", "asked_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    robot_id: Mapped[str] = mapped_column(ForeignKey("robot.id"))
    after: Mapped[int]
    up_to: Mapped[int]
    is_test: Mapped[bool]
    again_of: Mapped[str | None] = mapped_column(Id)  # the message that somebody had sent once more
    asked_at: Mapped[datetime]


class RobotAttempt(Base):
    """One attempt to bring a message; `answer` is a code of the service, never its words or ours."""

    __tablename__ = "robot_attempt"
    message_id: Mapped[str] = mapped_column(ForeignKey("robot_message.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(40))
    answer: Mapped[str] = mapped_column(String(60))
