"""Tables of agreements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id, JsonValue, one_of
from signing.agreements.rules import AgreementState, SignerState


class Agreement(Base):
    """One agreement; `head_digest` names the file of the newest revision in the storage."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("ceremony_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    amount: Mapped[str | None] = mapped_column(String(30))
    currency: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[AgreementState] = mapped_column(one_of(AgreementState), default=AgreementState.DRAFT)
    page_count: Mapped[int] = mapped_column(default=0)
    original_digest: Mapped[str | None] = mapped_column(String(64))
    frozen_digest: Mapped[str | None] = mapped_column(String(64))
    frozen_length: Mapped[int | None]
    head_digest: Mapped[str | None] = mapped_column(String(64))
    head_revision: Mapped[int] = mapped_column(default=0)
    certificate_digest: Mapped[str | None] = mapped_column(String(64))
    kit_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    # Ended because this one did, after which it would have opened.
    ended_after_id: Mapped[str | None] = mapped_column(ForeignKey("agreement.id"))

    signers: Mapped[list[AgreementSigner]] = relationship(
        order_by="AgreementSigner.position", back_populates="agreement", lazy="selectin"
    )
    after: Mapped[list[AgreementDependency]] = relationship(
        foreign_keys="AgreementDependency.agreement_id", lazy="selectin"
    )


class AgreementDependency(Base):
    """This agreement opens only after that one is complete: the cascade."""

    __tablename__ = "agreement_dependency"
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    after_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True, index=True)


class AgreementSigner(Base):
    """One person's signature on one agreement, asked for or given."""

    __tablename__ = "agreement_signer"
    __table_args__ = (UniqueConstraint("agreement_id", "seat_id"), UniqueConstraint("agreement_id", "field"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"))
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), index=True)
    position: Mapped[int]
    field: Mapped[str] = mapped_column(String(80))
    state: Mapped[SignerState] = mapped_column(one_of(SignerState), default=SignerState.PENDING)
    read_to: Mapped[int] = mapped_column(default=0)
    signed_at: Mapped[datetime | None]
    signed_revision: Mapped[int | None]
    signed_digest: Mapped[str | None] = mapped_column(String(64))
    certificate_id: Mapped[str | None] = mapped_column(ForeignKey("seat_certificate.id"))
    key_custody: Mapped[str | None] = mapped_column(String(20))
    level: Mapped[str | None] = mapped_column(String(10))
    mark: Mapped[str | None] = mapped_column(String(10))
    # The timestamp that proves the time, and who gave it; none while the signature waits for one (level B-B).
    timestamped_at: Mapped[datetime | None]
    timestamp_by: Mapped[str | None] = mapped_column(String(200))
    third_party_time: Mapped[bool | None]

    agreement: Mapped[Agreement] = relationship(back_populates="signers")


class AgreementPage(Base):
    """The picture and the text of one page of the frozen file: what people saw is what they sign.

    `is_picture` where the file has no text there: `text` is what a machine read of the paper that was brought along.
    """

    __tablename__ = "agreement_page"
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    image_digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    text: Mapped[str]
    is_picture: Mapped[bool]


class Signing(Base):
    """One attempt to sign: what was prepared for the signer's key, and whether it was finished.

    `idempotency_key` names the signer's act: however often it is sent, it is one signature. `created_at` is when it was
    prepared last.
    """

    __tablename__ = "signing"
    __table_args__ = (UniqueConstraint("signer_id", "idempotency_key"), Index(None, "created_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    signer_id: Mapped[str] = mapped_column(ForeignKey("agreement_signer.id"))
    idempotency_key: Mapped[str] = mapped_column(String(80))
    certificate_id: Mapped[str] = mapped_column(ForeignKey("seat_certificate.id"))
    revision: Mapped[int]
    base_digest: Mapped[str] = mapped_column(String(64))
    prepared: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
