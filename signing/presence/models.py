"""Tables of who is there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, one_of
from signing.presence.rules import Device


class Stay(Base):
    """One device in one seat without a break: `here_until` is when it is gone if nothing more is heard of it.

    `gone_at`: when that was told; a stay without it is the device's running one.
    """

    __tablename__ = "stay"
    __table_args__ = (Index(None, "seat_id", "device_id"), Index(None, "gone_at", "here_until"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"))
    device_id: Mapped[str] = mapped_column(String(40))
    device: Mapped[Device] = mapped_column(one_of(Device))
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    here_until: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    has_left: Mapped[bool] = mapped_column(default=False)
    is_proved: Mapped[bool] = mapped_column(default=False)
    is_visible: Mapped[bool] = mapped_column(default=True)
    delay_ms: Mapped[int | None]
    worst_delay_ms: Mapped[int | None]
    clock_offset_ms: Mapped[int | None]
