"""Tables of specimen seals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, one_of
from signing.seals.rules import SealUse


class PartySeal(Base):
    """A party's specimen seal: `digest` names the picture as it is drawn, `original_digest` what was uploaded."""

    __tablename__ = "party_seal"
    party_id: Mapped[str] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    original_digest: Mapped[str] = mapped_column(String(64))
    original_bytes: Mapped[int]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(Id)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(Id)


class AgreementSeal(Base):
    """Where a party's seal goes in one agreement, and what became of it.

    `digest` and `field` are set when the text is frozen with the seal in it; `used_at` when its signer drew it.
    """

    __tablename__ = "agreement_seal"
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), primary_key=True)
    use: Mapped[SealUse] = mapped_column(one_of(SealUse))
    digest: Mapped[str | None] = mapped_column(String(64))
    field: Mapped[str | None] = mapped_column(String(80))
    used_at: Mapped[datetime | None]
