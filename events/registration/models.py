"""Tables of places, of who registered, of companies, and of places held for groups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.registration.rules import RegistrationState


class Quota(Base):
    """The places of one audience in one venue: the row that everybody queues at who takes or gives one back.

    `taken` counts confirmed registrations, open offers, and what groups hold and have not used; `waiting` those on the
    waiting list to whom nothing is offered.
    """

    __tablename__ = "quota"
    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("waiting >= 0", name="waiting_not_negative"),
        Index(None, "is_told"),
    )
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"), primary_key=True)
    audience_id: Mapped[str] = mapped_column(ForeignKey("audience.id"), primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    is_open: Mapped[bool] = mapped_column(default=True)  # nobody gets a place in a conference that was called off
    is_told: Mapped[bool] = mapped_column(default=True)  # whether the live channels have heard of these counts


class Company(Base):
    """An organisation whose people come."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("conference_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    city: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    industry: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    is_demo: Mapped[bool]
    created_at: Mapped[datetime]


class GroupHold(Base):
    """Places kept for a delegation until an instant; `used` of `size` have become registrations."""

    __tablename__ = "group_hold"
    __table_args__ = (CheckConstraint("used >= 0 AND used <= size", name="used_within_size"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), index=True)
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"))
    audience_id: Mapped[str] = mapped_column(ForeignKey("audience.id"))
    company_id: Mapped[str | None] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime]
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Registration(Base):
    """One person at one conference. `live_key` is the cleaned mail address while it is live, else nothing: of one
    person's registrations at most one is live, on both databases."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("conference_id", "live_key"),
        UniqueConstraint("conference_id", "code"),
        UniqueConstraint("conference_id", "request_key"),
        # Who waits longest comes first; offers that ran out are found by their time.
        Index(None, "venue_id", "audience_id", "state", "queued_at"),
        Index(None, "offered_until"),
        Index(None, "prove_by"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    audience_id: Mapped[str] = mapped_column(ForeignKey("audience.id"))
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"))
    company_id: Mapped[str | None] = mapped_column(ForeignKey("company.id"), index=True)
    group_id: Mapped[str | None] = mapped_column(ForeignKey("group_hold.id"), index=True)
    invitation_id: Mapped[str | None] = mapped_column(Id, index=True)
    live_key: Mapped[str | None] = mapped_column(String(254))
    request_key: Mapped[str | None] = mapped_column(String(80))  # of who sent it: sent twice, it is one registration
    code: Mapped[str] = mapped_column(String(12))  # short, to be read from a badge and typed at a door
    name: Mapped[str] = mapped_column(String(120))
    pinyin: Mapped[str] = mapped_column(String(160))  # initials and the whole of the name, for who searches
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40), default="")
    job_title: Mapped[str] = mapped_column(String(120), default="")
    company_name: Mapped[str] = mapped_column(String(120), default="")  # where no company of the list was chosen
    locale: Mapped[str] = mapped_column(String(10))
    timezone: Mapped[str] = mapped_column(String(60))
    answers: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    state: Mapped[RegistrationState] = mapped_column(one_of(RegistrationState))
    queued_at: Mapped[datetime | None]  # since when it waits; an offer that ran out begins it anew
    offered_until: Mapped[datetime | None]  # an offer holds a place until then
    reason: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool]
    link_number: Mapped[int] = mapped_column(default=1)  # its self-service links of smaller numbers do not hold
    proved_at: Mapped[datetime | None]  # when somebody with the link of a mail said that the address is theirs
    is_over: Mapped[bool] = mapped_column(default=False)  # let in by a door without a network, and no place was free
    prove_by: Mapped[datetime | None]  # then it ends unless the address is proved; none: it need not be
    created_at: Mapped[datetime]
    calendar_number: Mapped[int] = mapped_column(default=0)  # rises with each other state and venue: SEQUENCE needs it
    changed_at: Mapped[datetime]


@event.listens_for(Registration, "before_update")
def _count_for_calendars(_mapper: object, _connection: object, row: Registration) -> None:
    """Whoever changes state or venue, calendars hear that an entry is another."""
    attributes = inspect(row).attrs
    if attributes.state.history.has_changes() or attributes.venue_id.history.has_changes():
        row.calendar_number += 1
