"""The tables of live ink."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue


class InkPen(Base):
    """How far the drawing of one seat has come: order and bounds for every process. The strokes are not kept."""

    __tablename__ = "ink_pen"
    seat_id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"))
    agreement_id: Mapped[str] = mapped_column(String(40))
    drawing: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int]
    points: Mapped[int]
    window_at: Mapped[datetime]
    window_batches: Mapped[int]
    window_points: Mapped[int]
    checked_at: Mapped[datetime]


class InkMoment(Base):
    """What was drawn until `at`, kept for minutes where somebody watches with a delay; `seq` is of its last update."""

    __tablename__ = "ink_moment"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    updates: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
