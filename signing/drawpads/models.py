"""The table of pads; a row goes when its drawing was fetched, or its time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class Drawpad(Base):
    """A phone that draws for a seat, or may be about to: one for each seat, bound to one browser's proof."""

    __tablename__ = "drawpad"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), unique=True)
    proof_id: Mapped[str] = mapped_column(Id)
    secret_digest: Mapped[str | None] = mapped_column(String(64))  # of what the phone's session holds
    expires_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    drawing: Mapped[bytes | None] = mapped_column(LargeBinary)
    drawings: Mapped[int] = mapped_column(default=0)
    agreement_id: Mapped[str | None] = mapped_column(String(40))  # on which its strokes are shown; None: unseen
