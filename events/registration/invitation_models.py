"""Tables of invitations: the lists that were uploaded, and each person on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.registration.invitation_rules import InvitationState


class InvitationList(Base):
    """One uploaded list; `done` of `total` rows are sent or known to be wrong. `key` is of the form that sent it."""

    __tablename__ = "invitation_list"
    __table_args__ = (UniqueConstraint("conference_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    total: Mapped[int]
    done: Mapped[int]
    wrong: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)


class Invitation(Base):
    """One row of a list. A wrong one is kept as it was typed, with its `problems` ({"column", "code", "params"})."""

    __tablename__ = "invitation"
    __table_args__ = (Index(None, "list_id", "state", "number"), Index(None, "conference_id", "email"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    list_id: Mapped[str] = mapped_column(ForeignKey("invitation_list.id"))
    number: Mapped[int]
    audience_id: Mapped[str | None] = mapped_column(ForeignKey("audience.id"))
    venue_id: Mapped[str | None] = mapped_column(ForeignKey("venue.id"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    company_name: Mapped[str] = mapped_column(String(120))
    job_title: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(10))
    state: Mapped[InvitationState] = mapped_column(one_of(InvitationState))
    problems: Mapped[list[Any]] = mapped_column(JsonValue)
    created_at: Mapped[datetime]
    declined_at: Mapped[datetime | None]
