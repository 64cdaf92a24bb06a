"""Tables of the registration form: questions, files that answer them, and what people are told of their data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.registration.question_rules import QuestionKind


class FormQuestion(Base):
    """One question of a conference's form.

    `choices` lists {"key", "label"}; `audiences` the keys of who is asked (none: everybody); `condition_question` and
    `condition_value` are empty where it is asked whatever was answered before.
    """

    __tablename__ = "form_question"
    __table_args__ = (UniqueConstraint("conference_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(one_of(QuestionKind))
    label: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    help: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    required: Mapped[bool]
    choices: Mapped[list[Any]] = mapped_column(JsonValue)
    audiences: Mapped[list[Any]] = mapped_column(JsonValue)
    condition_question: Mapped[str] = mapped_column(String(40), default="")
    condition_value: Mapped[str] = mapped_column(String(40), default="")


class AnswerFile(Base):
    """A file that answers a question; it belongs to nobody until the form that it came with was accepted.

    What lies in the storage under `digest` is encrypted with `key`: deleting the row makes it unreadable, also in
    backups of the files, and no other file of the house can have the same digest.
    """

    __tablename__ = "answer_file"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registration.id"), index=True)
    question_key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    bytes: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime]


class PrivacyNotice(Base):
    """What those who register are told: who has their data, for what, and for how many days after the last one."""

    __tablename__ = "privacy_notice"
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    controller: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    purpose: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    retention_days: Mapped[int]
