"""Tables of ceremonies and their parties."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id, JsonValue, one_of
from signing.ceremonies.rules import CeremonyState, TimePolicy


class Ceremony(Base):
    """One live gathering in which agreements are signed."""

    __tablename__ = "ceremony"
    __table_args__ = (UniqueConstraint("organisation_id", "import_key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, index=True)
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    held_on: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime]
    host_timezone: Mapped[str] = mapped_column(String(60))
    limit_minutes: Mapped[int]
    conference_tool: Mapped[str] = mapped_column(String(60), default="")
    time_policy: Mapped[TimePolicy] = mapped_column(one_of(TimePolicy), default=TimePolicy.INSTALLATION)
    amount: Mapped[str | None] = mapped_column(String(30))
    currency: Mapped[str | None] = mapped_column(String(3))
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool]
    # A rehearsal of this one: it is never anything else (docs/decisions/0030).
    rehearsal_of: Mapped[str | None] = mapped_column(ForeignKey("ceremony.id"), index=True)
    # Whether invitations go out by mail; the host of a rehearsal may hand the links over instead.
    sends_invitations: Mapped[bool] = mapped_column(default=True)
    # Whether everybody takes part with picture and sound: the device check asks for camera and microphone then.
    needs_camera: Mapped[bool] = mapped_column(default=False)
    # Whether those who watch see signatures while they are drawn (docs/decisions/0038).
    shows_ink: Mapped[bool] = mapped_column(default=True)
    import_key: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[CeremonyState] = mapped_column(one_of(CeremonyState), default=CeremonyState.DRAFT)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)
    invited_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    kit_digest: Mapped[str | None] = mapped_column(String(64))

    parties: Mapped[list[Party]] = relationship(order_by="Party.position", lazy="selectin")


class Party(Base):
    """An organisation that is bound, and where its people sit."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("ceremony_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    organisation: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    representative_title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    place: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    timezone: Mapped[str] = mapped_column(String(60))
    is_host: Mapped[bool]
    assumed: Mapped[list[str]] = mapped_column(JsonValue)


class CeremonyTemplate(Base):
    """A plan that an organisation begins with again; `plan` is the ceremony file without a day and without people."""

    __tablename__ = "ceremony_template"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, index=True)
    title: Mapped[str] = mapped_column(String(120))
    plan: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    created_at: Mapped[datetime]


class StageMoment(Base):
    """What a stage showed from `at` on, kept for who looks at it later: nothing in it is newer than that."""

    __tablename__ = "stage_moment"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    seq: Mapped[int]
    state: Mapped[dict[str, Any]] = mapped_column(JsonValue)
