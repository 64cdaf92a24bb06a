"""Tables of captions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class CaptionDesk(Base):
    """The row at which all captions of a ceremony queue: `seq` numbers their lines; `stage_language` may be empty."""

    __tablename__ = "caption_desk"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    stage_language: Mapped[str] = mapped_column(String(10), default="")


class CaptionLink(Base):
    """An interpreter's link; `said` counts the lines that came by it, also those that are no longer kept."""

    __tablename__ = "caption_link"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    said: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime | None]


class CaptionLine(Base):
    """One line as it came, for a day at most; one that corrects another names its number."""

    __tablename__ = "caption_line"
    __table_args__ = (Index(None, "ceremony_id", "number"), Index(None, "said_at"))
    link_id: Mapped[str] = mapped_column(ForeignKey("caption_link.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    replaces: Mapped[int | None]
