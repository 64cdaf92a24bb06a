"""Tables of witnesses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Witness(Base):
    """A person with a link; `declared_at`: whoever opened it said to be the one that the host named."""

    __tablename__ = "witness"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320), default="")
    locale: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
