"""Tables of printed reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class CeremonyReport(Base):
    """A report that somebody asked for; its file is kept for a day, `file_digest` is empty before and after."""

    __tablename__ = "ceremony_report"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    locale: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime | None]
    file_digest: Mapped[str] = mapped_column(String(64), default="")
    pages: Mapped[int] = mapped_column(default=0)
    is_interim: Mapped[bool] = mapped_column(default=False)
