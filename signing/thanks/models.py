"""Tables of thanks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue


class CeremonyThanks(Base):
    """The host's own words; `sent_at` is when the first letters went out, after which the words stay as they are.

    `sent_looked_at` is what was looked at for the newest sending: the same press again is no second one.
    """

    __tablename__ = "ceremony_thanks"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    with_team: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str] = mapped_column(String(40), default="")
    sent_looked_at: Mapped[str] = mapped_column(String(64), default="")


class ThanksLetter(Base):
    """A letter to one person, added with the mail itself; there is no second one for the same `reader`."""

    __tablename__ = "thanks_letter"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(60), primary_key=True)
    message_id: Mapped[str] = mapped_column(Id)
    locale: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(String(40))
