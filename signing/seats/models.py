"""Tables of seats: who signs, how they were identified, with which certificate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue


class Seat(Base):
    """A signer's place in a ceremony."""

    __tablename__ = "seat"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("party.id"), unique=True)
    party_key: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str]
    name: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(80))
    capacity: Mapped[str] = mapped_column(String(20), default="authorised")
    email: Mapped[str] = mapped_column(String(320), default="")
    locale: Mapped[str] = mapped_column(String(10), default="zh-CN")
    place: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(60))
    invited_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    identity_proved_at: Mapped[datetime | None]
    identity_method: Mapped[str | None] = mapped_column(String(40))
    consented_at: Mapped[datetime | None]
    declared_place: Mapped[str | None] = mapped_column(String(120))
    declared_timezone: Mapped[str | None] = mapped_column(String(60))
    # Who came in another's place: since when, and by which letter of authority (SHA-256, pdf png or jpg).
    since: Mapped[datetime | None]
    letter_digest: Mapped[str | None] = mapped_column(String(64))
    letter_kind: Mapped[str | None] = mapped_column(String(10))


class FormerPerson(Base):
    """Who sat in a seat until somebody else came: what this person did before that stays theirs."""

    __tablename__ = "former_person"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), index=True)
    until_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(80))
    title_texts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    capacity: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(10))
    identity_proved_at: Mapped[datetime | None]
    identity_method: Mapped[str | None] = mapped_column(String(40))
    consented_at: Mapped[datetime | None]
    declared_place: Mapped[str | None] = mapped_column(String(120))
    declared_timezone: Mapped[str | None] = mapped_column(String(60))
    letter_digest: Mapped[str | None] = mapped_column(String(64))
    letter_kind: Mapped[str | None] = mapped_column(String(10))


class SeatCode(Base):
    """The newest one-time code of a seat, as a digest."""

    __tablename__ = "seat_code"
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class SeatProof(Base):
    """That the person in a seat proved who they are, in one browser; the browser's session holds the id."""

    __tablename__ = "seat_proof"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), index=True)
    method: Mapped[str] = mapped_column(String(40))
    proved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SeatCertificate(Base):
    """A signer's certificate and whose hands its key was in.

    One that the signer brought (custody `external`) has its `chain` beside it, PEM, the anchor last; `holder` says whom
    it names (person, organisation), `revocation` what its issuers said (good, unknown).
    """

    __tablename__ = "seat_certificate"
    __table_args__ = (UniqueConstraint("seat_id", "digest"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), index=True)
    key_custody: Mapped[str] = mapped_column(String(20))
    serial: Mapped[str] = mapped_column(String(50), index=True)
    der: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    chain: Mapped[bytes | None] = mapped_column(LargeBinary)
    holder: Mapped[str | None] = mapped_column(String(20))
    revocation: Mapped[str | None] = mapped_column(String(20))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None] = mapped_column(String(40))
