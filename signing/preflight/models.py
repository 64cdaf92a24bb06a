"""Tables of the pre-flight."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, JsonValue, one_of
from signing.preflight.rules import Device


class SeatCheck(Base):
    """The newest look of a device in a seat at itself; `results` is item → outcome.

    `device_id` is what presence knows the browser by, `is_proved` whether its person had proved who they are by then.
    """

    __tablename__ = "seat_check"
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    device: Mapped[Device] = mapped_column(one_of(Device))
    is_proved: Mapped[bool]
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    at: Mapped[datetime]
    results: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    delay_ms: Mapped[int | None]
    clock_ms: Mapped[int | None] = mapped_column(BigInteger)
    browser: Mapped[str] = mapped_column(String(60))


class SeatTrial(Base):
    """A specimen paper that waits for the test signature of a device in a seat; the newest one counts."""

    __tablename__ = "seat_trial"
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    frozen_digest: Mapped[str | None] = mapped_column(String(64))
    prepared: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    at: Mapped[datetime]


class ServerCheck(Base):
    """What the server last found when it looked at itself: one row; `findings` are codes with their facts.

    `asked_for` are the ceremonies whose pages wait for it.
    """

    __tablename__ = "server_check"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    asked_at: Mapped[datetime]
    at: Mapped[datetime | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    asked_for: Mapped[list[str]] = mapped_column(JsonValue)
