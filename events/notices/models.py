"""Table of who was told of which publication."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Notice(Base):
    """That somebody was told of a version: written with the mail, once for each (version, person)."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "person"),)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(60), primary_key=True)  # a registration, a speaker, or a partner's key
    sent_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(Id)
