"""Tables of surveys: what is asked, who was asked, and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.surveys.rules import Reach


class Survey(Base):
    """What people are asked after a conference. `questions` as the registration form has them, in order.

    `answer_key` leads from somebody to their answers while an anonymous survey is open, so that they can change them;
    it is destroyed when the survey is closed, and nobody finds whose answers are whose.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("delay >= 0", name="delay_not_negative"),
        CheckConstraint("days_open >= 1", name="open_for_a_day"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    intro: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    anonymous: Mapped[bool]
    reach: Mapped[Reach] = mapped_column(one_of(Reach))
    venues: Mapped[list[str]]
    audiences: Mapped[list[str]]
    delay: Mapped[int]
    days_open: Mapped[int]
    questions: Mapped[list[Any]] = mapped_column(JsonValue)
    answer_key: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)
    started_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # when the key was destroyed and the count written down


class SurveyRecipient(Base):
    """That somebody was sent a survey: written with the mail, once. Their venue and audience are those of that time."""

    __tablename__ = "survey_recipient"
    survey_id: Mapped[str] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True, index=True)
    venue_id: Mapped[str] = mapped_column(Id)
    audience_id: Mapped[str] = mapped_column(Id)
    sent_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(Id)


class SurveyAnswer(Base):
    """Somebody's answers. `author` is the registration, or in an anonymous survey what `answer_key` makes of it; there
    no registration and no time is kept, and the id says nothing of the order."""

    __tablename__ = "survey_answer"
    __table_args__ = (UniqueConstraint("survey_id", "author"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    survey_id: Mapped[str] = mapped_column(ForeignKey("survey.id"))
    author: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registration.id"), index=True)
    venue_id: Mapped[str] = mapped_column(Id)
    audience_id: Mapped[str] = mapped_column(Id)
    answers: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    answered_at: Mapped[datetime | None]
