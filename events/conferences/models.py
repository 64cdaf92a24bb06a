"""Tables of conferences, their venues and agenda, their teams, and what was published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id, JsonValue, one_of
from events.conferences.rules import ConferenceKind, ConferenceState, Duty, VenueKind


class Conference(Base):
    """One gathering in several places. `version` is the number of what was published last, 0 before the first."""

    __tablename__ = "conference"
    __table_args__ = (UniqueConstraint("organisation_id", "import_key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # what its public address ends in
    kind: Mapped[ConferenceKind] = mapped_column(one_of(ConferenceKind))
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    purpose: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    timezone: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    travel_minutes: Mapped[int]
    travel: Mapped[list[Any]] = mapped_column(
        JsonValue
    )  # {"venues": [key, key], "minutes"} of pairs with a time of their own
    partners: Mapped[list[Any]] = mapped_column(JsonValue)
    partner_contacts: Mapped[list[Any]] = mapped_column(
        JsonValue
    )  # {"email", "locale"} of each partner; never published
    source: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool]
    import_key: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[ConferenceState] = mapped_column(one_of(ConferenceState), default=ConferenceState.DRAFT)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(default="")

    audiences: Mapped[list[Audience]] = relationship(order_by="Audience.position", lazy="selectin")
    venues: Mapped[list[Venue]] = relationship(order_by="Venue.position", lazy="selectin")
    speakers: Mapped[list[Speaker]] = relationship(order_by="Speaker.position", lazy="selectin")
    items: Mapped[list[AgendaItem]] = relationship(order_by="AgendaItem.starts_at, AgendaItem.key", lazy="selectin")


class Audience(Base):
    """A kind of people who come: companies, guests, press."""

    __tablename__ = "audience"
    __table_args__ = (UniqueConstraint("conference_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    needs_approval: Mapped[bool]


class Venue(Base):
    """A hall or an online room: a column of the agenda. How many places it has stands in `quota` (registration)."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("conference_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    kind: Mapped[VenueKind] = mapped_column(one_of(VenueKind))
    name: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    city: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    address: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    timezone: Mapped[str] = mapped_column(String(60))
    stage: Mapped[str] = mapped_column(String(80))
    feeds: Mapped[list[Any]] = mapped_column(JsonValue)

    doors: Mapped[list[VenueDoor]] = relationship(order_by="VenueDoor.position", lazy="selectin")


class VenueDoor(Base):
    """An entrance; a clerk's duty, and each scan, names one."""

    __tablename__ = "venue_door"
    __table_args__ = (UniqueConstraint("venue_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[dict[str, Any]] = mapped_column(JsonValue)


class Speaker(Base):
    """Who speaks, in one item or in several."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("conference_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    organisation: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    email: Mapped[str] = mapped_column(String(254), default="")  # told of changes, never published
    locale: Mapped[str] = mapped_column(String(10), default="zh-CN")


class AgendaItem(Base):
    """Something that happens, in one venue or joint over several."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("conference_id", "key"), Index(None, "conference_id", "starts_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    abstract: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    materials: Mapped[list[Any]] = mapped_column(JsonValue)

    venues: Mapped[list[AgendaItemVenue]] = relationship(
        order_by="AgendaItemVenue.position", lazy="selectin", cascade="all, delete-orphan"
    )
    speakers: Mapped[list[AgendaItemSpeaker]] = relationship(
        order_by="AgendaItemSpeaker.position", lazy="selectin", cascade="all, delete-orphan"
    )


class AgendaItemVenue(Base):
    """Where an item happens; the first venue's zone is that of its form."""

    __tablename__ = "agenda_item_venue"
    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"), primary_key=True, index=True)
    position: Mapped[int]


class AgendaItemSpeaker(Base):
    """Who speaks in an item, and in which of its venues they stand."""

    __tablename__ = "agenda_item_speaker"
    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    speaker_id: Mapped[str] = mapped_column(ForeignKey("speaker.id"), primary_key=True, index=True)
    venue_id: Mapped[str] = mapped_column(ForeignKey("venue.id"), index=True)
    position: Mapped[int]


class ConferenceVersion(Base):
    """What the public saw from one publication to the next; written once."""

    __tablename__ = "conference_version"
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(Id)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JsonValue)


class TeamMember(Base):
    """A duty of one account in one conference; `venue_id` and `door_id` are empty where the duty knows none."""

    __tablename__ = "team_member"
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)
    duty: Mapped[Duty] = mapped_column(one_of(Duty), primary_key=True)
    venue_id: Mapped[str] = mapped_column(Id, primary_key=True)
    door_id: Mapped[str] = mapped_column(Id, primary_key=True)
    added_at: Mapped[datetime]
