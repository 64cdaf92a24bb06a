"""Tables of the lobby: who is let in, and what the host wrote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Lobby(Base):
    """How a ceremony's signers come in: by themselves, or admitted one by one."""

    __tablename__ = "lobby"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    admits_each: Mapped[bool]


class SeatAdmission(Base):
    """What hosts have done about one seat."""

    __tablename__ = "seat_admission"
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    admitted_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    held_why: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None]


class SeatMessage(Base):
    """A message to one seat, or to all where `seat_id` is null; `quick` names words in both languages."""

    __tablename__ = "seat_message"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seat.id"))
    quick: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(Id)
